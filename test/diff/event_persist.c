/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event_persist.c - what is pending inside and after a callback, for
 * events with and without EV_PERSIST.
 */
#include "trace.h"

ROLE(once);
ROLE(stays);
ROLE(again);

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	struct role *role = arg;

	on_role(fd, what, arg);
	CALL(event_add(&role->ev, NULL));
	trace("  re-added: pending %s", pending_name(&role->ev));
}

static void
on_delete(evutil_socket_t fd, short what, void *arg)
{
	struct role *role = arg;

	on_role(fd, what, arg);
	CALL(event_del(&role->ev));
	trace("  deleted: pending %s", pending_name(&role->ev));
}

int
main(void)
{
	struct event_base *base = new_base();
	evutil_socket_t fd[2];

	open_pair(fd);
	put(fd[1]);
	watch(&once, base, fd[0], EV_READ, NULL);
	loop(base, 0);
	trace("after: pending %s", pending_name(&once.ev));
	watch(&stays, base, fd[0], EV_READ | EV_PERSIST, NULL);
	loop(base, EVLOOP_ONCE);
	loop(base, EVLOOP_ONCE);
	trace("after: pending %s", pending_name(&stays.ev));
	event_del(&stays.ev);
	assign(&again, base, fd[0], EV_READ, on_again);
	event_add(&again.ev, NULL);
	loop(base, EVLOOP_ONCE);
	loop(base, EVLOOP_ONCE);
	event_del(&again.ev);
	assign(&stays, base, fd[0], EV_READ | EV_PERSIST, on_delete);
	event_add(&stays.ev, ms(5000));
	loop(base, 0);
	watch(&once, base, fd[0], EV_READ, ms(5000));
	loop(base, 0);
	trace("after: pending %s", pending_name(&once.ev));
	close_pair(fd);
	event_base_free(base);
	return 0;
}
