/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * loop_repoll.c - a callback makes a more urgent event active: the rest of
 * its queue waits until the loop has looked at the descriptors again.
 */
#include "trace.h"

ROLE(low1);
ROLE(low2);
ROLE(mid);
ROLE(high);

static evutil_socket_t fd[2];

/* A descriptor of middle priority becomes ready too. */
static void
on_raise(evutil_socket_t number, short what, void *arg)
{
	on_role(number, what, arg);
	put(fd[1]);
	event_active(&high.ev, EV_WRITE, 1);
}

static void
run(struct event_base *base, int high_priority)
{
	trace("-- the other one's priority is %d", high_priority);
	open_pair(fd);
	assign(&high, base, -1, 0, on_role);
	event_priority_set(&high.ev, high_priority);
	assign(&mid, base, fd[0], EV_READ, on_role);
	event_priority_set(&mid.ev, 1);
	event_add(&mid.ev, NULL);
	assign(&low1, base, -1, 0, on_raise);
	event_priority_set(&low1.ev, 2);
	assign(&low2, base, -1, 0, on_role);
	event_priority_set(&low2.ev, 2);
	event_active(&low1.ev, EV_READ, 1);
	event_active(&low2.ev, EV_READ, 1);
	loop(base, 0);
	close_pair(fd);
}

int
main(void)
{
	struct event_base *base = new_base();

	event_base_priority_init(base, 4);
	run(base, 0);
	run(base, 2);
	run(base, 3);
	event_base_free(base);
	return 0;
}
