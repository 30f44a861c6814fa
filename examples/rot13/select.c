/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * select.c - ROT13 server 3: sleep in select() until a socket is ready.
 *
 * select() takes three sets of descriptors (to read, to write, exceptions),
 * sleeps until one of them is ready, and leaves the ready ones in the sets.
 * So the sets are filled anew for every call, the kernel looks at each
 * member, and so does the server afterwards: the cost of a call grows with
 * the peers that are silent.
 *
 * The trap: an fd_set holds the descriptors below FD_SETSIZE (1024).  A
 * higher one is written outside of it.  rot13_start() limits descriptors to
 * just as many, so accept() refuses first.
 */
#include "rot13.h"

#include <errno.h>
#include <stdio.h>
#include <sys/select.h>
#include <sys/socket.h>

static struct rot13_conn *conns[ROT13_FD_MAX]; /* by descriptor */

/* Put the connections into the sets.  Returns the highest descriptor. */
static int
fill_sets(fd_set *to_read, fd_set *to_write)
{
	int top = 0;

	FD_ZERO(to_read);
	FD_ZERO(to_write);
	for (int fd = 0; fd < ROT13_FD_MAX; fd++) {
		if (!conns[fd])
			continue;
		FD_SET(fd, conns[fd]->want == ROT13_READ ? to_read : to_write);
		top = fd;
	}
	return top;
}

/* Serve the connections that select() left in the sets. */
static void
serve_ready(const fd_set *to_read, const fd_set *to_write)
{
	for (int fd = 0; fd < ROT13_FD_MAX; fd++) {
		if (!conns[fd])
			continue;
		if (!FD_ISSET(fd, to_read) && !FD_ISSET(fd, to_write))
			continue;
		if (rot13_serve(conns[fd]) == ROT13_CLOSE) {
			rot13_close(conns[fd]);
			conns[fd] = NULL;
		}
	}
}

/* Accept all who wait.  Returns true if no descriptor is left for more. */
static bool
accept_all(void)
{
	struct rot13_conn *conn;
	bool full;

	while ((conn = rot13_accept(&full)))
		conns[conn->fd] = conn;
	return full;
}

int
main(int argc, char **argv)
{
	int listener = rot13_start(argc, argv, SOCK_NONBLOCK);
	bool full = false;

	while (rot13_running()) {
		fd_set to_read, to_write;
		int top = fill_sets(&to_read, &to_write);
		struct timeval retry = { .tv_usec = 100000 };
		struct timeval *timeout = full ? &retry : NULL;

		/*
		 * Full: a queue that cannot be served would wake us at once,
		 * so leave it out until something has happened, for one wait.
		 */
		if (!full)
			FD_SET(listener, &to_read);
		if (top < listener)
			top = listener;
		if (select(top + 1, &to_read, &to_write, NULL, timeout) < 0) {
			if (errno == EINTR)
				continue;
			perror("select");
			return 1;
		}
		serve_ready(&to_read, &to_write);
		full = FD_ISSET(listener, &to_read) && accept_all();
	}
	return rot13_finish();
}
