/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ring.c - the ring itself: sockets, tokens and what is done with them.
 *
 * A token is the number of hops it has left.  All tokens make the same
 * number, so the seats visited, and their sum, are the same whatever the
 * order in which a library serves them.
 */
#include "ring/ring.h"
#include "common/bench.h"

#include <stdlib.h>
#include <sys/socket.h>

struct ring ring;

void
ring_init(char **argv)
{
	bench_raise_fd_limit();
	ring.n = bench_long(argv, "n", 1000);
	ring.active = bench_long(argv, "active", 100);
	ring.ops = bench_long(argv, "ops", 200000);
	ring.reset = bench_long(argv, "reset", 0);
	ring.oneshot = bench_long(argv, "oneshot", 0);
	ring.seats = ring_alloc(sizeof(ring.seats[0]));
	for (long i = 0; i < ring.n; i++) {
		int pair[2];

		bench_socketpair(pair);
		ring.seats[i].index = i;
		ring.seats[i].in = pair[0];
		ring.seats[(i + ring.n - 1) % ring.n].out = pair[1];
	}
}

void *
ring_alloc(size_t size)
{
	void *room = calloc((size_t)ring.n, size);

	bench_need(room != NULL, "calloc");
	return room;
}

static void
send_token(int fd, uint32_t hops_left)
{
	ssize_t len = send(fd, &hops_left, sizeof(hops_left), 0);

	bench_need(len == sizeof(hops_left), "send");
}

void
ring_start(void)
{
	ring.tokens_left = ring.active;
	for (long i = 0; i < ring.active; i++) {
		long from = i * ring.n / ring.active;

		send_token(ring.seats[from].out, (uint32_t)ring.hops);
	}
}

bool
ring_hop(struct ring_seat *seat)
{
	uint32_t hops_left;

	if (recv(seat->in, &hops_left, sizeof(hops_left), 0) !=
	    sizeof(hops_left))
		return false;
	ring.check += (uint64_t)seat->index + hops_left;
	if (--hops_left == 0)
		return --ring.tokens_left == 0;
	send_token(seat->out, hops_left);
	return false;
}

void
ring_run(void (*run)(void *))
{
	ring.hops = 20;
	run(NULL);
	ring.hops = ring.ops / ring.active;
	ring.check = 0;
	bench_measure(run, NULL);
	bench_report(ring.hops * ring.active, ring.check);
}
