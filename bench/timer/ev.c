/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * timer/ev.c - many pending timers: libev.
 */
#include "common/bench.h"
#include "timer/timer.h"

#include <ev.h>

static struct ev_loop *loop;
static ev_timer *timers;
struct call {
	ev_timer *timer;
	double span;
};

static struct call *calls;

static void
on_timeout(struct ev_loop *self, ev_timer *timer, int what)
{
	(void)what;
	ev_timer_stop(self, timer);
	timer_fired(timer->data);
}

static void
prepare(long turn, long i, long ms)
{
	calls[turn].timer = &timers[i];
	calls[turn].span = (double)ms / 1000;
}

static void
add(void *arg)
{
	long count = timer_count();

	(void)arg;
	for (long i = 0; i < count; i++) {
		calls[i].timer->repeat = calls[i].span;
		ev_timer_again(loop, calls[i].timer);
	}
}

static void
cancel(void *arg)
{
	long count = timer_count();

	(void)arg;
	for (long i = 0; i < count; i++)
		ev_timer_stop(loop, calls[i].timer);
}

static bool
is_pending(long i)
{
	return ev_is_active(&timers[i]);
}

static void
turn(void *arg)
{
	(void)arg;
	ev_run(loop, EVRUN_NOWAIT);
}

static void
on_stage(struct ev_loop *self, ev_timer *timer, int what)
{
	(void)self;
	(void)timer;
	(void)what;
	timer_stage();
}

static void
enter(void)
{
	static ev_timer stage;

	ev_timer_init(&stage, on_stage, 0., 0.);
	ev_timer_start(loop, &stage);
	ev_run(loop, EVRUN_ONCE);
}

int
main(int argc, char **argv)
{
	static const struct timer_calls how = { prepare, add, cancel, turn,
		is_pending, enter };

	(void)argc;
	timer_init(argv);
	loop = ev_loop_new(EVBACKEND_EPOLL);
	timers = timer_alloc(sizeof(timers[0]));
	calls = timer_alloc(sizeof(calls[0]));
	for (long i = 0; i < timer_count(); i++) {
		ev_timer_init(&timers[i], on_timeout, 0., 0.);
		timers[i].data = (void *)i;
	}
	timer_run(&how);
	return 0;
}
