/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fork_add_after.c - a child adds and deletes events after event_reinit,
 * on descriptors the parent watches too; neither sees the other's.
 */
#include "trace.h"

ROLE(shared);
ROLE(own);
ROLE(active);

static struct event_base *base;
static evutil_socket_t fd[2], fd2[2];

static void
child_step(void)
{
	trace("active %s", pending_name(&active.ev));
	CALL(event_reinit(base));
	event_del(&shared.ev);
	watch(&own, base, fd2[0], EV_READ, NULL);
	put(fd2[1]);
	loop(base, EVLOOP_ONCE);
	loop(base, EVLOOP_NONBLOCK);
	event_base_free(base);
}

int
main(void)
{
	base = new_base();
	open_pair(fd);
	open_pair(fd2);
	watch(&shared, base, fd[0], EV_READ | EV_PERSIST, NULL);
	assign(&active, base, -1, 0, on_role);
	event_active(&active.ev, EV_READ, 1);
	in_child("changes its events", child_step);
	trace("-- the parent");
	loop(base, EVLOOP_ONCE);
	put(fd[1]);
	loop(base, EVLOOP_ONCE);
	event_base_free(base);
	close_pair(fd);
	close_pair(fd2);
	return 0;
}
