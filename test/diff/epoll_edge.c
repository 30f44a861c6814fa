/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * epoll_edge.c - EV_ET: what the callback sees, when it runs again, and
 * which mixtures on one descriptor are refused.  On backends without
 * EV_FEATURE_ET: what becomes of it.
 */
/* backends: epoll poll select changelist */
#include "trace.h"

ROLE(edge);
ROLE(edge2);
ROLE(level);

static void
alone(struct event_base *base, evutil_socket_t fd[2])
{
	trace("-- one event");
	watch(&edge, base, fd[0], EV_READ | EV_ET | EV_PERSIST, NULL);
	put(fd[1]);
	loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	put(fd[1]);
	loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	trace("-- adding again does not raise a new edge; del and add does");
	event_add(&edge.ev, NULL);
	loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	event_del(&edge.ev);
	event_add(&edge.ev, NULL);
	loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

static void
mixed(struct event_base *base, evutil_socket_t fd[2])
{
	trace("-- a level event beside it");
	assign(&level, base, fd[0], EV_WRITE, on_role);
	CALL(event_add(&level.ev, NULL));
	trace("level %s", pending_name(&level.ev));
	event_del(&level.ev);
	trace("-- a second edge event beside it, deleted again");
	watch(&edge2, base, fd[0], EV_READ | EV_WRITE | EV_ET | EV_PERSIST,
	    NULL);
	loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	event_del(&edge2.ev);
	loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	event_del(&edge.ev);
	trace("-- the other way round");
	event_add(&level.ev, NULL);
	CALL(event_add(&edge.ev, NULL));
	trace("edge %s, level %s", pending_name(&edge.ev),
	    pending_name(&level.ev));
	event_del(&edge.ev);
	loop(base, EVLOOP_NONBLOCK);
}

int
main(void)
{
	struct event_base *base = new_base();
	evutil_socket_t fd[2];

	event_set_log_callback(on_log);
	open_pair(fd);
	alone(base, fd);
	mixed(base, fd);
	close_pair(fd);
	event_base_free(base);
	return 0;
}
