/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * addr.c - socket addresses: parse, compare, print.
 *
 * The text is cut into address and port by pointers, never copied, so its
 * length is of no importance.
 *
 * Deliberate leniency, as with the addresses themselves: the port may follow
 * blanks and one '+', whatever follows its digits is ignored, and so is what
 * follows a ']' that is not a colon.
 *
 * No state, no locks.
 */
#include "util/util.h"

#include <string.h>

#include "base/str.h"
#include "os/socket.h"
#include "util/inet.h"

/* A port, 1 to 65535; 0 when `text` starts with no such number. */
static int
parse_port(const char *text)
{
	int port = 0;

	while (evi_str_is_space(*text))
		text++;
	if (*text == '+')
		text++;
	for (; evi_str_is_digit(*text); text++) {
		port = port * 10 + (*text - '0');
		if (port > UINT16_MAX)
			return 0;
	}
	return port;
}

/* Hand out a finished address if there is room.  Returns 0 or -1. */
static int
give(const void *addr, size_t len, struct sockaddr *out, int *outlen)
{
	if (*outlen < (int)len)
		return -1;
	memcpy(out, addr, len);
	*outlen = (int)len;
	return 0;
}

/* Parse an IPv6 address between the two; the port is known. */
static int
parse6(const char *at, const char *end, int port, struct sockaddr *out,
    int *outlen)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 };
	unsigned scope;

	if (!evi_util_inet_parse6(at, end, sin6.sin6_addr.s6_addr, &scope))
		return -1;
	sin6.sin6_port = htons((uint16_t)port);
	sin6.sin6_scope_id = scope;
	return give(&sin6, sizeof(sin6), out, outlen);
}

/* The same for IPv4. */
static int
parse4(const char *at, const char *end, int port, struct sockaddr *out,
    int *outlen)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };

	if (!evi_util_inet_parse4(at, end, (unsigned char *)&sin.sin_addr))
		return -1;
	sin.sin_port = htons((uint16_t)port);
	return give(&sin, sizeof(sin), out, outlen);
}

int
evutil_parse_sockaddr_port(const char *str, struct sockaddr *out, int *outlen)
{
	const char *start = str;
	const char *end = str + strlen(str);
	const char *port_text = NULL;
	int is_v6 = 1;

	if (*str == '[') {
		start = str + 1;
		end = strchr(start, ']');
		if (!end)
			return -1;
		if (end[1] == ':')
			port_text = end + 2;
	} else {
		const char *colon = strchr(str, ':');

		is_v6 = colon && strchr(colon + 1, ':');
		if (colon && !is_v6) {
			end = colon;
			port_text = colon + 1;
		}
	}

	int port = port_text ? parse_port(port_text) : 0;

	if (port_text && port == 0)
		return -1;
	return is_v6 ? parse6(start, end, port, out, outlen)
		     : parse4(start, end, port, out, outlen);
}

/* -1, 0 or 1, as `a` is below, equal to or above `b`. */
static int
compare_numbers(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

/* Order of two IPv4 addresses; ports in the order of the wire's bytes. */
static int
compare4(const struct sockaddr_in *a, const struct sockaddr_in *b,
    int include_port)
{
	int r = compare_numbers(a->sin_addr.s_addr, b->sin_addr.s_addr);

	if (r == 0 && include_port)
		r = (int)a->sin_port - (int)b->sin_port;
	return r;
}

/* The same for IPv6.  Scope and flow are not looked at. */
static int
compare6(const struct sockaddr_in6 *a, const struct sockaddr_in6 *b,
    int include_port)
{
	int r = memcmp(&a->sin6_addr, &b->sin6_addr, sizeof(a->sin6_addr));

	if (r == 0 && include_port)
		r = (int)a->sin6_port - (int)b->sin6_port;
	return r;
}

int
evutil_sockaddr_cmp(const struct sockaddr *sa1, const struct sockaddr *sa2,
    int include_port)
{
	int r = (int)sa1->sa_family - (int)sa2->sa_family;

	if (r != 0)
		return r;
	if (sa1->sa_family == AF_INET) {
		return compare4((const void *)sa1, (const void *)sa2,
		    include_port);
	}
	if (sa1->sa_family == AF_INET6) {
		return compare6((const void *)sa1, (const void *)sa2,
		    include_port);
	}
	return 1; /* of other families nobody knows */
}

int
evi_util_addr_is_loopback(const struct sockaddr *addr)
{
	const struct sockaddr_in *sin = (const void *)addr;
	const struct sockaddr_in6 *sin6 = (const void *)addr;

	if (addr->sa_family == AF_INET)
		return ntohl(sin->sin_addr.s_addr) >> 24 == 127;
	return addr->sa_family == AF_INET6 &&
	    IN6_IS_ADDR_LOOPBACK(&sin6->sin6_addr);
}

const char *
evi_util_addr_format(const struct sockaddr *addr, char *buf, size_t size)
{
	const struct sockaddr_in *sin = (const void *)addr;
	const struct sockaddr_in6 *sin6 = (const void *)addr;
	char text[INET6_ADDRSTRLEN];

	if (addr->sa_family == AF_INET) {
		evutil_inet_ntop(AF_INET, &sin->sin_addr, text, sizeof(text));
		evutil_snprintf(buf, size, "%s:%d", text, ntohs(sin->sin_port));
	} else if (addr->sa_family == AF_INET6) {
		evutil_inet_ntop(AF_INET6, &sin6->sin6_addr, text,
		    sizeof(text));
		evutil_snprintf(buf, size, "[%s]:%d", text,
		    ntohs(sin6->sin6_port));
	} else {
		evutil_snprintf(buf, size, "<address family %d>",
		    (int)addr->sa_family);
	}
	return buf;
}
