/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * listener_rests.c - no descriptors and no error callback: how often it is
 * logged, and that the connections are taken once there is room.
 */
/* backends: epoll */
#include "trace_listener.h"

int
main(void)
{
	struct event_base *base;
	struct evconnlistener *lev;
	struct rlimit plenty, tight;
	struct sockaddr_un sun;
	socklen_t len;
	evutil_socket_t fd = local_socket(&sun, &len), fds[2];
	int accepted = 0, next, i;

	event_set_log_callback(on_log_text);
	base = new_base();
	lev = evconnlistener_new(base, on_accept_count, &accepted,
	    LEV_OPT_CLOSE_ON_FREE, 5, fd);
	must(lev != NULL, "evconnlistener_new");
	event_base_loop(base, EVLOOP_NONBLOCK);
	dial(2, fds, &sun, len);
	next = dup(0);
	close(next);
	must(getrlimit(RLIMIT_NOFILE, &plenty) == 0, "getrlimit");
	tight = plenty;
	tight.rlim_cur = (rlim_t)next;
	must(setrlimit(RLIMIT_NOFILE, &tight) == 0, "setrlimit");
	for (i = 0; i < 3; i++)
		event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	trace("accepted %d", accepted);
	must(setrlimit(RLIMIT_NOFILE, &plenty) == 0, "setrlimit");
	loop(base, EVLOOP_ONCE);
	trace("accepted %d", accepted);
	hang_up(2, fds);
	evconnlistener_free(lev);
	event_base_free(base);
	return 0;
}
