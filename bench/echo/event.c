/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * echo/event.c - an echo server on bufferevents: the libevent API.
 */
#include "common/bench.h"
#include "echo/echo.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

static struct event_base *base;

static void
on_readable(struct bufferevent *bev, void *arg)
{
	struct evbuffer *input = bufferevent_get_input(bev);

	(void)arg;
	if (echo_moved(evbuffer_get_length(input)))
		event_base_loopbreak(base);
	bufferevent_write_buffer(bev, input);
}

static void
on_closed(struct bufferevent *bev, short what, void *arg)
{
	(void)what;
	(void)arg;
	bufferevent_free(bev);
	if (echo_closed())
		event_base_loopbreak(base);
}

static void
on_accepted(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *addr, int addr_len, void *arg)
{
	struct bufferevent *bev = bufferevent_socket_new(base, fd,
	    BEV_OPT_CLOSE_ON_FREE);

	(void)listener;
	(void)addr;
	(void)addr_len;
	(void)arg;
	bufferevent_setcb(bev, on_readable, NULL, on_closed, NULL);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
}

static void
run(void *arg)
{
	(void)arg;
	event_base_dispatch(base);
}

int
main(int argc, char **argv)
{
	int fd = echo_init(argv);

	(void)argc;
	base = event_base_new();
	evconnlistener_new(base, on_accepted, NULL, LEV_OPT_CLOSE_ON_FREE, 0,
	    fd);
	echo_run(run);
	return 0;
}
