/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ring/ev.c - tokens passed round a ring of sockets: libev.
 */
#include "common/bench.h"
#include "ring/ring.h"

#include <ev.h>

struct watch {
	ev_io io;
	ev_timer timer;
};

static struct ev_loop *loop;
static struct watch *watches;

static void
on_readable(struct ev_loop *self, ev_io *io, int what)
{
	struct ring_seat *seat = io->data;

	(void)what;
	if (ring_hop(seat))
		ev_break(self, EVBREAK_ALL);
	if (ring.oneshot) {
		ev_io_stop(self, io);
		ev_io_start(self, io);
	}
	if (ring.reset)
		ev_timer_again(self, &watches[seat->index].timer);
}

static void
on_timeout(struct ev_loop *self, ev_timer *timer, int what)
{
	(void)self;
	(void)timer;
	(void)what;
	bench_need(0, "staying ahead of the timeout");
}

static void
run(void *arg)
{
	(void)arg;
	ring_start();
	ev_run(loop, 0);
}

int
main(int argc, char **argv)
{
	(void)argc;
	ring_init(argv);
	loop = ev_loop_new(EVBACKEND_EPOLL);
	watches = ring_alloc(sizeof(watches[0]));
	for (long i = 0; i < ring.n; i++) {
		struct watch *watch = &watches[i];

		ev_io_init(&watch->io, on_readable, ring.seats[i].in, EV_READ);
		watch->io.data = &ring.seats[i];
		ev_io_start(loop, &watch->io);
		ev_timer_init(&watch->timer, on_timeout, 10., 10.);
		if (ring.reset)
			ev_timer_start(loop, &watch->timer);
	}
	ring_run(run);
	return 0;
}
