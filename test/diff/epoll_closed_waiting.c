/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * epoll_closed_waiting.c - a descriptor is closed while its event stays
 * added and the loop runs.
 */
#include "trace.h"

ROLE(gone);
ROLE(timer);

static int rounds;

/* With poll a closed descriptor is reported each time: stop after two. */
static void
on_gone(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	if (++rounds == 2)
		event_base_loopbreak(event_get_base(&gone.ev));
}

int
main(void)
{
	struct event_base *base;
	evutil_socket_t fd[2];

	event_set_log_callback(on_log);
	base = new_base();
	open_pair(fd);
	assign(&gone, base, fd[0], EV_READ | EV_PERSIST, on_gone);
	event_add(&gone.ev, NULL);
	watch(&timer, base, -1, 0, ms(20));
	close_pair(fd);
	loop(base, EVLOOP_ONCE);
	trace("gone %s, timer %s", pending_name(&gone.ev),
	    pending_name(&timer.ev));
	event_add(&timer.ev, ms(20));
	loop(base, EVLOOP_ONCE);
	CALL(event_del(&gone.ev));
	loop(base, 0);
	event_base_free(base);
	return 0;
}
