/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bufferevent.c - ROT13 server 7: the same on bufferevents.
 *
 * A bufferevent is a socket with a buffer on each side.  It reads when there
 * is something to read and writes when there is room; we are called when
 * input has come, when the output has gone, and when the connection ends.
 * Partial reads and writes, EAGAIN and the events of event.c are its job.
 *
 * What stays ours is the rule of rot13.h that a peer which does not read is
 * not read from: buffers grow as long as one lets them.
 *
 * loop.c has the part that accepts.
 */
#include "loop.h"
#include "rot13.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

enum {
	UNREAD_MAX = 65536
}; /* answers to keep before we stop reading */

struct client {
	struct rot13_loop *loop;
	struct bufferevent *bev;
	bool at_end; /* the peer has closed its side */
};

static void
client_free(struct client *client)
{
	bufferevent_free(client->bev); /* and close the socket */
	rot13_loop_has_room(client->loop);
	free(client);
}

/* How many bytes at the front of the input can be answered. */
static size_t
answerable_len(const struct client *client, struct evbuffer *input)
{
	struct evbuffer_ptr end = evbuffer_search_eol(input, NULL, NULL,
	    EVBUFFER_EOL_LF);
	size_t len = evbuffer_get_length(input);

	if (end.pos >= 0)
		return (size_t)end.pos + 1;
	return client->at_end || len > ROT13_LINE_MAX ? len : 0;
}

/* Answer what can be.  False if there are too many answers unread. */
static bool
answer(struct client *client)
{
	struct evbuffer *input = bufferevent_get_input(client->bev);
	struct evbuffer *output = bufferevent_get_output(client->bev);
	size_t len;

	while ((len = answerable_len(client, input)) > 0) {
		if (evbuffer_get_length(output) >= UNREAD_MAX)
			return false;
		/* Make the line one piece, turn it in place, move it over. */
		char *line = (char *)evbuffer_pullup(input, (ev_ssize_t)len);

		if (line)
			rot13_rotate(line, len);
		if (!line || evbuffer_remove_buffer(input, output, len) < 0) {
			/* No memory: call on_event() as for a broken line. */
			bufferevent_trigger_event(client->bev, BEV_EVENT_ERROR,
			    BEV_OPT_DEFER_CALLBACKS);
			return false;
		}
	}
	return true;
}

/* Input has come. */
static void
on_read(struct bufferevent *bev, void *arg)
{
	if (!answer(arg))
		bufferevent_disable(bev, EV_READ); /* until on_sent */
}

/* All answers have gone to the kernel. */
static void
on_sent(struct bufferevent *bev, void *arg)
{
	struct client *client = arg;

	if (!answer(client))
		return;
	if (!client->at_end)
		bufferevent_enable(bev, EV_READ);
	else if (evbuffer_get_length(bufferevent_get_output(bev)) == 0)
		client_free(client);
}

/* The peer has closed its side (EOF), or the connection has broken. */
static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	struct client *client = arg;

	client->at_end = true;
	if (what & BEV_EVENT_ERROR)
		client_free(client);
	else
		on_sent(bev, client);
}

/* A peer has connected. */
static void
on_accept(struct rot13_loop *loop, evutil_socket_t fd)
{
	struct client *client = malloc(sizeof(*client));
	struct bufferevent *bev = client
	    ? bufferevent_socket_new(rot13_loop_base(loop), fd,
		  BEV_OPT_CLOSE_ON_FREE)
	    : NULL;

	rot13_count(fd);
	if (!bev) {
		fprintf(stderr, "no memory for a connection\n");
		free(client);
		evutil_closesocket(fd);
		return;
	}
	client->loop = loop;
	client->bev = bev;
	client->at_end = false;
	/* Do not read ahead of us by more than this. */
	bufferevent_setwatermark(bev, EV_READ, 0, UNREAD_MAX);
	bufferevent_setcb(bev, on_read, on_sent, on_event, client);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
}

int
main(int argc, char **argv)
{
	int listener = rot13_start(argc, argv, SOCK_NONBLOCK);

	return rot13_loop_run(listener, on_accept);
}
