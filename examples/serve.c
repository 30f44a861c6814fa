/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * serve.c - the frame of the example servers; see serve.h.
 */
#include "serve.h"

#include <event2/listener.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct frame {
	struct event_base *base;
	struct evconnlistener *listener;
	struct event *retry, *interrupt, *terminate;
	serve_fn on_peer;
};

/* Somebody has connected. */
static void
on_accept(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *addr, int len, void *arg)
{
	struct frame *frame = arg;
	struct bufferevent *bev = bufferevent_socket_new(frame->base, fd,
	    BEV_OPT_CLOSE_ON_FREE);

	(void)listener;
	(void)addr;
	(void)len;
	if (!bev) {
		evutil_closesocket(fd);
		return;
	}
	bufferevent_enable(bev, EV_READ | EV_WRITE);
	frame->on_peer(frame->base, bev);
}

/* No descriptor left: the queue would call us again at once, so pause. */
static void
on_accept_error(struct evconnlistener *listener, void *arg)
{
	struct frame *frame = arg;
	struct timeval pause = { .tv_usec = 100000 };

	evconnlistener_disable(listener);
	event_add(frame->retry, &pause);
}

static void
on_retry(evutil_socket_t fd, short what, void *arg)
{
	struct frame *frame = arg;

	(void)fd;
	(void)what;
	evconnlistener_enable(frame->listener);
}

static void
on_stop(evutil_socket_t signal_number, short what, void *arg)
{
	struct frame *frame = arg;

	(void)signal_number;
	(void)what;
	event_base_loopbreak(frame->base);
}

/* Make the listener, and print its port. */
static int
start_listening(struct frame *frame, const char *port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	addr.sin_port = htons((in_port_t)(port ? atoi(port) : 0));
	frame->listener = evconnlistener_new_bind(frame->base, on_accept, frame,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE, -1,
	    (struct sockaddr *)&addr, (int)len);
	if (!frame->listener) {
		perror("cannot listen");
		return -1;
	}
	evconnlistener_set_error_cb(frame->listener, on_accept_error);
	getsockname(evconnlistener_get_fd(frame->listener),
	    (struct sockaddr *)&addr, &len);
	printf("listening on %d\n", ntohs(addr.sin_port));
	fflush(stdout);
	return 0;
}

int
serve(const char *port, serve_fn on_peer)
{
	struct frame frame = { .on_peer = on_peer };
	int status = 1;

	/* A peer that has gone is an error of write(), not our end. */
	signal(SIGPIPE, SIG_IGN);
	frame.base = event_base_new();
	if (!frame.base)
		return 1;
	frame.retry = evtimer_new(frame.base, on_retry, &frame);
	frame.interrupt = evsignal_new(frame.base, SIGINT, on_stop, &frame);
	frame.terminate = evsignal_new(frame.base, SIGTERM, on_stop, &frame);
	if (frame.retry && frame.interrupt && frame.terminate) {
		event_add(frame.interrupt, NULL);
		event_add(frame.terminate, NULL);
		if (start_listening(&frame, port) == 0)
			status = event_base_dispatch(frame.base) < 0;
	}
	if (frame.listener)
		evconnlistener_free(frame.listener);
	if (frame.terminate)
		event_free(frame.terminate);
	if (frame.interrupt)
		event_free(frame.interrupt);
	if (frame.retry)
		event_free(frame.retry);
	event_base_free(frame.base);
	return status;
}
