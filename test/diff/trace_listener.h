/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * trace_listener.h - listeners on local sockets, and connections to them:
 * a connect has happened when it returns.
 */
#ifndef TEST_DIFF_TRACE_LISTENER_H_
#define TEST_DIFF_TRACE_LISTENER_H_

#include <sys/un.h>

#include <event2/listener.h>

#include "trace.h"

/* Bind a new socket to a name of the system's choice. */
static inline evutil_socket_t
local_socket(struct sockaddr_un *sun, socklen_t *len)
{
	evutil_socket_t fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	*len = sizeof(*sun);
	must(bind(fd, (void *)sun, sizeof(sun->sun_family)) == 0, "bind");
	must(getsockname(fd, (void *)sun, len) == 0, "getsockname");
	return fd;
}

static inline void
dial(int count, evutil_socket_t *fds, const struct sockaddr_un *sun,
    socklen_t len)
{
	int i;

	for (i = 0; i < count; i++) {
		fds[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		must(connect(fds[i], (const void *)sun, len) == 0, "connect");
	}
}

static inline void
hang_up(int count, const evutil_socket_t *fds)
{
	int i;

	for (i = 0; i < count; i++)
		close(fds[i]);
}

/* Accept callback: count it and close it.  The argument is an int. */
static inline void
on_accept_count(struct evconnlistener *lev, evutil_socket_t fd,
    struct sockaddr *sa, int len, void *arg)
{
	(void)lev;
	(void)sa;
	(void)len;
	close(fd);
	++*(int *)arg;
}

#endif
