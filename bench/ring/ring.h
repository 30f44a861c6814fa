/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ring.h - the ring itself: sockets, tokens and what is done with them.
 *
 * Shared by the libraries' programs, which add only how they hear that a
 * seat has something to read.
 */
#ifndef BENCH_RING_H
#define BENCH_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One place in the ring: a token comes in at `in`, leaves by `out`. */
struct ring_seat {
	int in;
	int out;
	long index;
};

struct ring {
	struct ring_seat *seats;
	long n;
	long active;
	long ops;
	long reset;   /* each callback sets a timeout anew */
	long oneshot; /* each callback adds its event again */
	long hops;    /* of each token in this run */
	long tokens_left;
	uint64_t check;
};

extern struct ring ring;

/* Read the options and open the sockets. */
void ring_init(char **argv);

/* Zeroed memory for one thing of `size` bytes a seat. */
void *ring_alloc(size_t size);

/* Put the tokens in. */
void ring_start(void);

/* Take the token at `seat` on; true if that was the last hop of all. */
bool ring_hop(struct ring_seat *seat);

/* Warm up, measure and report; `run` must loop until the last hop. */
void ring_run(void (*run)(void *));

#endif
