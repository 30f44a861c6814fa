/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * notify/uv.c - waking a loop: libuv.
 *
 * libuv has no thread-safe one-time callback, so there is no `--what once`.
 */
#include "common/bench.h"
#include "notify/notify.h"

#include <stddef.h>
#include <uv.h>

static uv_loop_t loops[2];
static uv_async_t balls[2];

static void
kick(int side)
{
	uv_async_send(&balls[side]);
}

static void
on_ball(uv_async_t *ball)
{
	long left = notify_hit();

	if (left >= 0)
		kick(ball == &balls[0]);
	if (left <= 0)
		uv_stop(ball->loop);
}

static void
loop(int side)
{
	uv_run(&loops[side], UV_RUN_DEFAULT);
}

int
main(int argc, char **argv)
{
	static const struct notify_calls calls = { kick, loop, NULL };

	(void)argc;
	for (int side = 0; side < 2; side++) {
		uv_loop_init(&loops[side]);
		uv_async_init(&loops[side], &balls[side], on_ball);
	}
	notify_run(argv, &calls);
	return 0;
}
