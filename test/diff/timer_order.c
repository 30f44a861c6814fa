/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * timer_order.c - timers run by time, not by age; timers come after the
 * descriptors of the same iteration.
 */
#include "trace.h"

ROLE(t10);
ROLE(t20);
ROLE(t30);
ROLE(t40);
ROLE(zero);
ROLE(past);
ROLE(io);
ROLE(hand);

int
main(void)
{
	struct event_base *base = new_base();
	struct timeval before = { -1, 0 }, odd = { 0, 2500000 };
	evutil_socket_t fd[2];

	open_pair(fd);
	put(fd[1]);
	watch(&t30, base, -1, 0, ms(30));
	watch(&t10, base, -1, 0, ms(10));
	watch(&t40, base, -1, 0, ms(40));
	watch(&t20, base, -1, 0, ms(20));
	watch(&io, base, fd[0], EV_READ, NULL);
	watch(&zero, base, -1, 0, ms(0));
	loop(base, 0);
	trace("-- all of them late");
	event_add(&t30.ev, ms(30));
	event_add(&t40.ev, ms(40));
	event_add(&t10.ev, ms(10));
	event_add(&t20.ev, ms(20));
	event_add(&io.ev, NULL);
	assign(&hand, base, -1, 0, on_role);
	event_active(&hand.ev, EV_READ, 1);
	pass_ms(60);
	loop(base, EVLOOP_ONCE);
	loop(base, 0);
	trace("-- moved, both ways");
	event_add(&t10.ev, ms(10));
	event_add(&t20.ev, ms(20));
	event_add(&t30.ev, ms(30));
	event_add(&t10.ev, ms(40));
	event_add(&t30.ev, ms(5));
	loop(base, 0);
	trace("-- negative, and more than a million microseconds");
	assign(&past, base, -1, 0, on_role);
	CALL(event_add(&past.ev, &before));
	event_add(&zero.ev, ms(0));
	loop(base, EVLOOP_ONCE);
	loop(base, EVLOOP_NONBLOCK);
	CALL(event_add(&past.ev, &odd));
	trace("past %s", pending_name(&past.ev));
	event_del(&past.ev);
	close_pair(fd);
	event_base_free(base);
	return 0;
}
