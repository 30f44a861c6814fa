/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * epoll.c - ROT13 server 5: the kernel remembers whom we wait for (Linux).
 *
 * epoll keeps the list of descriptors in the kernel: EPOLL_CTL_ADD and MOD
 * say once what to wait for, and epoll_wait() hands back only those that are
 * ready, each with a pointer of ours.  Nobody walks over the silent ones, so
 * ten thousand of them cost nothing.  (BSD and macOS have kqueue instead.)
 *
 * close() takes a descriptor off the list by itself.  The trap: not if
 * another process or a dup() still holds the same socket.
 */
#include "rot13.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	EVENTS_MAX = 64,
	RETRY_MS = 100,
	FOR_EVER = -1
};

/* Tell the kernel what to wait for.  `conn` is NULL for the listener. */
static bool
watch(int epoll, int operation, int fd, uint32_t events,
    struct rot13_conn *conn)
{
	struct epoll_event event = { .events = events, .data.ptr = conn };

	if (epoll_ctl(epoll, operation, fd, &event) == 0)
		return true;
	perror("epoll_ctl");
	return false;
}

/* Serve a connection that is ready; tell the kernel only what changes. */
static void
serve(int epoll, struct rot13_conn *conn)
{
	enum rot13_want before = conn->want;
	enum rot13_want now = rot13_serve(conn);
	uint32_t events = now == ROT13_WRITE ? EPOLLOUT : EPOLLIN;

	if (now == before)
		return;
	if (now == ROT13_CLOSE ||
	    !watch(epoll, EPOLL_CTL_MOD, conn->fd, events, conn))
		rot13_close(conn);
}

/* Accept all who wait.  Returns true if no descriptor is left for more. */
static bool
accept_all(int epoll)
{
	struct rot13_conn *conn;
	bool full;

	while ((conn = rot13_accept(&full)))
		if (!watch(epoll, EPOLL_CTL_ADD, conn->fd, EPOLLIN, conn))
			rot13_close(conn);
	return full;
}

/*
 * Wait and serve once.  `full` says that the listener is left out of this
 * wait (see select.c); returns whether it has to be from the next.
 */
static bool
run_once(int epoll, bool full)
{
	struct epoll_event ready[EVENTS_MAX];
	bool called = false;
	int count = epoll_wait(epoll, ready, EVENTS_MAX,
	    full ? RETRY_MS : FOR_EVER);

	if (count < 0 && errno != EINTR) {
		perror("epoll_wait");
		exit(1);
	}
	for (int i = 0; i < count; i++) {
		if (ready[i].data.ptr)
			serve(epoll, ready[i].data.ptr);
		else
			called = true;
	}
	/* Last, so that what has just been closed can be used again. */
	return called && accept_all(epoll);
}

int
main(int argc, char **argv)
{
	int listener = rot13_start(argc, argv, SOCK_NONBLOCK);
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	bool full = false;

	if (epoll < 0) {
		perror("epoll_create1");
		return 1;
	}
	if (!watch(epoll, EPOLL_CTL_ADD, listener, EPOLLIN, NULL))
		return 1;
	while (rot13_running()) {
		bool was_full = full;

		full = run_once(epoll, full);
		if (full != was_full)
			watch(epoll, EPOLL_CTL_MOD, listener,
			    full ? 0 : EPOLLIN, NULL);
	}
	close(epoll);
	return rot13_finish();
}
