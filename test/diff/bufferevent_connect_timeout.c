/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bufferevent_connect_timeout.c - nobody answers: the write timeout ends the
 * connect, or the read timeout does; also while writing is disabled.
 */
/* backends: epoll */
#include <netinet/in.h>

#include "trace_bev.h"

static struct event_base *base;
static struct sockaddr_in sin;
static evutil_socket_t listener;

/* A listener whose queue is full lets further connects wait. */
static void
fill_listener(evutil_socket_t *fds, int count)
{
	socklen_t len = sizeof(sin);
	int i;

	listener = socket(AF_INET, SOCK_STREAM, 0);
	sin.sin_family = AF_INET;
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(bind(listener, (void *)&sin, len) == 0, "bind");
	must(listen(listener, 0) == 0, "listen");
	must(getsockname(listener, (void *)&sin, &len) == 0, "getsockname");
	for (i = 0; i < count; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(fds[i], (void *)&sin, len);
	}
	pass_ms(10);
}

static void
on_event_leave(struct bufferevent *bev, short what, void *arg)
{
	on_bev_event(bev, what, arg);
	event_base_loopbreak(base);
}

static struct bufferevent *
start(const struct timeval *read_timeout, const struct timeval *write_timeout)
{
	struct bufferevent *bev = bufferevent_socket_new(base, -1,
	    BEV_OPT_CLOSE_ON_FREE);

	bufferevent_setcb(bev, on_bev_read, on_bev_write, on_event_leave,
	    (void *)"bev");
	bufferevent_set_timeouts(bev, read_timeout, write_timeout);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
	CALL(bufferevent_socket_connect(bev, (void *)&sin, sizeof(sin)));
	return bev;
}

int
main(void)
{
	evutil_socket_t fds[4];
	struct bufferevent *bev;
	int i;

	base = new_base();
	fill_listener(fds, 4);
	trace("-- a write timeout");
	bev = start(NULL, ms(30));
	loop(base, 0);
	trace("enabled %s, fd %d", what_name(bufferevent_get_enabled(bev)),
	    bufferevent_getfd(bev) >= 0);
	bufferevent_free(bev);
	turn(base);
	trace("-- a read timeout");
	bev = start(ms(30), NULL);
	loop(base, 0);
	bufferevent_free(bev);
	turn(base);
	trace("-- a write timeout, writing disabled meanwhile");
	bev = start(NULL, ms(30));
	bufferevent_write(bev, "abc", 3);
	bufferevent_disable(bev, EV_WRITE);
	loop(base, 0);
	trace("enabled %s", what_name(bufferevent_get_enabled(bev)));
	bufferevent_free(bev);
	turn(base);
	for (i = 0; i < 4; i++)
		close(fds[i]);
	close(listener);
	event_base_free(base);
	return 0;
}
