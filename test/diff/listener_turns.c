/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * listener_turns.c - how many connections one wake-up accepts: a few, very
 * many, and several after a long time of single ones.
 */
/* backends: epoll */
#include "trace_listener.h"

#define MANY 300

static struct event_base *base;
static int accepted;

static void
turns(int count)
{
	int i;

	for (i = 0; i < count; i++) {
		accepted = 0;
		event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
		trace("turn %d: accepted %d", i, accepted);
	}
}

int
main(void)
{
	static evutil_socket_t fds[MANY];
	struct evconnlistener *lev;
	struct sockaddr_un sun;
	socklen_t len;
	evutil_socket_t fd = local_socket(&sun, &len);
	int i;

	base = new_base();
	lev = evconnlistener_new(base, on_accept_count, &accepted,
	    LEV_OPT_CLOSE_ON_FREE, 1000, fd);
	must(lev != NULL, "evconnlistener_new");
	trace("-- five");
	dial(5, fds, &sun, len);
	turns(2);
	hang_up(5, fds);
	trace("-- %d", MANY);
	dial(MANY, fds, &sun, len);
	turns(3);
	hang_up(MANY, fds);
	trace("-- three, after forty times one");
	accepted = 0;
	for (i = 0; i < 40; i++) {
		dial(1, fds, &sun, len);
		event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
		hang_up(1, fds);
	}
	trace("accepted %d", accepted);
	dial(3, fds, &sun, len);
	turns(4);
	hang_up(3, fds);
	evconnlistener_free(lev);
	event_base_free(base);
	return 0;
}
