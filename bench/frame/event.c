/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * frame/event.c - messages of `--size` bytes through a codec.
 *
 * A socket is filled with whole messages, then the loop reads them through a
 * bufferevent and a frame until all are delivered; only the second half is
 * measured.  `--what` is length, delimiter, fixed or varint; `--size` is that
 * of a message in the stream.  Each message is looked at where it lies.
 *
 * The check value is the sum of the messages' lengths and first bytes.
 * frame/raw.c does the same by hand.
 */
#include "common/bench.h"

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/frame.h>
#include <string.h>
#include <unistd.h>

#define SEGMENT_MAX 65536

static struct event_base *base;
static char segment[SEGMENT_MAX];
static size_t size, segment_len;
static long ops, done, due;
static uint64_t check;
static int pair[2];

static void
on_message(struct evframe *frame, struct evframe_message *message, void *arg)
{
	const unsigned char *data = evframe_message_get_data(message);

	(void)frame;
	(void)arg;
	check += evframe_message_get_length(message) + data[0];
	if (++done == due)
		event_base_loopbreak(base);
}

static void
on_error(struct evframe *frame, enum evframe_error error, void *arg)
{
	(void)frame;
	(void)arg;
	bench_need(0, evframe_error_to_string(error));
}

static void
deliver(void *arg)
{
	(void)arg;
	event_base_dispatch(base);
}

/* A codec, and a message of `size` bytes for it at the front of segment. */
static struct evframe_codec *
codec_of(const char *what)
{
	memset(segment, 'x', size);
	if (!strcmp(what, "length")) {
		segment[0] = (char)size;
		segment[1] = (char)(size >> 8);
		return evframe_codec_packet_new(size);
	}
	if (!strcmp(what, "delimiter")) {
		segment[size - 1] = '\n';
		return evframe_codec_delimiter_new("\n", 1, size);
	}
	if (!strcmp(what, "varint")) {
		segment[0] = (char)(size - 1);
		return evframe_codec_varint_new(size);
	}
	return evframe_codec_fixed_new(size);
}

/* As many messages as fit into a segment. */
static void
fill_segment(void)
{
	while (segment_len + size <= SEGMENT_MAX) {
		memmove(segment + segment_len, segment, size);
		segment_len += size;
	}
}

int
main(int argc, char **argv)
{
	struct evframe_codec *codec;
	struct bufferevent *bev;
	struct evframe *frame;
	long count;

	(void)argc;
	ops = bench_long(argv, "ops", 1000000);
	size = (size_t)bench_long(argv, "size", 64);
	bench_need(size >= 8 && size <= 128, "sizes are from 8 to 128");
	bench_socketpair(pair);
	base = event_base_new();
	codec = codec_of(bench_word(argv, "what", "length"));
	fill_segment();
	count = (long)(segment_len / size);
	bev = bufferevent_socket_new(base, pair[0], 0);
	frame = evframe_new(bev, codec, on_message, on_error, NULL);
	bench_need(frame != NULL, "frame");
	bufferevent_enable(bev, EV_READ);
	while (done < ops) {
		due = done + (ops - done < count ? ops - done : count);
		size_t len = (size_t)(due - done) * size;

		bench_need(write(pair[1], segment, len) == (ssize_t)len,
		    "write");
		bench_measure(deliver, NULL);
	}
	bench_report(ops, check);
	evframe_free(frame);
	bufferevent_free(bev);
	evframe_codec_free(codec);
	event_base_free(base);
	return 0;
}
