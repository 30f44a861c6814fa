/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * trace_bev.h - the usual callbacks of bufferevents, which write down what
 * they see; each takes the name of its bufferevent as its argument.
 */
#ifndef TEST_DIFF_TRACE_BEV_H_
#define TEST_DIFF_TRACE_BEV_H_

#include <event2/buffer.h>
#include <event2/bufferevent.h>

#include "trace.h"

static inline size_t
input_of(struct bufferevent *bev)
{
	return evbuffer_get_length(bufferevent_get_input(bev));
}

static inline size_t
output_of(struct bufferevent *bev)
{
	return evbuffer_get_length(bufferevent_get_output(bev));
}

static inline void
on_bev_read(struct bufferevent *bev, void *arg)
{
	trace("  %s: read, input %zu", (char *)arg, input_of(bev));
}

static inline void
on_bev_write(struct bufferevent *bev, void *arg)
{
	trace("  %s: write, output %zu", (char *)arg, output_of(bev));
}

static inline void
on_bev_event(struct bufferevent *bev, short what, void *arg)
{
	trace("  %s: event %#x, enabled %s, input %zu", (char *)arg,
	    (unsigned)what, what_name(bufferevent_get_enabled(bev)),
	    input_of(bev));
}

static inline void
trace_all(struct bufferevent *bev, const char *name)
{
	bufferevent_setcb(bev, on_bev_read, on_bev_write, on_bev_event,
	    (void *)name);
}

/* Let the loop do what it can without waiting. */
static inline void
turn(struct event_base *base)
{
	int i;

	for (i = 0; i < 4; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

/* A bufferevent on one end of a new pair of sockets, and the other end. */
static inline struct bufferevent *
open_bev(struct event_base *base, int options, const char *name,
    evutil_socket_t *peer)
{
	struct bufferevent *bev;
	evutil_socket_t fd[2];

	open_pair(fd);
	*peer = fd[1];
	bev = bufferevent_socket_new(base, fd[0], options);
	must(bev != NULL, "bufferevent_socket_new");
	trace_all(bev, name);
	return bev;
}

/* Free it, let that happen, and close the other end. */
static inline void
close_bev(struct event_base *base, struct bufferevent *bev,
    evutil_socket_t peer)
{
	bufferevent_free(bev);
	turn(base);
	close(peer);
}

static inline void
say(evutil_socket_t peer, const void *text, size_t len)
{
	must(write(peer, text, len) == (ssize_t)len, "write");
}

/* Take all that has come to `peer`; returns how much. */
static inline long
hear(evutil_socket_t peer)
{
	char bytes[4096];
	long sum = 0;
	ssize_t n;

	while ((n = recv(peer, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
		sum += n;
	return sum;
}

#endif
