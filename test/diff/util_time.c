/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * util_time.c - the monotonic timers and the random numbers: what they
 * answer, not what time it is.
 */
#include "trace.h"

#include <time.h>

#include <event2/util.h>

/* Which clock did it read? */
static void
guess_clock(struct evutil_monotonic_timer *timer)
{
	struct timespec mono, wall;
	struct timeval tv = { 0, 0 };

	CALL(evutil_gettime_monotonic(timer, &tv));
	clock_gettime(CLOCK_MONOTONIC, &mono);
	clock_gettime(CLOCK_REALTIME, &wall);
	trace("  like the monotonic clock %d, like the wall clock %d",
	    labs(tv.tv_sec - mono.tv_sec) < 5,
	    labs(tv.tv_sec - wall.tv_sec) < 5);
}

static void
configured(int flags)
{
	struct evutil_monotonic_timer *timer = evutil_monotonic_timer_new();

	must(timer != NULL, "evutil_monotonic_timer_new");
	trace("flags %d: %d", flags,
	    evutil_configure_monotonic_time(timer, flags));
	guess_clock(timer);
	evutil_monotonic_timer_free(timer);
}

int
main(void)
{
	struct evutil_monotonic_timer *timer = evutil_monotonic_timer_new();
	unsigned char bytes[64] = { 0 };

	trace("not configured");
	guess_clock(timer);
	evutil_monotonic_timer_free(timer);
	evutil_monotonic_timer_free(NULL);
	configured(0);
	configured(EV_MONOT_PRECISE);
	configured(EV_MONOT_FALLBACK);
	configured(EV_MONOT_PRECISE | EV_MONOT_FALLBACK);
	configured(64);
	CALL(evutil_secure_rng_init());
	evutil_secure_rng_add_bytes("abc", 3);
	evutil_secure_rng_get_bytes(bytes, 0);
	CALL(bytes[0]);
	evutil_secure_rng_get_bytes(bytes, sizeof(bytes));
	CALL(memcmp(bytes, bytes + 32, 32) != 0);
	CALL(evutil_secure_rng_set_urandom_device_file("/dev/urandom"));
	return 0;
}
