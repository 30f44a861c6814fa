/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * signal_priority.c - a signal event runs at its own priority; different
 * signals of one turn run in the order of their numbers.
 */
#include "trace.h"

ROLE(usr1);
ROLE(usr2);
ROLE(hup);
ROLE(term);
ROLE(io);
ROLE(timer);

static void
order(struct event_base *base)
{
	trace("-- order of different signals");
	watch(&term, base, SIGTERM, EV_SIGNAL | EV_PERSIST, NULL);
	watch(&usr1, base, SIGUSR1, EV_SIGNAL | EV_PERSIST, NULL);
	watch(&hup, base, SIGHUP, EV_SIGNAL | EV_PERSIST, NULL);
	watch(&usr2, base, SIGUSR2, EV_SIGNAL | EV_PERSIST, NULL);
	raise(SIGTERM);
	raise(SIGUSR2);
	raise(SIGUSR1);
	raise(SIGHUP);
	loop(base, EVLOOP_ONCE);
	trace("-- a number counts: nine deliveries of three signals");
	raise(SIGUSR2);
	raise(SIGHUP);
	raise(SIGUSR2);
	raise(SIGTERM);
	raise(SIGUSR2);
	raise(SIGHUP);
	loop(base, EVLOOP_ONCE);
	event_del(&usr1.ev);
	event_del(&usr2.ev);
	event_del(&hup.ev);
	event_del(&term.ev);
}

static void
priorities(struct event_base *base, evutil_socket_t fd)
{
	trace("-- low, io in the middle, high");
	assign(&usr1, base, SIGUSR1, EV_SIGNAL | EV_PERSIST, on_role);
	event_priority_set(&usr1.ev, 2);
	event_add(&usr1.ev, NULL);
	assign(&usr2, base, SIGUSR2, EV_SIGNAL | EV_PERSIST, on_role);
	event_priority_set(&usr2.ev, 0);
	event_add(&usr2.ev, NULL);
	watch(&io, base, fd, EV_READ, NULL);
	watch(&timer, base, -1, 0, ms(0));
	raise(SIGUSR1);
	raise(SIGUSR2);
	loop(base, EVLOOP_ONCE);
	loop(base, EVLOOP_NONBLOCK);
}

int
main(void)
{
	struct event_base *base = new_base();
	evutil_socket_t fd[2];

	open_pair(fd);
	put(fd[1]);
	event_base_priority_init(base, 3);
	order(base);
	priorities(base, fd[0]);
	close_pair(fd);
	event_base_free(base);
	return 0;
}
