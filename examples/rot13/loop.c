/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * loop.c - accept and signals on events; see loop.h.
 *
 * Three kinds of event meet here: a listener, which calls with an accepted
 * socket; a timer; and signals, which arrive as ordinary callbacks, so that
 * anything may be done in them.
 */
#include "loop.h"

#include "rot13.h"

#include <event2/listener.h>
#include <signal.h>
#include <stdio.h>

struct rot13_loop {
	struct event_base *base;
	struct evconnlistener *listener;
	rot13_accept_fn on_accept;
	struct event *retry; /* timer: try to accept again */
	struct event *on_term, *on_int;
};

/* A peer has connected. */
static void
on_accept(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *addr, int len, void *arg)
{
	struct rot13_loop *loop = arg;

	(void)listener;
	(void)addr;
	(void)len;
	loop->on_accept(loop, fd);
}

/*
 * accept() failed for want of descriptors (EMFILE).  The queue would call us
 * again at once, so stop looking until a connection ends, or for 100 ms: it
 * may be the whole system that is short, and not this server.
 */
static void
on_accept_error(struct evconnlistener *listener, void *arg)
{
	struct rot13_loop *loop = arg;
	struct timeval later = { .tv_usec = 100000 };

	evconnlistener_disable(listener);
	event_add(loop->retry, &later);
}

/* The 100 ms are over. */
static void
on_retry(evutil_socket_t fd, short what, void *arg)
{
	struct rot13_loop *loop = arg;

	(void)fd;
	(void)what;
	evconnlistener_enable(loop->listener);
}

void
rot13_loop_has_room(struct rot13_loop *loop)
{
	/* The timer runs only while the listener is disabled. */
	if (!evtimer_pending(loop->retry, NULL))
		return;
	evtimer_del(loop->retry);
	evconnlistener_enable(loop->listener);
}

struct event_base *
rot13_loop_base(struct rot13_loop *loop)
{
	return loop->base;
}

static void
on_stop(evutil_socket_t signal_number, short what, void *arg)
{
	struct rot13_loop *loop = arg;

	(void)signal_number;
	(void)what;
	event_base_loopbreak(loop->base);
}

/* Free what loop_init() has made, in whole or in part. */
static void
loop_clear(struct rot13_loop *loop)
{
	if (loop->on_int)
		event_free(loop->on_int);
	if (loop->on_term)
		event_free(loop->on_term);
	if (loop->retry)
		event_free(loop->retry);
	if (loop->listener)
		evconnlistener_free(loop->listener);
	if (loop->base)
		event_base_free(loop->base);
}

/* Make the base and its events.  False if there is no memory. */
static bool
loop_init(struct rot13_loop *loop, evutil_socket_t fd)
{
	loop->base = event_base_new();
	if (!loop->base)
		return false;
	/* Backlog 0: the socket is listening already. */
	loop->listener = evconnlistener_new(loop->base, on_accept, loop,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	if (!loop->listener)
		return false;
	evconnlistener_set_error_cb(loop->listener, on_accept_error);
	loop->retry = evtimer_new(loop->base, on_retry, loop);
	loop->on_term = evsignal_new(loop->base, SIGTERM, on_stop, loop);
	loop->on_int = evsignal_new(loop->base, SIGINT, on_stop, loop);
	return loop->retry && loop->on_term && loop->on_int &&
	    event_add(loop->on_term, NULL) == 0 &&
	    event_add(loop->on_int, NULL) == 0;
}

int
rot13_loop_run(evutil_socket_t listener, rot13_accept_fn accept_fn)
{
	struct rot13_loop loop = { .on_accept = accept_fn };

	if (!loop_init(&loop, listener)) {
		fprintf(stderr, "cannot start the event loop\n");
		loop_clear(&loop);
		return 1;
	}
	/* Until its own signal events were there, rot13_start's counted. */
	if (rot13_running())
		event_base_dispatch(loop.base);
	loop_clear(&loop);
	return rot13_finish();
}
