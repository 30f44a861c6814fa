/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * epoll_edge_debug.c - edge and level events on one descriptor, in debug
 * mode, in both orders.
 */
#include "trace.h"

ROLE(edge);
ROLE(level);

int
main(void)
{
	struct event_base *base;
	evutil_socket_t fd[2];

	event_set_log_callback(on_log_text);
	event_enable_debug_mode();
	base = new_base();
	open_pair(fd);
	assign(&edge, base, fd[0], EV_READ | EV_ET | EV_PERSIST, on_role);
	assign(&level, base, fd[0], EV_WRITE, on_role);
	CALL(event_add(&edge.ev, NULL));
	CALL(event_add(&level.ev, NULL));
	trace("edge %s, level %s", pending_name(&edge.ev),
	    pending_name(&level.ev));
	event_del(&edge.ev);
	event_del(&level.ev);
	CALL(event_add(&level.ev, NULL));
	CALL(event_add(&edge.ev, NULL));
	trace("edge %s, level %s", pending_name(&edge.ev),
	    pending_name(&level.ev));
	event_del(&edge.ev);
	event_del(&level.ev);
	close_pair(fd);
	event_base_free(base);
	return 0;
}
