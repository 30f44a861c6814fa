/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * epoll_readd_closed.c - an event is deleted, its descriptor closed, and the
 * event added again, with and without event_assign, alone and beside another
 * one that stayed: where the error shows.
 */
/* backends: epoll */
#include "trace.h"

ROLE(a);
ROLE(timer);

static void
on_closed(evutil_socket_t fd, short what, void *arg)
{
	char byte;

	on_role(fd, what, arg);
	CALL_ERRNO(read(fd, &byte, 1));
}

static void
run(struct event_base *base, int reassign)
{
	evutil_socket_t fd[2];

	trace("-- with%s event_assign", reassign ? "" : "out");
	open_pair(fd);
	assign(&a, base, fd[0], EV_READ, on_closed);
	event_add(&a.ev, NULL);
	loop(base, EVLOOP_NONBLOCK);
	event_del(&a.ev);
	close_pair(fd);
	if (reassign)
		assign(&a, base, fd[0], EV_READ, on_closed);
	CALL_ERRNO(event_add(&a.ev, NULL));
	trace("pending %s", pending_name(&a.ev));
	watch(&timer, base, -1, 0, ms(10));
	loop(base, EVLOOP_ONCE);
	loop(base, EVLOOP_ONCE);
	trace("pending %s", pending_name(&a.ev));
	event_del(&a.ev);
	event_del(&timer.ev);
}

/* The other one watches the number all the time. */
static void
beside(struct event_base *base)
{
	evutil_socket_t fd[2];
	ROLE(b);

	trace("-- beside another event");
	open_pair(fd);
	watch(&a, base, fd[0], EV_READ, NULL);
	assign(&b, base, fd[0], EV_WRITE, on_role);
	event_add(&b.ev, NULL);
	event_del(&b.ev);
	loop(base, EVLOOP_NONBLOCK);
	close_pair(fd);
	CALL_ERRNO(event_add(&b.ev, NULL));
	trace("a %s, b %s", pending_name(&a.ev), pending_name(&b.ev));
	watch(&timer, base, -1, 0, ms(10));
	while (event_pending(&timer.ev, EV_TIMEOUT, NULL))
		event_base_loop(base, EVLOOP_ONCE);
	trace("a %s, b %s", pending_name(&a.ev), pending_name(&b.ev));
	event_del(&a.ev);
	event_del(&b.ev);
}

int
main(void)
{
	struct event_base *base;

	event_set_log_callback(on_log);
	base = new_base();
	run(base, 1);
	run(base, 0);
	beside(base);
	event_base_free(base);
	return 0;
}
