/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fork_new_base.c - a child frees the inherited base, or leaves it alone,
 * and makes its own; the parent's base goes on working.
 */
#include "trace.h"

ROLE(io);
ROLE(timer);
ROLE(own);

static struct event_base *base;
static evutil_socket_t fd[2];

static void
work(void)
{
	struct event_base *fresh = new_base();
	evutil_socket_t fd2[2];

	open_pair(fd2);
	watch(&own, fresh, fd2[0], EV_READ, NULL);
	put(fd2[1]);
	loop(fresh, 0);
	watch(&own, fresh, SIGUSR1, EV_SIGNAL, NULL);
	raise(SIGUSR1);
	loop(fresh, 0);
	event_base_free(fresh);
}

int
main(void)
{
	base = new_base();
	open_pair(fd);
	watch(&io, base, fd[0], EV_READ | EV_PERSIST, NULL);
	in_child("leaves the old base", work);
	put(fd[1]);
	watch(&timer, base, -1, 0, ms(10));
	loop(base, EVLOOP_ONCE);
	drain(fd[0]);
	loop(base, EVLOOP_ONCE);
	event_base_free(base);
	close_pair(fd);
	return 0;
}
