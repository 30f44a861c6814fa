/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * hello-server.c - the smallest server: greet who connects, and hang up.
 *
 *     hello-server [PORT]		(0 or none: any free port)
 *
 * It shows the three things nearly every program has: a base, which waits;
 * a listener, which accepts; a bufferevent, which keeps what is written until
 * the peer takes it.  Ctrl-C comes in as an event, too.
 */
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char greeting[] = "Hello, World!\n";

/* All has been written: the conversation is over. */
static void
on_sent(struct bufferevent *bev, void *arg)
{
	(void)arg;
	bufferevent_free(bev);
}

/* The peer was gone before. */
static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	(void)what;
	(void)arg;
	bufferevent_free(bev);
}

/* Somebody has connected. */
static void
on_accept(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *addr, int len, void *arg)
{
	struct event_base *base = evconnlistener_get_base(listener);
	struct bufferevent *bev = bufferevent_socket_new(base, fd,
	    BEV_OPT_CLOSE_ON_FREE);

	(void)addr;
	(void)len;
	(void)arg;
	if (!bev) {
		evutil_closesocket(fd);
		return;
	}
	bufferevent_setcb(bev, NULL, on_sent, on_event, NULL);
	bufferevent_disable(bev, EV_READ);
	bufferevent_write(bev, greeting, strlen(greeting));
}

static void
on_interrupt(evutil_socket_t signal_number, short what, void *arg)
{
	(void)signal_number;
	(void)what;
	event_base_loopbreak(arg);
}

static void
print_port(struct evconnlistener *listener)
{
	struct sockaddr_in addr = { 0 };
	socklen_t len = sizeof(addr);

	getsockname(evconnlistener_get_fd(listener), (struct sockaddr *)&addr,
	    &len);
	printf("listening on %d\n", ntohs(addr.sin_port));
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	struct event_base *base = event_base_new();
	struct event *interrupt = evsignal_new(base, SIGINT, on_interrupt,
	    base);
	struct sockaddr_in addr = { .sin_family = AF_INET };
	struct evconnlistener *listener;

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	addr.sin_port = htons((in_port_t)(argc > 1 ? atoi(argv[1]) : 0));
	listener = evconnlistener_new_bind(base, on_accept, NULL,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE, -1,
	    (struct sockaddr *)&addr, sizeof(addr));
	if (!interrupt || !listener) {
		perror("cannot listen");
		return 1;
	}
	event_add(interrupt, NULL);
	print_port(listener);
	event_base_dispatch(base);

	evconnlistener_free(listener);
	event_free(interrupt);
	event_base_free(base);
	return 0;
}
