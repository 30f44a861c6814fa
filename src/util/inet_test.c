/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * inet_test.c - the address parsers never look behind the end.
 *
 * Each text lies in a block of exactly its length, without a NUL: memory
 * checkers see every step too far.
 */
#include "util/inet.h"

#include <stdlib.h>
#include <string.h>

#include "event2/util.h"
#include "test.h"

static const char *const texts[] = {
	"1.2.3.4",
	"255.255.255.255",
	"256.1.1.1",
	"1.2.3.4.",
	"....",
	"",
	"::",
	"::1",
	"1::",
	":::",
	"1:2:3:4:5:6:7:8",
	"1:2:3:4:5:6:7:8:9",
	"::ffff:1.2.3.4",
	"1:2:3:4:5:6:1.2.3.4",
	"fe80::1%1",
	"fe80::1%",
	"%",
	":",
	"fe80::1%12345678901234567890",
	"::1%abcdefghijklmnopqrst",
	"12345::",
	"::12345",
	"1.2.3.4::",
	" +1. +2. +3. +4",
	"::+1.2.3.4",
};

/* Parse the first `len` bytes of `text` in a block of that size. */
static void
parse_exact(const char *text, size_t len, int *ret4, int *ret6)
{
	unsigned char addr[16];
	unsigned scope;
	char *copy = malloc(len + (len == 0));

	memcpy(copy, text, len);
	*ret4 = evi_util_inet_parse4(copy, copy + len, addr);
	*ret6 = evi_util_inet_parse6(copy, copy + len, addr, &scope);
	free(copy);
}

/* Every prefix of every text is judged as the same text with a NUL is. */
TEST(every_prefix_is_judged_alike)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		for (size_t len = 0; len <= strlen(texts[i]); len++) {
			char text[64];
			unsigned char addr[16];
			unsigned scope;
			int is4, is6;

			memcpy(text, texts[i], len);
			text[len] = '\0';
			parse_exact(text, len, &is4, &is6);
			CHECK_EQ(is4, evutil_inet_pton(AF_INET, text, addr));
			CHECK_EQ(is6,
			    evutil_inet_pton_scope(AF_INET6, text, addr,
				&scope));
		}
	}
}

/* A NUL before the end is no end, and nothing an address may hold. */
TEST(nul_is_not_an_end)
{
	static const char v4[] = "1.2.3.4\0";
	static const char v6[] = "::1\0";
	unsigned char addr[16];
	unsigned scope;

	CHECK_EQ(evi_util_inet_parse4(v4, v4 + 7, addr), 1);
	CHECK_EQ(evi_util_inet_parse4(v4, v4 + 8, addr), 0);
	CHECK_EQ(evi_util_inet_parse6(v6, v6 + 3, addr, &scope), 1);
	CHECK_EQ(evi_util_inet_parse6(v6, v6 + 4, addr, &scope), 0);
}

/* A failure leaves the result alone. */
TEST(failure_writes_nothing)
{
	unsigned char addr[16];
	unsigned char same[16];
	const char *v4 = "1.2.3.999";
	const char *v6 = "1:2:3:4:5:6:7";

	memset(addr, 0xa5, sizeof(addr));
	memset(same, 0xa5, sizeof(same));
	CHECK_EQ(evi_util_inet_parse4(v4, v4 + 9, addr), 0);
	CHECK_MEM(addr, same, sizeof(addr));
	CHECK_EQ(evutil_inet_pton(AF_INET6, v6, addr), 0);
	CHECK_MEM(addr, same, sizeof(addr));
}

/* All addresses survive the way to text and back. */
TEST(addresses_survive_the_round_trip)
{
	for (unsigned mask = 0; mask < 256; mask++) {
		unsigned char addr[16], back[16];
		char text[64];

		for (unsigned i = 0; i < 16; i++)
			addr[i] = mask >> i / 2 & 1
			    ? (unsigned char)(i * 17 + mask)
			    : 0;
		CHECK_NOTNULL(
		    evutil_inet_ntop(AF_INET6, addr, text, sizeof(text)));
		CHECK_EQ(evutil_inet_pton(AF_INET6, text, back), 1);
		CHECK_MEM(addr, back, 16);
		CHECK_NOTNULL(
		    evutil_inet_ntop(AF_INET, addr, text, sizeof(text)));
		CHECK_EQ(evutil_inet_pton(AF_INET, text, back), 1);
		CHECK_MEM(addr, back, 4);
	}
}
