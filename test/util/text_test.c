/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * text_test.c - printing, numbers and case.
 */
#include <locale.h>
#include <string.h>

#include <event2/util.h>

#include "test.h"

/* The whole length is told, the room is never exceeded, a NUL ends it. */
TEST(snprintf_tells_the_whole_length)
{
	for (size_t room = 1; room < 10; room++) {
		char buf[16];

		memset(buf, 'z', sizeof(buf));
		CHECK_EQ(evutil_snprintf(buf, room, "%s-%d", "abc", 42), 6);
		CHECK_EQ(strlen(buf), room > 6 ? 6 : room - 1);
		CHECK_EQ(buf[room], 'z');
	}
}

/* No room at all: nothing is touched, and the answer is 0. */
TEST(snprintf_without_room)
{
	char byte = 'z';

	CHECK_EQ(evutil_snprintf(&byte, 0, "%s", "abc"), 0);
	CHECK_EQ(byte, 'z');
	CHECK_EQ(evutil_snprintf(NULL, 0, "%s", "abc"), 0);
}

/* Every base, both signs, and saturation at both ends. */
TEST(strtoll_reads_numbers)
{
	char *end;

	CHECK_EQ(evutil_strtoll("-123 x", &end, 10), -123);
	CHECK_STR(end, " x");
	CHECK_EQ(evutil_strtoll("0x1f", NULL, 0), 31);
	CHECK_EQ(evutil_strtoll("ff", NULL, 16), 255);
	CHECK_EQ(evutil_strtoll("9223372036854775808", NULL, 10), EV_INT64_MAX);
	CHECK_EQ(evutil_strtoll("-9223372036854775809", NULL, 10),
	    EV_INT64_MIN);
	CHECK_EQ(evutil_strtoll("x", &end, 10), 0);
	CHECK_STR(end, "x");
}

/* Case is ASCII's, in any locale, and only letters have one. */
TEST(case_is_ascii)
{
	setlocale(LC_ALL, "");
	CHECK_EQ(evutil_ascii_strcasecmp("Content-TYPE", "content-type"), 0);
	CHECK_LT(evutil_ascii_strcasecmp("abc", "ABD"), 0);
	CHECK_GT(evutil_ascii_strcasecmp("abcd", "ABC"), 0);
	CHECK_LT(evutil_ascii_strcasecmp("", "a"), 0);
	CHECK_NE(evutil_ascii_strcasecmp("@", "`"), 0);
	CHECK_NE(evutil_ascii_strcasecmp("[", "{"), 0);
	CHECK_NE(evutil_ascii_strcasecmp("\xc4", "\xe4"), 0);
}

/* Only the first n characters count, and none behind a NUL. */
TEST(case_compares_a_prefix)
{
	CHECK_EQ(evutil_ascii_strncasecmp("ABCx", "abcy", 3), 0);
	CHECK_LT(evutil_ascii_strncasecmp("ABCx", "abcy", 4), 0);
	CHECK_LT(evutil_ascii_strncasecmp("ab", "abc", 9), 0);
	CHECK_EQ(evutil_ascii_strncasecmp("ab\0x", "AB\0y", 4), 0);
	CHECK_EQ(evutil_ascii_strncasecmp("a", "b", 0), 0);
}
