/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * socket_test.c - each call's answers, good and bad.
 */
#include "os/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "test.h"

/* Is the descriptor non-blocking, and closed by exec? */
static int
flags_of(int fd)
{
	int flags = 0;

	if (fcntl(fd, F_GETFL) & O_NONBLOCK)
		flags |= EVI_OS_SOCKET_NONBLOCK;
	if (fcntl(fd, F_GETFD) & FD_CLOEXEC)
		flags |= EVI_OS_SOCKET_CLOEXEC;
	return flags;
}

/* A listener on a free loopback port; its address to *ret_addr. */
static int
open_listener(struct sockaddr_in *ret_addr)
{
	socklen_t len = sizeof(*ret_addr);
	int fd = evi_os_socket_open(AF_INET, SOCK_STREAM, 0);

	memset(ret_addr, 0, sizeof(*ret_addr));
	ret_addr->sin_family = AF_INET;
	ret_addr->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK_EQ(bind(fd, (struct sockaddr *)ret_addr, len), 0);
	CHECK_EQ(listen(fd, 5), 0);
	CHECK_EQ(getsockname(fd, (struct sockaddr *)ret_addr, &len), 0);
	return fd;
}

/* Wait until a non-blocking connect has ended. */
static void
finish_connect(int fd)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fd, &set);
	CHECK_EQ(select(fd + 1, NULL, &set, NULL, NULL), 1);
}

/* New sockets have both flags; impossible ones are refused. */
TEST(open_sets_the_flags)
{
	int fd = evi_os_socket_open(AF_UNIX, SOCK_STREAM, 0);

	CHECK_EQ(flags_of(fd), 3);
	CHECK_EQ(evi_os_socket_close(fd), 0);
	CHECK_EQ(evi_os_socket_close(fd), -EBADF);
	CHECK_EQ(evi_os_socket_open(AF_INET, 99, 0), -EINVAL);
	CHECK_EQ(evi_os_socket_open(-1, SOCK_STREAM, 0), -EAFNOSUPPORT);
}

/* A connection is accepted with exactly the flags asked for. */
TEST(accept_sets_the_flags_asked_for)
{
	struct sockaddr_in addr;
	int listener = open_listener(&addr);

	CHECK_EQ(evi_os_socket_accept(listener, NULL, NULL, 0), -EAGAIN);
	for (int flags = 0; flags < 4; flags++) {
		struct sockaddr_storage peer;
		socklen_t len = sizeof(peer);
		int fd = evi_os_socket_open(AF_INET, SOCK_STREAM, 0);
		int r = evi_os_socket_connect(fd, (struct sockaddr *)&addr,
		    sizeof(addr));

		CHECK(r == 0 || r == -EINPROGRESS);
		finish_connect(fd);
		CHECK_EQ(evi_os_socket_error(fd), 0);
		int conn = evi_os_socket_accept(listener,
		    (struct sockaddr *)&peer, &len, flags);

		CHECK_GE(conn, 0);
		CHECK_EQ(flags_of(conn), flags);
		CHECK_EQ(len, sizeof(struct sockaddr_in));
		evi_os_socket_close(conn);
		evi_os_socket_close(fd);
	}
	evi_os_socket_close(listener);
	CHECK_EQ(evi_os_socket_accept(listener, NULL, NULL, 0), -EBADF);
}

/* A refused connection is told by connect or by the pending error, once. */
TEST(refusal_is_the_pending_error)
{
	struct sockaddr_in addr;
	int listener = open_listener(&addr);

	evi_os_socket_close(listener);
	int fd = evi_os_socket_open(AF_INET, SOCK_STREAM, 0);
	int r = evi_os_socket_connect(fd, (struct sockaddr *)&addr,
	    sizeof(addr));

	if (r == -EINPROGRESS) {
		finish_connect(fd);
		r = evi_os_socket_error(fd);
	}
	CHECK_EQ(r, -ECONNREFUSED);
	CHECK_EQ(evi_os_socket_error(fd), 0);
	evi_os_socket_close(fd);
	CHECK_EQ(evi_os_socket_error(fd), -EBADF);
}

/* Send in one or several pieces through `fds`, receive in as many. */
static void
move_bytes(const int fds[2], int count)
{
	char text[] = "abcdef";
	char room[6];
	struct iovec out[3], in[3];

	for (int i = 0; i < count; i++) {
		size_t len = sizeof(room) / (size_t)count;

		out[i].iov_base = text + len * (size_t)i;
		out[i].iov_len = len;
		in[i].iov_base = room + len * (size_t)i;
		in[i].iov_len = len;
	}
	memset(room, 0, sizeof(room));
	CHECK_EQ(evi_os_socket_writev(fds[1], out, count), 6);
	CHECK_EQ(evi_os_socket_readv(fds[0], in, count), 6);
	CHECK_MEM(room, text, 6);
}

/* One piece and several, through a socket and through a pipe. */
TEST(bytes_move_through_sockets_and_pipes)
{
	struct iovec iov = { .iov_base = (char[1]){ 0 }, .iov_len = 1 };
	int fds[2];

	for (int is_pipe = 0; is_pipe < 2; is_pipe++) {
		if (is_pipe)
			CHECK_EQ(evi_os_socket_pipe(fds), 0);
		else
			CHECK_EQ(evi_os_socket_pair(AF_UNIX,
				     SOCK_STREAM | SOCK_NONBLOCK, 0, fds),
			    0);
		for (int count = 1; count < 4; count++)
			move_bytes(fds, count);
		CHECK_EQ(evi_os_socket_readv(fds[0], &iov, 1), -EAGAIN);
		evi_os_socket_close(fds[1]);
		CHECK_EQ(evi_os_socket_readv(fds[0], &iov, 1), 0);
		evi_os_socket_close(fds[0]);
		CHECK_EQ(evi_os_socket_readv(fds[0], &iov, 1), -EBADF);
		CHECK_EQ(evi_os_socket_writev(fds[0], &iov, 1), -EBADF);
		CHECK_EQ(evi_os_socket_writev(fds[0], &iov, 1), -EBADF);
	}
}

