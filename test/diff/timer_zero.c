/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * timer_zero.c - a timeout of zero runs in the next iteration, never in
 * the one that added it; persistent ones run once per iteration.
 */
#include "trace.h"

ROLE(a);
ROLE(b);
ROLE(stays);

static void
on_add_zero(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	event_add(&b.ev, ms(0));
}

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	static int left = 2;

	on_role(fd, what, arg);
	if (left-- > 0)
		event_add(&a.ev, ms(0));
}

int
main(void)
{
	struct event_base *base = new_base();

	assign(&a, base, -1, 0, on_add_zero);
	assign(&b, base, -1, 0, on_role);
	event_add(&a.ev, ms(0));
	loop(base, EVLOOP_ONCE);
	loop(base, EVLOOP_ONCE);
	trace("-- from an event made active");
	event_active(&a.ev, EV_READ, 1);
	loop(base, EVLOOP_ONCE);
	loop(base, EVLOOP_ONCE);
	trace("-- itself again");
	assign(&a, base, -1, 0, on_again);
	event_add(&a.ev, ms(0));
	loop(base, EVLOOP_ONCE);
	loop(base, EVLOOP_ONCE);
	loop(base, 0);
	trace("-- persistent");
	watch(&stays, base, -1, EV_PERSIST, ms(0));
	loop(base, EVLOOP_ONCE);
	loop(base, EVLOOP_ONCE);
	trace("pending %s", pending_name(&stays.ev));
	event_del(&stays.ev);
	loop(base, 0);
	event_base_free(base);
	return 0;
}
