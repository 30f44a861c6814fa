/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * length_test.c - messages with a length in their header.
 */
#include "helper.h"

/* A length of `size` bytes and nothing else. */
static struct evframe_codec *
plain(size_t size, enum evframe_byte_order order, size_t size_max)
{
	struct evframe_length length = { .size = size,
		.byte_order = order,
		.strip = size };

	return evframe_codec_length_new(&length, size_max);
}

/* `text` arrives and is one message, `want`. */
static void
check_one(struct peer *peer, const void *text, size_t len, const char *want)
{
	size_t want_len = strlen(want);

	notes_clear(peer);
	say(peer, text, len);
	CHECK_EQ(peer->notes.messages, 1);
	CHECK_EQ(peer->notes.bytes_len, want_len);
	CHECK_MEM(peer->notes.bytes, want, want_len);
	CHECK_EQ(input_len(peer), 0);
}

#define CHECK_ONE(peer, text, want) \
	check_one(peer, text, sizeof(text) - 1, want)

/* Lengths of 1, 2, 4 and 8 bytes, the highest byte first. */
TEST(big_endian)
{
	static const char *const texts[] = { "\3abc", "\0\3abc", "\0\0\0\3abc",
		"\0\0\0\0\0\0\0\3abc" };

	for (int i = 0; i < 4; i++) {
		size_t size = (size_t)1 << i;
		struct peer *peer = peer_new(
		    plain(size, EVFRAME_BIG_ENDIAN, 100));

		check_one(peer, texts[i], size + 3, "abc");
		peer_free(peer);
	}
}

/* The same with the lowest byte first. */
TEST(little_endian)
{
	static const char *const texts[] = { "\3abc", "\3\0abc", "\3\0\0\0abc",
		"\3\0\0\0\0\0\0\0abc" };

	for (int i = 0; i < 4; i++) {
		size_t size = (size_t)1 << i;
		struct peer *peer = peer_new(
		    plain(size, EVFRAME_LITTLE_ENDIAN, 100));

		check_one(peer, texts[i], size + 3, "abc");
		peer_free(peer);
	}
}

/* Every bit of a length counts: 258 is not 2, nor 513. */
TEST(number_of_two_bytes)
{
	struct peer *peer = peer_new(plain(2, EVFRAME_BIG_ENDIAN, 1000));
	unsigned char text[260];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = stream_byte(i);
	text[0] = 1;
	text[1] = 2;
	say(peer, text, 259);
	CHECK_EQ(peer->notes.messages, 0);
	say(peer, text + 259, 1);
	CHECK_EQ(peer->notes.messages, 1);
	CHECK_EQ(peer->notes.bytes_len, 258);
	CHECK_MEM(peer->notes.bytes, text + 2, 258);
	peer_free(peer);
}

/* A field further back, a header that goes on, part of it handed over. */
TEST(offset_and_header)
{
	struct evframe_length length = { .offset = 2,
		.size = 2,
		.strip = 4,
		.header_size = 6 };
	struct peer *peer = peer_new(evframe_codec_length_new(&length, 100));

	CHECK_ONE(peer, "XX\0\3YYabc", "YYabc");
	CHECK_ONE(peer, "XX\0\0YY", "YY");
	peer_free(peer);
}

/* Nothing stripped: the header is handed over with the rest. */
TEST(strip_nothing)
{
	struct evframe_length length = { .size = 1 };
	struct peer *peer = peer_new(evframe_codec_length_new(&length, 100));

	CHECK_ONE(peer, "\3abc", "\3abc");
	peer_free(peer);
}

/* A length that counts the header. */
TEST(counts_header)
{
	struct evframe_length length = { .size = 2,
		.counts_header = 1,
		.strip = 2 };
	struct peer *peer = peer_new(evframe_codec_length_new(&length, 100));

	CHECK_ONE(peer, "\0\5abc", "abc");
	CHECK_ONE(peer, "\0\2", "");
	peer_free(peer);
}

