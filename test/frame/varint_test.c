/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * varint_test.c - messages after a varint, and those of one fixed size.
 */
#include "helper.h"

/* Numbers of one and two bytes at their edges. */
TEST(varint_edges)
{
	static const size_t sizes[] = { 0, 1, 127, 128, 129, 300, 16383,
		16384 };
	struct peer *peer = peer_new(evframe_codec_varint_new(20000));
	unsigned char text[20000], wire[20000];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = stream_byte(i);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t head = sizes[i] < 128 ? 1 : sizes[i] < 16384 ? 2 : 3;

		notes_clear(peer);
		CHECK_EQ(evframe_send(peer->frame, 0, text, sizes[i]), 0);
		CHECK_EQ(hear(peer, wire, sizeof(wire)), head + sizes[i]);
		say(peer, wire, head + sizes[i]);
		CHECK_EQ(peer->notes.messages, 1);
		CHECK_EQ(peer->notes.bytes_len, sizes[i]);
		CHECK_MEM(peer->notes.bytes, text, sizes[i]);
	}
	peer_free(peer);
}

/* The bytes of 300, as protocol buffers write it. */
TEST(varint_300)
{
	static unsigned char text[300];
	struct peer *peer = peer_new(evframe_codec_varint_new(400));
	unsigned char wire[400];

	CHECK_EQ(evframe_send(peer->frame, 0, text, 300), 0);
	CHECK_EQ(hear(peer, wire, sizeof(wire)), 302);
	CHECK_MEM(wire, "\xac\x02", 2);
	peer_free(peer);
}

static void
check_refused(const void *text, size_t len, size_t size_max,
    enum evframe_error error)
{
	struct peer *peer = peer_new(evframe_codec_varint_new(size_max));

	for (size_t i = 0; i < len; i++) {
		CHECK_EQ(peer->notes.errors, 0);
		say(peer, (const char *)text + i, 1);
	}
	CHECK_EQ(peer->notes.errors, 1);
	CHECK_EQ(peer->notes.error, error);
	CHECK_EQ(peer->notes.messages, 0);
	peer_free(peer);
}

/* Padded with zeros, above 64 bits, without end. */
TEST(varint_refused)
{
	check_refused("\x80\x00", 2, 1000, EVFRAME_ERROR_VARINT);
	check_refused("\x81\x80\x00", 3, 1000, EVFRAME_ERROR_VARINT);
	check_refused("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10, 1000,
	    EVFRAME_ERROR_VARINT);
	check_refused("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81", 10, 1000,
	    EVFRAME_ERROR_VARINT);
}

/* Above the maximum, be it by the header alone. */
TEST(varint_maximum)
{
	struct peer *peer = peer_new(evframe_codec_varint_new(4));

	say(peer, "\3abc", 4);
	CHECK_EQ(peer->notes.messages, 1);
	CHECK_EQ(evframe_send(peer->frame, 0, "abcd", 4), -1);
	CHECK_EQ(errno, EMSGSIZE);
	CHECK_EQ(evframe_send(peer->frame, 1, "abc", 3), -1);
	CHECK_EQ(errno, EINVAL);
	peer_free(peer);
	check_refused("\4", 1, 4, EVFRAME_ERROR_TOO_LONG);
	check_refused("\x80", 1, 1, EVFRAME_ERROR_TOO_LONG);
	check_refused("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10, 1000,
	    EVFRAME_ERROR_TOO_LONG);
	CHECK_NULL(evframe_codec_varint_new(0));
	CHECK_EQ(errno, EINVAL);
}

/* Fixed sizes: whole ones are delivered, the rest waits. */
TEST(fixed)
{
	struct peer *peer = peer_new(evframe_codec_fixed_new(3));

	say(peer, "abcdefgh", 8);
	CHECK_EQ(peer->notes.messages, 2);
	CHECK_MEM(peer->notes.bytes, "abcdef", 6);
	CHECK_EQ(input_len(peer), 2);
	say(peer, "i", 1);
	CHECK_EQ(peer->notes.messages, 3);
	peer_free(peer);
}

/* Only that size can be sent. */
TEST(fixed_sending)
{
	struct peer *peer = peer_new(evframe_codec_fixed_new(3));
	char got[8];

	CHECK_EQ(evframe_send(peer->frame, 0, "abcd", 4), -1);
	CHECK_EQ(errno, EMSGSIZE);
	CHECK_EQ(evframe_send(peer->frame, 0, "ab", 2), -1);
	CHECK_EQ(errno, EMSGSIZE);
	CHECK_EQ(evframe_send(peer->frame, 1, "abc", 3), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(evframe_send(peer->frame, 0, "abc", 3), 0);
	CHECK_EQ(hear(peer, got, sizeof(got)), 3);
	CHECK_MEM(got, "abc", 3);
	peer_free(peer);
	CHECK_NULL(evframe_codec_fixed_new(0));
	CHECK_EQ(errno, EINVAL);
}
