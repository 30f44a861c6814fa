/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * wake.c - eventfd where the kernel has it, else a pipe.
 *
 * Both are non-blocking: a signal that finds the counter or the pipe full
 * has nothing to add, the reader is awake already.
 *
 * No locks: the descriptors are set once, and the kernel orders the rest.
 * evi_os_wake_signal() keeps errno, since a signal handler calls it.
 */
#include "os/wake.h"

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

#include "os/socket.h"

#define SIGNAL_TRIES 4

#if defined(__linux__)
#include <sys/eventfd.h>

/* An eventfd, or -1. */
static int
open_eventfd(void)
{
	return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}
#else
static int
open_eventfd(void)
{
	return -1;
}
#endif

int
evi_os_wake_open(struct evi_os_wake *wake)
{
	int fds[2];
	int fd = open_eventfd();

	if (fd >= 0) {
		wake->fd_read = fd;
		wake->fd_write = fd;
		return 0;
	}
	wake->fd_read = -1;
	wake->fd_write = -1;

	int r = evi_os_socket_pipe(fds);

	if (r < 0)
		return r;
	wake->fd_read = fds[0];
	wake->fd_write = fds[1];
	return 0;
}

void
evi_os_wake_close(struct evi_os_wake *wake)
{
	if (wake->fd_write >= 0 && wake->fd_write != wake->fd_read)
		close(wake->fd_write);
	if (wake->fd_read >= 0)
		close(wake->fd_read);
	wake->fd_read = -1;
	wake->fd_write = -1;
}

/*
 * Whatever went wrong, a second try is cheap and a lost wake-up is a loop
 * that never wakes; only "full" means that it is readable already.
 */
void
evi_os_wake_signal(const struct evi_os_wake *wake)
{
	int errno_saved = errno;
	uint64_t one = 1;

	for (int tries = 0; tries < SIGNAL_TRIES; tries++) {
		ssize_t r = write(wake->fd_write, &one, sizeof(one));

		if (r >= 0 || errno == EAGAIN)
			break;
	}
	errno = errno_saved;
}

void
evi_os_wake_drain(const struct evi_os_wake *wake)
{
	uint64_t values[16];
	ssize_t r;

	do {
		r = read(wake->fd_read, values, sizeof(values));
	} while (r == (ssize_t)sizeof(values) || (r < 0 && errno == EINTR));
}
