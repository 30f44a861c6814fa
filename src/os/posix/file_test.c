/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * file_test.c - size, map, read and send.
 */
#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test.h"

#define FILE_SIZE 10000

/* A nameless file of FILE_SIZE bytes; byte i is i % 251. */
static int
open_file(void)
{
	char name[] = "/tmp/evi-file-XXXXXX";
	unsigned char data[FILE_SIZE];
	int fd = mkstemp(name);

	CHECK_GE(fd, 0);
	unlink(name);
	for (int i = 0; i < FILE_SIZE; i++)
		data[i] = (unsigned char)(i % 251);
	CHECK_EQ(write(fd, data, sizeof(data)), FILE_SIZE);
	return fd;
}

/* Only regular files have a size. */
TEST(only_files_have_a_size)
{
	int fds[2];
	int fd = open_file();
	int dir = open("/", O_RDONLY | O_DIRECTORY);

	CHECK_EQ(evi_os_file_size(fd), FILE_SIZE);
	CHECK_EQ(evi_os_file_size(dir), -EISDIR);
	CHECK_EQ(pipe(fds), 0);
	CHECK_EQ(evi_os_file_size(fds[0]), -EINVAL);
	CHECK_EQ(evi_os_file_close(fds[0]), 0);
	CHECK_EQ(evi_os_file_close(fds[1]), 0);
	CHECK_EQ(evi_os_file_close(dir), 0);
	CHECK_EQ(evi_os_file_close(fd), 0);
	CHECK_EQ(evi_os_file_size(fd), -EBADF);
	CHECK_EQ(evi_os_file_close(fd), -EBADF);
}

/* Any offset can be mapped, in the middle of a page too. */
TEST(maps_any_offset)
{
	static const int offsets[] = { 0, 1, 4095, 4096, 4097, 8192, 9999 };
	struct evi_os_mapping none = { .start = NULL };
	int fd = open_file();

	for (size_t i = 0; i < EVI_COUNT_OF(offsets); i++) {
		size_t len = (size_t)(FILE_SIZE - offsets[i]);
		struct evi_os_mapping map;

		CHECK_EQ(evi_os_file_map(fd, offsets[i], len, &map), 0);
		CHECK_EQ(map.data[0], offsets[i] % 251);
		CHECK_EQ(map.data[len - 1], (FILE_SIZE - 1) % 251);
		evi_os_file_unmap(&map);
	}
	evi_os_file_unmap(&none);
	close(fd);
}

/* What cannot be mapped is refused. */
TEST(impossible_maps_are_refused)
{
	int fd = open_file();
	struct evi_os_mapping map;

	CHECK_EQ(evi_os_file_map(fd, -1, 10, &map), -EINVAL);
	CHECK_EQ(evi_os_file_map(fd, 0, 0, &map), -EINVAL);
	CHECK_EQ(evi_os_file_map(fd, 0, SIZE_MAX, &map), -EINVAL);
	CHECK_LT(evi_os_file_map(fd, 0, SIZE_MAX / 16 * 15, &map), 0);
	close(fd);
	CHECK_EQ(evi_os_file_map(fd, 0, 10, &map), -EBADF);
}

/* Reading at a place, up to the end, behind it, and from nothing. */
TEST(reads_at_a_place)
{
	unsigned char data[100];
	int fd = open_file();

	CHECK_EQ(evi_os_file_read_at(fd, data, 100, 5000), 100);
	CHECK_EQ(data[0], 5000 % 251);
	CHECK_EQ(evi_os_file_read_at(fd, data, 100, FILE_SIZE - 10), 10);
	CHECK_EQ(evi_os_file_read_at(fd, data, 100, FILE_SIZE), 0);
	CHECK_EQ(evi_os_file_read_at(fd, data, 100, -1), -EINVAL);
	close(fd);
	CHECK_EQ(evi_os_file_read_at(fd, data, 100, 0), -EBADF);
}

/* Sending moves the bytes at the offset, up to the file's end. */
TEST(sends_to_a_socket)
{
	unsigned char data[200];
	int fds[2];
	int fd = open_file();

	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	CHECK_EQ(evi_os_file_send(fds[0], fd, 300, 100), 100);
	CHECK_EQ(read(fds[1], data, sizeof(data)), 100);
	CHECK_EQ(data[0], 300 % 251);
	CHECK_EQ(data[99], 399 % 251);
	CHECK_EQ(evi_os_file_send(fds[0], fd, FILE_SIZE - 5, 100), 5);
	CHECK_EQ(evi_os_file_send(fds[0], fd, FILE_SIZE, 100), 0);
	close(fd);
	CHECK_EQ(evi_os_file_send(fds[0], fd, 0, 100), -EBADF);
	close(fds[0]);
	close(fds[1]);
}
