/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * loop_exit.c - event_base_loopexit before, inside and after the loop, and
 * which of the events that are active then still run.
 */
#include "trace.h"

ROLE(before);
ROLE(caller);
ROLE(behind);
ROLE(lower);
ROLE(timer);

static const struct timeval *delay;

static void
on_exit_loop(evutil_socket_t fd, short what, void *arg)
{
	struct event_base *base = event_get_base(&caller.ev);

	on_role(fd, what, arg);
	CALL(event_base_loopexit(base, delay));
	trace("  exit %d", event_base_got_exit(base) != 0);
	trace_counts(base);
}

static void
activate_four(struct event_base *base)
{
	assign(&before, base, -1, 0, on_role);
	assign(&caller, base, -1, 0, on_exit_loop);
	assign(&behind, base, -1, 0, on_role);
	assign(&lower, base, -1, 0, on_role);
	event_priority_set(&lower.ev, 2);
	event_active(&before.ev, EV_READ, 1);
	event_active(&caller.ev, EV_READ, 1);
	event_active(&lower.ev, EV_READ, 1);
	event_active(&behind.ev, EV_READ, 1);
}

static void
early(struct event_base *base)
{
	trace("-- before the loop starts");
	CALL(event_base_loopexit(base, NULL));
	trace("exit %d", event_base_got_exit(base) != 0);
	trace_counts(base);
	watch(&timer, base, -1, 0, ms(5000));
	loop(base, 0);
	trace("-- and not once more");
	loop(base, EVLOOP_NONBLOCK);
	CALL(event_base_loopexit(base, ms(0)));
	loop(base, 0);
	event_del(&timer.ev);
}

static void
inside(struct event_base *base, const struct timeval *when)
{
	trace("-- inside, %s", when ? "after a while" : "at once");
	delay = when;
	watch(&timer, base, -1, 0, ms(5000));
	activate_four(base);
	loop(base, 0);
	trace("lower %s", pending_name(&lower.ev));
	event_del(&timer.ev);
	trace("-- what was left");
	loop(base, 0);
}

static void
timed(struct event_base *base)
{
	trace("-- exit ahead of one timer, behind another");
	watch(&timer, base, -1, 0, ms(10));
	watch(&behind, base, -1, 0, ms(50));
	CALL(event_base_loopexit(base, ms(30)));
	loop(base, 0);
	trace("behind %s", pending_name(&behind.ev));
	event_del(&behind.ev);
	trace("-- nothing but the exit");
	CALL(event_base_loopexit(base, ms(10)));
	loop(base, 0);
	trace("-- twice");
	CALL(event_base_loopexit(base, NULL));
	CALL(event_base_loopexit(base, NULL));
	loop(base, 0);
	loop(base, 0);
}

int
main(void)
{
	struct event_base *base = new_base();

	event_base_priority_init(base, 3);
	early(base);
	inside(base, NULL);
	inside(base, ms(10));
	timed(base);
	event_base_free(base);
	return 0;
}