/* Adjustments up and down, as far as the header. */
TEST(adjustment)
{
	struct evframe_length length = { .size = 1, .strip = 1 };
	struct peer *peer;

	length.adjustment = 2;
	peer = peer_new(evframe_codec_length_new(&length, 100));
	CHECK_ONE(peer, "\1abc", "abc");
	peer_free(peer);

	length.adjustment = -2;
	peer = peer_new(evframe_codec_length_new(&length, 100));
	CHECK_ONE(peer, "\5abc", "abc");
	CHECK_ONE(peer, "\2", "");
	say(peer, "\1abc", 4);
	CHECK_EQ(peer->notes.errors, 1);
	CHECK_EQ(peer->notes.error, EVFRAME_ERROR_TOO_SHORT);
	peer_free(peer);
}

/* Opcodes of 1, 2 and 4 bytes, in the byte order of the length. */
TEST(opcodes)
{
	static const char *const texts[] = { "\3\7abc", "\3\7\1abc", NULL,
		"\3\7\1\0\x80"
		"abc" };
	static const unsigned opcodes[] = { 7, 0x107, 0, 0x80000107u };

	for (size_t size = 1; size <= 4; size *= 2) {
		struct evframe_length length = { .size = 1,
			.byte_order = EVFRAME_LITTLE_ENDIAN,
			.strip = 1 + size,
			.header_size = 1 + size,
			.opcode_offset = 1,
			.opcode_size = size };
		struct peer *peer = peer_new(
		    evframe_codec_length_new(&length, 100));

		check_one(peer, texts[size - 1], 4 + size, "abc");
		CHECK_EQ(peer->notes.opcode[0], opcodes[size - 1]);
		peer_free(peer);
	}
}

/* What arrives is refused with `error`, before there is room for it. */
static void
check_refused(struct evframe_codec *codec, const void *text, size_t len,
    enum evframe_error error)
{
	struct peer *peer = peer_new(codec);

	say(peer, text, len);
	CHECK_EQ(peer->notes.messages, 0);
	CHECK_EQ(peer->notes.errors, 1);
	CHECK_EQ(peer->notes.error, error);
	CHECK_EQ(bufferevent_get_enabled(peer->bev) & EV_READ, 0);
	CHECK_EQ(input_len(peer), len);
	peer_free(peer);
}

/* One at the maximum is delivered, one above is refused by its length. */
TEST(maximum)
{
	struct peer *peer = peer_new(plain(2, EVFRAME_BIG_ENDIAN, 5));

	CHECK_ONE(peer, "\0\3abc", "abc");
	peer_free(peer);
	check_refused(plain(2, EVFRAME_BIG_ENDIAN, 5), "\0\4", 2,
	    EVFRAME_ERROR_TOO_LONG);
}

