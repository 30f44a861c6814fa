/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * split_test.c - any split of a stream gives the same messages.
 *
 * For each codec a stream of messages of many lengths, made by sending them.
 * It comes back in one segment, in two with the cut at every place, byte by
 * byte, and in random pieces.
 */
#include "helper.h"

#define STREAM_MAX 2048
#define LENGTHS 12

static const size_t lengths[LENGTHS] = { 0, 1, 2, 3, 0, 0, 17, 64, 127, 128,
	200, 5 };
static const size_t fixed_lengths[LENGTHS] = { 31, 31, 31, 31, 31, 31, 31, 31,
	31, 31, 31, 31 };

struct stream {
	const size_t *lengths;
	unsigned char sent[STREAM_MAX]; /* all payloads */
	size_t sent_len;
	unsigned char wire[STREAM_MAX];
	size_t wire_len;
};

/* Send all messages and keep what the far end gets. */
static void
record(struct peer *peer, struct stream *stream, int has_opcode)
{
	stream->sent_len = 0;
	for (int i = 0; i < LENGTHS; i++) {
		unsigned char *data = stream->sent + stream->sent_len;

		for (size_t j = 0; j < stream->lengths[i]; j++)
			data[j] = (unsigned char)('a' + (i + (int)j) % 20);
		CHECK_EQ(evframe_send(peer->frame, has_opcode ? (unsigned)i : 0,
			     data, stream->lengths[i]),
		    0);
		stream->sent_len += stream->lengths[i];
	}
	stream->wire_len = hear(peer, stream->wire, STREAM_MAX);
	CHECK_GT(stream->wire_len, stream->sent_len - 1);
}

/* All of the stream has arrived once. */
static void
check_arrived(struct peer *peer, const struct stream *stream, int has_opcode)
{
	CHECK_EQ(peer->notes.errors, 0);
	CHECK_EQ(peer->notes.messages, LENGTHS);
	CHECK_EQ(peer->notes.bytes_len, stream->sent_len);
	CHECK_MEM(peer->notes.bytes, stream->sent, stream->sent_len);
	for (int i = 0; i < LENGTHS; i++) {
		CHECK_EQ(peer->notes.len[i], stream->lengths[i]);
		CHECK_EQ(peer->notes.opcode[i], has_opcode ? i : 0);
	}
	CHECK_EQ(input_len(peer), 0);
	peer->notes.messages = 0;
	peer->notes.bytes_len = 0;
}

static void
split_everywhere(struct peer *peer, const struct stream *stream, int has_opcode)
{
	for (size_t cut = 1; cut < stream->wire_len; cut++) {
		say(peer, stream->wire, cut);
		say(peer, stream->wire + cut, stream->wire_len - cut);
		check_arrived(peer, stream, has_opcode);
	}
}

static void
split_at_random(struct peer *peer, const struct stream *stream, int has_opcode)
{
	unsigned seed = 1;

	for (int i = 0; i < 100; i++) {
		for (size_t at = 0, len; at < stream->wire_len; at += len) {
			seed = seed * 1664525u + 1013904223u;
			len = 1 + (seed >> 16) % 40;
			if (len > stream->wire_len - at)
				len = stream->wire_len - at;
			say(peer, stream->wire + at, len);
		}
		check_arrived(peer, stream, has_opcode);
	}
}

static void
split(struct evframe_codec *codec, const size_t *with_lengths, int has_opcode)
{
	static struct stream stream;
	struct peer *peer = peer_new(codec);

	stream.lengths = with_lengths;
	record(peer, &stream, has_opcode);
	say(peer, stream.wire, stream.wire_len);
	check_arrived(peer, &stream, has_opcode);
	split_everywhere(peer, &stream, has_opcode);
	for (size_t i = 0; i < stream.wire_len; i++)
		say(peer, stream.wire + i, 1);
	check_arrived(peer, &stream, has_opcode);
	split_at_random(peer, &stream, has_opcode);
	peer_free(peer);
}

/* Packets with size and opcode. */
TEST(packets)
{
	split(evframe_codec_packet_new(256), lengths, 1);
}

/* A long header with the length in its middle. */
TEST(long_headers)
{
	struct evframe_length length = { .offset = 7,
		.size = 8,
		.strip = 40,
		.header_size = 40,
		.opcode_offset = 36,
		.opcode_size = 4 };

	split(evframe_codec_length_new(&length, 256), lengths, 1);
}

/* Delimiters of one byte, and longer ones that begin like themselves. */
TEST(delimiters)
{
	split(evframe_codec_delimiter_new("\n", 1, 256), lengths, 0);
	split(evframe_codec_delimiter_new("zzyzz", 5, 256), lengths, 0);
}

/* Varints. */
TEST(varints)
{
	split(evframe_codec_varint_new(256), lengths, 0);
}

/* One size for all. */
TEST(fixed_sizes)
{
	split(evframe_codec_fixed_new(31), fixed_lengths, 0);
}

/* Many more messages in one segment than are delivered in one go. */
TEST(many_in_one_segment)
{
	struct peer *peer = peer_new(evframe_codec_fixed_new(2));
	unsigned char text[7000];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = stream_byte(i);
	say(peer, text, sizeof(text));
	for (int i = 0; i < 50 && peer->notes.messages < 3500; i++)
		turn(peer);
	CHECK_EQ(peer->notes.messages, 3500);
	CHECK_MEM(peer->notes.bytes, text, sizeof(text));
	peer_free(peer);
}
