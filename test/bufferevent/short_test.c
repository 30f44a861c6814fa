/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * short_test.c - the kernel takes and gives less than it was asked, at every
 * place it could.
 */
#include <stdint.h>

#include "helper.h"

#define PIECE 150
#define FILE_LEN 300
#define SIZE 1200 /* of the stream below: inline, shared and from a file */

static uint64_t
hash(uint64_t h, const unsigned char *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		h = (h ^ data[i]) * 1099511628211u;
	return h;
}

static void
make_stream(unsigned char stream[SIZE])
{
	for (size_t i = 0; i < SIZE; i++)
		stream[i] = stream_byte(i);
}

static int
file_of(const unsigned char *data, size_t len)
{
	char path[] = "/tmp/short_test.XXXXXX";
	int fd = mkstemp(path);

	CHECK_GE(fd, 0);
	CHECK_EQ(unlink(path), 0);
	CHECK_EQ(write(fd, data, len), (ssize_t)len);
	return fd;
}

/* Put the stream into the output: bytes, references, a file, bytes. */
static void
put_stream(struct evbuffer *out, const unsigned char *stream)
{
	size_t at = 0;

	for (int i = 0; i < 4; i++, at += PIECE)
		CHECK_EQ(i & 1 ? evbuffer_add_reference(out, stream + at, PIECE,
				     NULL, NULL)
			       : evbuffer_add(out, stream + at, PIECE),
		    0);
	CHECK_EQ(evbuffer_add_file(out, file_of(stream + at, FILE_LEN), 0,
		     FILE_LEN),
	    0);
	at += FILE_LEN;
	CHECK_EQ(evbuffer_add(out, stream + at, SIZE - at), 0);
}

/* Calls that have written to a socket so far. */
static unsigned long
writes_made(void)
{
	return test_calls_made("send") + test_calls_made("sendmsg") +
	    test_calls_made("sendfile");
}

/* Read what has come by the peer's own hand. */
static size_t
peer_read(evutil_socket_t peer, unsigned char *data, size_t size)
{
	ssize_t n = read(peer, data, size);

	return n > 0 ? (size_t)n : 0;
}

/*
 * Each write cut at every length: the peer gets every byte once, in order.
 * The stream has pieces of all kinds, so the cuts fall on their borders and
 * on both sides of them; the file goes by sendfile, cut as well.
 */
TEST(writes_cut_at_every_byte)
{
	static unsigned char stream[SIZE], got[SIZE + 1];
	struct event_base *base = test_base();
	size_t step = test_is_faulty() ? 700 : 1;

	make_stream(stream);
	for (size_t cut = step / 5 + 1; cut <= SIZE; cut += step) {
		struct notes notes = { 0 };
		evutil_socket_t peer;
		struct bufferevent *bev = bev_and_peer(base, 0, &notes, &peer);
		size_t len = 0, before = writes_made();

		test_calls_cut(cut);
		put_stream(bufferevent_get_output(bev), stream);
		for (int i = 0; output_len(bev) > 0; i++) {
			CHECK_LT(i, 100000);
			event_base_loop(base, EVLOOP_NONBLOCK);
			CHECK_EQ(notes.events, 0);
			len += peer_read(peer, got + len, sizeof(got) - len);
		}
		test_calls_cut(0);
		len += peer_read(peer, got + len, sizeof(got) - len);
		CHECK_EQ(len, SIZE);
		CHECK_GE(writes_made() - before, SIZE / cut);
		CHECK_EQ(hash(0, got, SIZE) == hash(0, stream, SIZE), 1);
		CHECK_GE(notes.writes, 1);
		bufferevent_free(bev);
		close(peer);
		turn(base);
	}
	event_base_free(base);
}

/* The same with what is read. */
TEST(reads_cut_at_every_byte)
{
	static unsigned char stream[SIZE], got[SIZE + 1];
	struct event_base *base = test_base();
	size_t step = test_is_faulty() ? 700 : 1;

	make_stream(stream);
	for (size_t cut = step / 5 + 1; cut <= SIZE; cut += step) {
		struct notes notes = { 0 };
		evutil_socket_t peer;
		struct bufferevent *bev = bev_and_peer(base, 0, &notes, &peer);

		test_calls_cut(cut);
		CHECK_EQ(write(peer, stream, SIZE), SIZE);
		CHECK_EQ(bufferevent_enable(bev, EV_READ), 0);
		for (int i = 0; input_len(bev) < SIZE; i++) {
			CHECK_LT(i, 100000);
			event_base_loop(base, EVLOOP_NONBLOCK);
			CHECK_EQ(notes.events, 0);
		}
		test_calls_cut(0);
		CHECK_EQ(notes.reads, (SIZE + (int)cut - 1) / (int)cut);
		CHECK_EQ(bufferevent_read(bev, got, sizeof(got)), SIZE);
		CHECK_EQ(hash(0, got, SIZE) == hash(0, stream, SIZE), 1);
		bufferevent_free(bev);
		close(peer);
		turn(base);
	}
	event_base_free(base);
}

/* Both ways through filters and under marks, cut at some lengths. */
TEST(cut_under_filters_and_marks)
{
	static const size_t cuts[] = { 1, 2, 3, 7, 149, 150, 151, 600, 1199 };
	static unsigned char stream[SIZE], got[SIZE + 1];
	struct event_base *base = test_base();

	make_stream(stream);
	for (size_t i = test_is_faulty() ? 7 : 0;
	     i < sizeof(cuts) / sizeof(*cuts); i++) {
		evutil_socket_t fds[2];
		struct bufferevent *ends[2];
		size_t len = 0;

		socket_pair(fds);
		for (int end = 0; end < 2; end++) {
			ends[end] = bufferevent_socket_new(base, fds[end],
			    BEV_OPT_CLOSE_ON_FREE);
			CHECK_NOTNULL(ends[end]);
			bufferevent_setwatermark(ends[end], EV_READ | EV_WRITE,
			    0, 100);
			ends[end] = bufferevent_filter_new(ends[end], NULL,
			    NULL, BEV_OPT_CLOSE_ON_FREE, NULL, NULL);
			CHECK_NOTNULL(ends[end]);
		}
		bufferevent_setwatermark(ends[1], EV_READ, 0, 10);
		bufferevent_enable(ends[1], EV_READ);
		test_calls_cut(cuts[i]);
		put_stream(bufferevent_get_output(ends[0]), stream);
		for (int pass = 0; len < SIZE; pass++) {
			CHECK_LT(pass, 100000);
			event_base_loop(base, EVLOOP_NONBLOCK);
			CHECK_LE(input_len(ends[1]), 10);
			len += bufferevent_read(ends[1], got + len,
			    sizeof(got) - len);
		}
		test_calls_cut(0);
		CHECK_EQ(hash(0, got, SIZE) == hash(0, stream, SIZE), 1);
		bufferevent_free(ends[0]);
		bufferevent_free(ends[1]);
		turn(base);
	}
	event_base_free(base);
}
