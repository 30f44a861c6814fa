/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rot13/event.c - a server of one line a connection: bufferevents.
 */
#include "common/bench.h"
#include "rot13/rot13.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <stdlib.h>

static struct event_base *base;

static void
on_readable(struct bufferevent *bev, void *arg)
{
	struct evbuffer *output = bufferevent_get_output(bev);
	size_t len;
	char *line;

	(void)arg;
	while ((line = evbuffer_readln(bufferevent_get_input(bev), &len,
		    EVBUFFER_EOL_LF))) {
		rot13_turn(line, len);
		evbuffer_add(output, line, len);
		evbuffer_add(output, "\n", 1);
		free(line);
	}
}

static void
on_closed(struct bufferevent *bev, short what, void *arg)
{
	(void)what;
	(void)arg;
	bufferevent_free(bev);
	if (rot13_closed())
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
	int fd = rot13_init(argv);

	(void)argc;
	base = event_base_new();
	evconnlistener_new(base, on_accepted, NULL, LEV_OPT_CLOSE_ON_FREE, 0,
	    fd);
	rot13_run(run);
	return 0;
}
