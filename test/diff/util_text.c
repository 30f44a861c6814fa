/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * util_text.c - numbers, printing, case and dates.
 */
#include "trace.h"

#include <time.h>

#include <event2/util.h>

static const char *const numbers[] = {
	"0",
	"123",
	"-5",
	"+7",
	" 12",
	"0x1f",
	"077",
	"9223372036854775807",
	"9223372036854775808",
	"-9223372036854775808",
	"-9223372036854775809",
	"12abc",
	"",
	"abc",
	"--1",
	"0x",
};

static void
strtoll_all(void)
{
	static const int bases[] = { 0, 8, 10, 16, 36 };
	size_t i, k;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		for (k = 0; k < sizeof(bases) / sizeof(bases[0]); k++) {
			char *end = NULL;
			long long value = evutil_strtoll(numbers[i], &end,
			    bases[k]);

			trace("strtoll <%s> base %d = %lld, rest <%s>",
			    numbers[i], bases[k], value, end);
		}
	}
	CALL(evutil_strtoll("55", NULL, 10));
}

static void
print_into(size_t room)
{
	char buf[16] = "untouched";
	int r = evutil_snprintf(buf, room, "%s-%d", "abc", 42);

	trace("snprintf, room %d = %d <%s>", (int)room, r, buf);
}

static void
compare(const char *a, const char *b)
{
	trace("strcasecmp <%s> <%s> = %d", a, b, evutil_ascii_strcasecmp(a, b));
	trace("strncasecmp 0, 1, 3 = %d %d %d",
	    evutil_ascii_strncasecmp(a, b, 0),
	    evutil_ascii_strncasecmp(a, b, 1),
	    evutil_ascii_strncasecmp(a, b, 3));
}

static void
date_into(size_t room, const struct tm *tm)
{
	char buf[64] = "untouched";
	int r = evutil_date_rfc1123(buf, room, tm);

	trace("date, room %d = %d <%s>", (int)room, r, buf);
}

int
main(void)
{
	struct tm tm = { .tm_year = 94,
		.tm_mon = 10,
		.tm_mday = 6,
		.tm_hour = 8,
		.tm_min = 49,
		.tm_sec = 37 };
	char now[64];
	size_t room;
	int day;

	strtoll_all();
	for (room = 0; room < 10; room++)
		print_into(room);
	trace("no room at all: %d", evutil_snprintf(NULL, 0, "%s", "abcd"));
	compare("ABC", "abc");
	compare("abc", "abd");
	compare("abcd", "abc");
	compare("", "a");
	compare("Z", "[");
	compare("@", "`");
	compare("aB", "Ac");
	trace("high bytes %d %d", evutil_ascii_strcasecmp("\xc4", "\xe4"),
	    evutil_ascii_strcasecmp("\x7f", "\x80"));
	date_into(64, &tm);
	date_into(30, &tm);
	date_into(29, &tm);
	date_into(10, &tm);
	date_into(1, &tm);
	date_into(0, &tm);
	for (day = 0; day < 12; day++) {
		tm.tm_wday = day % 7;
		tm.tm_mon = day;
		tm.tm_mday = day + 1;
		date_into(64, &tm);
	}
	tm.tm_year = -1000;
	date_into(64, &tm);
	tm.tm_year = 10000;
	date_into(64, &tm);
	CALL(evutil_date_rfc1123(now, sizeof(now), NULL));
	trace("the date of now ends in %s", now + 25);
	return 0;
}
