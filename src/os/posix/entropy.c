/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * entropy.c - getrandom(), and the device file where the kernel is older.
 *
 * No locks.  A fork-proof page is one the kernel itself clears in the child
 * (MADV_WIPEONFORK), so that no handler, no process id and no cooperation of
 * whoever calls fork, vfork or clone is needed.
 */
#include "os/entropy.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/random.h>

/* Up to `len` bytes from the kernel; -1 and errno. */
static ssize_t
ask_kernel(void *data, size_t len)
{
	return getrandom(data, len, 0);
}
#else
/* getentropy() gives all or nothing, and never more than 256. */
static ssize_t
ask_kernel(void *data, size_t len)
{
	size_t part = len < 256 ? len : 256;

	return getentropy(data, part) < 0 ? -1 : (ssize_t)part;
}
#endif

/* Fill from the device.  Returns 0 or -errno. */
static int
fill_from_device(unsigned char *data, size_t len)
{
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	while (len > 0) {
		ssize_t n = read(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			int r = n < 0 ? -errno : -EIO;

			close(fd);
			return r;
		}
		data += n;
		len -= (size_t)n;
	}
	close(fd);
	return 0;
}

int
evi_os_entropy_fill(void *data, size_t len)
{
	unsigned char *at = data;

	while (len > 0) {
		ssize_t n = ask_kernel(at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fill_from_device(at, len);
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

#if defined(MADV_WIPEONFORK)
void *
evi_os_entropy_page_new(size_t size)
{
	void *page = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return NULL;
	if (madvise(page, size, MADV_WIPEONFORK) < 0) {
		munmap(page, size);
		return NULL;
	}
	return page;
}
#else
void *
evi_os_entropy_page_new(size_t size)
{
	(void)size;
	return NULL;
}
#endif

void
evi_os_entropy_page_free(void *page, size_t size)
{
	if (page)
		munmap(page, size);
}
