/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bufferevent_both_ready.c - a socket is readable and writable in the same
 * iteration: which callback comes first, of one bufferevent and of two.
 */
/* backends: epoll */
#include "trace_bev.h"

static void
run(struct event_base *base, int options)
{
	struct bufferevent *bev[2];
	evutil_socket_t peer[2];
	ROLE(timer);
	int i;

	trace("-- options %#x", (unsigned)options);
	for (i = 0; i < 2; i++) {
		bev[i] = open_bev(base, options | BEV_OPT_CLOSE_ON_FREE,
		    i ? "second" : "first", &peer[i]);
		bufferevent_enable(bev[i], EV_READ);
		say(peer[i], "x", 1);
		bufferevent_write(bev[i], "y", 1);
	}
	watch(&timer, base, -1, 0, ms(0));
	loop(base, EVLOOP_ONCE);
	trace("heard %ld and %ld", hear(peer[0]), hear(peer[1]));
	turn(base);
	for (i = 0; i < 2; i++) {
		bufferevent_free(bev[i]);
		close(peer[i]);
	}
	turn(base);
}

int
main(void)
{
	struct event_base *base = new_base();

	run(base, 0);
	run(base, BEV_OPT_DEFER_CALLBACKS);
	event_base_free(base);
	return 0;
}
