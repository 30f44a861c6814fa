/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * loop_priority.c - one level of priority per iteration, the most urgent
 * first; an urgent event made active in a callback goes ahead at once.
 */
#include "trace.h"

ROLE(low1);
ROLE(low2);
ROLE(mid1);
ROLE(mid2);
ROLE(high1);
ROLE(high2);

static void
on_raise(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	event_active(&high1.ev, EV_WRITE, 1);
}

static void
on_lower(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	event_active(&low1.ev, EV_WRITE, 1);
	event_active(&mid2.ev, EV_WRITE, 1);
}

static void
set_up(struct role *role, struct event_base *base, int priority,
    event_callback_fn cb)
{
	assign(role, base, -1, 0, cb);
	must(event_priority_set(&role->ev, priority) == 0, "priority");
	event_active(&role->ev, EV_READ, 1);
}

static void
levels(struct event_base *base)
{
	trace("-- all levels at once");
	set_up(&low1, base, 2, on_role);
	set_up(&mid1, base, 1, on_role);
	set_up(&high1, base, 0, on_role);
	set_up(&low2, base, 2, on_role);
	set_up(&mid2, base, 1, on_role);
	set_up(&high2, base, 0, on_role);
	loop(base, EVLOOP_ONCE);
	trace("low1 %s, mid1 %s", pending_name(&low1.ev),
	    pending_name(&mid1.ev));
}

static void
raised(struct event_base *base, int flags)
{
	trace("-- a callback makes a more urgent event active");
	assign(&high1, base, -1, 0, on_role);
	event_priority_set(&high1.ev, 0);
	set_up(&low1, base, 2, on_raise);
	set_up(&low2, base, 2, on_role);
	loop(base, flags);
	trace("-- a callback makes less urgent ones active");
	assign(&low1, base, -1, 0, on_role);
	event_priority_set(&low1.ev, 2);
	set_up(&high1, base, 0, on_lower);
	set_up(&high2, base, 0, on_role);
	loop(base, flags);
}

static void
on_third_drains(evutil_socket_t fd, short what, void *arg)
{
	static int calls;

	on_role(fd, what, arg);
	trace("  low1 %s", pending_name(&low1.ev));
	if (++calls == 3)
		drain(fd);
}

/*
 * Even EVLOOP_ONCE goes on until the lower level has had its turn, which
 * it has only when a poll finds nothing more urgent.
 */
static void
io(struct event_base *base)
{
	evutil_socket_t fd[2];

	trace("-- a busy urgent descriptor starves the others");
	open_pair(fd);
	put(fd[1]);
	assign(&high1, base, fd[0], EV_READ | EV_PERSIST, on_third_drains);
	event_priority_set(&high1.ev, 0);
	event_add(&high1.ev, NULL);
	set_up(&low1, base, 2, on_role);
	loop(base, EVLOOP_ONCE);
	trace("low1 %s", pending_name(&low1.ev));
	event_del(&high1.ev);
	close_pair(fd);
}

int
main(void)
{
	struct event_base *base = new_base();

	event_base_priority_init(base, 3);
	levels(base);
	raised(base, 0);
	raised(base, EVLOOP_ONCE);
	raised(base, EVLOOP_NONBLOCK);
	event_base_free(base);
	base = new_base();
	event_base_priority_init(base, 4);
	io(base);
	event_base_free(base);
	return 0;
}
