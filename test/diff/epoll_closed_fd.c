/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * epoll_closed_fd.c - descriptors closed before event_add, between add
 * and del, and before event_free: return values, errno, log.
 */
/* backends: epoll poll select changelist */
#include "trace.h"

ROLE(a);
ROLE(b);

static void
closed_before_add(struct event_base *base)
{
	evutil_socket_t fd[2];

	trace("-- closed before it is added");
	open_pair(fd);
	close_pair(fd);
	assign(&a, base, fd[0], EV_READ, on_role);
	CALL_ERRNO(event_add(&a.ev, NULL));
	trace("pending %s", pending_name(&a.ev));
	CALL_ERRNO(event_del(&a.ev));
	trace_counts(base);
}

static void
closed_before_del(struct event_base *base)
{
	evutil_socket_t fd[2];

	trace("-- closed before it is deleted");
	open_pair(fd);
	watch(&a, base, fd[0], EV_READ | EV_PERSIST, NULL);
	watch(&b, base, fd[0], EV_WRITE | EV_PERSIST, NULL);
	close_pair(fd);
	CALL_ERRNO(event_del(&b.ev));
	CALL_ERRNO(event_del(&a.ev));
	trace_counts(base);
	loop(base, EVLOOP_NONBLOCK);
}

static void
closed_and_extended(struct event_base *base)
{
	evutil_socket_t fd[2];

	trace("-- closed, then a second event is added");
	open_pair(fd);
	watch(&a, base, fd[0], EV_READ | EV_PERSIST, NULL);
	close_pair(fd);
	assign(&b, base, fd[0], EV_WRITE, on_role);
	CALL_ERRNO(event_add(&b.ev, NULL));
	trace("a %s, b %s", pending_name(&a.ev), pending_name(&b.ev));
	CALL_ERRNO(event_del(&b.ev));
	CALL_ERRNO(event_del(&a.ev));
	loop(base, EVLOOP_NONBLOCK);
}

static void
closed_and_freed(struct event_base *base)
{
	evutil_socket_t fd[2];
	struct event *ev;

	trace("-- closed before event_free and event_base_free");
	open_pair(fd);
	ev = event_new(base, fd[0], EV_READ, on_role, NULL);
	event_add(ev, NULL);
	close_pair(fd);
	event_free(ev);
	loop(base, EVLOOP_NONBLOCK);
	open_pair(fd);
	watch(&a, base, fd[0], EV_READ, NULL);
	close_pair(fd);
}

int
main(void)
{
	struct event_base *base;

	event_set_log_callback(on_log);
	base = new_base();
	closed_before_add(base);
	closed_before_del(base);
	closed_and_extended(base);
	closed_and_freed(base);
	event_base_free(base);
	return 0;
}
