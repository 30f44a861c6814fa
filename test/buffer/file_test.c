/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * file_test.c - file segments, by sendfile, by map and by reading.
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

#define FILE_MAX 10000

static const unsigned ways[] = { 0, EVBUF_FS_DISABLE_SENDFILE,
	EVBUF_FS_DISABLE_MMAP,
	EVBUF_FS_DISABLE_MMAP | EVBUF_FS_DISABLE_SENDFILE,
	EVBUF_FS_DISABLE_LOCKING };

static unsigned char content[FILE_MAX];

/* A new buffer, or the end of the test. */
static struct evbuffer *
buffer_new(void)
{
	struct evbuffer *buf = evbuffer_new();

	CHECK_NOTNULL(buf);
	return buf;
}

/* A file of `len` bytes of content[], already unlinked. */
static int
file_of(size_t len)
{
	char path[] = "/tmp/file_test.XXXXXX";
	int fd = mkstemp(path);

	for (size_t i = 0; i < sizeof(content); i++)
		content[i] = (unsigned char)(i % 251);
	CHECK_GE(fd, 0);
	unlink(path);
	CHECK_EQ(write(fd, content, len), len);
	return fd;
}

static int
is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static void
on_cleanup(struct evbuffer_file_segment const *seg, int flags, void *arg)
{
	CHECK_NOTNULL(seg);
	CHECK_GE(flags, 0);
	++*(int *)arg;
}

/* Every size of file arrives in memory, whichever way. */
TEST(every_size_arrives)
{
	static const size_t sizes[] = { 0, 1, 4095, 4096, 4097, FILE_MAX };
	static unsigned char out[FILE_MAX];

	for (size_t way = 0; way < 5; way++)
		for (size_t i = 0; i < 6; i++) {
			struct evbuffer *buf = buffer_new();
			int fd = file_of(sizes[i]);
			struct evbuffer_file_segment *seg =
			    evbuffer_file_segment_new(fd, 0, -1, ways[way]);

			CHECK_NOTNULL(seg);
			CHECK_EQ(evbuffer_add_file_segment(buf, seg, 0, -1), 0);
			evbuffer_file_segment_free(seg);
			CHECK_EQ(evbuffer_remove(buf, out, sizeof(out)),
			    sizes[i]);
			CHECK_MEM(out, content, sizes[i]);
			evbuffer_free(buf);
			close(fd);
		}
}

