/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * time_test.c - timevals to nanoseconds and back, at the edges.
 */
#include "base/time.h"

#include "test.h"

/* Seconds and microseconds add up; microseconds may be any number. */
TEST(timevals_become_nanoseconds)
{
	struct timeval tv = { .tv_sec = 2, .tv_usec = 5 };

	CHECK_EQ(evi_time_from_timeval(&tv), 2000005000);
	tv.tv_usec = 3000001;
	CHECK_EQ(evi_time_from_timeval(&tv), 5000001000);
	tv.tv_sec = 0;
	tv.tv_usec = -1;
	CHECK_EQ(evi_time_from_timeval(&tv), -1000);
}

/* The ends of a time_t: saturated where it has 64 bits, exact with 32. */
TEST(timevals_saturate)
{
	const int is_wide = sizeof(time_t) > 4;
	const int64_t max = is_wide ? INT64_MAX : INT32_MAX;
	struct timeval tv = { .tv_sec = (time_t)max, .tv_usec = 0 };

	CHECK_EQ(evi_time_from_timeval(&tv),
	    is_wide ? INT64_MAX : INT32_MAX * EVI_TIME_NS_PER_S);
	tv.tv_sec = (time_t)(is_wide ? INT64_MAX / 1000000000 : INT32_MAX);
	CHECK_EQ(evi_time_from_timeval(&tv),
	    is_wide ? INT64_MAX : INT32_MAX * EVI_TIME_NS_PER_S);
	tv.tv_sec = (time_t)(-max - 1);
	CHECK_EQ(evi_time_from_timeval(&tv),
	    is_wide ? INT64_MIN : INT32_MIN * EVI_TIME_NS_PER_S);
}

/* Only 0 <= usec < 1e6 and sec >= 0 is a proper timeval. */
TEST(proper_timevals_are_known)
{
	struct timeval good = { .tv_sec = 0, .tv_usec = 999999 };
	struct timeval bad[] = {
		{ .tv_sec = -1 },
		{ .tv_usec = -1 },
		{ .tv_usec = 1000000 },
	};

	CHECK(evi_time_is_valid(&good));
	for (int i = 0; i < 3; i++)
		CHECK(!evi_time_is_valid(&bad[i]));
}

/* Back to a timeval, rounded down. */
TEST(nanoseconds_become_timevals)
{
	struct timeval tv;

	evi_time_to_timeval(5000001999, &tv);
	CHECK_EQ(tv.tv_sec, 5);
	CHECK_EQ(tv.tv_usec, 1);
}

/* Sums stop at "never". */
TEST(sums_saturate)
{
	CHECK_EQ(evi_time_add(1, 2), 3);
	CHECK_EQ(evi_time_add(-5, 2), -3);
	CHECK_EQ(evi_time_add(1, INT64_MAX), EVI_TIME_NEVER);
	CHECK_EQ(evi_time_add(INT64_MAX, 1), EVI_TIME_NEVER);
	CHECK_EQ(evi_time_add(-1, INT64_MAX), INT64_MAX - 1);
}
