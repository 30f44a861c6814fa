/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * loop_exit_starved.c - loopexit waits its turn like any event of middle
 * priority: more urgent work that never ends keeps the loop going.
 */
#include "trace.h"

ROLE(urgent);

static void
on_third_stops(evutil_socket_t fd, short what, void *arg)
{
	static int calls;
	struct event_base *base = event_get_base(&urgent.ev);

	(void)fd;
	(void)arg;
	trace("  callback urgent: %s, exit %d", what_name(what),
	    event_base_got_exit(base) != 0);
	if (++calls < 3)
		event_active(&urgent.ev, EV_READ, 1);
}

int
main(void)
{
	struct event_base *base = new_base();

	event_base_priority_init(base, 4);
	assign(&urgent, base, -1, 0, on_third_stops);
	event_priority_set(&urgent.ev, 0);
	event_active(&urgent.ev, EV_READ, 1);
	CALL(event_base_loopexit(base, NULL));
	loop(base, 0);
	event_base_free(base);
	return 0;
}
