/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event.c - ROT13 server 6: the same on events.
 *
 * An event names a descriptor, what to wait for, and a function to call; the
 * base waits for all of them and calls.  The loop is the library's, and it
 * runs on epoll, kqueue, poll or select, whichever is best here: this file
 * has the speed of epoll.c and runs where there is no epoll.
 *
 * A connection has two events, one of which is added at any time: `readable`
 * while it wants to read, `writable` while it has answers to write.
 *
 * loop.c has the part that accepts.
 */
#include "loop.h"
#include "rot13.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

struct client {
	struct rot13_loop *loop;
	struct rot13_conn *conn;
	struct event *readable, *writable;
};

/* End a client.  Its events first: they must not outlive the socket. */
static void
client_free(struct client *client)
{
	if (client->readable)
		event_free(client->readable);
	if (client->writable)
		event_free(client->writable);
	rot13_close(client->conn);
	rot13_loop_has_room(client->loop);
	free(client);
}

/* The socket of a client is ready. */
static void
on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct client *client = arg;
	enum rot13_want before = client->conn->want;

	(void)fd;
	(void)what;
	rot13_serve(client->conn);
	if (client->conn->want == before)
		return;
	switch (client->conn->want) {
	case ROT13_READ:
		event_del(client->writable);
		event_add(client->readable, NULL);
		break;
	case ROT13_WRITE:
		event_del(client->readable);
		event_add(client->writable, NULL);
		break;
	case ROT13_CLOSE:
		client_free(client);
		break;
	}
}

/* A peer has connected: make its events, and wait for it to speak. */
static void
on_accept(struct rot13_loop *loop, evutil_socket_t fd)
{
	struct event_base *base = rot13_loop_base(loop);
	struct rot13_conn *conn = rot13_adopt(fd);
	struct client *client = conn ? malloc(sizeof(*client)) : NULL;

	if (!client) {
		fprintf(stderr, "no memory for a connection\n");
		if (conn)
			rot13_close(conn);
		return;
	}
	client->loop = loop;
	client->conn = conn;
	client->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_ready,
	    client);
	client->writable = event_new(base, fd, EV_WRITE | EV_PERSIST, on_ready,
	    client);
	if (!client->readable || !client->writable ||
	    event_add(client->readable, NULL) < 0)
		client_free(client);
}

int
main(int argc, char **argv)
{
	int listener = rot13_start(argc, argv, SOCK_NONBLOCK);

	return rot13_loop_run(listener, on_accept);
}
