/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * clock.c - the fake clock: a clock_gettime() in front of the C library's.
 *
 * It passes calls on until the clock has been set, so that it may be linked
 * with tests that want the true time.
 */
#include "testing/clock.h"

#include <dlfcn.h>
#include <string.h>
#include <time.h>

#include "base/time.h"

static int is_fake;
static int64_t fake_ns;

void
evi_testing_clock_set(int64_t ns)
{
	is_fake = 1;
	fake_ns = ns;
}

void
evi_testing_clock_advance(int64_t ns)
{
	fake_ns = evi_time_add(fake_ns, ns);
}

int64_t
evi_testing_clock_now(void)
{
	return fake_ns;
}

/* The C library's own function. */
static int
real_gettime(clockid_t id, struct timespec *ts)
{
	static int (*real)(clockid_t, struct timespec *);

	if (!real) {
		void *found = dlsym(RTLD_NEXT, "clock_gettime");

		memcpy(&real, &found, sizeof(real));
	}
	return real(id, ts);
}

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	if (!is_fake)
		return real_gettime(id, ts);
	ts->tv_sec = (time_t)(fake_ns / EVI_TIME_NS_PER_S);
	ts->tv_nsec = (long)(fake_ns % EVI_TIME_NS_PER_S);
	return 0;
}
