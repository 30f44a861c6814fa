/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * inet.c - IPv4 and IPv6 addresses to text and back.
 *
 * Both parsers walk once from `at` to `end` and write the result only at the
 * end.  Deliberate leniency, which programs have relied on for long: each
 * part of an IPv4 address may follow blanks and one '+' and may have leading
 * zeros; it is always decimal.
 *
 * No state, no locks.
 */
#include "util/inet.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "event2/util.h"
#include "base/str.h"
#include "os/netconf.h"
#include "os/socket.h"

#define WORD_COUNT 8 /* 16-bit words of an IPv6 address */

/*
 * One decimal part, 0 to 255, at *at, which moves behind it.  Returns the
 * value or -1.
 */
static int
take_part(const char **at, const char *end)
{
	const char *p = *at;
	int value = 0;

	while (p < end && evi_str_is_space(*p))
		p++;
	if (p < end && *p == '+')
		p++;
	if (p == end || !evi_str_is_digit(*p))
		return -1;
	for (; p < end && evi_str_is_digit(*p); p++) {
		value = value * 10 + (*p - '0');
		if (value > 255)
			return -1;
	}
	*at = p;
	return value;
}

int
evi_util_inet_parse4(const char *at, const char *end, unsigned char *ret_addr)
{
	unsigned char addr[4];

	for (int i = 0; i < 4; i++) {
		if (i > 0 && (at == end || *at++ != '.'))
			return 0;

		int value = take_part(&at, end);

		if (value < 0)
			return 0;
		addr[i] = (unsigned char)value;
	}
	if (at != end)
		return 0;
	memcpy(ret_addr, addr, sizeof(addr));
	return 1;
}

/*
 * One to four hexadecimal digits at *at, which moves behind them.  Returns
 * the value or -1.
 */
static int
take_word(const char **at, const char *end)
{
	const char *p = *at;
	int value = 0;

	for (; p < end && evi_str_hex_value(*p) >= 0; p++) {
		if (p - *at == 4)
			return -1;
		value = value * 16 + evi_str_hex_value(*p);
	}
	if (p == *at)
		return -1;
	*at = p;
	return value;
}

/* The words read so far: `count` of them, "::" before word `gap` or -1. */
struct words {
	unsigned char bytes[WORD_COUNT * 2];
	int count;
	int gap;
};

/* Append a word.  Returns 0 when there are too many. */
static int
add_word(struct words *words, int value)
{
	unsigned char *at = words->bytes + (size_t)words->count * 2;

	if (words->count == WORD_COUNT)
		return 0;
	at[0] = (unsigned char)(value >> 8);
	at[1] = (unsigned char)value;
	words->count++;
	return 1;
}

/* Append a dotted IPv4 address, which fills two words and ends it all. */
static int
add_dotted(struct words *words, const char *at, const char *end)
{
	unsigned char addr[4];

	return evi_str_is_digit(*at) && evi_util_inet_parse4(at, end, addr) &&
	    add_word(words, addr[0] << 8 | addr[1]) &&
	    add_word(words, addr[2] << 8 | addr[3]);
}

/* All words between `at` and `end`.  Returns 0 if it is not an address. */
static int
read_words(const char *at, const char *end, struct words *words)
{
	if (end - at >= 2 && at[0] == ':' && at[1] == ':') {
		words->gap = 0;
		at += 2;
	}
	while (at < end) {
		if (memchr(at, '.', (size_t)(end - at)) &&
		    !memchr(at, ':', (size_t)(end - at)))
			return add_dotted(words, at, end);

		int value = take_word(&at, end);

		if (value < 0 || !add_word(words, value))
			return 0;
		if (at == end)
			return 1;
		if (*at++ != ':' || at == end)
			return 0;
		if (*at == ':') {
			if (words->gap >= 0)
				return 0;
			words->gap = words->count;
			at++;
		}
	}
	return 1;
}

/* The address without a scope.  Returns 1 or 0. */
static int
parse_words(const char *at, const char *end, unsigned char *ret_addr)
{
	struct words words = { .gap = -1 };

	if (!read_words(at, end, &words))
		return 0;
	if (words.gap < 0) {
		if (words.count != WORD_COUNT)
			return 0;
		memcpy(ret_addr, words.bytes, sizeof(words.bytes));
		return 1;
	}
	if (words.count == WORD_COUNT) /* nothing left for the "::" */
		return 0;

	size_t head = (size_t)words.gap * 2;
	size_t tail = (size_t)(words.count - words.gap) * 2;

	memset(ret_addr, 0, sizeof(words.bytes));
	memcpy(ret_addr, words.bytes, head);
	memcpy(ret_addr + sizeof(words.bytes) - tail, words.bytes + head, tail);
	return 1;
}

