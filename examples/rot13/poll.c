/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * poll.c - ROT13 server 4: sleep in poll() until a socket is ready.
 *
 * poll() takes an array instead of sets: what to wait for stays in `events`,
 * what has happened comes back in `revents`.  No descriptor is too high for
 * it, and the array need not be filled anew, but the kernel still has to
 * look at every entry in every call.
 *
 * The array is indexed by descriptor here; poll() skips entries whose fd is
 * negative, so an empty one is -1.
 */
#include "rot13.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>

enum {
	RETRY_MS = 100,
	FOR_EVER = -1
};

static struct rot13_conn *conns[ROT13_FD_MAX]; /* by descriptor */
static struct pollfd polled[ROT13_FD_MAX];     /* the same */
static nfds_t polled_count;                    /* entries in use */

/* Wait for `events` on a descriptor from now on. */
static void
watch(int fd, short events)
{
	polled[fd].fd = fd;
	polled[fd].events = events;
	polled[fd].revents = 0;
	if (polled_count <= (nfds_t)fd)
		polled_count = (nfds_t)fd + 1;
}

/* Serve one connection that is ready, and wait for what it needs next. */
static void
serve(int fd)
{
	switch (rot13_serve(conns[fd])) {
	case ROT13_READ:
		polled[fd].events = POLLIN;
		break;
	case ROT13_WRITE:
		polled[fd].events = POLLOUT;
		break;
	case ROT13_CLOSE:
		rot13_close(conns[fd]);
		conns[fd] = NULL;
		polled[fd].fd = -1;
		break;
	}
}

/* Serve all connections that poll() found ready (POLLHUP, POLLERR too). */
static void
serve_ready(void)
{
	for (nfds_t i = 0; i < polled_count; i++)
		if (conns[i] && polled[i].revents)
			serve((int)i);
}

/* Accept all who wait.  Returns true if no descriptor is left for more. */
static bool
accept_all(void)
{
	struct rot13_conn *conn;
	bool full;

	while ((conn = rot13_accept(&full))) {
		conns[conn->fd] = conn;
		watch(conn->fd, POLLIN);
	}
	return full;
}

int
main(int argc, char **argv)
{
	int listener = rot13_start(argc, argv, SOCK_NONBLOCK);
	bool full = false;

	for (int fd = 0; fd < ROT13_FD_MAX; fd++)
		polled[fd].fd = -1;
	while (rot13_running()) {
		int timeout_ms = full ? RETRY_MS : FOR_EVER;

		/* Full: leave the listener out for one wait; see select.c. */
		watch(listener, full ? 0 : POLLIN);
		if (poll(polled, polled_count, timeout_ms) < 0) {
			if (errno == EINTR)
				continue;
			perror("poll");
			return 1;
		}
		serve_ready();
		full = polled[listener].revents && accept_all();
	}
	return rot13_finish();
}