/* More pieces than the system takes at once are not an error. */
TEST(many_pieces_are_cut)
{
	static struct iovec iov[EVI_OS_SOCKET_IOV_MAX + 10];
	int count = (int)EVI_COUNT_OF(iov);
	char byte = 'x';
	int fds[2];

	for (int i = 0; i < count; i++) {
		iov[i].iov_base = &byte;
		iov[i].iov_len = 1;
	}
	CHECK_EQ(evi_os_socket_pair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	CHECK_EQ(evi_os_socket_writev(fds[0], iov, count),
	    EVI_OS_SOCKET_IOV_MAX);
	CHECK_EQ(evi_os_socket_readv(fds[1], iov, count),
	    EVI_OS_SOCKET_IOV_MAX);
	close(fds[0]);
	close(fds[1]);
}

static volatile sig_atomic_t pipe_signals;

static void
on_sigpipe(int signum)
{
	(void)signum;
	pipe_signals++;
}

/* A closed peer is an error and raises no signal, one piece or several. */
TEST(sockets_raise_no_sigpipe)
{
	char text[2] = "ab";
	struct iovec iov[2] = {
		{ .iov_base = text, .iov_len = 1 },
		{ .iov_base = text + 1, .iov_len = 1 },
	};
	int fds[2];

	signal(SIGPIPE, on_sigpipe);
	CHECK_EQ(evi_os_socket_pair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	evi_os_socket_close(fds[1]);
	CHECK_EQ(evi_os_socket_writev(fds[0], iov, 1), -EPIPE);
	CHECK_EQ(evi_os_socket_writev(fds[0], iov, 2), -EPIPE);
	CHECK_EQ(pipe_signals, 0);
	evi_os_socket_close(fds[0]);

	CHECK_EQ(evi_os_socket_pipe(fds), 0);
	evi_os_socket_close(fds[0]);
	CHECK_EQ(evi_os_socket_writev(fds[1], iov, 2), -EPIPE);
	CHECK_EQ(pipe_signals, 1);
	evi_os_socket_close(fds[1]);
}

/* Flags are set once, stay set, and are not had for a dead descriptor. */
TEST(flags_are_set_one_by_one)
{
	int fds[2];

	CHECK_EQ(evi_os_socket_pair(AF_UNIX, SOCK_DGRAM, 0, fds), 0);
	CHECK_EQ(flags_of(fds[0]), 0);
	for (int i = 0; i < 2; i++) {
		CHECK_EQ(evi_os_socket_set_nonblock(fds[0]), 0);
		CHECK_EQ(flags_of(fds[0]), EVI_OS_SOCKET_NONBLOCK);
	}
	for (int i = 0; i < 2; i++) {
		CHECK_EQ(evi_os_socket_set_cloexec(fds[0]), 0);
		CHECK_EQ(flags_of(fds[0]), 3);
	}
	close(fds[0]);
	close(fds[1]);
	CHECK_EQ(evi_os_socket_set_nonblock(fds[0]), -EBADF);
	CHECK_EQ(evi_os_socket_set_cloexec(fds[0]), -EBADF);
	CHECK_EQ(evi_os_socket_pair(AF_UNIX, 99, 0, fds), -EINVAL);
}

/* Options of the listener and of the connection are really set. */
TEST(options_are_set)
{
	int fd = evi_os_socket_open(AF_INET, SOCK_STREAM, 0);
	static const int options[] = {
		TCP_KEEPIDLE,
		TCP_KEEPINTVL,
		TCP_KEEPCNT,
	};

	CHECK_EQ(evi_os_socket_set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1), 0);
	CHECK_EQ(evi_os_socket_set_defer(fd, 1), 0);
	CHECK_EQ(evi_os_socket_set_keepalive(fd, 60, 20, 3), 0);
	for (int i = 0; i < 3; i++) {
		int want[] = { 60, 20, 3 };
		int value = 0;
		socklen_t len = sizeof(value);

		CHECK_EQ(getsockopt(fd, IPPROTO_TCP, options[i], &value, &len),
		    0);
		CHECK_EQ(value, want[i]);
	}
	CHECK_EQ(evi_os_socket_set_keepalive(fd, 100000, 20, 3), -EINVAL);
	CHECK_EQ(evi_os_socket_set_keepalive(fd, 60, 100000, 3), -EINVAL);
	CHECK_EQ(evi_os_socket_set_keepalive(fd, 60, 20, 1000), -EINVAL);
	close(fd);
	CHECK_EQ(evi_os_socket_set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1),
	    -EBADF);
	CHECK_EQ(evi_os_socket_set_defer(fd, 1), -EBADF);
}

/* A pipe has both flags at both ends; without descriptors there is none. */
TEST(pipes_have_the_flags)
{
	struct rlimit old, none;
	int fds[2];

	CHECK_EQ(evi_os_socket_pipe(fds), 0);
	CHECK_EQ(flags_of(fds[0]), 3);
	CHECK_EQ(flags_of(fds[1]), 3);
	close(fds[0]);
	close(fds[1]);
	CHECK_EQ(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = old;
	none.rlim_cur = 0;
	CHECK_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
	int r = evi_os_socket_pipe(fds);

	CHECK_EQ(setrlimit(RLIMIT_NOFILE, &old), 0);
	CHECK_EQ(r, -EMFILE);
}
