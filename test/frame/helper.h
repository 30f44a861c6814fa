/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * helper.h - what tests of frames share: a frame on a bufferevent with a
 * plain socket at its far end, and notes of all it delivers.
 */
#ifndef TEST_FRAME_HELPER_H
#define TEST_FRAME_HELPER_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/frame.h>
#include <event2/util.h>

#include "test.h"

#define NOTES_BYTES 300000
#define NOTES_MESSAGES 4096

/* All that a frame has told. */
struct notes {
	int messages;
	size_t len[NOTES_MESSAGES];
	unsigned opcode[NOTES_MESSAGES];
	unsigned char bytes[NOTES_BYTES]; /* of all messages together */
	size_t bytes_len;
	int errors;
	enum evframe_error error;
	int events;
	short what;
	int err;
	int messages_before_event;
};

struct peer {
	struct event_base *base;
	struct bufferevent *bev;
	struct evframe *frame;
	evutil_socket_t fd; /* the far end, or -1 when closed */
	struct notes notes;
};

static inline void
note_message(struct evframe *frame, struct evframe_message *message, void *arg)
{
	struct notes *notes = &((struct peer *)arg)->notes;
	size_t len = evframe_message_get_length(message);

	(void)frame;
	CHECK_LT(notes->messages, NOTES_MESSAGES);
	CHECK_LE(notes->bytes_len + len, NOTES_BYTES);
	CHECK_EQ(evframe_message_copy(message, notes->bytes + notes->bytes_len,
		     len),
	    len);
	notes->len[notes->messages] = len;
	notes->opcode[notes->messages] = evframe_message_get_opcode(message);
	notes->messages++;
	notes->bytes_len += len;
}

static inline void
note_error(struct evframe *frame, enum evframe_error error, void *arg)
{
	struct notes *notes = &((struct peer *)arg)->notes;

	(void)frame;
	notes->errors++;
	notes->error = error;
}

static inline void
note_event(struct bufferevent *bev, short what, void *arg)
{
	struct notes *notes = &((struct peer *)arg)->notes;

	notes->err = EVUTIL_SOCKET_ERROR();
	(void)bev;
	notes->events++;
	notes->what |= what;
	notes->messages_before_event = notes->messages;
}

/* A bufferevent and its far end; no frame yet. */
static inline void
peer_open(struct peer *peer, int options)
{
	evutil_socket_t fds[2];

	memset(peer, 0, sizeof(*peer));
	peer->base = test_base();
	CHECK_EQ(evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	CHECK_EQ(evutil_make_socket_nonblocking(fds[0]), 0);
	CHECK_EQ(evutil_make_socket_nonblocking(fds[1]), 0);
	peer->fd = fds[1];
	peer->bev = bufferevent_socket_new(peer->base, fds[0],
	    BEV_OPT_CLOSE_ON_FREE | options);
	CHECK_NOTNULL(peer->bev);
	bufferevent_setcb(peer->bev, NULL, NULL, note_event, peer);
	CHECK_EQ(bufferevent_enable(peer->bev, EV_READ | EV_WRITE), 0);
}

/* A frame that takes notes; the codec is used up. */
static inline void
peer_frame(struct peer *peer, struct evframe_codec *codec)
{
	CHECK_NOTNULL(codec);
	peer->frame = evframe_new(peer->bev, codec, note_message, note_error,
	    peer);
	evframe_codec_free(codec);
	CHECK_NOTNULL(peer->frame);
}

static inline struct peer *
peer_new(struct evframe_codec *codec)
{
	static struct peer peer;

	peer_open(&peer, 0);
	peer_frame(&peer, codec);
	return &peer;
}

static inline void
peer_hang_up(struct peer *peer)
{
	if (peer->fd >= 0)
		CHECK_EQ(close(peer->fd), 0);
	peer->fd = -1;
}

static inline void
peer_free(struct peer *peer)
{
	evframe_free(peer->frame);
	if (peer->bev)
		bufferevent_free(peer->bev);
	peer_hang_up(peer);
	event_base_free(peer->base);
}

/* Forget what was told. */
static inline void
notes_clear(struct peer *peer)
{
	memset(&peer->notes, 0, sizeof(peer->notes));
}

/* Turn the loop a few times without sleeping. */
static inline void
turn(struct peer *peer)
{
	for (int i = 0; i < 3; i++)
		event_base_loop(peer->base, EVLOOP_NONBLOCK);
}

/* The far end sends, in one segment, and the loop turns. */
static inline void
say(struct peer *peer, const void *data, size_t len)
{
	CHECK_EQ(send(peer->fd, data, len, MSG_NOSIGNAL), (ssize_t)len);
	turn(peer);
}

/* What the frame has sent, at most `size` bytes. */
static inline size_t
hear(struct peer *peer, void *data, size_t size)
{
	ssize_t n;

	turn(peer);
	n = recv(peer->fd, data, size, MSG_DONTWAIT);
	return n < 0 ? 0 : (size_t)n;
}

static inline size_t
input_len(struct peer *peer)
{
	return evbuffer_get_length(bufferevent_get_input(peer->bev));
}

/* Message `at` of the notes. */
static inline const unsigned char *
noted(const struct peer *peer, int at)
{
	const unsigned char *bytes = peer->notes.bytes;

	CHECK_LT(at, peer->notes.messages);
	for (int i = 0; i < at; i++)
		bytes += peer->notes.len[i];
	return bytes;
}

/* Byte `at` of a stream that repeats nowhere near. */
static inline unsigned char
stream_byte(size_t at)
{
	return (unsigned char)((at * 2654435761u) >> 13);
}

#endif
