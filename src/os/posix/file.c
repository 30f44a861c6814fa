/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * file.c - size, map, read and send a file.
 *
 * No state, no locks.
 *
 * Trap: a map reaches beyond the file when someone cuts the file; touching
 * that part raises SIGBUS.  Nothing here can prevent it.
 */
#include "os/file.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int64_t
evi_os_file_size(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	return st.st_size;
}

int
evi_os_file_map(int fd, int64_t offset, size_t len,
    struct evi_os_mapping *ret_mapping)
{
	int64_t page = sysconf(_SC_PAGESIZE);

	if (offset < 0 || len == 0 || len > SIZE_MAX - (size_t)page)
		return -EINVAL;

	size_t skip = (size_t)(offset % page);
	void *map = mmap(NULL, len + skip, PROT_READ, MAP_PRIVATE, fd,
	    (off_t)(offset - (int64_t)skip));

	if (map == MAP_FAILED)
		return -errno;
	ret_mapping->start = map;
	ret_mapping->len = len + skip;
	ret_mapping->data = (unsigned char *)map + skip;
	return 0;
}

void
evi_os_file_unmap(const struct evi_os_mapping *mapping)
{
	if (mapping->start)
		munmap(mapping->start, mapping->len);
}

ssize_t
evi_os_file_read_at(int fd, void *data, size_t len, int64_t offset)
{
	ssize_t r;

	do {
		r = pread(fd, data, len, (off_t)offset);
	} while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : r;
}

#if defined(__linux__)
#include <sys/sendfile.h>

ssize_t
evi_os_file_send(int out_fd, int in_fd, int64_t offset, size_t len)
{
	off_t at = (off_t)offset;
	ssize_t r;

	do {
		r = sendfile(out_fd, in_fd, &at, len);
	} while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : r;
}
#else
#include "os/socket.h"

#define COPY_SIZE 16384

/* What the socket does not take is read again the next time. */
ssize_t
evi_os_file_send(int out_fd, int in_fd, int64_t offset, size_t len)
{
	unsigned char data[COPY_SIZE];
	struct iovec iov = { .iov_base = data };
	ssize_t r = evi_os_file_read_at(in_fd, data,
	    len < sizeof(data) ? len : sizeof(data), offset);

	if (r <= 0)
		return r;
	iov.iov_len = (size_t)r;
	return evi_os_socket_writev(out_fd, &iov, 1);
}
#endif

int
evi_os_file_close(int fd)
{
	if (close(fd) == 0 || errno == EINTR)
		return 0;
	return -errno;
}
