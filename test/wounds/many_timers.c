/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * many_timers.c - one million timers: no count wraps (2019).
 *
 * debian: passes
 */
#include <event2/event_struct.h>

#include "wound.h"

#define TIMERS 1000000

static struct event timers[TIMERS];
static int fired;
static int last = -1;

/* The earlier ones come first; equal ones in any order. */
static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	int ms = (int)((struct event *)arg - timers) % 10;

	(void)fd;
	CHECK_EQ(what, EV_TIMEOUT);
	CHECK(ms >= last);
	last = ms;
	fired++;
}

/* Move every second timer near, remove the others; time stands still here. */
static void
on_start(evutil_socket_t fd, short what, void *arg)
{
	size_t i;

	(void)fd;
	(void)what;
	(void)arg;
	for (i = 0; i < TIMERS; i++) {
		struct timeval soon = { 0, (long)(i % 10) * 1000 };

		if (i % 2)
			CHECK_EQ(event_del(&timers[i]), 0);
		else
			CHECK_EQ(event_add(&timers[i], &soon), 0);
	}
}

int
main(void)
{
	struct event_base *base = event_base_new();
	struct event start;
	size_t i;

	for (i = 0; i < TIMERS; i++) {
		struct timeval delay = { 100 + TIMERS - (long)i, 0 };

		event_assign(&timers[i], base, -1, 0, on_timer, &timers[i]);
		CHECK_EQ(event_add(&timers[i], &delay), 0);
	}
	CHECK_EQ(event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED),
	    TIMERS);
	event_assign(&start, base, -1, 0, on_start, NULL);
	event_active(&start, EV_TIMEOUT, 1);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(fired, TIMERS / 2);
	event_base_free(base);
	return PASSED;
}
