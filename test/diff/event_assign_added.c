/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event_assign_added.c - event_assign on an event that is still added: the
 * library may complain but must not crash at once.
 */
#include "trace.h"

static void
assign_step(void)
{
	struct event_base *base = new_base();
	struct event ev;

	event_assign(&ev, base, -1, 0, on_role, NULL);
	event_add(&ev, ms(5000));
	CALL(event_assign(&ev, base, -1, 0, on_role, NULL));
	trace("pending %s", pending_name(&ev));
	_exit(0);
}

static void
set_step(void)
{
	struct event_base *base = new_base();
	struct event ev;

	event_assign(&ev, base, -1, 0, on_role, NULL);
	event_add(&ev, ms(5000));
	CALL(event_base_set(base, &ev));
	trace("pending %s", pending_name(&ev));
	event_del(&ev);
	CALL(event_base_set(base, &ev));
}

int
main(void)
{
	event_set_log_callback(on_log);
	in_child("assign", assign_step);
	in_child("base_set", set_step);
	return 0;
}
