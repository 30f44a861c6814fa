/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bufferevent_loop_once.c - what is written outside the loop counts as work
 * for event_base_loop(EVLOOP_ONCE): it returns when that is out.
 */
#include <sys/socket.h>
#include <unistd.h>

#include <event2/bufferevent.h>
#include <event2/util.h>

#include "trace.h"

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	*(int *)arg = 1;
}

/* Write before a loop with `flags`; a timer shows whether it waited. */
static void
write_first(short enabled, int turn_before, int flags)
{
	struct event_base *base = event_base_new();
	struct timeval tv = { 0, 500000 };
	struct bufferevent *bev;
	evutil_socket_t fds[2];
	int has_waited = 0;
	char buf[16];

	CALL(socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
	evutil_make_socket_nonblocking(fds[0]);
	bev = bufferevent_socket_new(base, fds[0], 0);
	CALL(bufferevent_enable(bev, enabled));
	CALL(event_base_once(base, -1, EV_TIMEOUT, on_timer, &has_waited, &tv));
	if (turn_before)
		loop(base, EVLOOP_NONBLOCK);
	CALL(bufferevent_write(bev, "hello", 5));
	loop(base, flags);
	trace("has waited: %d", has_waited);
	CALL(recv(fds[1], buf, sizeof(buf), MSG_DONTWAIT));
	bufferevent_free(bev);
	event_base_free(base);
	close(fds[0]);
	close(fds[1]);
}

int
main(void)
{
	write_first(0, 0, EVLOOP_ONCE);
	write_first(EV_READ | EV_WRITE, 0, EVLOOP_ONCE);
	write_first(EV_READ | EV_WRITE, 1, EVLOOP_ONCE);
	write_first(EV_READ, 0, EVLOOP_NONBLOCK);
	write_first(EV_READ, 1, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	return 0;
}
