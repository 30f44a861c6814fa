/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event_order.c - several events on one descriptor or signal run newest
 * first; events made active by hand run oldest first.
 */
#include "trace.h"

ROLE(a);
ROLE(b);
ROLE(c);
ROLE(d);

static void
on_stop(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	event_base_loopexit(event_get_base(&d.ev), NULL);
}

int
main(void)
{
	struct event_base *base = new_base();
	evutil_socket_t fd[2];

	open_pair(fd);
	put(fd[1]);
	watch(&a, base, fd[0], EV_READ, NULL);
	watch(&b, base, fd[0], EV_READ | EV_WRITE, NULL);
	watch(&c, base, fd[0], EV_WRITE, NULL);
	loop(base, 0);
	trace("-- re-adding moves to the front");
	event_add(&a.ev, NULL);
	event_add(&b.ev, NULL);
	event_add(&c.ev, NULL);
	event_del(&a.ev);
	event_add(&a.ev, NULL);
	event_add(&b.ev, NULL);
	loop(base, 0);
	trace("-- persistent ones keep their places");
	watch(&a, base, fd[0], EV_READ | EV_PERSIST, NULL);
	watch(&b, base, fd[0], EV_READ | EV_PERSIST, NULL);
	loop(base, EVLOOP_ONCE);
	loop(base, EVLOOP_ONCE);
	event_del(&a.ev);
	event_del(&b.ev);
	trace("-- signals");
	watch(&a, base, SIGUSR1, EV_SIGNAL, NULL);
	watch(&b, base, SIGUSR1, EV_SIGNAL, NULL);
	watch(&c, base, SIGUSR1, EV_SIGNAL, NULL);
	raise(SIGUSR1);
	loop(base, 0);
	trace("-- by hand");
	event_active(&b.ev, EV_READ, 1);
	event_active(&a.ev, EV_READ, 1);
	assign(&d, base, -1, 0, on_stop);
	event_active(&d.ev, EV_READ, 1);
	event_active(&c.ev, EV_READ, 1);
	loop(base, 0);
	close_pair(fd);
	event_base_free(base);
	return 0;
}
