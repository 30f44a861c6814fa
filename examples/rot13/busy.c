/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * busy.c - ROT13 server 2: non-blocking sockets, asked again and again.
 *
 * One process serves all peers if no call ever waits: a socket opened with
 * SOCK_NONBLOCK answers EAGAIN instead.  So this server asks each of them in
 * turn, for ever.  It is quick to answer while there are few, but it burns a
 * whole processor even when nobody speaks, and each silent peer costs a
 * system call in every round.  Never do this; see what it costs in the table.
 */
#include "rot13.h"

#include <sys/socket.h>

static struct rot13_conn *conns[ROT13_FD_MAX]; /* by descriptor */

/* Ask every connection once. */
static void
ask_all(void)
{
	for (int fd = 0; fd < ROT13_FD_MAX; fd++) {
		if (!conns[fd])
			continue;
		if (rot13_serve(conns[fd]) == ROT13_CLOSE) {
			rot13_close(conns[fd]);
			conns[fd] = NULL;
		}
	}
}

int
main(int argc, char **argv)
{
	rot13_start(argc, argv, SOCK_NONBLOCK);
	while (rot13_running()) {
		struct rot13_conn *conn;
		bool full;

		/* When full, the next round will ask again anyway. */
		while ((conn = rot13_accept(&full)))
			conns[conn->fd] = conn;
		ask_all();
	}
	return rot13_finish();
}
