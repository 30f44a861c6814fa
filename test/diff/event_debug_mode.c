/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event_debug_mode.c - what debug mode catches: each misuse in a child of
 * its own, with the kind of its log lines and how it ended.
 */
#include "trace.h"

static struct event_base *base;
static struct event ev;

static void
start(void)
{
	event_enable_debug_mode();
	base = new_base();
	memset(&ev, 0, sizeof(ev));
}

static void
proper_step(void)
{
	start();
	event_assign(&ev, base, -1, 0, on_role, NULL);
	CALL(event_add(&ev, ms(5000)));
	CALL(event_del(&ev));
	event_debug_unassign(&ev);
	event_base_free(base);
}

static void
add_unassigned_step(void)
{
	start();
	CALL(event_add(&ev, NULL));
}

static void
del_unassigned_step(void)
{
	start();
	CALL(event_del(&ev));
}

static void
pending_unassigned_step(void)
{
	start();
	CALL(event_pending(&ev, EV_READ, NULL));
}

static void
priority_unassigned_step(void)
{
	start();
	CALL(event_priority_set(&ev, 0));
}

static void
active_unassigned_step(void)
{
	start();
	event_active(&ev, EV_READ, 1);
	trace("event_active returned");
}

static void
use_after_unassign_step(void)
{
	start();
	event_assign(&ev, base, -1, 0, on_role, NULL);
	event_debug_unassign(&ev);
	CALL(event_add(&ev, ms(5000)));
}

static void
assign_added_step(void)
{
	start();
	event_assign(&ev, base, -1, 0, on_role, NULL);
	event_add(&ev, ms(5000));
	CALL(event_assign(&ev, base, -1, 0, on_role, NULL));
}

static void
unassign_added_step(void)
{
	start();
	event_assign(&ev, base, -1, 0, on_role, NULL);
	event_add(&ev, ms(5000));
	event_debug_unassign(&ev);
	trace("event_debug_unassign returned");
}

static void
enabled_twice_step(void)
{
	event_enable_debug_mode();
	event_enable_debug_mode();
	trace("enabled twice");
}

static void
enabled_late_step(void)
{
	base = new_base();
	event_enable_debug_mode();
	trace("enabled late");
}

static void
copy_step(void)
{
	struct event copy;

	start();
	event_assign(&ev, base, -1, 0, on_role, NULL);
	copy = ev;
	CALL(event_add(&copy, ms(5000)));
}

static void
blocking_step(void)
{
	evutil_socket_t fd[2];

	start();
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0, "socketpair");
	CALL(event_assign(&ev, base, fd[0], EV_READ | EV_ET, on_role, NULL));
	CALL(event_add(&ev, NULL));
}

/* The variable of later versions. */
static void
environment_step(void)
{
	setenv("EVENT_DEBUG_MODE", "1", 1);
	base = new_base();
	memset(&ev, 0, sizeof(ev));
	CALL(event_pending(&ev, EV_READ, NULL));
	event_assign(&ev, base, -1, 0, on_role, NULL);
	event_add(&ev, ms(5000));
	CALL(event_assign(&ev, base, -1, 0, on_role, NULL));
}

int
main(void)
{
	event_set_log_callback(on_log);
	in_child("proper use", proper_step);
	in_child("add unassigned", add_unassigned_step);
	in_child("del unassigned", del_unassigned_step);
	in_child("pending unassigned", pending_unassigned_step);
	in_child("priority unassigned", priority_unassigned_step);
	in_child("active unassigned", active_unassigned_step);
	in_child("use after unassign", use_after_unassign_step);
	in_child("assign added", assign_added_step);
	in_child("unassign added", unassign_added_step);
	in_child("enabled twice", enabled_twice_step);
	in_child("enabled late", enabled_late_step);
	in_child("copied event", copy_step);
	in_child("blocking socket", blocking_step);
	in_child("by environment", environment_step);
	return 0;
}
