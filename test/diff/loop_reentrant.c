/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * loop_reentrant.c - running a loop inside its own callback is refused,
 * another base's loop may run there; the running event is known.
 */
#include "trace.h"

ROLE(outer);
ROLE(inner);

static struct event_base *base, *other;

static void
on_nest(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	CALL(event_base_get_running_event(base) == &outer.ev);
	CALL(event_base_loop(base, 0));
	CALL(event_base_loop(base, EVLOOP_NONBLOCK));
	CALL(event_base_get_running_event(base) == &outer.ev);
	event_active(&inner.ev, EV_WRITE, 1);
	loop(other, 0);
}

int
main(void)
{
	event_set_log_callback(on_log_text);
	base = new_base();
	other = new_base();
	assign(&outer, base, -1, 0, on_nest);
	assign(&inner, other, -1, 0, on_role);
	event_active(&outer.ev, EV_READ, 1);
	loop(base, 0);
	event_base_free(base);
	event_base_free(other);
	return 0;
}
