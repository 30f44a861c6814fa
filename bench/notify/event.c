/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * notify/event.c - waking a loop, one-time callbacks: the libevent API.
 */
#include "common/bench.h"
#include "notify/notify.h"

#include <event2/event.h>
#include <event2/thread.h>

static struct event_base *bases[2];
static struct event *balls[2];

static void
kick(int side)
{
	event_active(balls[side], EV_READ, 0);
}

static void
on_ball(evutil_socket_t fd, short what, void *arg)
{
	int side = arg == &balls[1];
	long left = notify_hit();

	(void)fd;
	(void)what;
	if (left >= 0)
		kick(!side);
	if (left <= 0)
		event_base_loopbreak(bases[side]);
}

static void
loop(int side)
{
	event_base_loop(bases[side], EVLOOP_NO_EXIT_ON_EMPTY);
}

static void
on_once(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	if (notify_hit() == 0)
		event_base_loopbreak(bases[0]);
}

static void
once(void)
{
	event_base_once(bases[0], -1, EV_TIMEOUT, on_once, NULL, NULL);
}

int
main(int argc, char **argv)
{
	static const struct notify_calls calls = { kick, loop, once };

	(void)argc;
	evthread_use_pthreads();
	for (int side = 0; side < 2; side++) {
		bases[side] = event_base_new();
		balls[side] = event_new(bases[side], -1, EV_PERSIST, on_ball,
		    &balls[side]);
	}
	notify_run(argv, &calls);
	return 0;
}
