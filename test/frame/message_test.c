/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * message_test.c - what can be done with a message.
 */
#include "helper.h"

#define TEXT_LEN 50000

static unsigned char text[4 + TEXT_LEN];
static unsigned char both[2 * sizeof(text)];
static void (*look)(struct peer *peer, struct evframe_message *message);

static void
on_message_look(struct evframe *frame, struct evframe_message *message,
    void *arg)
{
	struct peer *peer = arg;

	(void)frame;
	peer->notes.messages++;
	look(peer, message);
}

/*
 * A packet of `len` bytes behind its header arrives in two segments of which
 * the second is read after the first, so that it lies in more than one piece.
 * Another one is right behind it; `how` looks at both.
 */
static void
with_message(size_t len, void (*how)(struct peer *, struct evframe_message *))
{
	static struct peer peer;
	struct evframe_codec *codec = evframe_codec_packet_new(65535);
	size_t total = len + 4;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = stream_byte(i);
	text[0] = (unsigned char)total;
	text[1] = (unsigned char)(total >> 8);
	CHECK_NOTNULL(codec);
	peer_open(&peer, 0);
	look = how;
	peer.frame = evframe_new(peer.bev, codec, on_message_look, note_error,
	    &peer);
	evframe_codec_free(codec);
	CHECK_NOTNULL(peer.frame);
	memcpy(both, text, total);
	memcpy(both + total, text, total);
	say(&peer, both, total / 2);
	say(&peer, both + total / 2, 2 * total - total / 2);
	CHECK_EQ(peer.notes.messages, 2);
	CHECK_EQ(peer.notes.errors, 0);
	CHECK_EQ(input_len(&peer), 0);
	peer_free(&peer);
}

static void
look_at_data(struct peer *peer, struct evframe_message *message)
{
	const unsigned char *data = evframe_message_get_data(message);

	(void)peer;
	CHECK_NOTNULL(data);
	CHECK_EQ(evframe_message_get_length(message), TEXT_LEN);
	CHECK_MEM(data, text + 4, TEXT_LEN);
	CHECK_PTR(evframe_message_get_data(message), data);
}

/* All of it in one piece. */
TEST(data)
{
	with_message(TEXT_LEN, look_at_data);
}

static void
look_at_pieces(struct peer *peer, struct evframe_message *message)
{
	struct evbuffer_iovec vec[32];
	size_t at = 4;
	int count = evframe_message_peek(message, vec, 32);

	(void)peer;
	CHECK_GE(count, 1);
	CHECK_LE(count, 32);
	CHECK_EQ(evframe_message_peek(message, NULL, 0), count);
	for (int i = 0; i < count; i++) {
		CHECK_MEM(vec[i].iov_base, text + at, vec[i].iov_len);
		at += vec[i].iov_len;
	}
	CHECK_EQ(at, 4 + TEXT_LEN);
	CHECK_GE(evframe_message_peek(message, vec, 1), 1);
	CHECK_MEM(vec[0].iov_base, text + 4, vec[0].iov_len);
}

/* Its pieces, exactly to its end. */
TEST(pieces)
{
	with_message(TEXT_LEN, look_at_pieces);
}

static void
look_at_copies(struct peer *peer, struct evframe_message *message)
{
	static unsigned char copy[TEXT_LEN + 10];

	(void)peer;
	CHECK_EQ(evframe_message_copy(message, copy, 10), 10);
	CHECK_MEM(copy, text + 4, 10);
	CHECK_EQ(evframe_message_copy(message, copy, sizeof(copy)), TEXT_LEN);
	CHECK_MEM(copy, text + 4, TEXT_LEN);
	CHECK_EQ(evframe_message_copy(message, copy, 0), 0);
}

/* Copies, of its front and of all. */
TEST(copies)
{
	with_message(TEXT_LEN, look_at_copies);
}