/* A decimal number that fits an unsigned.  Returns 1 or 0. */
static int
parse_index(const char *at, const char *end, unsigned *ret_value)
{
	unsigned value = 0;

	for (; at < end; at++) {
		unsigned digit = (unsigned)(*at - '0');

		if (!evi_str_is_digit(*at) || value > UINT_MAX / 10 ||
		    value * 10 > UINT_MAX - digit)
			return 0;
		value = value * 10 + digit;
	}
	*ret_value = value;
	return 1;
}

/* What follows the '%': an interface's name, its number, or nothing (0). */
static int
parse_scope(const char *at, const char *end, unsigned *ret_scope)
{
	char name[EVI_OS_NETCONF_NAME_SIZE];
	size_t len = (size_t)(end - at);

	if (len > 0 && len < sizeof(name)) {
		memcpy(name, at, len);
		name[len] = '\0';
		*ret_scope = evi_os_netconf_interface_index(name);
		if (*ret_scope)
			return 1;
	}
	return parse_index(at, end, ret_scope);
}

int
evi_util_inet_parse6(const char *at, const char *end, unsigned char *ret_addr,
    unsigned *ret_scope)
{
	const char *percent = memchr(at, '%', (size_t)(end - at));

	*ret_scope = 0;
	if (!percent)
		return parse_words(at, end, ret_addr);
	return parse_scope(percent + 1, end, ret_scope) &&
	    parse_words(at, percent, ret_addr);
}

int
evutil_inet_pton(int af, const char *src, void *dst)
{
	const char *end = src + strlen(src);

	if (af == AF_INET)
		return evi_util_inet_parse4(src, end, dst);
	if (af == AF_INET6)
		return parse_words(src, end, dst);
	errno = EAFNOSUPPORT;
	return -1;
}

int
evutil_inet_pton_scope(int af, const char *src, void *dst, unsigned *ret_index)
{
	*ret_index = 0;
	if (af != AF_INET6)
		return evutil_inet_pton(af, src, dst);
	return evi_util_inet_parse6(src, src + strlen(src), dst, ret_index);
}

/* Copy a finished text out, or NULL with ENOSPC. */
static const char *
copy_out(const char *text, char *dst, size_t size)
{
	size_t len = strlen(text);

	if (len >= size) {
		errno = ENOSPC;
		return NULL;
	}
	memcpy(dst, text, len + 1);
	return dst;
}

/* The longest run of two or more zero words, the first of equals. */
static void
find_gap(const unsigned *words, int *ret_start, int *ret_len)
{
	int len = 0;

	*ret_start = -1;
	*ret_len = 1;
	for (int i = 0; i < WORD_COUNT; i++) {
		len = words[i] ? 0 : len + 1;
		if (len > *ret_len) {
			*ret_len = len;
			*ret_start = i + 1 - len;
		}
	}
}

/* Words in hexadecimal, the longest run of zeros as "::" (RFC 5952). */
static void
format_words(const unsigned *words, char *text, size_t size)
{
	size_t used = 0;
	int gap, gap_len;

	find_gap(words, &gap, &gap_len);
	text[0] = '\0';
	for (int i = 0; i < WORD_COUNT; i++) {
		const char *colon = i > 0 ? ":" : "";

		if (i == gap) {
			used += (size_t)snprintf(text + used, size - used, "%s",
			    i > 0 ? ":" : "::");
			i += gap_len - 1;
			continue;
		}
		if (i == gap + gap_len && gap == 0)
			colon = "";
		used += (size_t)snprintf(text + used, size - used, "%s%x",
		    colon, words[i]);
	}
	if (gap > 0 && gap + gap_len == WORD_COUNT)
		snprintf(text + used, size - used, ":");
}

/* IPv6 to text; addresses that carry an IPv4 one end in dots. */
static const char *
format6(const unsigned char *addr, char *dst, size_t size)
{
	char text[INET6_ADDRSTRLEN];
	unsigned words[WORD_COUNT];
	int is_low = 1; /* the first five words are zero */

	for (int i = 0; i < WORD_COUNT; i++, addr += 2) {
		words[i] = (unsigned)addr[0] << 8 | addr[1];
		if (i < 5 && words[i])
			is_low = 0;
	}
	if (is_low &&
	    ((words[5] == 0 && words[6] && words[7]) || words[5] == 0xffff)) {
		snprintf(text, sizeof(text), "::%s%u.%u.%u.%u",
		    words[5] ? "ffff:" : "", words[6] >> 8, words[6] & 0xff,
		    words[7] >> 8, words[7] & 0xff);
	} else
		format_words(words, text, sizeof(text));
	return copy_out(text, dst, size);
}

const char *
evutil_inet_ntop(int af, const void *src, char *dst, size_t len)
{
	const unsigned char *addr = src;
	char text[INET_ADDRSTRLEN];

	if (af == AF_INET6)
		return format6(addr, dst, len);
	if (af != AF_INET) {
		errno = EAFNOSUPPORT;
		return NULL;
	}
	snprintf(text, sizeof(text), "%u.%u.%u.%u", addr[0], addr[1], addr[2],
	    addr[3]);
	return copy_out(text, dst, len);
}
