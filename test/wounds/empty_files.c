/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * empty_files.c - evbuffer_add_file() of files with nothing in them, and of
 * what is no file (a leak, OSS-Fuzz 2024).
 *
 * The descriptor is closed exactly once: with the last byte, at once if there
 * is none, and never when the call is refused.
 *
 * debian: fails (an empty file is refused, and memory is left)
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>

#include "wound.h"

static int
is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static int
file_of(size_t len)
{
	int fd = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);

	CHECK(fd >= 0);
	CHECK_EQ(ftruncate(fd, (off_t)len), 0);
	return fd;
}

/* A whole file; with its last byte it is closed, and not again later. */
static void
try_size(size_t len, int with_flags)
{
	struct evbuffer *buf = evbuffer_new();
	int fd = file_of(len);

	printf("%zu bytes, flags %x\n", len, with_flags);
	fflush(stdout);
	evbuffer_set_flags(buf, (uint64_t)with_flags);
	CHECK_EQ(evbuffer_add_file(buf, fd, 0, (ev_off_t)len), 0);
	CHECK_EQ(evbuffer_get_length(buf), len);
	CHECK_EQ(evbuffer_drain(buf, len), 0);
	CHECK(!is_open(fd));
	CHECK_EQ(dup2(STDOUT_FILENO, fd), fd);
	evbuffer_free(buf);
	CHECK_EQ(close(fd), 0);
}

/* Refused: the buffer has nothing more, the descriptor is still ours. */
static void
try_refused(const char *what, int fd, ev_off_t offset)
{
	struct evbuffer *buf = evbuffer_new();
	int was_open = is_open(fd);

	printf("%s\n", what);
	fflush(stdout);
	CHECK_EQ(evbuffer_add_file(buf, fd, offset, -1), -1);
	CHECK_EQ(evbuffer_get_length(buf), 0);
	evbuffer_free(buf);
	CHECK_EQ(is_open(fd), was_open);
	close(fd);
}

int
main(void)
{
	const size_t page = wound_page();
	const size_t sizes[] = { 1, page - 1, page, page + 1, 100000, 0 };
	size_t i;

	wound_watch();
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		try_size(sizes[i], 0);
		try_size(sizes[i], EVBUFFER_FLAG_DRAINS_TO_FD);
	}
	try_refused("an offset past the end", file_of(100), 101);
	try_refused("a socket", socket(AF_UNIX, SOCK_STREAM, 0), 0);
	try_refused("a folder", open(".", O_RDONLY), 0);
	try_refused("written only", open("file", O_WRONLY), 0);
	try_refused("a number that is not open", 1000, 0);
	return wound_end();
}
