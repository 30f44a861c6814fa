/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * addr_test.c - addresses to text and back.
 */
#include <netinet/in.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <event2/util.h>

#include "test.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Parse and print again: "address port scope", or "no". */
static const char *
parsed(const char *text, int room)
{
	static char out[100];
	struct sockaddr_storage ss;
	const struct sockaddr_in *sin = (const void *)&ss;
	const struct sockaddr_in6 *sin6 = (const void *)&ss;
	char addr[INET6_ADDRSTRLEN];
	int len = room;

	memset(&ss, 0xee, sizeof(ss));
	if (evutil_parse_sockaddr_port(text, (struct sockaddr *)&ss, &len) < 0)
		return len == room ? "no" : "no, but the length changed";
	if (ss.ss_family == AF_INET) {
		CHECK_EQ(len, sizeof(*sin));
		evutil_inet_ntop(AF_INET, &sin->sin_addr, addr, sizeof(addr));
		evutil_snprintf(out, sizeof(out), "%s %d", addr,
		    ntohs(sin->sin_port));
	} else {
		CHECK_EQ(len, sizeof(*sin6));
		evutil_inet_ntop(AF_INET6, &sin6->sin6_addr, addr,
		    sizeof(addr));
		evutil_snprintf(out, sizeof(out), "%s %d %u", addr,
		    ntohs(sin6->sin6_port), sin6->sin6_scope_id);
	}
	return out;
}

/* All spellings of address and port, and their misspellings. */
TEST(sockaddr_texts_are_parsed)
{
	static const struct {
		const char *text, *want;
	} table[] = {
		{ "1.2.3.4", "1.2.3.4 0" },
		{ "1.2.3.4:80", "1.2.3.4 80" },
		{ "1.2.3.4:65535", "1.2.3.4 65535" },
		{ "[::1]:80", "::1 80 0" },
		{ "[::1]", "::1 0 0" },
		{ "::1", "::1 0 0" },
		{ "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8 0 0" },
		{ "[fe80::1%1]:9", "fe80::1 9 1" },
		{ "fe80::1%77", "fe80::1 0 77" },
		{ "[::ffff:1.2.3.4]:5", "::ffff:1.2.3.4 5 0" },
		{ "1.2.3.4:0", "no" },
		{ "1.2.3.4:65536", "no" },
		{ "1.2.3.4:", "no" },
		{ "1.2.3.4:-1", "no" },
		{ "1.2.3.4:99999999999999999999", "no" },
		{ "[::1]:", "no" },
		{ "[::1]:0", "no" },
		{ "[::1", "no" },
		{ "[1.2.3.4]:80", "no" },
		{ "1.2.3", "no" },
		{ "", "no" },
		{ "localhost:80", "no" },
		{ ":80", "no" },
		{ "[]:80", "no" },
		{ "fe80::1%no-such-interface", "no" },
		{ "fe80::1%4294967296", "no" },
		{ "256.1.1.1", "no" },
	};

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		CHECK_STR(parsed(table[i].text,
			      (int)sizeof(struct sockaddr_storage)),
		    table[i].want);
	}
}

/* The address goes out only if it fits whole. */
TEST(room_is_respected)
{
	CHECK_STR(parsed("1.2.3.4:80", 16), "1.2.3.4 80");
	CHECK_STR(parsed("1.2.3.4:80", 15), "no");
	CHECK_STR(parsed("[::1]:80", 28), "::1 80 0");
	CHECK_STR(parsed("[::1]:80", 27), "no");
	CHECK_STR(parsed("1.2.3.4:80", 0), "no");
	CHECK_STR(parsed("1.2.3.4:80", -1), "no");
}

/* Texts about as long as any buffer, inside brackets and out. */
TEST(long_texts_are_refused)
{
	char text[300];

	for (size_t len = 1; len < sizeof(text); len++) {
		memset(text, '1', len);
		text[len] = '\0';
		CHECK_STR(parsed(text, 128), "no");
		text[0] = '[';
		text[len - 1] = ']';
		CHECK_STR(parsed(text, 128), "no");
	}
}

/*
 * More bytes than an int can count, between brackets: the same 16 MiB over
 * and over.
 */
