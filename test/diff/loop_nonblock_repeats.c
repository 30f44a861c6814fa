/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * loop_nonblock_repeats.c - EVLOOP_NONBLOCK goes on as long as each
 * iteration finds something active; EVLOOP_ONCE ends after the first.
 */
#include "trace.h"

ROLE(io);

static int rounds;

static void
on_third_stops(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	if (++rounds == 3)
		event_base_loopbreak(event_get_base(&io.ev));
}

static void
on_third_drains(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	if (++rounds == 3)
		drain(fd);
}

int
main(void)
{
	struct event_base *base = new_base();
	evutil_socket_t fd[2];

	open_pair(fd);
	put(fd[1]);
	assign(&io, base, fd[0], EV_READ | EV_PERSIST, on_third_stops);
	event_add(&io.ev, NULL);
	loop(base, EVLOOP_NONBLOCK);
	event_del(&io.ev);
	rounds = 0;
	assign(&io, base, fd[0], EV_READ | EV_PERSIST, on_third_drains);
	event_add(&io.ev, NULL);
	loop(base, EVLOOP_NONBLOCK);
	rounds = 0;
	put(fd[1]);
	loop(base, EVLOOP_NONBLOCK | EVLOOP_ONCE);
	loop(base, EVLOOP_NONBLOCK | EVLOOP_ONCE);
	loop(base, EVLOOP_ONCE);
	loop(base, EVLOOP_NONBLOCK | EVLOOP_ONCE);
	close_pair(fd);
	event_base_free(base);
	return 0;
}
