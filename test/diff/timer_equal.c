/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * timer_equal.c - many timers of the same time, added in one callback so
 * that the loop's clock stands still: the order they run in.
 */
/* backends: epoll */
#include "trace.h"

#define COUNT 7

ROLE(starter);

static struct role roles[COUNT];

static void
on_number(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	trace("  timer %d: %s", (int)((struct role *)arg - roles),
	    what_name(what));
}

static void
on_start(evutil_socket_t fd, short what, void *arg)
{
	struct event_base *base = event_get_base(&starter.ev);
	struct timeval now;
	int i;

	on_role(fd, what, arg);
	event_base_gettimeofday_cached(base, &now);
	for (i = 0; i < COUNT; i++) {
		assign(&roles[i], base, -1, 0, on_number);
		event_add(&roles[i].ev, ms(10));
	}
}

int
main(void)
{
	struct event_base *base = new_base();

	assign(&starter, base, -1, 0, on_start);
	event_add(&starter.ev, ms(0));
	loop(base, 0);
	trace("-- the first deleted");
	event_add(&starter.ev, ms(0));
	loop(base, EVLOOP_ONCE);
	event_del(&roles[0].ev);
	loop(base, 0);
	event_base_free(base);
	return 0;
}
