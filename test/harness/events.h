/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * events.h - what tests of events share: a base, two connected sockets, and
 * events that count how often they ran.
 */
#ifndef TEST_HARNESS_EVENTS_H
#define TEST_HARNESS_EVENTS_H

#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "test.h"

static struct event_base *base;
static int pair[2];
static int runs;        /* of on_event() */
static short last_what; /* that it was told */

static inline void
on_event(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)arg;
	runs++;
	last_what = what;
}

static inline void
open_pair(int fds[2])
{
	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
}

static inline void
set_up(void)
{
	base = test_base();
	open_pair(pair);
}

static inline void
clean_up(void)
{
	close(pair[0]);
	close(pair[1]);
	event_base_free(base);
}

/* An event, not added, that calls fn with arg. */
static inline struct event *
make_for(int fd, int what, event_callback_fn fn, const void *arg)
{
	struct event *ev = event_new(base, fd, (short)what, fn, (void *)arg);

	CHECK_NOTNULL(ev);
	return ev;
}

/* The same with on_event(). */
static inline struct event *
make(int fd, int what)
{
	return make_for(fd, what, on_event, NULL);
}

/* The same, added. */
static inline struct event *
watch(int fd, int what)
{
	struct event *ev = make(fd, what);

	CHECK_EQ(event_add(ev, NULL), 0);
	return ev;
}

/* One turn of the loop, without waiting. */
static inline void
turn(void)
{
	CHECK_GE(event_base_loop(base, EVLOOP_NONBLOCK | EVLOOP_ONCE), 0);
}

#endif /* TEST_HARNESS_EVENTS_H */
