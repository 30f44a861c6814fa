/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * clock.c - the POSIX clocks.
 *
 * On Linux each of these is answered in user space (the vDSO).  They cannot
 * fail: the clocks exist and the pointer is good.  No state, no locks.
 */
#include "os/clock.h"

#include <time.h>

#include "base/time.h"

#if defined(CLOCK_MONOTONIC_COARSE)
#define CLOCK_CHEAP CLOCK_MONOTONIC_COARSE
#elif defined(CLOCK_MONOTONIC_FAST)
#define CLOCK_CHEAP CLOCK_MONOTONIC_FAST
#else
#define CLOCK_CHEAP CLOCK_MONOTONIC
#endif

/* One clock in nanoseconds. */
static int64_t
read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * EVI_TIME_NS_PER_S + ts.tv_nsec;
}

int64_t
evi_os_clock_monotonic(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t
evi_os_clock_coarse(void)
{
	return read_clock(CLOCK_CHEAP);
}

int64_t
evi_os_clock_wall(void)
{
	return read_clock(CLOCK_REALTIME);
}

void
evi_os_clock_sleep(int64_t ns)
{
	struct timespec span = { .tv_sec = (time_t)(ns / EVI_TIME_NS_PER_S),
		.tv_nsec = (long)(ns % EVI_TIME_NS_PER_S) };

	(void)nanosleep(&span, NULL);
}
