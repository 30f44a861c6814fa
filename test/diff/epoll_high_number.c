/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * epoll_high_number.c - descriptor numbers above the size of an fd_set,
 * and many of them at once.
 */
/* select stops at FD_SETSIZE, with an abort in hardened builds: */
/* backends: epoll poll changelist */
#include "trace.h"

ROLE(high);

static int calls;

static void
on_count(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)arg;
	calls += (what & EV_READ) != 0;
}

int
main(void)
{
	struct event_base *base = new_base();
	static struct event many[300];
	evutil_socket_t fd[2];
	int i;

	open_pair(fd);
	must(dup2(fd[0], 1500) == 1500, "dup2");
	watch(&high, base, 1500, EV_READ, NULL);
	put(fd[1]);
	loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	for (i = 0; i < 300; i++) {
		must(dup2(fd[0], 500 + i) == 500 + i, "dup2");
		event_assign(&many[i], base, 500 + i, EV_READ, on_count, NULL);
		event_add(&many[i], NULL);
	}
	loop(base, 0);
	trace("calls %d", calls);
	trace_counts(base);
	event_base_free(base);
	return 0;
}
