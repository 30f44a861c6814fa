/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fork_timer.c - pending timers keep their absolute times over a fork and
 * event_reinit; overdue ones run at once in the child.
 */
#include "trace.h"

ROLE(soon);
ROLE(late);

static struct event_base *base;
static struct timeval due_before;

static void
child_step(void)
{
	struct timeval due, moved;

	CALL(event_reinit(base));
	must(event_pending(&late.ev, EV_TIMEOUT, &due), "pending");
	if (timercmp(&due, &due_before, >))
		timersub(&due, &due_before, &moved);
	else
		timersub(&due_before, &due, &moved);
	trace("late moved by more than 20 ms: %d",
	    moved.tv_sec > 0 || moved.tv_usec > 20000);
	pass_ms(30);
	loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	trace("soon %s, late %s", pending_name(&soon.ev),
	    pending_name(&late.ev));
	event_base_free(base);
}

int
main(void)
{
	base = new_base();
	watch(&soon, base, -1, 0, ms(20));
	watch(&late, base, -1, 0, ms(60000));
	must(event_pending(&late.ev, EV_TIMEOUT, &due_before), "pending");
	in_child("child", child_step);
	loop(base, EVLOOP_ONCE);
	event_base_free(base);
	return 0;
}
