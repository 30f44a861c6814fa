/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * timer_negative.c - deadlines that have passed: programs compute "deadline
 * minus now" and may get a negative time.
 */
/* backends: epoll */
#include "trace.h"

ROLE(a);
ROLE(b);
ROLE(c);
ROLE(zero);
ROLE(stays);

int
main(void)
{
	struct event_base *base = new_base();
	struct timeval one = { -1, 0 }, two = { -2, 0 }, three = { -3, 0 };
	int rounds;

	watch(&zero, base, -1, 0, ms(0));
	watch(&b, base, -1, 0, &two);
	watch(&a, base, -1, 0, &one);
	watch(&c, base, -1, 0, &three);
	loop(base, EVLOOP_ONCE);
	loop(base, EVLOOP_NONBLOCK);
	trace("-- persistent");
	watch(&stays, base, -1, EV_PERSIST, &one);
	for (rounds = 0; rounds < 2; rounds++)
		loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	event_del(&stays.ev);
	event_base_free(base);
	return 0;
}
