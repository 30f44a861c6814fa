/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * socket.c - one function a system call, errors as values.
 *
 * No state, no locks.  EINTR is retried, except where POSIX makes that
 * wrong: an interrupted connect() goes on by itself, and after an
 * interrupted close() the descriptor is gone on the systems we know.
 *
 * Reading and writing is done by the calls for sockets: they alone can
 * promise that no SIGPIPE is raised, and are a little faster.  The kernel
 * says ENOTSOCK for everything else and then the file calls are used.
 */
#include "os/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#if defined(__linux__) || defined(__FreeBSD__) || defined(__NetBSD__) || \
    defined(__OpenBSD__) || defined(__DragonFly__)
/* The system sets both flags while it makes the descriptor. */

int
evi_os_socket_open(int family, int type, int protocol)
{
	int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);

	return fd < 0 ? -errno : fd;
}

int
evi_os_socket_accept(int fd, struct sockaddr *addr, socklen_t *len, int flags)
{
	int conn;
	int how = 0;

	if (flags & EVI_OS_SOCKET_NONBLOCK)
		how |= SOCK_NONBLOCK;
	if (flags & EVI_OS_SOCKET_CLOEXEC)
		how |= SOCK_CLOEXEC;
	do {
		conn = accept4(fd, addr, len, how);
	} while (conn < 0 && errno == EINTR);
	return conn < 0 ? -errno : conn;
}

int
evi_os_socket_pipe(int ret_fds[2])
{
	return pipe2(ret_fds, O_NONBLOCK | O_CLOEXEC) < 0 ? -errno : 0;
}
#else
/* Give a new descriptor the flags, or close it.  Returns it or -errno. */
static int
apply_flags(int fd, int flags)
{
	int r = 0;

	if (flags & EVI_OS_SOCKET_NONBLOCK)
		r = evi_os_socket_set_nonblock(fd);
	if (r == 0 && (flags & EVI_OS_SOCKET_CLOEXEC))
		r = evi_os_socket_set_cloexec(fd);
	if (r == 0)
		return fd;
	close(fd);
	return r;
}

int
evi_os_socket_open(int family, int type, int protocol)
{
	int fd = socket(family, type, protocol);

	if (fd < 0)
		return -errno;
	return apply_flags(fd, EVI_OS_SOCKET_NONBLOCK | EVI_OS_SOCKET_CLOEXEC);
}

int
evi_os_socket_accept(int fd, struct sockaddr *addr, socklen_t *len, int flags)
{
	int conn;

	do {
		conn = accept(fd, addr, len);
	} while (conn < 0 && errno == EINTR);
	return conn < 0 ? -errno : apply_flags(conn, flags);
}

int
evi_os_socket_pipe(int ret_fds[2])
{
	int flags = EVI_OS_SOCKET_NONBLOCK | EVI_OS_SOCKET_CLOEXEC;
	int fds[2];

	if (pipe(fds) < 0)
		return -errno;

	int r = apply_flags(fds[0], flags);

	if (r < 0) {
		close(fds[1]);
		return r;
	}
	r = apply_flags(fds[1], flags);
	if (r < 0) {
		close(fds[0]);
		return r;
	}
	ret_fds[0] = fds[0];
	ret_fds[1] = fds[1];
	return 0;
}
#endif

#if defined(MSG_NOSIGNAL)
#define SEND_FLAGS MSG_NOSIGNAL
#else
#define SEND_FLAGS 0 /* SO_NOSIGPIPE is set where there is no flag */
#endif

int
evi_os_socket_connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	if (connect(fd, addr, len) == 0)
		return 0;
	return errno == EINTR ? -EINPROGRESS : -errno;
}

int
evi_os_socket_error(int fd)
{
	int err = 0;
	socklen_t len = sizeof(err);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) < 0)
		return -errno;
	return -err;
}

/* read() or readv(), for what is not a socket. */
static ssize_t
read_file(int fd, const struct iovec *iov, int count)
{
	ssize_t r;

	do {
		r = readv(fd, iov, count);
	} while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : r;
}

