/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fork.c - ROT13 server 1: a process for each connection.
 *
 * The oldest way to serve many peers: accept one, fork a child for it, and
 * accept the next.  All calls block, so the child's program is the simplest
 * of all, and a crash takes one connection with it.  The price is a process
 * for each peer: here, most of the time goes into fork() and exit().
 *
 * The trap: a child that has ended stays as a zombie until it is waited for.
 *
 * Asked to stop, the parent ends at once; its children go on until their
 * peers have gone.
 */
#include "rot13.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	RETRY_MS = 10
};

/* Collect the children that have ended; do not wait for the others. */
static void
reap_children(void)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

/* The child's whole life: serve until the connection is over. */
static void
serve_and_exit(struct rot13_conn *conn)
{
	rot13_leave_parent();
	while (rot13_serve(conn) != ROT13_CLOSE)
		;
	_exit(0);
}

/* Fork a child for `conn`, later if there are too many processes now. */
static void
fork_child(struct rot13_conn *conn)
{
	pid_t pid;

	while ((pid = fork()) < 0 && rot13_running()) {
		poll(NULL, 0, RETRY_MS);
		reap_children();
	}
	if (pid == 0)
		serve_and_exit(conn);
	/* The child has its own copy.  Kept here, it would never close. */
	rot13_close(conn);
}

int
main(int argc, char **argv)
{
	rot13_start(argc, argv, 0);
	while (rot13_running()) {
		bool full;
		struct rot13_conn *conn = rot13_accept(&full);

		reap_children();
		if (conn)
			fork_child(conn);
		else if (full)
			poll(NULL, 0, RETRY_MS);
	}
	reap_children();
	return rot13_finish();
}
