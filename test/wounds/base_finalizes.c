/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * base_finalizes.c - finalizers that event_base_free() runs, as no loop did,
 * and that free what they stand for (uses after free, 2014 to 2019).
 *
 * Once its finalizer has run, an event is not touched: its memory may be gone.
 *
 * debian: crashes (SIGSEGV)
 */
#include <event2/event_struct.h>

#include "wound.h"

#define EVENTS 3

static int finalized;

static void
on_finalize(struct event *ev, void *arg)
{
	CHECK(ev == arg);
	finalized++;
	wound_free(ev);
}

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	CHECK(!"called, though it is finalised");
}

/* One of each: not added, waiting, active. */
static void
run(void)
{
	struct event_base *base = event_base_new();
	struct timeval late = { 1000, 0 };
	struct event *events[EVENTS];
	int i;

	finalized = 0;
	for (i = 0; i < EVENTS; i++) {
		events[i] = wound_malloc(sizeof(struct event));
		CHECK(events[i] != NULL);
		event_assign(events[i], base, -1, 0, on_event, events[i]);
	}
	CHECK_EQ(event_add(events[1], &late), 0);
	event_active(events[2], EV_TIMEOUT, 1);
	for (i = 0; i < EVENTS; i++) {
		printf("the base finalises %d\n", i);
		fflush(stdout);
		CHECK_EQ(event_finalize(0, events[i], on_finalize), 0);
	}
	event_base_free(base);
	CHECK_EQ(finalized, EVENTS);
}

int
main(void)
{
	wound_watch();
	run();
	return wound_end();
}
