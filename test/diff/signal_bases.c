/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * signal_bases.c - several bases watch signals in one process: the words
 * of the warning, and which base gets the signal.
 */
#include "trace.h"

ROLE(first);
ROLE(second);

static struct event_base *base1, *base2;

static void
loops(const char *when)
{
	trace("-- %s", when);
	raise(SIGUSR1);
	loop(base1, EVLOOP_NONBLOCK);
	loop(base2, EVLOOP_NONBLOCK);
}

int
main(void)
{
	event_set_log_callback(on_log_text);
	base1 = new_base();
	base2 = new_base();
	watch(&first, base1, SIGUSR1, EV_SIGNAL | EV_PERSIST, NULL);
	loops("only the first base watches");
	watch(&second, base2, SIGUSR2, EV_SIGNAL | EV_PERSIST, NULL);
	loops("the second watches another signal");
	event_del(&second.ev);
	watch(&second, base2, SIGUSR1, EV_SIGNAL | EV_PERSIST, NULL);
	loops("both watch it");
	loop(base1, EVLOOP_NONBLOCK);
	loops("both watch it, the first one's loop ran last");
	event_del(&second.ev);
	loops("the second stopped");
	event_base_free(base2);
	trace("-- the second is gone");
	raise(SIGUSR1);
	loop(base1, EVLOOP_NONBLOCK);
	event_base_free(base1);
	trace("-- a new one");
	base1 = new_base();
	watch(&first, base1, SIGUSR1, EV_SIGNAL | EV_PERSIST, NULL);
	raise(SIGUSR1);
	loop(base1, EVLOOP_NONBLOCK);
	event_base_free(base1);
	return 0;
}
