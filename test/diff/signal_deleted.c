/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * signal_deleted.c - a signal that arrives while its event is deleted or
 * re-added inside callbacks, and with several deliveries outstanding.
 */
#include "trace.h"

ROLE(a);
ROLE(b);

static int calls;

static void
on_delete_self(evutil_socket_t fd, short what, void *arg)
{
	struct role *role = arg;

	on_role(fd, what, arg);
	CALL(event_del(&role->ev));
}

static void
on_delete_other(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	event_del(arg == &a ? &b.ev : &a.ev);
}

static void
on_raise_again(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	if (++calls < 3)
		raise(SIGUSR1);
	else
		event_del(&a.ev);
}

static void
on_break(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	event_base_loopbreak(event_get_base(&a.ev));
}

static void
three(void)
{
	raise(SIGUSR1);
	raise(SIGUSR1);
	raise(SIGUSR1);
}

int
main(void)
{
	struct event_base *base = new_base();

	trace("-- three deliveries, deleted in the first");
	assign(&a, base, SIGUSR1, EV_SIGNAL | EV_PERSIST, on_delete_self);
	event_add(&a.ev, NULL);
	three();
	loop(base, 0);
	trace("-- two events delete each other");
	assign(&a, base, SIGUSR1, EV_SIGNAL | EV_PERSIST, on_delete_other);
	assign(&b, base, SIGUSR1, EV_SIGNAL | EV_PERSIST, on_delete_other);
	event_add(&a.ev, NULL);
	event_add(&b.ev, NULL);
	raise(SIGUSR1);
	loop(base, EVLOOP_ONCE);
	trace("a %s, b %s", pending_name(&a.ev), pending_name(&b.ev));
	event_del(&a.ev);
	event_del(&b.ev);
	trace("-- raised again in the callback");
	assign(&a, base, SIGUSR1, EV_SIGNAL | EV_PERSIST, on_raise_again);
	event_add(&a.ev, NULL);
	raise(SIGUSR1);
	loop(base, 0);
	trace("-- three deliveries, broken off in the first");
	assign(&a, base, SIGUSR1, EV_SIGNAL | EV_PERSIST, on_break);
	event_add(&a.ev, NULL);
	three();
	loop(base, 0);
	trace("a %s", pending_name(&a.ev));
	loop(base, EVLOOP_NONBLOCK);
	event_del(&a.ev);
	trace("-- raised, deleted, added again before the loop");
	watch(&a, base, SIGUSR1, EV_SIGNAL, NULL);
	raise(SIGUSR1);
	event_del(&a.ev);
	event_add(&a.ev, NULL);
	loop(base, EVLOOP_NONBLOCK);
	trace("a %s", pending_name(&a.ev));
	event_del(&a.ev);
	event_base_free(base);
	return 0;
}
