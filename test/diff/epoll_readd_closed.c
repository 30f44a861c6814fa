/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * epoll_readd_closed.c - an event is deleted, its descriptor closed, and the
 * event added again, with and without event_assign: where the error shows.
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

int
main(void)
{
	struct event_base *base;

	event_set_log_callback(on_log);
	base = new_base();
	run(base, 1);
	run(base, 0);
	event_base_free(base);
	return 0;
}
