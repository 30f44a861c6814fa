/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * clock_test.c - the clocks against the system's own.
 */
#include "os/clock.h"

#include <time.h>

#include "test.h"

/* One of the system's clocks in nanoseconds. */
static int64_t
system_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* The monotonic clock is CLOCK_MONOTONIC and never goes back. */
TEST(monotonic_never_goes_back)
{
	int64_t before = system_clock(CLOCK_MONOTONIC);
	int64_t last = evi_os_clock_monotonic();

	CHECK_LE(before, last);
	for (int i = 0; i < 1000; i++) {
		int64_t now = evi_os_clock_monotonic();

		CHECK_LE(last, now);
		last = now;
	}
	CHECK_LE(last, system_clock(CLOCK_MONOTONIC));
}

/* The coarse clock is the same one, at most a tick of 100 Hz behind. */
TEST(coarse_is_a_little_behind)
{
	int64_t coarse = evi_os_clock_coarse();
	int64_t now = evi_os_clock_monotonic();
	struct timespec tick;

	CHECK_LE(coarse, now);
	clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
	CHECK_LE(tick.tv_nsec, 10000000);
}

/* The wall clock is CLOCK_REALTIME. */
TEST(wall_is_real_time)
{
	int64_t before = system_clock(CLOCK_REALTIME);
	int64_t now = evi_os_clock_wall();

	CHECK_LE(before, now);
	CHECK_LE(now, system_clock(CLOCK_REALTIME));
}

/* A sleep is not shorter than asked for. */
TEST(sleep_lets_time_pass)
{
	int64_t before = evi_os_clock_monotonic();

	evi_os_clock_sleep(2000000);
	CHECK_GE(evi_os_clock_monotonic() - before, 2000000);
	evi_os_clock_sleep(0);
}
