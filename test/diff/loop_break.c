/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * loop_break.c - event_base_loopbreak before, inside and after the loop,
 * and what stays active.
 */
#include "trace.h"

ROLE(first);
ROLE(breaker);
ROLE(behind);
ROLE(timer);

static void
on_break(evutil_socket_t fd, short what, void *arg)
{
	struct event_base *base = event_get_base(&breaker.ev);

	on_role(fd, what, arg);
	CALL(event_base_loopbreak(base));
	trace("  break %d", event_base_got_break(base) != 0);
}

static void
on_both(evutil_socket_t fd, short what, void *arg)
{
	struct event_base *base = event_get_base(&breaker.ev);

	on_role(fd, what, arg);
	event_base_loopexit(base, NULL);
	event_base_loopbreak(base);
}

static void
run(struct event_base *base, event_callback_fn cb)
{
	assign(&first, base, -1, 0, on_role);
	assign(&breaker, base, -1, 0, cb);
	assign(&behind, base, -1, 0, on_role);
	event_active(&first.ev, EV_READ, 1);
	event_active(&breaker.ev, EV_READ, 1);
	event_active(&behind.ev, EV_READ, 1);
	watch(&timer, base, -1, 0, ms(0));
	loop(base, 0);
	trace("behind %s, timer %s", pending_name(&behind.ev),
	    pending_name(&timer.ev));
	trace("-- what was left");
	loop(base, 0);
}

int
main(void)
{
	struct event_base *base = new_base();

	trace("-- before the loop starts: lost");
	CALL(event_base_loopbreak(base));
	trace("break %d", event_base_got_break(base) != 0);
	watch(&timer, base, -1, 0, ms(10));
	loop(base, 0);
	trace("-- inside");
	run(base, on_break);
	trace("-- exit and break together");
	run(base, on_both);
	trace("-- after the loop: the flags stay until the next start");
	CALL(event_base_loopbreak(base));
	trace("break %d", event_base_got_break(base) != 0);
	loop(base, EVLOOP_NONBLOCK);
	event_base_free(base);
	return 0;
}
