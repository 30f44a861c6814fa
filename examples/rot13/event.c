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
 */
#include "rot13.h"

#include <event2/event.h>
#include <event2/listener.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

struct server {
	struct event_base *base;
	struct evconnlistener *listener;
	struct event *retry;		/* tries to accept again */
	struct event *on_term, *on_int;
};

struct client {
	struct server *server;
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
	free(client);
}

/* The socket of a client is ready. */
static void
on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct client *client = arg;
	enum rot13_want before = client->conn->want;
	enum rot13_want now = rot13_serve(client->conn);

	(void)fd;
	(void)what;
	if (now == before)
		return;
	if (now == ROT13_CLOSE) {
		/* A descriptor has become free: accept again at once. */
		evconnlistener_enable(client->server->listener);
		client_free(client);
		return;
	}
	event_del(now == ROT13_READ ? client->writable : client->readable);
	event_add(now == ROT13_READ ? client->readable : client->writable,
	    NULL);
}

/* Make a client of a socket; false if there is no memory for it. */
static bool
client_new(struct server *server, evutil_socket_t fd)
{
	struct rot13_conn *conn = rot13_adopt(fd);
	struct client *client = conn ? malloc(sizeof(*client)) : NULL;

	if (!client) {
		if (conn)
			rot13_close(conn);
		return false;
	}
	client->server = server;
	client->conn = conn;
	client->readable = event_new(server->base, fd, EV_READ | EV_PERSIST,
	    on_ready, client);
	client->writable = event_new(server->base, fd, EV_WRITE | EV_PERSIST,
	    on_ready, client);
	if (client->readable && client->writable &&
	    event_add(client->readable, NULL) == 0)
		return true;
	client_free(client);
	return false;
}

/* A peer has connected; its socket is non-blocking already. */
static void
on_accept(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *addr, int len, void *arg)
{
	(void)listener;
	(void)addr;
	(void)len;
	if (!client_new(arg, fd))
		fprintf(stderr, "no memory for a connection\n");
}

/*
 * accept() failed for want of descriptors (EMFILE).  The queue would call us
 * again at once, so stop looking until a client ends, or 100 ms are over:
 * it may be the whole system that is short, not we.
 */
static void
on_accept_error(struct evconnlistener *listener, void *arg)
{
	struct server *server = arg;
	struct timeval later = { .tv_usec = 100000 };

	evconnlistener_disable(listener);
	event_add(server->retry, &later);
}

static void
on_retry(evutil_socket_t fd, short what, void *arg)
{
	struct server *server = arg;

	(void)fd;
	(void)what;
	evconnlistener_enable(server->listener);
}

/* SIGTERM or SIGINT: as an event, where anything may be done safely. */
static void
on_stop(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	event_base_loopbreak(arg);
}

/* Free what server_init() has made, in whole or in part. */
static void
server_clear(struct server *server)
{
	if (server->on_int)
		event_free(server->on_int);
	if (server->on_term)
		event_free(server->on_term);
	if (server->retry)
		event_free(server->retry);
	if (server->listener)
		evconnlistener_free(server->listener);
	if (server->base)
		event_base_free(server->base);
}

/* Make the base and the server's own events. */
static bool
server_init(struct server *server, evutil_socket_t fd)
{
	server->base = event_base_new();
	if (!server->base)
		return false;
	/* Backlog 0: the socket is listening already. */
	server->listener = evconnlistener_new(server->base, on_accept, server,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	if (!server->listener)
		return false;
	evconnlistener_set_error_cb(server->listener, on_accept_error);
	server->retry = evtimer_new(server->base, on_retry, server);
	server->on_term = evsignal_new(server->base, SIGTERM, on_stop,
	    server->base);
	server->on_int = evsignal_new(server->base, SIGINT, on_stop,
	    server->base);
	return server->retry && server->on_term && server->on_int &&
	    event_add(server->on_term, NULL) == 0 &&
	    event_add(server->on_int, NULL) == 0;
}

int
main(int argc, char **argv)
{
	struct server server = { 0 };
	int fd = rot13_start(argc, argv, SOCK_NONBLOCK);

	if (!server_init(&server, fd)) {
		fprintf(stderr, "cannot start the event loop\n");
		server_clear(&server);
		return 1;
	}
	/* Until its own signal events were there, rot13_start's counted. */
	if (rot13_running())
		event_base_dispatch(server.base);
	server_clear(&server);
	return rot13_finish();
}
