/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * wake_test.c - the descriptor that wakes a loop.
 */
#include "os/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "os/socket.h"
#include "test.h"

/* Would the loop wake up? */
static int
is_readable(const struct evi_os_wake *wake)
{
	struct pollfd fd = { .fd = wake->fd_read, .events = POLLIN };

	return poll(&fd, 1, 0) == 1;
}

/* A wake made of a pipe, as on systems without eventfd. */
static void
open_pipe(struct evi_os_wake *wake)
{
	int fds[2];

	CHECK_EQ(evi_os_socket_pipe(fds), 0);
	wake->fd_read = fds[0];
	wake->fd_write = fds[1];
}

/* Signals make it readable, however many; one drain ends that. */
static void
signal_and_drain(const struct evi_os_wake *wake)
{
	CHECK(!is_readable(wake));
	evi_os_wake_signal(wake);
	CHECK(is_readable(wake));
	evi_os_wake_drain(wake);
	CHECK(!is_readable(wake));
	for (int i = 0; i < 100; i++)
		evi_os_wake_signal(wake);
	CHECK(is_readable(wake));
	evi_os_wake_drain(wake);
	CHECK(!is_readable(wake));
}

/* One descriptor (an eventfd) signals and drains. */
TEST(eventfd_signals_and_drains)
{
	struct evi_os_wake wake;

	CHECK_EQ(evi_os_wake_open(&wake), 0);
	CHECK_EQ(wake.fd_read, wake.fd_write);
	signal_and_drain(&wake);
	evi_os_wake_close(&wake);
	CHECK_EQ(wake.fd_read, -1);
	CHECK_EQ(wake.fd_write, -1);
	evi_os_wake_close(&wake);
}

/* Two descriptors (a pipe) do the same. */
TEST(pipe_signals_and_drains)
{
	struct evi_os_wake wake;

	open_pipe(&wake);
	signal_and_drain(&wake);
	evi_os_wake_close(&wake);
	CHECK_EQ(wake.fd_read, -1);
	CHECK_EQ(wake.fd_write, -1);
}

/*
 * Draining what nobody signalled does not block, signalling a full pipe
 * neither, and errno survives it.
 */
TEST(nothing_blocks)
{
	struct evi_os_wake wake;

	open_pipe(&wake);
	CHECK_EQ(fcntl(wake.fd_write, F_SETPIPE_SZ, 4096), 4096);
	evi_os_wake_drain(&wake);
	errno = EDOM;
	for (int i = 0; i < 4096 / 8 + 10; i++)
		evi_os_wake_signal(&wake);
	CHECK_EQ(errno, EDOM);
	CHECK(is_readable(&wake));
	evi_os_wake_drain(&wake);
	CHECK(!is_readable(&wake));
	evi_os_wake_close(&wake);
}

/* The descriptors are non-blocking and closed by exec. */
TEST(flags_are_set)
{
	struct evi_os_wake wake;

	CHECK_EQ(evi_os_wake_open(&wake), 0);
	CHECK(fcntl(wake.fd_read, F_GETFL) & O_NONBLOCK);
	CHECK(fcntl(wake.fd_read, F_GETFD) & FD_CLOEXEC);
	evi_os_wake_close(&wake);
}

/* Without descriptors to be had, opening fails and says why. */
TEST(no_descriptors_left)
{
	struct evi_os_wake wake;
	struct rlimit old, none;

	CHECK_EQ(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = old;
	none.rlim_cur = 0;
	CHECK_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
	int r = evi_os_wake_open(&wake);

	CHECK_EQ(setrlimit(RLIMIT_NOFILE, &old), 0);
	CHECK_EQ(r, -EMFILE);
	CHECK_EQ(wake.fd_read, -1);
	CHECK_EQ(wake.fd_write, -1);
}
