/* SPDX-License-Identifier: BSD-3-Clause */
/* event_finalize.c - finalizers: when they run, what they keep away. */
#include "trace.h"

ROLE(a);
ROLE(b);

static void
on_final(struct event *ev, void *arg)
{
	struct role *role = arg;

	trace("  finalizer %s: pending %s", role->name, pending_name(ev));
}

static void
on_free_final(struct event *ev, void *arg)
{
	(void)ev;
	trace("  free finalizer %s", (char *)arg);
}

static void
on_finalize_self(evutil_socket_t fd, short what, void *arg)
{
	struct role *role = arg;

	on_role(fd, what, arg);
	CALL(event_finalize(0, &role->ev, on_final));
	trace("  finalize called");
}

static void
plain(struct event_base *base, evutil_socket_t fd)
{
	trace("-- finalized while pending, and while active");
	watch(&a, base, fd, EV_READ | EV_PERSIST, ms(5000));
	CALL(event_finalize(0, &a.ev, on_final));
	trace("pending %s", pending_name(&a.ev));
	trace_counts(base);
	loop(base, 0);
	assign(&a, base, -1, 0, on_role);
	event_active(&a.ev, EV_READ, 1);
	CALL(event_finalize(0, &a.ev, on_final));
	loop(base, 0);
	trace("-- later calls while finalizing");
	assign(&a, base, fd, EV_READ, on_role);
	CALL(event_finalize(0, &a.ev, on_final));
	event_active(&a.ev, EV_READ, 1);
	CALL(event_add(&a.ev, NULL));
	CALL(event_finalize(0, &a.ev, on_final));
	CALL(event_del(&a.ev));
	loop(base, 0);
}

static void
inside(struct event_base *base)
{
	trace("-- from its own callback, with another event behind");
	assign(&a, base, -1, EV_FINALIZE, on_finalize_self);
	assign(&b, base, -1, 0, on_role);
	event_active(&a.ev, EV_READ, 1);
	event_active(&b.ev, EV_READ, 1);
	loop(base, 0);
}

static void
freeing(struct event_base *base, evutil_socket_t fd)
{
	struct event *ev = event_new(base, fd, EV_READ, on_role, "c");

	trace("-- event_free_finalize");
	event_add(ev, NULL);
	CALL(event_free_finalize(0, ev, on_free_final));
	loop(base, 0);
}

static void
with_base(evutil_socket_t fd, int finalize)
{
	struct event_base *base = new_base();
	struct event *ev = event_new(base, fd, EV_READ, on_role, "d");

	trace("-- freeing the base %s",
	    finalize ? "runs them" : "without finalizers");
	event_add(ev, NULL);
	watch(&a, base, fd, EV_READ, NULL);
	if (finalize)
		CALL(event_free_finalize(0, ev, on_free_final));
	CALL(event_finalize(0, &a.ev, on_final));
	if (finalize) {
		event_base_free(base);
	} else {
		event_free(ev);
		event_base_free_nofinalize(base);
	}
}

int
main(void)
{
	struct event_base *base = new_base();
	evutil_socket_t fd[2];

	event_set_log_callback(on_log);
	open_pair(fd);
	plain(base, fd[0]);
	inside(base);
	freeing(base, fd[0]);
	event_base_free(base);
	with_base(fd[0], 1);
	with_base(fd[0], 0);
	close_pair(fd);
	return 0;
}