/* Text and file go to a socket in order, with and without sendfile. */
TEST(files_go_to_sockets)
{
	for (size_t way = 0; way < 5; way++) {
		struct evbuffer *out = buffer_new();
		struct evbuffer *in = buffer_new();
		evutil_socket_t fds[2];
		int fd = file_of(FILE_MAX);
		struct evbuffer_file_segment
		    *seg = evbuffer_file_segment_new(fd, 100, 5000, ways[way]);

		CHECK_NOTNULL(seg);
		CHECK_EQ(evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
		evbuffer_set_flags(out, EVBUFFER_FLAG_DRAINS_TO_FD);
		CHECK_EQ(evbuffer_add(out, "head", 4), 0);
		CHECK_EQ(evbuffer_add_file_segment(out, seg, 10, 4000), 0);
		CHECK_EQ(evbuffer_add(out, "tail", 4), 0);
		while (evbuffer_get_length(out))
			CHECK_GT(evbuffer_write_atmost(out, fds[0], 1500), 0);
		while (evbuffer_get_length(in) < 4008)
			CHECK_GT(evbuffer_read(in, fds[1], -1), 0);
		unsigned char *data = evbuffer_pullup(in, -1);
		CHECK_NOTNULL(data);
		CHECK_MEM(data, "head", 4);
		CHECK_MEM(data + 4, content + 110, 4000);
		CHECK_MEM(data + 4004, "tail", 4);
		evbuffer_file_segment_free(seg);
		evbuffer_free(out);
		evbuffer_free(in);
		close(fds[0]);
		close(fds[1]);
		close(fd);
	}
}

/* Bytes that were to be sent by descriptor can be looked at all the same. */
TEST(bytes_meant_for_sendfile_can_be_read)
{
	struct evbuffer *buf = buffer_new();
	struct evbuffer *dst = buffer_new();
	unsigned char out[8];
	int fd = file_of(1000);

	evbuffer_set_flags(buf, EVBUFFER_FLAG_DRAINS_TO_FD);
	CHECK_EQ(evbuffer_add_file(buf, fd, 0, -1), 0);
	CHECK_EQ(evbuffer_remove_buffer(buf, dst, 10), 10);
	CHECK_EQ(evbuffer_remove(buf, out, 8), 8);
	CHECK_MEM(out, content + 10, 8);
	CHECK_NOTNULL(evbuffer_pullup(dst, -1));
	CHECK_MEM(evbuffer_pullup(dst, -1), content, 10);
	CHECK_NOTNULL(evbuffer_pullup(buf, -1));
	CHECK_MEM(evbuffer_pullup(buf, -1), content + 18, 982);
	evbuffer_free(buf);
	evbuffer_free(dst);
	CHECK(!is_open(fd));
}

/* Cleanup and close come with the last user, once. */
TEST(the_last_user_cleans_up)
{
	struct evbuffer *a = buffer_new();
	struct evbuffer *b = buffer_new();
	int fd = file_of(100), count = 0;
	struct evbuffer_file_segment *seg = evbuffer_file_segment_new(fd, 0, -1,
	    EVBUF_FS_CLOSE_ON_FREE);

	CHECK_NOTNULL(seg);
	evbuffer_file_segment_add_cleanup_cb(seg, on_cleanup, &count);
	CHECK_EQ(evbuffer_add_file_segment(a, seg, 0, 50), 0);
	CHECK_EQ(evbuffer_add_file_segment(a, seg, 50, 50), 0);
	evbuffer_file_segment_free(seg);
	CHECK_EQ(evbuffer_add_buffer_reference(b, a), 0);
	CHECK_EQ(evbuffer_drain(a, 50), 0);
	evbuffer_free(a);
	CHECK_EQ(count, 0);
	CHECK(is_open(fd));
	CHECK_EQ(evbuffer_drain(b, 99), 0);
	CHECK_EQ(count, 0);
	CHECK_EQ(evbuffer_drain(b, 1), 0);
	CHECK_EQ(count, 1);
	CHECK(!is_open(fd));
	evbuffer_free(b);
}

/* Ranges outside the segment are refused, and the segment lives on. */
TEST(ranges_outside_are_refused)
{
	static const long bad[][2] = { { 0, 11 }, { 10, 1 }, { 11, 0 },
		{ 11, -1 }, { -1, 5 }, { 3, -2 }, { 5, 6 } };
	struct evbuffer *buf = buffer_new();
	int fd = file_of(100), count = 0;
	struct evbuffer_file_segment *seg = evbuffer_file_segment_new(fd, 0, 10,
	    0);

	CHECK_NOTNULL(seg);
	evbuffer_file_segment_add_cleanup_cb(seg, on_cleanup, &count);
	for (size_t i = 0; i < 7; i++)
		CHECK_EQ(evbuffer_add_file_segment(buf, seg, bad[i][0],
			     bad[i][1]),
		    -1);
	evbuffer_freeze(buf, 0);
	CHECK_EQ(evbuffer_add_file_segment(buf, seg, 0, 5), -1);
	evbuffer_unfreeze(buf, 0);
	CHECK_EQ(evbuffer_add_file_segment(buf, seg, 10, -1), 0);
	CHECK_EQ(evbuffer_get_length(buf), 0);
	CHECK_EQ(evbuffer_add_file_segment(buf, seg, 3, 7), 0);
	CHECK_EQ(evbuffer_get_length(buf), 7);
	CHECK_EQ(count, 0);
	evbuffer_file_segment_free(seg);
	evbuffer_free(buf);
	CHECK_EQ(count, 1);
	close(fd);
}

/* A file shorter than its segment: refused when it is to have memory. */
TEST(a_short_file_cannot_be_loaded)
{
	struct evbuffer *buf = buffer_new();
	int fd = file_of(100);
	struct evbuffer_file_segment *seg = evbuffer_file_segment_new(fd, 50,
	    100, 0);

	CHECK_NOTNULL(seg);
	CHECK_EQ(evbuffer_add_file_segment(buf, seg, 0, -1), -1);
	CHECK_EQ(evbuffer_get_length(buf), 0);
	evbuffer_file_segment_free(seg);
	CHECK_NULL(
	    evbuffer_file_segment_new(fd, 50, 100, EVBUF_FS_DISABLE_SENDFILE));
	CHECK_NULL(evbuffer_file_segment_new(fd, 50, 100,
	    EVBUF_FS_DISABLE_SENDFILE | EVBUF_FS_DISABLE_MMAP));
	CHECK_NULL(evbuffer_file_segment_new(fd, 101, -1, 0));
	CHECK_NULL(evbuffer_file_segment_new(fd, -1, 10, 0));
	CHECK_NULL(evbuffer_file_segment_new(fd, 0, -2, 0));
	CHECK(is_open(fd));
	close(fd);
	evbuffer_free(buf);
}

/* A file that was cut after it was added: what is there goes, then EIO. */
TEST(a_file_cut_later_is_an_error)
{
	struct evbuffer *out = buffer_new();
	evutil_socket_t fds[2];
	int fd = file_of(1000);

	CHECK_EQ(evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	evbuffer_set_flags(out, EVBUFFER_FLAG_DRAINS_TO_FD);
	CHECK_EQ(evbuffer_add_file(out, fd, 0, -1), 0);
	CHECK_EQ(ftruncate(fd, 300), 0);
	CHECK_EQ(evbuffer_write(out, fds[0]), 300);
	CHECK_EQ(evbuffer_write(out, fds[0]), -1);
	CHECK_EQ(errno, EIO);
	CHECK_EQ(evbuffer_get_length(out), 700);
	CHECK_NULL(evbuffer_pullup(out, -1));
	evbuffer_free(out);
	CHECK(!is_open(fd));
	close(fds[0]);
	close(fds[1]);
}

/* Descriptors that are no files; write-only ones; closed ones. */
TEST(strange_descriptors)
{
	struct evbuffer *buf = buffer_new();
	int fds[2], fd;

	CHECK_EQ(pipe(fds), 0);
	CHECK_EQ(evbuffer_add_file(buf, fds[0], 0, -1), -1);
	CHECK_EQ(evbuffer_add_file(buf, fds[0], 0, 10), -1);
	CHECK_EQ(evbuffer_add_file(buf, -1, 0, -1), -1);
	CHECK_EQ(evbuffer_add_file(buf, -1, 0, 5), -1);
	fd = open("/tmp", O_RDONLY);
	CHECK_EQ(evbuffer_add_file(buf, fd, 0, -1), -1);
	close(fd);
	fd = open("/dev/null", O_WRONLY);
	CHECK_EQ(evbuffer_add_file(buf, fd, 0, 10), -1);
	CHECK(is_open(fd));
	close(fd);
	CHECK_EQ(evbuffer_get_length(buf), 0);
	close(fds[0]);
	close(fds[1]);
	evbuffer_free(buf);
}

/* add_file owns the descriptor if and only if it succeeds. */
TEST(add_file_owns_on_success)
{
	struct evbuffer *buf = buffer_new();
	int fd = file_of(10);

	evbuffer_freeze(buf, 0);
	CHECK_EQ(evbuffer_add_file(buf, fd, 0, -1), -1);
	CHECK(is_open(fd));
	evbuffer_unfreeze(buf, 0);
	CHECK_EQ(evbuffer_add_file(buf, fd, 0, 11), -1);
	CHECK(is_open(fd));
	CHECK_EQ(evbuffer_add_file(buf, fd, 2, 5), 0);
	CHECK(is_open(fd));
	CHECK_EQ(evbuffer_drain(buf, 5), 0);
	CHECK(!is_open(fd));
	fd = file_of(0);
	CHECK_EQ(evbuffer_add_file(buf, fd, 0, -1), 0);
	CHECK(!is_open(fd));
	evbuffer_free(buf);
}