TEST(two_gigabytes_in_brackets)
{
	size_t page = 1 << 24;
	size_t size = ((size_t)1 << 31) + page;
	int fd = memfd_create("page", MFD_CLOEXEC);
	char *text = mmap(NULL, size, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (fd < 0 || text == MAP_FAILED)
		SKIP("no two gigabytes of addresses");
	CHECK_EQ(ftruncate(fd, (off_t)page), 0);
	for (size_t at = 0; at < size; at += page) {
		CHECK_PTR(mmap(text + at, page, PROT_READ | PROT_WRITE,
			      (at == 0 || at == size - page ? MAP_PRIVATE
							    : MAP_SHARED) |
				  MAP_FIXED,
			      fd, 0),
		    text + at);
		if (at == page)
			memset(text + at, '1', page);
	}
	text[0] = '[';
	memset(text + 1, '1', page - 1);
	memcpy(text + size - 5, "]:80", 5);
	CHECK_STR(parsed(text, 128), "no");
	munmap(text, size);
	close(fd);
}

/* Numbers to text: the shortest form, dots where IPv4 is inside. */
TEST(addresses_are_printed)
{
	static const char *const same[] = {
		"::",
		"::1",
		"1::",
		"1:0:0:2::3",
		"::ffff:1.2.3.4",
		"::1.2.3.4",
		"::ffff:0:102:304",
		"1:0:3:4:5:6:7:8",
		"1:2:3:4:5:6:7:0",
		"1:2:3:4:5:6::",
		"::3:4:5:6:0:0",
		"fe80::abcd",
		"::1:0",
		"64:ff9b::102:304",
		"1:2:3:4:5:6:7:8",
	};

	for (size_t i = 0; i < COUNT_OF(same); i++) {
		unsigned char addr[16];
		char text[INET6_ADDRSTRLEN];

		CHECK_EQ(evutil_inet_pton(AF_INET6, same[i], addr), 1);
		CHECK_STR(evutil_inet_ntop(AF_INET6, addr, text, sizeof(text)),
		    same[i]);
	}
}

/* Text that does not fit is refused, and nothing is written behind it. */
TEST(printing_respects_the_room)
{
	static const unsigned char v4[4] = { 255, 255, 255, 255 };
	static const unsigned char v6[16] = { [15] = 1 };
	char text[20];

	memset(text, 'z', sizeof(text));
	CHECK_NULL(evutil_inet_ntop(AF_INET, v4, text, 15));
	CHECK_EQ(errno, ENOSPC);
	CHECK_EQ(text[15], 'z');
	CHECK_STR(evutil_inet_ntop(AF_INET, v4, text, 16), "255.255.255.255");
	CHECK_NULL(evutil_inet_ntop(AF_INET6, v6, text, 3));
	CHECK_NULL(evutil_inet_ntop(AF_INET6, v6, text, 0));
	CHECK_STR(evutil_inet_ntop(AF_INET6, v6, text, 4), "::1");
	CHECK_NULL(evutil_inet_ntop(AF_UNIX, v6, text, 20));
	CHECK_EQ(errno, EAFNOSUPPORT);
}

/* Text to numbers, by family; an unknown family is an error. */
TEST(addresses_are_read)
{
	unsigned char addr[16];
	unsigned scope = 7;

	CHECK_EQ(evutil_inet_pton(AF_INET, "1.2.3.4", addr), 1);
	CHECK_MEM(addr, "\1\2\3\4", 4);
	CHECK_EQ(evutil_inet_pton(AF_INET, "1.2.3", addr), 0);
	CHECK_EQ(evutil_inet_pton(AF_INET6, "::1%1", addr), 0);
	CHECK_EQ(evutil_inet_pton(AF_UNIX, "x", addr), -1);
	CHECK_EQ(errno, EAFNOSUPPORT);
	CHECK_EQ(evutil_inet_pton_scope(AF_INET6, "::1%1", addr, &scope), 1);
	CHECK_EQ(scope, 1);
	CHECK_EQ(evutil_inet_pton_scope(AF_INET, "1.2.3.4", addr, &scope), 1);
	CHECK_EQ(scope, 0);
	CHECK_EQ(evutil_inet_pton_scope(AF_UNIX, "x", addr, &scope), -1);
}

/* Compare two texts' addresses. */
static int
compare(const char *a, const char *b, int include_port)
{
	struct sockaddr_storage sa, sb;
	int la = sizeof(sa), lb = sizeof(sb);

	CHECK_EQ(evutil_parse_sockaddr_port(a, (void *)&sa, &la), 0);
	CHECK_EQ(evutil_parse_sockaddr_port(b, (void *)&sb, &lb), 0);
	return evutil_sockaddr_cmp((void *)&sa, (void *)&sb, include_port);
}

/* Equal is zero, order is antisymmetric, the port counts when asked to. */
TEST(addresses_are_ordered)
{
	static const char *const texts[] = {
		"1.2.3.4:5",
		"1.2.3.4:6",
		"1.2.3.5:5",
		"[::1]:5",
		"[::1]:6",
		"[::2]:5",
	};

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		CHECK_EQ(compare(texts[i], texts[i], 1), 0);
		for (size_t k = 0; k < i; k++) {
			int r = compare(texts[i], texts[k], 1);

			CHECK_NE(r, 0);
			CHECK_EQ(r<0, compare(texts[k], texts[i], 1)> 0);
		}
	}
	CHECK_EQ(compare("1.2.3.4:5", "1.2.3.4:6", 0), 0);
	CHECK_EQ(compare("[::1]:5", "[::1]:6", 0), 0);
	CHECK_EQ(compare("[fe80::1%1]:5", "[fe80::1%2]:5", 1), 0);
	CHECK_NE(compare("1.2.3.4:5", "1.2.3.5:5", 0), 0);
}

/* Of families that are not IP nothing is said to be equal. */
TEST(unknown_families_are_never_equal)
{
	struct sockaddr sa = { .sa_family = AF_UNIX };

	CHECK_EQ(evutil_sockaddr_cmp(&sa, &sa, 0), 1);
}
