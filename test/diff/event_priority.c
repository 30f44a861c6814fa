/* SPDX-License-Identifier: BSD-3-Clause */
/* event_priority.c - event_priority_set: bounds, defaults, when refused. */
#include "trace.h"

ROLE(a);
ROLE(early);

static void
on_set(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	CALL(event_priority_set(&a.ev, 0));
	CALL(event_get_priority(&a.ev));
	CALL(event_base_priority_init(event_get_base(&a.ev), 2));
}

int
main(void)
{
	struct event_base *base = new_base();
	int count;

	event_set_log_callback(on_log);
	CALL(event_base_get_npriorities(base));
	assign(&early, base, -1, 0, on_role);
	for (count = 1; count <= 6; count++) {
		must(event_base_priority_init(base, count) == 0, "init");
		assign(&a, base, -1, 0, on_role);
		trace("%d priorities: default %d", count,
		    event_get_priority(&a.ev));
	}
	CALL(event_get_priority(&early.ev));
	CALL(event_priority_set(&a.ev, -1));
	CALL(event_priority_set(&a.ev, 6));
	CALL(event_priority_set(&a.ev, 5));
	CALL(event_get_priority(&a.ev));
	event_add(&a.ev, ms(5000));
	CALL(event_priority_set(&a.ev, 4));
	CALL(event_get_priority(&a.ev));
	event_active(&a.ev, EV_READ, 1);
	CALL(event_priority_set(&a.ev, 3));
	CALL(event_get_priority(&a.ev));
	CALL(event_base_priority_init(base, 3));
	CALL(event_base_get_npriorities(base));
	loop(base, EVLOOP_NONBLOCK);
	CALL(event_base_priority_init(base, 3));
	CALL(event_base_get_npriorities(base));
	assign(&a, base, -1, 0, on_set);
	event_active(&a.ev, EV_READ, 1);
	loop(base, EVLOOP_NONBLOCK);
	CALL(event_get_priority(&a.ev));
	event_base_free(base);
	return 0;
}