ssize_t
evi_os_socket_readv(int fd, const struct iovec *iov, int count)
{
	ssize_t r;

	if (count != 1) {
		return read_file(fd, iov,
		    count < EVI_OS_SOCKET_IOV_MAX ? count
						  : EVI_OS_SOCKET_IOV_MAX);
	}
	do {
		r = recv(fd, iov->iov_base, iov->iov_len, 0);
	} while (r < 0 && errno == EINTR);
	if (r >= 0)
		return r;
	return errno == ENOTSOCK ? read_file(fd, iov, 1) : -errno;
}

/* writev(), for what is not a socket. */
static ssize_t
write_file(int fd, const struct iovec *iov, int count)
{
	ssize_t r;

	do {
		r = writev(fd, iov, count);
	} while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : r;
}

/* evi_os_socket_writev() for any number of extents. */
static EVI_NOINLINE ssize_t
writev_any(int fd, const struct iovec *iov, int count)
{
	if (count > EVI_OS_SOCKET_IOV_MAX)
		count = EVI_OS_SOCKET_IOV_MAX;

	struct msghdr msg = { .msg_iov = (struct iovec *)iov,
		.msg_iovlen = (size_t)count };
	ssize_t r;

	do {
		r = sendmsg(fd, &msg, SEND_FLAGS);
	} while (r < 0 && errno == EINTR);
	if (r >= 0)
		return r;
	return errno == ENOTSOCK ? write_file(fd, iov, count) : -errno;
}

/* Most messages: one extent, one call without a header. */
ssize_t
evi_os_socket_writev(int fd, const struct iovec *iov, int count)
{
	if (count != 1)
		return writev_any(fd, iov, count);

	ssize_t r = send(fd, iov->iov_base, iov->iov_len, SEND_FLAGS);

	if (EVI_LIKELY(r >= 0))
		return r;
	return errno == EINTR || errno == ENOTSOCK ? writev_any(fd, iov, 1)
						   : -errno;
}

int
evi_os_socket_pair(int family, int type, int protocol, int ret_fds[2])
{
	return socketpair(family, type, protocol, ret_fds) < 0 ? -errno : 0;
}

int
evi_os_socket_close(int fd)
{
	if (close(fd) == 0 || errno == EINTR)
		return 0;
	return -errno;
}

int
evi_os_socket_set_nonblock(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return -errno;
	if (flags & O_NONBLOCK)
		return 0;
	return fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ? -errno : 0;
}

int
evi_os_socket_set_cloexec(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	if (flags < 0)
		return -errno;
	if (flags & FD_CLOEXEC)
		return 0;
	return fcntl(fd, F_SETFD, flags | FD_CLOEXEC) < 0 ? -errno : 0;
}

int
evi_os_socket_set_int(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)) < 0)
		return -errno;
	return 0;
}

#if defined(TCP_DEFER_ACCEPT)
int
evi_os_socket_set_defer(int fd, int seconds)
{
	return evi_os_socket_set_int(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT,
	    seconds);
}
#else
int
evi_os_socket_set_defer(int fd, int seconds)
{
	(void)fd;
	(void)seconds;
	return 0;
}
#endif

#if defined(TCP_KEEPIDLE)
#define KEEP_IDLE_OPTION TCP_KEEPIDLE
#else
#define KEEP_IDLE_OPTION TCP_KEEPALIVE /* macOS's name for it */
#endif

int
evi_os_socket_set_keepalive(int fd, int idle, int interval, int count)
{
	int r = evi_os_socket_set_int(fd, IPPROTO_TCP, KEEP_IDLE_OPTION, idle);

	if (r == 0)
		r = evi_os_socket_set_int(fd, IPPROTO_TCP, TCP_KEEPINTVL,
		    interval);
	if (r == 0)
		r = evi_os_socket_set_int(fd, IPPROTO_TCP, TCP_KEEPCNT, count);
	return r;
}

int
evi_os_socket_is_open(int fd)
{
	return fd >= 0 && fcntl(fd, F_GETFD) >= 0;
}

int
evi_os_socket_set_inherited(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	if (flags < 0 || fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC) < 0)
		return -errno;
	return 0;
}

int
evi_os_socket_bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	return bind(fd, addr, len) < 0 ? -errno : 0;
}

int
evi_os_socket_listen(int fd, int backlog)
{
	return listen(fd, backlog) < 0 ? -errno : 0;
}
