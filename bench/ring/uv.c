/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ring/uv.c - tokens passed round a ring of sockets: libuv.
 */
#include "common/bench.h"
#include "ring/ring.h"

#include <uv.h>

struct watch {
	uv_poll_t poll;
	uv_timer_t timer;
};

static uv_loop_t loop;
static struct watch *watches;

static void
on_timeout(uv_timer_t *timer)
{
	(void)timer;
	bench_need(0, "staying ahead of the timeout");
}

static void
on_readable(uv_poll_t *poll, int status, int what)
{
	struct ring_seat *seat = poll->data;

	(void)status;
	(void)what;
	if (ring_hop(seat))
		uv_stop(&loop);
	if (ring.oneshot) {
		uv_poll_stop(poll);
		uv_poll_start(poll, UV_READABLE, on_readable);
	}
	if (ring.reset)
		uv_timer_start(&watches[seat->index].timer, on_timeout, 10000,
		    0);
}

static void
run(void *arg)
{
	(void)arg;
	ring_start();
	uv_run(&loop, UV_RUN_DEFAULT);
}

int
main(int argc, char **argv)
{
	(void)argc;
	ring_init(argv);
	uv_loop_init(&loop);
	watches = ring_alloc(sizeof(watches[0]));
	for (long i = 0; i < ring.n; i++) {
		struct watch *watch = &watches[i];

		uv_poll_init(&loop, &watch->poll, ring.seats[i].in);
		watch->poll.data = &ring.seats[i];
		uv_poll_start(&watch->poll, UV_READABLE, on_readable);
		uv_timer_init(&loop, &watch->timer);
		if (ring.reset)
			uv_timer_start(&watch->timer, on_timeout, 10000, 0);
	}
	ring_run(run);
	return 0;
}
