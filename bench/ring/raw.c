/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ring/raw.c - tokens passed round a ring of sockets: epoll by hand.
 *
 * A timeout reset is what a plain program would do: read the clock once a
 * pass and write the deadline into the connection.
 */
#include "common/bench.h"
#include "ring/ring.h"

#include <sys/epoll.h>
#include <time.h>

static int epoll_fd;
static int64_t *deadlines;

static int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void
run(void *arg)
{
	struct epoll_event ready[256];
	bool done = false;

	(void)arg;
	ring_start();
	while (!done) {
		int count = epoll_wait(epoll_fd, ready, 256, -1);
		int64_t now = ring.reset ? now_ns() : 0;

		for (int i = 0; i < count; i++) {
			struct ring_seat *seat = ready[i].data.ptr;

			if (ring_hop(seat))
				done = true;
			if (ring.reset)
				deadlines[seat->index] = now + 10000000000;
		}
	}
}

int
main(int argc, char **argv)
{
	(void)argc;
	ring_init(argv);
	epoll_fd = epoll_create1(0);
	deadlines = ring_alloc(sizeof(deadlines[0]));
	for (long i = 0; i < ring.n; i++) {
		struct epoll_event want = { .events = EPOLLIN };

		want.data.ptr = &ring.seats[i];
		epoll_ctl(epoll_fd, EPOLL_CTL_ADD, ring.seats[i].in, &want);
	}
	ring_run(run);
	return 0;
}
