/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * time_test.c - dates, and the monotonic timers.
 */
#include <stdlib.h>
#include <string.h>

#include <event2/util.h>

#include "test.h"

/* Every day and month has its name, whatever the locale. */
TEST(dates_are_printed)
{
	static const char *const want[] = {
		"Sun, 01 Jan 1994 08:49:37 GMT",
		"Mon, 02 Feb 1994 08:49:37 GMT",
		"Tue, 03 Mar 1994 08:49:37 GMT",
		"Wed, 04 Apr 1994 08:49:37 GMT",
		"Thu, 05 May 1994 08:49:37 GMT",
		"Fri, 06 Jun 1994 08:49:37 GMT",
		"Sat, 07 Jul 1994 08:49:37 GMT",
		"Sun, 08 Aug 1994 08:49:37 GMT",
		"Mon, 09 Sep 1994 08:49:37 GMT",
		"Tue, 10 Oct 1994 08:49:37 GMT",
		"Wed, 11 Nov 1994 08:49:37 GMT",
		"Thu, 12 Dec 1994 08:49:37 GMT",
	};
	struct tm tm = { .tm_year = 94,
		.tm_hour = 8,
		.tm_min = 49,
		.tm_sec = 37 };
	char text[30];

	for (int i = 0; i < 12; i++) {
		tm.tm_wday = i % 7;
		tm.tm_mon = i;
		tm.tm_mday = i + 1;
		CHECK_EQ(evutil_date_rfc1123(text, sizeof(text), &tm), 29);
		CHECK_STR(text, want[i]);
	}
}

/* What does not fit is cut, and the length still told. */
TEST(dates_are_cut)
{
	struct tm tm = { .tm_year = 94 };
	char text[30] = "z";

	CHECK_EQ(evutil_date_rfc1123(text, 10, &tm), 29);
	CHECK_STR(text, "Sun, 00 J");
	CHECK_EQ(evutil_date_rfc1123(text, 0, &tm), 0);
}

/* A day or month that does not exist is refused. */
TEST(impossible_dates_are_refused)
{
	char text[30];

	for (int bad = -1; bad < 2; bad += 2) {
		struct tm day = { .tm_wday = bad * 7 };
		struct tm month = { .tm_mon = bad * 12 };

		CHECK_EQ(evutil_date_rfc1123(text, sizeof(text), &day), -1);
		CHECK_EQ(errno, EINVAL);
		CHECK_EQ(evutil_date_rfc1123(text, sizeof(text), &month), -1);
	}
}

/* No time given is now: the text lies between two of ours. */
TEST(no_date_is_now)
{
	char before[30], text[30], after[30];
	time_t t = time(NULL);

	evutil_date_rfc1123(before, sizeof(before), gmtime(&t));
	CHECK_EQ(evutil_date_rfc1123(text, sizeof(text), NULL), 29);
	t = time(NULL);
	evutil_date_rfc1123(after, sizeof(after), gmtime(&t));
	if (strcmp(before, after) == 0)
		CHECK_STR(text, before);
	else
		CHECK_STR(text + 25, " GMT");
}

/* Every kind of timer gives proper times that never go back. */
TEST(timers_never_go_back)
{
	static const int flags[] = { -1, 0, EV_MONOT_PRECISE,
		EV_MONOT_FALLBACK };

	for (int i = 0; i < 4; i++) {
		struct evutil_monotonic_timer
		    *timer = evutil_monotonic_timer_new();
		struct timeval last = { 0, 0 }, now;

		CHECK_NOTNULL(timer);
		if (flags[i] >= 0)
			CHECK_EQ(evutil_configure_monotonic_time(timer,
				     flags[i]),
			    0);
		for (int k = 0; k < 1000; k++) {
			CHECK_EQ(evutil_gettime_monotonic(timer, &now), 0);
			CHECK(evutil_timercmp(&last, &now, <=));
			CHECK_GE(now.tv_usec, 0);
			CHECK_LT(now.tv_usec, 1000000);
			last = now;
		}
		evutil_monotonic_timer_free(timer);
	}
	evutil_monotonic_timer_free(NULL);
}

/* The fallback is the wall clock, the others are the monotonic one. */
TEST(timers_read_their_clock)
{
	for (int fallback = 0; fallback < 2; fallback++) {
		struct evutil_monotonic_timer
		    *timer = evutil_monotonic_timer_new();
		struct timespec clock;
		struct timeval now;

		CHECK_NOTNULL(timer);
		evutil_configure_monotonic_time(timer,
		    fallback ? EV_MONOT_FALLBACK : EV_MONOT_PRECISE);
		evutil_gettime_monotonic(timer, &now);
		clock_gettime(fallback ? CLOCK_REALTIME : CLOCK_MONOTONIC,
		    &clock);
		CHECK_LE(now.tv_sec, clock.tv_sec);
		CHECK_LT(clock.tv_sec - now.tv_sec, 5);
		evutil_monotonic_timer_free(timer);
	}
}

/* The arithmetic of the macros, with carry and borrow. */
TEST(timeval_macros_carry)
{
	struct timeval a = { 1, 600000 }, b = { 2, 500000 }, c;

	evutil_timeradd(&a, &b, &c);
	CHECK_EQ(c.tv_sec, 4);
	CHECK_EQ(c.tv_usec, 100000);
	evutil_timersub(&b, &a, &c);
	CHECK_EQ(c.tv_sec, 0);
	CHECK_EQ(c.tv_usec, 900000);
	CHECK(evutil_timerisset(&c));
	evutil_timerclear(&c);
	CHECK(!evutil_timerisset(&c));
	CHECK(evutil_timercmp(&a, &b, <));
	CHECK_EQ(evutil_gettimeofday(&c, NULL), 0);
	CHECK(evutil_timerisset(&c));
}
