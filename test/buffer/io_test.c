/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * io_test.c - reading from and writing to descriptors.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/util.h>

#include "test.h"

/* A new buffer, or the end of the test. */
static struct evbuffer *
buffer_new(void)
{
	struct evbuffer *buf = evbuffer_new();

	CHECK_NOTNULL(buf);
	return buf;
}

/* Two connected sockets that never block. */
static void
pair_open(evutil_socket_t *fds)
{
	CHECK_EQ(evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	CHECK_EQ(evutil_make_socket_nonblocking(fds[0]), 0);
	CHECK_EQ(evutil_make_socket_nonblocking(fds[1]), 0);
}

static void
pair_close(const evutil_socket_t *fds)
{
	evutil_closesocket(fds[0]);
	evutil_closesocket(fds[1]);
}

/* 16 KiB go out with one write and come in with one read, by default. */
TEST(sixteen_kib_in_one_read)
{
	static char data[16384];
	struct evbuffer *out = buffer_new();
	struct evbuffer *in = buffer_new();
	evutil_socket_t fds[2];

	pair_open(fds);
	CHECK_GE(evbuffer_get_max_read(in), 16384);
	for (int i = 0; i < 3; i++) {
		CHECK_EQ(evbuffer_add(out, data, sizeof(data)), 0);
		CHECK_EQ(evbuffer_write(out, fds[0]), 16384);
		CHECK_EQ(evbuffer_read(in, fds[1], -1), 16384);
	}
	CHECK_EQ(evbuffer_get_length(in), 3 * 16384);
	pair_close(fds);
	evbuffer_free(out);
	evbuffer_free(in);
}

/* Reads that come back full grow; small ones bring the size down again. */
TEST(reads_follow_the_stream)
{
	static char data[150000];
	struct evbuffer *in = buffer_new();
	evutil_socket_t fds[2];
	size_t first;
	int n = 1;

	pair_open(fds);
	first = evbuffer_get_max_read(in);
	while (n > 0 && evbuffer_get_max_read(in) < 65536 / 2 * 3) {
		if (write(fds[0], data, sizeof(data)) < 0)
			CHECK_EQ(errno, EAGAIN);
		n = evbuffer_read(in, fds[1], -1);
		evbuffer_drain(in, 1000000);
	}
	CHECK_GT(evbuffer_get_max_read(in), first);
	while (evbuffer_read(in, fds[1], -1) > 0)
		evbuffer_drain(in, 1000000);
	CHECK_EQ(write(fds[0], data, 10), 10);
	CHECK_EQ(evbuffer_read(in, fds[1], -1), 10);
	CHECK_EQ(evbuffer_get_max_read(in), first);
	pair_close(fds);
	evbuffer_free(in);
}

/* A limit of the program's holds, whatever howmuch says; 0 takes it away. */
TEST(max_read_limits_a_read)
{
	static char data[30000];
	struct evbuffer *in = buffer_new();
	evutil_socket_t fds[2];

	pair_open(fds);
	CHECK_EQ(write(fds[0], data, sizeof(data)), sizeof(data));
	CHECK_EQ(evbuffer_set_max_read(in, 4096), 0);
	CHECK_EQ(evbuffer_get_max_read(in), 4096);
	CHECK_EQ(evbuffer_read(in, fds[1], -1), 4096);
	CHECK_EQ(evbuffer_read(in, fds[1], 10000), 4096);
	CHECK_EQ(evbuffer_read(in, fds[1], 100), 100);
	CHECK_EQ(evbuffer_read(in, fds[1], 0), 0);
	CHECK_EQ(evbuffer_set_max_read(in, 0), 0);
	CHECK_EQ(evbuffer_read(in, fds[1], -1), 30000 - 2 * 4096 - 100);
	CHECK_EQ(evbuffer_read(in, fds[1], -1), -1);
	CHECK_EQ(errno, EAGAIN);
	pair_close(fds);
	evbuffer_free(in);
}

/* A short message does not hold the long block it was read into. */
TEST(short_messages_stay_small_and_together)
{
	struct evbuffer *in = buffer_new();
	evutil_socket_t fds[2];

	pair_open(fds);
	for (int i = 0; i < 8; i++) {
		CHECK_EQ(write(fds[0], "0123456789", 10), 10);
		CHECK_EQ(evbuffer_read(in, fds[1], -1), 10);
	}
	CHECK_EQ(evbuffer_get_contiguous_space(in), 80);
	pair_close(fds);
	evbuffer_free(in);
}

/* The end of the stream is 0, a bad descriptor is -1 with its errno. */
TEST(ends_and_errors)
{
	struct evbuffer *buf = buffer_new();
	evutil_socket_t fds[2];

	pair_open(fds);
	CHECK_EQ(evbuffer_add(buf, "data", 4), 0);
	CHECK_EQ(evbuffer_write(buf, -1), -1);
	CHECK_EQ(errno, EBADF);
	CHECK_EQ(evbuffer_read(buf, -1, 10), -1);
	CHECK_EQ(errno, EBADF);
	evbuffer_freeze(buf, 1);
	CHECK_EQ(evbuffer_write(buf, fds[0]), -1);
	evbuffer_unfreeze(buf, 1);
	CHECK_EQ(evbuffer_write_atmost(buf, fds[0], 0), -1);
	CHECK_EQ(evbuffer_write_atmost(buf, fds[0], 3), 3);
	CHECK_EQ(evbuffer_write(buf, fds[0]), 1);
	CHECK_EQ(evbuffer_write(buf, fds[0]), -1);
	evbuffer_freeze(buf, 0);
	CHECK_EQ(evbuffer_read(buf, fds[1], -1), -1);
	evbuffer_unfreeze(buf, 0);
	evutil_closesocket(fds[0]);
	CHECK_EQ(evbuffer_read(buf, fds[1], -1), 4);
	CHECK_EQ(evbuffer_read(buf, fds[1], -1), 0);
	/* The peer is gone: an error, and no SIGPIPE. */
	CHECK_EQ(evbuffer_write(buf, fds[1]), -1);
	CHECK_EQ(errno, EPIPE);
	CHECK_EQ(evbuffer_get_length(buf), 4);
	evutil_closesocket(fds[1]);
	evbuffer_free(buf);
}

/* Descriptors that are no sockets work too. */
TEST(pipes_work)
{
	struct evbuffer *buf = buffer_new();
	int fds[2];

	CHECK_EQ(pipe(fds), 0);
	CHECK_EQ(evbuffer_add(buf, "through ", 8), 0);
	CHECK_EQ(evbuffer_add_reference(buf, "a pipe", 6, NULL, NULL), 0);
	CHECK_EQ(evbuffer_write(buf, fds[1]), 14);
	CHECK_EQ(evbuffer_read(buf, fds[0], -1), 14);
	CHECK_NOTNULL(evbuffer_pullup(buf, -1));
	CHECK_MEM(evbuffer_pullup(buf, -1), "through a pipe", 14);
	close(fds[0]);
	close(fds[1]);
	evbuffer_free(buf);
}

/* More blocks than one system call takes go out in several writes. */
TEST(many_blocks_are_gathered)
{
	struct evbuffer *out = buffer_new();
	struct evbuffer *in = buffer_new();
	evutil_socket_t fds[2];

	pair_open(fds);
	for (int i = 0; i < 3000; i++)
		CHECK_EQ(evbuffer_add_reference(out, "ab", 2, NULL, NULL), 0);
	CHECK_EQ(evbuffer_write(out, fds[0]), 2048);
	while (evbuffer_get_length(in) < 6000) {
		if (evbuffer_get_length(out))
			CHECK_GT(evbuffer_write(out, fds[0]), 0);
		CHECK_GT(evbuffer_read(in, fds[1], -1), 0);
	}
	CHECK_EQ(evbuffer_get_length(out), 0);
	CHECK_NOTNULL(evbuffer_pullup(in, -1));
	CHECK_MEM(evbuffer_pullup(in, -1) + 5996, "abab", 4);
	pair_close(fds);
	evbuffer_free(out);
	evbuffer_free(in);
}