static void
take(struct peer *peer, struct evframe_message *message)
{
	struct evbuffer *dst = evbuffer_new();
	unsigned char *all;
	char byte;

	(void)peer;
	CHECK_NOTNULL(dst);
	CHECK_EQ(evbuffer_add(dst, "front", 5), 0);
	CHECK_EQ(evbuffer_freeze(dst, 0), 0);
	CHECK_EQ(evframe_message_take(message, dst), -1);
	CHECK_EQ(evframe_message_get_length(message), TEXT_LEN);
	CHECK_EQ(evbuffer_unfreeze(dst, 0), 0);
	CHECK_EQ(evframe_message_take(message, dst), 0);
	CHECK_EQ(evbuffer_get_length(dst), 5 + TEXT_LEN);
	all = evbuffer_pullup(dst, -1);
	CHECK_NOTNULL(all);
	CHECK_MEM(all + 5, text + 4, TEXT_LEN);
	evbuffer_free(dst);
	CHECK_EQ(evframe_message_get_length(message), 0);
	CHECK_NULL(evframe_message_get_data(message));
	CHECK_EQ(evframe_message_copy(message, &byte, 1), 0);
	CHECK_EQ(evframe_message_peek(message, NULL, 0), 0);
}

/* Taken away: what follows is still found. */
TEST(taken)
{
	with_message(TEXT_LEN, take);
}

static void
look_at_nothing(struct peer *peer, struct evframe_message *message)
{
	struct evbuffer_iovec vec[2];
	struct evbuffer *dst = evbuffer_new();

	(void)peer;
	CHECK_NOTNULL(dst);
	CHECK_EQ(evframe_message_get_length(message), 0);
	CHECK_NULL(evframe_message_get_data(message));
	CHECK_EQ(evframe_message_peek(message, vec, 2), 0);
	CHECK_EQ(evframe_message_take(message, dst), 0);
	CHECK_EQ(evbuffer_get_length(dst), 0);
	evbuffer_free(dst);
}

/* A message without bytes, and more input right behind it. */
TEST(empty)
{
	with_message(0, look_at_nothing);
}

static void
free_and_look(struct peer *peer, struct evframe_message *message)
{
	evframe_free(peer->frame);
	peer->frame = NULL;
	CHECK_EQ(evframe_message_get_length(message), 0);
	CHECK_NULL(evframe_message_get_data(message));
	CHECK_EQ(input_len(peer), 3);
}

/* A frame that frees itself takes its message out of the input at once. */
TEST(gone_with_the_frame)
{
	static struct peer peer;
	struct evframe_codec *codec = evframe_codec_fixed_new(3);

	CHECK_NOTNULL(codec);
	peer_open(&peer, 0);
	look = free_and_look;
	peer.frame = evframe_new(peer.bev, codec, on_message_look, note_error,
	    &peer);
	evframe_codec_free(codec);
	CHECK_NOTNULL(peer.frame);
	say(&peer, "abcdef", 6);
	CHECK_EQ(peer.notes.messages, 1);
	CHECK_EQ(input_len(&peer), 3);
	peer_free(&peer);
}

static void
count_only(struct peer *peer, struct evframe_message *message)
{
	CHECK_NOTNULL(evframe_message_get_data(message));
	peer->notes.bytes_len += evframe_message_get_length(message);
}

/* Once warm, messages come and go without an allocation. */
TEST(no_allocations)
{
	static struct peer peer;
	struct evframe_codec *codec = evframe_codec_packet_new(1000);
	static unsigned char many[6400];
	size_t before;

	CHECK_NOTNULL(codec);
	for (size_t i = 0; i < sizeof(many); i += 64)
		memcpy(many + i, "\x40\0\1\0", 4);
	peer_open(&peer, 0);
	look = count_only;
	peer.frame = evframe_new(peer.bev, codec, on_message_look, note_error,
	    &peer);
	evframe_codec_free(codec);
	CHECK_NOTNULL(peer.frame);
	say(&peer, many, sizeof(many));
	before = test_blocks_total();
	for (int i = 0; i < 50; i++)
		say(&peer, many, sizeof(many));
	CHECK_EQ(peer.notes.messages, 5100);
	CHECK_EQ(peer.notes.bytes_len, 5100 * 60);
	CHECK_EQ(test_blocks_total(), before);
	peer_free(&peer);
}
