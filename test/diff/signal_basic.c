/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * signal_basic.c - signal events: persistent and not, with a timeout, how
 * often they run, and that each runs at least one turn of the loop later.
 */
#include "trace.h"

ROLE(stays);
ROLE(once);
ROLE(timed);
ROLE(hand);

int
main(void)
{
	struct event_base *base = new_base();

	watch(&stays, base, SIGUSR1, EV_SIGNAL | EV_PERSIST, NULL);
	trace("-- raised before the loop, once and three times");
	raise(SIGUSR1);
	trace("pending %s", pending_name(&stays.ev));
	trace_counts(base);
	loop(base, EVLOOP_ONCE);
	raise(SIGUSR1);
	raise(SIGUSR1);
	raise(SIGUSR1);
	loop(base, EVLOOP_ONCE);
	loop(base, EVLOOP_NONBLOCK);
	trace("-- not persistent: every delivery counts all the same");
	watch(&once, base, SIGUSR2, EV_SIGNAL, NULL);
	raise(SIGUSR2);
	raise(SIGUSR2);
	loop(base, EVLOOP_ONCE);
	trace("once %s", pending_name(&once.ev));
	trace("-- after events that were active already");
	assign(&hand, base, -1, 0, on_role);
	event_active(&hand.ev, EV_READ, 1);
	raise(SIGUSR1);
	loop(base, EVLOOP_ONCE);
	loop(base, EVLOOP_NONBLOCK);
	trace("-- with a timeout");
	watch(&timed, base, SIGUSR2, EV_SIGNAL, ms(10));
	loop(base, EVLOOP_ONCE);
	trace("timed %s", pending_name(&timed.ev));
	watch(&timed, base, SIGUSR2, EV_SIGNAL | EV_PERSIST, ms(5000));
	raise(SIGUSR2);
	loop(base, EVLOOP_ONCE);
	event_del(&timed.ev);
	event_del(&stays.ev);
	loop(base, 0);
	event_base_free(base);
	return 0;
}
