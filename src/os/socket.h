/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * socket.h - socket calls that answer with a value: 0 or more is success,
 * less is the negated error.  EINTR is retried inside.  The core's wide use
 * keeps the names short: one function a system call.
 *
 * This header also brings the address structs and the option numbers, so
 * that no other header of the system is needed for them.
 */
#ifndef EVI_OS_SOCKET_H
#define EVI_OS_SOCKET_H

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "base/base.h"

/* At most this many iovecs go to one readv or writev. */
#define EVI_OS_SOCKET_IOV_MAX 1024

/* A new non-blocking, close-on-exec socket, or -errno. */
int evi_os_socket_open(int family, int type, int protocol);

/*
 * Accept one connection, non-blocking and close-on-exec as `flags` (a set of
 * the two below) asks.  *len holds the room at `addr` and then the size.
 */
#define EVI_OS_SOCKET_NONBLOCK 1
#define EVI_OS_SOCKET_CLOEXEC 2
int evi_os_socket_accept(int fd, struct sockaddr *addr, socklen_t *len,
    int flags);

/*
 * Start to connect: 0 connected, -EINPROGRESS goes on (also after EINTR: a
 * second connect() would not answer that question).
 */
int evi_os_socket_connect(int fd, const struct sockaddr *addr, socklen_t len);

/* The pending SO_ERROR: 0 none, else -errno. */
int evi_os_socket_error(int fd);

/*
 * Bytes read (0 is the end) or -errno; recv when there is one iovec.  Works
 * on pipes and files too, at the price of one more system call.
 */
ssize_t evi_os_socket_readv(int fd, const struct iovec *iov, int count);

/*
 * Bytes taken or -errno; never raises SIGPIPE on a socket.  Pipes and files
 * as above; those do raise it.
 */
ssize_t evi_os_socket_writev(int fd, const struct iovec *iov, int count);

/* Two connected sockets, as socketpair() makes them.  Returns 0 or -errno. */
int evi_os_socket_pair(int family, int type, int protocol, int ret_fds[2]);

/* A pipe, [0] to read, non-blocking and close-on-exec.  0 or -errno. */
int evi_os_socket_pipe(int ret_fds[2]);

/*
 * Close.  Returns 0 or -errno; the descriptor is gone in every case but
 * -EBADF, so nobody may try again.
 */
/* Is `fd` an open descriptor? */
int evi_os_socket_is_open(int fd);

int evi_os_socket_close(int fd);

/* Both change only what is not so already.  Return 0 or -errno. */
int evi_os_socket_set_nonblock(int fd);
int evi_os_socket_set_cloexec(int fd);

/* Let programs that this one starts inherit it.  0 or -errno. */
int evi_os_socket_set_inherited(int fd);

/* Give it an address; begin to listen.  0 or -errno. */
int evi_os_socket_bind(int fd, const struct sockaddr *addr, socklen_t len);
int evi_os_socket_listen(int fd, int backlog);

/*
 * Report a connection only once its first bytes are here, or `seconds` have
 * passed; success without effect where the system has no such thing.
 */
int evi_os_socket_set_defer(int fd, int seconds);

/*
 * Probe an idle TCP peer after `idle` seconds, then each `interval` seconds,
 * `count` times.  SO_KEEPALIVE itself is for the caller to set.
 */
int evi_os_socket_set_keepalive(int fd, int idle, int interval, int count);

/* setsockopt() of an int.  Returns 0 or -errno. */
int evi_os_socket_set_int(int fd, int level, int option, int value);

#endif
