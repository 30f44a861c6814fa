/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bufferevent_compat1.c - bufferevents as programs for libevent 1.x use them:
 * the current base, timeouts in seconds, the struct's own fields; and what
 * bufferevent_flush does for a socket.
 */
/* backends: epoll */
#include <event.h>
#include <event2/bufferevent_struct.h>

#include "trace_bev.h"

static void
old_calls(evutil_socket_t fd, evutil_socket_t peer)
{
	struct event_base *base = event_init(), *other;
	struct bufferevent *bev = bufferevent_new(fd, on_bev_read, on_bev_write,
	    on_bev_event, (void *)"bev");

	must(bev != NULL, "bufferevent_new");
	CALL(bufferevent_get_base(bev) == base);
	trace("enabled %s", what_name(bufferevent_get_enabled(bev)));
	CALL(bufferevent_enable(bev, EV_READ));
	bufferevent_settimeout(bev, 7, 9);
	trace("timeouts %d %d", (int)bev->timeout_read.tv_sec,
	    (int)bev->timeout_write.tv_sec);
	bufferevent_settimeout(bev, 0, 0);
	trace("timeouts %d %d", (int)bev->timeout_read.tv_sec,
	    (int)bev->timeout_write.tv_sec);
	say(peer, "hello", 5);
	CALL(event_loop(EVLOOP_ONCE));
	trace("field: input %d, output %d", (int)EVBUFFER_LENGTH(bev->input),
	    (int)EVBUFFER_LENGTH(EVBUFFER_OUTPUT(bev)));
	trace("data %.5s", (char *)EVBUFFER_DATA(EVBUFFER_INPUT(bev)));
	CALL(bev->readcb == on_bev_read);
	CALL(bev->wm_read.high);
	CALL(bufferevent_write(bev, "ab", 2));
	CALL(event_loop(EVLOOP_NONBLOCK));
	trace("heard %ld", hear(peer));
	other = event_base_new();
	CALL(bufferevent_base_set(other, bev));
	CALL(bufferevent_disable(bev, EV_READ));
	CALL(bufferevent_enable(bev, EV_READ));
	say(peer, "!", 1);
	loop(other, EVLOOP_ONCE);
	bufferevent_free(bev);
	event_base_free(other);
	event_base_free(base);
}

static void
flushes(struct event_base *base)
{
	static const enum bufferevent_flush_mode modes[] = { BEV_NORMAL,
		BEV_FLUSH, BEV_FINISHED };
	evutil_socket_t peer;
	struct bufferevent *bev = open_bev(base, BEV_OPT_CLOSE_ON_FREE, "bev",
	    &peer);
	int i;

	bufferevent_enable(bev, EV_READ);
	turn(base);
	for (i = 0; i < 3; i++) {
		bufferevent_write(bev, "abc", 3);
		say(peer, "d", 1);
		trace("-- mode %d", i);
		CALL(bufferevent_flush(bev, EV_WRITE, modes[i]));
		CALL(bufferevent_flush(bev, EV_READ, modes[i]));
		CALL(bufferevent_flush(bev, EV_READ | EV_WRITE, modes[i]));
		trace("input %zu, output %zu, heard %ld", input_of(bev),
		    output_of(bev), hear(peer));
		bufferevent_enable(bev, EV_READ);
		bufferevent_setcb(bev, NULL, NULL, NULL, NULL);
		turn(base);
		trace_all(bev, "bev");
		trace("input %zu, output %zu, heard %ld", input_of(bev),
		    output_of(bev), hear(peer));
	}
	close_bev(base, bev, peer);
}

int
main(void)
{
	struct event_base *base = new_base();
	evutil_socket_t fd[2];

	open_pair(fd);
	old_calls(fd[0], fd[1]);
	close_pair(fd);
	flushes(base);
	event_base_free(base);
	return 0;
}
