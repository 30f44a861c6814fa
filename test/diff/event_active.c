/* SPDX-License-Identifier: BSD-3-Clause */
/* event_active.c - making events active by hand. */
#include "trace.h"

ROLE(a);
ROLE(b);
ROLE(sig);

static void
on_activate_b(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	event_active(&b.ev, EV_WRITE, 1);
	trace("  b made active: pending %s", pending_name(&b.ev));
}

static void
on_activate_self(evutil_socket_t fd, short what, void *arg)
{
	static int left = 2;

	on_role(fd, what, arg);
	if (left-- > 0)
		event_active(&a.ev, EV_READ, 1);
}

static void
several_reasons(struct event_base *base)
{
	trace("-- reasons add up, not added event");
	assign(&a, base, -1, 0, on_role);
	event_active(&a.ev, EV_READ, 1);
	event_active(&a.ev, EV_WRITE, 7);
	event_active(&a.ev, EV_TIMEOUT, 1);
	trace("pending %s", pending_name(&a.ev));
	trace_counts(base);
	loop(base, 0);
	trace("-- no reason, and bits nobody asked for");
	event_active(&a.ev, 0, 1);
	loop(base, 0);
	event_active(&a.ev, EV_SIGNAL | EV_PERSIST | EV_ET, 1);
	loop(base, 0);
}

static void
added(struct event_base *base, evutil_socket_t fd)
{
	trace("-- added events: non-persistent goes, persistent stays");
	watch(&a, base, fd, EV_READ, ms(5000));
	watch(&b, base, fd, EV_READ | EV_PERSIST, NULL);
	event_active(&a.ev, EV_READ, 1);
	event_active(&b.ev, EV_TIMEOUT, 1);
	loop(base, EVLOOP_NONBLOCK);
	trace("a %s, b %s", pending_name(&a.ev), pending_name(&b.ev));
	event_del(&a.ev);
	event_del(&b.ev);
	trace("-- deleted before it ran");
	event_active(&a.ev, EV_READ, 1);
	CALL(event_del(&a.ev));
	trace("pending %s", pending_name(&a.ev));
	loop(base, EVLOOP_NONBLOCK);
}

static void
from_callbacks(struct event_base *base)
{
	trace("-- from a callback: the other, then itself");
	assign(&a, base, -1, 0, on_activate_b);
	assign(&b, base, -1, 0, on_role);
	event_active(&a.ev, EV_READ, 1);
	loop(base, EVLOOP_ONCE);
	loop(base, 0);
	assign(&a, base, -1, 0, on_activate_self);
	event_active(&a.ev, EV_READ, 1);
	loop(base, EVLOOP_ONCE);
	loop(base, EVLOOP_NONBLOCK);
}

static void
on_count_down(evutil_socket_t fd, short what, void *arg)
{
	static int calls;

	on_role(fd, what, arg);
	if (++calls == 5)
		event_del(&sig.ev);
	if (calls == 7)
		event_base_loopbreak(event_get_base(&sig.ev));
}

static void
signals(struct event_base *base)
{
	trace("-- a signal event runs ncalls times, until deleted or break");
	assign(&sig, base, SIGUSR1, EV_SIGNAL | EV_PERSIST, on_count_down);
	event_active(&sig.ev, EV_SIGNAL, 3);
	loop(base, EVLOOP_NONBLOCK);
	event_active(&sig.ev, EV_SIGNAL, 3);
	loop(base, EVLOOP_NONBLOCK);
	event_active(&sig.ev, EV_SIGNAL, 3);
	loop(base, EVLOOP_NONBLOCK);
	trace("-- what is left of the broken run");
	loop(base, EVLOOP_NONBLOCK);
	trace("-- zero calls; several activations");
	event_active(&sig.ev, EV_SIGNAL, 0);
	loop(base, EVLOOP_NONBLOCK);
	event_active(&sig.ev, EV_SIGNAL, 1);
	event_active(&sig.ev, EV_SIGNAL, 3);
	loop(base, EVLOOP_NONBLOCK);
}

int
main(void)
{
	struct event_base *base = new_base();
	evutil_socket_t fd[2];

	open_pair(fd);
	several_reasons(base);
	added(base, fd[0]);
	from_callbacks(base);
	signals(base);
	close_pair(fd);
	event_base_free(base);
	return 0;
}
