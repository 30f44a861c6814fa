/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * epoll_reuse_kept.c - a descriptor is closed while added but a copy keeps
 * its file open: whose events are reported, and what del can undo.
 */
/* backends: epoll poll select changelist */
#include "trace.h"

ROLE(a);

int
main(void)
{
	struct event_base *base;
	evutil_socket_t fd[2];
	int copy, i;

	event_set_log_callback(on_log);
	base = new_base();
	open_pair(fd);
	watch(&a, base, fd[0], EV_READ | EV_PERSIST, NULL);
	loop(base, EVLOOP_NONBLOCK);
	copy = dup(fd[0]);
	trace("-- del, then close the number; the copy becomes readable");
	event_del(&a.ev);
	close(fd[0]);
	put(fd[1]);
	loop(base, EVLOOP_NONBLOCK);
	trace("-- the copy itself works");
	watch(&a, base, copy, EV_READ | EV_PERSIST, NULL);
	for (i = 0; i < 2; i++)
		loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	event_del(&a.ev);
	close(copy);
	close(fd[1]);
	event_base_free(base);
	return 0;
}
