/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * signal_urgent.c - signals beside events of the highest priority that are
 * active already, and calls on a signal event that waits for its turn.
 */
/* backends: epoll */
#include "trace.h"

ROLE(first);
ROLE(sig);
ROLE(breaker);

static struct event_base *base;

static void
on_raise(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	raise(SIGUSR1);
}

static void
on_break(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	event_base_loopbreak(base);
}

static void
start(int priority)
{
	assign(&sig, base, SIGUSR1, EV_SIGNAL | EV_PERSIST, on_role);
	event_priority_set(&sig.ev, priority);
	event_add(&sig.ev, ms(60000));
}

static void
run(const char *name)
{
	trace("-- %s", name);
	loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	event_del(&sig.ev);
}

static void
urgent(void)
{
	start(0);
	event_active(&sig.ev, EV_SIGNAL, 1);
	raise(SIGUSR1);
	run("made active and raised, highest priority");
	start(0);
	assign(&first, base, -1, 0, on_raise);
	event_priority_set(&first.ev, 0);
	event_active(&first.ev, EV_READ, 1);
	raise(SIGUSR1);
	run("raised before the loop and in the first callback");
	start(3);
	event_active(&sig.ev, EV_SIGNAL, 1);
	raise(SIGUSR1);
	run("made active and raised, low priority");
}

static void
waiting(void)
{
	start(3);
	event_active(&sig.ev, EV_SIGNAL, 1);
	event_add(&sig.ev, ms(60000));
	run("made active, then added with a time");
	start(3);
	event_active(&sig.ev, EV_SIGNAL, 1);
	event_active(&sig.ev, EV_SIGNAL, 2);
	run("made active for one call, then for two");
	start(3);
	event_active(&sig.ev, EV_SIGNAL, 1);
	event_active(&sig.ev, EV_TIMEOUT, 2);
	event_add(&sig.ev, ms(60000));
	run("made active for two reasons, then added with a time");
	start(3);
	event_add(&sig.ev, ms(0));
	raise(SIGUSR1);
	run("raised and timed out");
	start(3);
	event_active(&sig.ev, EV_SIGNAL, 1);
	event_remove_timer(&sig.ev);
	run("made active, then its timer removed");
}

static void
broken_off(void)
{
	start(3);
	assign(&breaker, base, -1, 0, on_break);
	event_active(&breaker.ev, EV_READ, 1);
	raise(SIGUSR1);
	loop(base, 0);
	raise(SIGUSR1);
	run("raised, broken off before its turn, raised again");
}

int
main(void)
{
	base = new_base();
	event_base_priority_init(base, 4);
	urgent();
	waiting();
	broken_off();
	event_base_free(base);
	return 0;
}
