/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * loop_continue.c - event_base_loopcontinue: the loop looks for new events
 * after the current callback, before the rest of the queue.
 */
#include "trace.h"

ROLE(first);
ROLE(caller);
ROLE(behind);
ROLE(urgent);

static int activate;

static void
on_continue(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	if (activate)
		event_active(&urgent.ev, EV_WRITE, 1);
	CALL(event_base_loopcontinue(event_get_base(&caller.ev)));
}

static void
run(struct event_base *base, int flags)
{
	assign(&first, base, -1, 0, on_role);
	assign(&caller, base, -1, 0, on_continue);
	assign(&behind, base, -1, 0, on_role);
	assign(&urgent, base, -1, 0, on_role);
	event_priority_set(&urgent.ev, 0);
	event_active(&first.ev, EV_READ, 1);
	event_active(&caller.ev, EV_READ, 1);
	event_active(&behind.ev, EV_READ, 1);
	loop(base, flags);
	trace("behind %s", pending_name(&behind.ev));
	loop(base, 0);
}

int
main(void)
{
	struct event_base *base = new_base();

	event_base_priority_init(base, 3);
	run(base, 0);
	run(base, EVLOOP_ONCE);
	run(base, EVLOOP_NONBLOCK);
	trace("-- with an urgent event");
	activate = 1;
	run(base, EVLOOP_ONCE);
	trace("-- before and after the loop: no effect");
	CALL(event_base_loopcontinue(base));
	event_active(&first.ev, EV_READ, 1);
	event_active(&behind.ev, EV_READ, 1);
	loop(base, EVLOOP_ONCE);
	event_base_free(base);
	return 0;
}
