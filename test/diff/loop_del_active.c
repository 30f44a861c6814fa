/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * loop_del_active.c - a callback deletes, re-adds or frees events that
 * are active in the same round.
 */
#include "trace.h"

ROLE(first);
ROLE(second);
ROLE(third);

static struct event *heap;

static void
on_delete(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	event_del(&second.ev);
	trace("  second %s", pending_name(&second.ev));
}

static void
on_delete_and_add(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	event_del(&second.ev);
	event_add(&second.ev, NULL);
	trace("  second %s", pending_name(&second.ev));
}

static void
on_free(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	event_free(heap);
}

static void
on_close(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	event_del(&second.ev);
	event_del(&third.ev);
}

static void
run(struct event_base *base, evutil_socket_t fd, event_callback_fn cb)
{
	watch(&third, base, fd, EV_READ, NULL);
	watch(&second, base, fd, EV_READ, NULL);
	assign(&first, base, fd, EV_READ, cb);
	event_add(&first.ev, NULL);
	loop(base, EVLOOP_ONCE);
	trace("second %s, third %s", pending_name(&second.ev),
	    pending_name(&third.ev));
	event_del(&second.ev);
	event_del(&third.ev);
}

int
main(void)
{
	struct event_base *base = new_base();
	evutil_socket_t fd[2];

	open_pair(fd);
	put(fd[1]);
	run(base, fd[0], on_delete);
	run(base, fd[0], on_delete_and_add);
	run(base, fd[0], on_close);
	heap = event_new(base, fd[0], EV_READ | EV_PERSIST, on_role, NULL);
	event_add(heap, NULL);
	run(base, fd[0], on_free);
	close_pair(fd);
	event_base_free(base);
	return 0;
}
