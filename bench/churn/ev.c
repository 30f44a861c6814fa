/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * churn/ev.c - interest that comes and goes: libev.
 */
#include "churn/churn.h"
#include "common/bench.h"

#include <ev.h>

static struct ev_loop *loop;
static ev_io cold[CHURN_PAIRS];
static ev_io hot[CHURN_TOGGLES];
static ev_io hot_write[CHURN_TOGGLES];

static void
on_unwanted(struct ev_loop *self, ev_io *io, int what)
{
	(void)self;
	(void)io;
	(void)what;
	bench_need(0, "stopping a watcher");
}

static void
on_pairs(struct ev_loop *self, ev_io *io, int what)
{
	(void)io;
	(void)what;
	for (int i = 0; i < CHURN_PAIRS; i++) {
		ev_io_start(self, &cold[i]);
		ev_io_stop(self, &cold[i]);
	}
	if (churn_done(2 * CHURN_PAIRS))
		ev_break(self, EVBREAK_ALL);
}

static void
on_toggle(struct ev_loop *self, ev_io *io, int what)
{
	ev_io *write_io = &hot_write[io - hot];

	(void)what;
	ev_io_start(self, write_io);
	ev_io_stop(self, write_io);
	if (churn_done(1))
		ev_break(self, EVBREAK_ALL);
}

static void
run(void *arg)
{
	(void)arg;
	ev_run(loop, 0);
}

int
main(int argc, char **argv)
{
	(void)argc;
	churn_init(argv);
	loop = ev_loop_new(EVBACKEND_EPOLL);
	for (int i = 0; i < CHURN_PAIRS; i++)
		ev_io_init(&cold[i], on_unwanted, churn_cold_fd(i), EV_READ);
	for (int i = 0; i < churn_hot_count(); i++) {
		int fd = churn_hot_fd(i);

		ev_io_init(&hot_write[i], on_unwanted, fd, EV_WRITE);
		ev_io_init(&hot[i], on_pairs, fd, EV_READ);
		if (churn_is_toggle())
			ev_set_cb(&hot[i], on_toggle);
		ev_io_start(loop, &hot[i]);
	}
	churn_run(run);
	return 0;
}
