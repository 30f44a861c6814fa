/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * timer/event.c - many pending timers: the libevent API.
 *
 * The case is explained in timer.h.  The events stand in an array, as the
 * timers of the others do.  With `--what common` the refreshes use one timeout
 * that was announced by event_base_init_common_timeout().
 */
#include "common/bench.h"
#include "timer/timer.h"

#include <event2/event.h>
#include <event2/event_struct.h>

static struct event_base *base;
static struct event *events;
struct call {
	struct event *event;
	struct timeval span;
};

static struct call *calls;
static const struct timeval *common;

static void
on_timeout(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	timer_fired(arg);
}

static void
prepare(long turn, long i, long ms)
{
	struct call *call = &calls[turn];

	call->event = &events[i];
	call->span.tv_sec = ms / 1000;
	call->span.tv_usec = ms % 1000 * 1000;
}

static void
add(void *arg)
{
	long count = timer_count();
	const struct timeval *only = common;

	(void)arg;
	for (long i = 0; i < count; i++)
		event_add(calls[i].event, only ? only : &calls[i].span);
}

static void
cancel(void *arg)
{
	long count = timer_count();

	(void)arg;
	for (long i = 0; i < count; i++)
		event_del(calls[i].event);
}

static bool
is_pending(long i)
{
	return event_pending(&events[i], EV_TIMEOUT, NULL);
}

static void
turn(void *arg)
{
	(void)arg;
	event_base_loop(base, EVLOOP_NONBLOCK);
}

static void
on_stage(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	timer_stage();
}

/* Run timer_stage() inside a callback. */
static void
enter(void)
{
	event_base_once(base, -1, EV_TIMEOUT, on_stage, NULL, NULL);
	event_base_loop(base, EVLOOP_ONCE);
}

int
main(int argc, char **argv)
{
	static const struct timer_calls how = { prepare, add, cancel, turn,
		is_pending, enter };
	struct timeval span = { TIMER_COMMON_MS / 1000, 0 };

	(void)argc;
	timer_init(argv);
	base = event_base_new();
	events = timer_alloc(sizeof(events[0]));
	calls = timer_alloc(sizeof(calls[0]));
	for (long i = 0; i < timer_count(); i++)
		event_assign(&events[i], base, -1, 0, on_timeout, (void *)i);
	if (timer_is_common())
		common = event_base_init_common_timeout(base, &span);
	timer_run(&how);
	return 0;
}
