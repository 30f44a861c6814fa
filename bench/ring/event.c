/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ring/event.c - tokens passed round a ring of sockets: the libevent API.
 *
 * Each of `--n` socket pairs has a persistent read event; each of
 * `--active` tokens carries the hops it has left, and the event that reads
 * it writes it to the next pair.  With `--reset 1` every event has a
 * timeout, and each callback sets it anew.  With `--oneshot 1` the events
 * are not persistent, and each callback adds its own again.  One operation
 * is one hop.
 */
#include "common/bench.h"
#include "ring/ring.h"

#include <event2/event.h>

static struct event_base *base;
static struct event **events;
static const struct timeval *timeout;

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct ring_seat *seat = arg;

	(void)what;
	(void)fd;
	if (ring_hop(seat))
		event_base_loopbreak(base);
	if (timeout || ring.oneshot)
		event_add(events[seat->index], timeout);
}

static void
run(void *arg)
{
	(void)arg;
	ring_start();
	event_base_dispatch(base);
}

int
main(int argc, char **argv)
{
	static const struct timeval ten_seconds = { 10, 0 };
	short kind;

	(void)argc;
	ring_init(argv);
	kind = ring.oneshot ? EV_READ : EV_READ | EV_PERSIST;
	timeout = ring.reset ? &ten_seconds : NULL;
	base = event_base_new();
	events = ring_alloc(sizeof(events[0]));
	for (long i = 0; i < ring.n; i++) {
		events[i] = event_new(base, ring.seats[i].in, kind, on_readable,
		    &ring.seats[i]);
		event_add(events[i], timeout);
	}
	ring_run(run);
	return 0;
}
