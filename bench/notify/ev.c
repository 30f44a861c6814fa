/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * notify/ev.c - waking a loop, libev.
 *
 * libev has no thread-safe one-time callback, so there is no `--what once`.
 */
#include "common/bench.h"
#include "notify/notify.h"

#include <ev.h>
#include <stddef.h>

static struct ev_loop *loops[2];
static ev_async balls[2];

static void
kick(int side)
{
	ev_async_send(loops[side], &balls[side]);
}

static void
on_ball(struct ev_loop *self, ev_async *ball, int what)
{
	long left = notify_hit();

	(void)what;
	if (left >= 0)
		kick(ball == &balls[0]);
	if (left <= 0)
		ev_break(self, EVBREAK_ALL);
}

static void
loop(int side)
{
	ev_run(loops[side], 0);
}

int
main(int argc, char **argv)
{
	static const struct notify_calls calls = { kick, loop, NULL };

	(void)argc;
	for (int side = 0; side < 2; side++) {
		loops[side] = ev_loop_new(EVBACKEND_EPOLL);
		ev_async_init(&balls[side], on_ball);
		ev_async_start(loops[side], &balls[side]);
	}
	notify_run(argv, &calls);
	return 0;
}