/* Lengths at every edge of 64 bits neither overflow nor ask for memory. */
TEST(huge_lengths)
{
	static const unsigned char edges[][8] = { { 0xff, 0xff, 0xff, 0xff,
						      0xff, 0xff, 0xff, 0xff },
		{ 0x80 }, { 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
		{ 0x40 }, { 0x3f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
		{ 0, 0, 0, 1 }, { 0, 0, 0, 0, 0x80 },
		{ 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff },
		{ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf8 } };

	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++)
		check_refused(plain(8, EVFRAME_BIG_ENDIAN, 1000), edges[i], 8,
		    EVFRAME_ERROR_TOO_LONG);
}

/* The wrong byte order turns a small length into one above the maximum. */
TEST(wrong_byte_order)
{
	check_refused(plain(4, EVFRAME_BIG_ENDIAN, 65536), "\3\0\0\0abc", 7,
	    EVFRAME_ERROR_TOO_LONG);
	check_refused(plain(2, EVFRAME_LITTLE_ENDIAN, 256), "\0\3abc", 5,
	    EVFRAME_ERROR_TOO_LONG);
}

/* Lengths that count the header and say less than it has. */
TEST(smaller_than_the_header)
{
	static const char *const texts[] = { "\0\0\1\0", "\1\0\1\0", "\2\0\1\0",
		"\3\0\1\0" };

	for (int i = 0; i < 4; i++)
		check_refused(evframe_codec_packet_new(1000), texts[i], 4,
		    EVFRAME_ERROR_TOO_SHORT);
}

/* A length is refused when it is there, not with the rest of its header. */
TEST(refused_before_the_header_is_whole)
{
	struct evframe_length in_front = { .size = 2, .header_size = 8 };
	struct evframe_length behind = { .size = 2,
		.offset = 3,
		.header_size = 8 };

	check_refused(evframe_codec_packet_new(1000), "\3\0", 2,
	    EVFRAME_ERROR_TOO_SHORT);
	check_refused(evframe_codec_packet_new(1000), "\xe9\3", 2,
	    EVFRAME_ERROR_TOO_LONG);
	check_refused(evframe_codec_length_new(&in_front, 1000), "\3\xe1x", 3,
	    EVFRAME_ERROR_TOO_LONG);
	check_refused(evframe_codec_length_new(&behind, 1000), "abc\3\xe1", 5,
	    EVFRAME_ERROR_TOO_LONG);
}

/* Half a length, too small by itself, is not judged. */
TEST(half_a_length_is_waited_for)
{
	struct peer *peer = peer_new(evframe_codec_packet_new(1000));

	say(peer, "\1", 1);
	CHECK_EQ(peer->notes.errors, 0);
	say(peer, "\1\7", 2);
	CHECK_EQ(peer->notes.errors, 0);
	say(peer, "\0", 1);
	CHECK_EQ(peer->notes.errors + peer->notes.messages, 0);
	peer_free(peer);
}

/* The error stays where it was, and the messages before it are delivered. */
TEST(error_after_messages)
{
	struct peer *peer = peer_new(plain(1, EVFRAME_BIG_ENDIAN, 10));

	say(peer,
	    "\1a\2bc\xff"
	    "d",
	    7);
	CHECK_EQ(peer->notes.messages, 2);
	CHECK_MEM(peer->notes.bytes, "abc", 3);
	CHECK_EQ(peer->notes.error, EVFRAME_ERROR_TOO_LONG);
	CHECK_EQ(input_len(peer), 2);
	bufferevent_trigger(peer->bev, EV_READ, BEV_TRIG_IGNORE_WATERMARKS);
	CHECK_EQ(peer->notes.messages, 2);
	CHECK_EQ(peer->notes.errors, 1);
	peer_free(peer);
}

static void
check_invalid(const struct evframe_length *length, size_t size_max)
{
	errno = 0;
	CHECK_NULL(evframe_codec_length_new(length, size_max));
	CHECK_EQ(errno, EINVAL);
}

/* Descriptions that contradict themselves. */
TEST(invalid_descriptions)
{
	static const struct evframe_length bad[] = {
		{ .size = 0 },
		{ .size = 3 },
		{ .size = 16 },
		{ .size = (size_t)-1 },
		{ .offset = (size_t)-1, .size = 1 },
		{ .offset = 64, .size = 1 },
		{ .offset = 3, .size = 2, .header_size = 4 },
		{ .size = 2, .header_size = EVFRAME_HEADER_MAX + 1 },
		{ .size = 2, .strip = 3 },
		{ .size = 2, .byte_order = (enum evframe_byte_order)2 },
		{ .size = 2,
		    .header_size = 4,
		    .opcode_offset = 2,
		    .opcode_size = 3 },
		{ .size = 2,
		    .header_size = 10,
		    .opcode_offset = 2,
		    .opcode_size = 8 },
		{ .size = 2,
		    .header_size = 4,
		    .opcode_offset = 3,
		    .opcode_size = 2 },
		{ .size = 2,
		    .header_size = 4,
		    .opcode_offset = 1,
		    .opcode_size = 2 },
		{ .size = 2,
		    .header_size = 4,
		    .opcode_offset = (size_t)-1,
		    .opcode_size = 2 },
	};
	static const struct evframe_length good = { .size = 4 };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check_invalid(&bad[i], 1000);
	check_invalid(NULL, 1000);
	check_invalid(&good, 0);
	check_invalid(&good, 3);
	check_invalid(&good, (size_t)1 << 31);
	CHECK_NULL(evframe_codec_packet_new(65536));
	CHECK_NULL(evframe_codec_packet_new(3));
}
