/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * echo.c - send back every byte that comes.
 *
 *     echo [PORT]
 *
 * Two things beyond "move the input to the output":  a peer that does not
 * read its answers must not fill our memory, so reading stops while many are
 * unsent; and a peer that has sent its last byte still gets all of them.
 */
#include "serve.h"

#include <event2/buffer.h>

enum {
	UNSENT_MAX = 256 * 1024
};

/* Input has come: move it over, which copies nothing. */
static void
on_read(struct bufferevent *bev, void *arg)
{
	struct evbuffer *output = bufferevent_get_output(bev);

	(void)arg;
	evbuffer_add_buffer(output, bufferevent_get_input(bev));
	if (evbuffer_get_length(output) >= UNSENT_MAX)
		bufferevent_disable(bev, EV_READ);
}

/* All answers have gone: read again. */
static void
on_sent(struct bufferevent *bev, void *arg)
{
	(void)arg;
	bufferevent_enable(bev, EV_READ);
}

/* The last answer has gone after the peer's last byte. */
static void
on_sent_last(struct bufferevent *bev, void *arg)
{
	(void)arg;
	bufferevent_free(bev);
}

/* The peer has sent its last byte, or the connection has broken. */
static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	size_t unsent = evbuffer_get_length(bufferevent_get_output(bev));

	(void)arg;
	if ((what & BEV_EVENT_EOF) && unsent > 0)
		bufferevent_setcb(bev, NULL, on_sent_last, on_event, NULL);
	else
		bufferevent_free(bev);
}

static void
on_peer(struct event_base *base, struct bufferevent *bev)
{
	(void)base;
	bufferevent_setcb(bev, on_read, on_sent, on_event, NULL);
}

int
main(int argc, char **argv)
{
	return serve(argc > 1 ? argv[1] : NULL, on_peer);
}
