/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * timer/uv.c - many pending timers: libuv.
 */
#include "common/bench.h"
#include "timer/timer.h"

#include <uv.h>

static uv_loop_t loop;
static uv_timer_t *timers;
struct call {
	uv_timer_t *timer;
	uint64_t span;
};

static struct call *calls;

static void
on_timeout(uv_timer_t *timer)
{
	timer_fired(timer->data);
}

static void
prepare(long turn, long i, long ms)
{
	calls[turn].timer = &timers[i];
	calls[turn].span = (uint64_t)ms;
}

static void
add(void *arg)
{
	long count = timer_count();

	(void)arg;
	for (long i = 0; i < count; i++)
		uv_timer_start(calls[i].timer, on_timeout, calls[i].span, 0);
}

static void
cancel(void *arg)
{
	long count = timer_count();

	(void)arg;
	for (long i = 0; i < count; i++)
		uv_timer_stop(calls[i].timer);
}

static bool
is_pending(long i)
{
	return uv_is_active((uv_handle_t *)&timers[i]);
}

static void
turn(void *arg)
{
	(void)arg;
	uv_run(&loop, UV_RUN_NOWAIT);
}

static void
on_stage(uv_timer_t *timer)
{
	(void)timer;
	timer_stage();
}

static void
enter(void)
{
	static uv_timer_t stage;

	uv_timer_init(&loop, &stage);
	uv_timer_start(&stage, on_stage, 0, 0);
	uv_run(&loop, UV_RUN_ONCE);
}

int
main(int argc, char **argv)
{
	static const struct timer_calls how = { prepare, add, cancel, turn,
		is_pending, enter };

	(void)argc;
	timer_init(argv);
	uv_loop_init(&loop);
	timers = timer_alloc(sizeof(timers[0]));
	calls = timer_alloc(sizeof(calls[0]));
	for (long i = 0; i < timer_count(); i++) {
		uv_timer_init(&loop, &timers[i]);
		timers[i].data = (void *)i;
	}
	timer_run(&how);
	return 0;
}
