/* SPDX-License-Identifier: BSD-3-Clause */
/* event_bad_args.c - arguments that make no sense but must be survived. */
#include "trace.h"

ROLE(a);

static void
bad_bases(void)
{
	struct event ev;

	memset(&ev, 0, sizeof(ev));
	CALL(event_base_loopexit(NULL, NULL));
	CALL(event_base_loopbreak(NULL));
	CALL(event_base_loopcontinue(NULL));
	CALL(event_base_set(NULL, &ev));
}

static void
bad_fds(struct event_base *base)
{
	assign(&a, base, -2, EV_READ, on_role);
	CALL(event_add(&a.ev, NULL));
	CALL(event_pending(&a.ev, EV_READ, NULL));
	CALL(event_del(&a.ev));
	assign(&a, base, -1, EV_READ, on_role);
	CALL(event_add(&a.ev, NULL));
	trace("pending %s", pending_name(&a.ev));
	trace_counts(base);
	CALL(event_del(&a.ev));
	CALL(event_add(&a.ev, ms(0)));
	loop(base, EVLOOP_NONBLOCK);
	event_base_active_by_fd(base, -1, EV_READ);
	event_base_active_by_fd(base, 100000, EV_READ);
	event_base_active_by_signal(base, 63);
	loop(base, EVLOOP_NONBLOCK);
}

static void
bad_counts(struct event_base *base)
{
	CALL(event_base_get_num_events(base, 0));
	CALL(event_base_get_max_events(base, 0, 0));
	CALL(event_base_priority_init(base, 0));
	CALL(event_base_get_npriorities(base));
	CALL(event_base_priority_init(base, -1));
	CALL(event_base_get_npriorities(base));
	CALL(event_base_priority_init(base, 256));
	CALL(event_base_get_npriorities(base));
	CALL(event_base_priority_init(base, 255));
	CALL(event_base_get_npriorities(base));
}

static void
unassigned_steps(void)
{
	struct event ev;

	memset(&ev, 0, sizeof(ev));
	CALL(event_del(&ev));
	CALL(event_add(&ev, NULL));
	CALL(event_pending(&ev, EV_READ, NULL));
	event_active(&ev, EV_READ, 1);
	trace("event_active returned");
}

int
main(void)
{
	struct event_base *base;

	event_set_log_callback(on_log);
	bad_bases();
	base = new_base();
	bad_fds(base);
	bad_counts(base);
	in_child("unassigned del, add, pending, active", unassigned_steps);
	event_base_free(base);
	event_base_free(NULL);
	return 0;
}
