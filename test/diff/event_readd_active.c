/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event_readd_active.c - event_add on an event that is active already:
 * with a time on one active by timeout, with a time on one active by
 * its descriptor, and without a time.
 */
#include "trace.h"

ROLE(first);
ROLE(timer);
ROLE(io);
ROLE(last);

static void
on_readd(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	trace("  timer %s, io %s", pending_name(&timer.ev),
	    pending_name(&io.ev));
	CALL(event_add(&timer.ev, ms(20)));
	CALL(event_add(&io.ev, ms(5000)));
	trace("  timer %s, io %s", pending_name(&timer.ev),
	    pending_name(&io.ev));
}

static void
on_readd_null(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	CALL(event_add(&timer.ev, NULL));
	CALL(event_add(&io.ev, NULL));
	trace("  timer %s, io %s", pending_name(&timer.ev),
	    pending_name(&io.ev));
}

static void
run(struct event_base *base, evutil_socket_t fd, event_callback_fn cb)
{
	assign(&first, base, fd, EV_READ, cb);
	watch(&io, base, fd, EV_READ, NULL);
	event_add(&first.ev, NULL);
	watch(&timer, base, -1, 0, ms(0));
	watch(&last, base, -1, 0, ms(0));
	loop(base, EVLOOP_ONCE);
	trace("timer %s, io %s", pending_name(&timer.ev), pending_name(&io.ev));
	event_del(&io.ev);
	loop(base, 0);
	event_del(&timer.ev);
}

int
main(void)
{
	struct event_base *base = new_base();
	evutil_socket_t fd[2];

	open_pair(fd);
	put(fd[1]);
	run(base, fd[0], on_readd);
	trace("-- without a time");
	run(base, fd[0], on_readd_null);
	close_pair(fd);
	event_base_free(base);
	return 0;
}
