/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * helper.h - what tests of bufferevents share: a bufferevent with a plain
 * socket at its far end, callbacks that take notes, and a loop with an end.
 */
#ifndef TEST_BUFFEREVENT_HELPER_H
#define TEST_BUFFEREVENT_HELPER_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/util.h>

#include "test.h"

/* What has happened to a bufferevent. */
struct notes {
	int reads;
	int writes;
	int events;
	short what; /* of all events together */
	int err;    /* errno in the last one */
};

static inline void
note_read(struct bufferevent *bev, void *arg)
{
	(void)bev;
	((struct notes *)arg)->reads++;
}

static inline void
note_write(struct bufferevent *bev, void *arg)
{
	(void)bev;
	((struct notes *)arg)->writes++;
}

static inline void
note_event(struct bufferevent *bev, short what, void *arg)
{
	struct notes *notes = arg;

	(void)bev;
	notes->err = EVUTIL_SOCKET_ERROR();
	notes->events++;
	notes->what |= what;
}

/* A connected pair of non-blocking sockets. */
static inline void
socket_pair(evutil_socket_t fds[2])
{
	CHECK_EQ(evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	CHECK_EQ(evutil_make_socket_nonblocking(fds[0]), 0);
	CHECK_EQ(evutil_make_socket_nonblocking(fds[1]), 0);
}

/* A bufferevent that closes its socket; *ret_peer is the far end. */
static inline struct bufferevent *
bev_and_peer(struct event_base *base, int options, struct notes *notes,
    evutil_socket_t *ret_peer)
{
	evutil_socket_t fds[2];
	struct bufferevent *bev;

	socket_pair(fds);
	bev = bufferevent_socket_new(base, fds[0],
	    BEV_OPT_CLOSE_ON_FREE | options);
	if (!bev) {
		close(fds[0]);
		close(fds[1]);
	}
	CHECK_NOTNULL(bev);
	if (notes)
		bufferevent_setcb(bev, note_read, note_write, note_event,
		    notes);
	*ret_peer = fds[1];
	return bev;
}

/* Turn the loop a few times without sleeping. */
static inline void
turn(struct event_base *base)
{
	for (int i = 0; i < 8; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

/*
 * Turn until `*flag` reaches `count`; the test fails after 5 seconds.  What an
 * injected fault has lost will not come: then it takes less to believe it.
 */
static inline void
turn_until(struct event_base *base, const int *flag, int count)
{
	struct timeval tick = { 0, 5000 };

	for (int i = 0; *flag < count; i++) {
		CHECK_LT(i, test_fault_has_struck() ? 40 : 1000);
		if (event_base_loopexit(base, &tick) == 0)
			event_base_dispatch(base);
		else
			event_base_loop(base, EVLOOP_NONBLOCK);
	}
}

/* Let `ms` milliseconds pass in the loop. */
static inline void
pass_ms(struct event_base *base, int ms)
{
	struct timeval tv = { ms / 1000, (ms % 1000) * 1000 };

	CHECK_EQ(event_base_loopexit(base, &tv), 0);
	event_base_dispatch(base);
}

/* Byte `at` of a stream that repeats nowhere near. */
static inline unsigned char
stream_byte(size_t at)
{
	return (unsigned char)((at * 2654435761u) >> 13);
}

static inline size_t
input_len(struct bufferevent *bev)
{
	return evbuffer_get_length(bufferevent_get_input(bev));
}

static inline size_t
output_len(struct bufferevent *bev)
{
	return evbuffer_get_length(bufferevent_get_output(bev));
}

static inline int
is_open(evutil_socket_t fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

#endif
