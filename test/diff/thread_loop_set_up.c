/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * thread_loop_set_up.c - when locks may be switched on, and what the calls
 * say: twice, after a base exists, with flags, in debug mode.
 */
#include <event2/thread.h>

#include "trace.h"

static void
twice_step(void)
{
	struct event_base *base;

	CALL(evthread_use_pthreads());
	CALL(evthread_use_pthreads());
	base = new_base();
	CALL(evthread_make_base_notifiable(base));
	CALL(evthread_make_base_notifiable(base));
	event_base_free(base);
	CALL(evthread_make_base_notifiable(NULL));
}

static void
none_step(void)
{
	struct event_base *base = new_base();

	CALL(evthread_make_base_notifiable(base));
	loop(base, 0);
	event_base_free(base);
}

static void
late_step(void)
{
	struct event_base *base = new_base();

	CALL(evthread_use_pthreads());
	loop(base, 0);
	event_base_free(base);
	base = new_base();
	CALL(evthread_make_base_notifiable(base));
	event_base_free(base);
}

static void
late_debug_step(void)
{
	struct event_base *base;

	event_enable_debug_mode();
	base = new_base();
	CALL(evthread_use_pthreads());
	event_base_free(base);
}

static void
nolock_step(void)
{
	struct event_config *cfg = event_config_new();
	struct event_base *base;

	CALL(evthread_use_pthreads());
	event_config_set_flag(cfg, EVENT_BASE_FLAG_NOLOCK);
	base = event_base_new_with_config(cfg);
	CALL(evthread_make_base_notifiable(base));
	loop(base, 0);
	event_base_free(base);
	event_config_free(cfg);
}

static void
debugged_locks_step(void)
{
	struct event_base *base;
	ROLE(a);

	evthread_enable_lock_debugging();
	CALL(evthread_use_pthreads());
	base = new_base();
	watch(&a, base, -1, 0, ms(0));
	loop(base, 0);
	event_base_free(base);
	libevent_global_shutdown();
}

static void
unset_step(void)
{
	CALL(evthread_use_pthreads());
	CALL(evthread_set_lock_callbacks(NULL));
	CALL(evthread_set_condition_callbacks(NULL));
}

int
main(void)
{
	event_set_log_callback(on_log);
	in_child("twice", twice_step);
	in_child("no threads", none_step);
	in_child("late", late_step);
	in_child("late, debug mode", late_debug_step);
	in_child("nolock", nolock_step);
	in_child("debugged locks", debugged_locks_step);
	in_child("unset", unset_step);
	return 0;
}
