/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * thread_callbacks.c - installing lock, condition and id callbacks: what is
 * taken, what is refused, in which order; one child process each.
 */
#include "trace.h"

#include <event2/buffer.h>
#include <event2/thread.h>

static int made;

static void *
my_alloc(unsigned type)
{
	(void)type;
	made++;
	return malloc(1);
}

static void
my_free(void *lock, unsigned type)
{
	(void)type;
	free(lock);
}

static int
my_lock(unsigned mode, void *lock)
{
	(void)mode;
	(void)lock;
	return 0;
}

static int
my_unlock(unsigned mode, void *lock)
{
	return my_lock(mode, lock);
}

static void *
my_alloc_cond(unsigned type)
{
	(void)type;
	return malloc(1);
}

static int
my_signal(void *cond, int broadcast)
{
	(void)cond;
	(void)broadcast;
	return 0;
}

static int
my_wait(void *cond, void *lock, const struct timeval *timeout)
{
	(void)cond;
	(void)lock;
	(void)timeout;
	return 0;
}

static unsigned long
my_id(void)
{
	return 42;
}

static const struct evthread_lock_callbacks locks = {
	EVTHREAD_LOCK_API_VERSION,
	EVTHREAD_LOCKTYPE_RECURSIVE,
	my_alloc,
	my_free,
	my_lock,
	my_unlock,
};

static const struct evthread_condition_callbacks conds = {
	EVTHREAD_CONDITION_API_VERSION,
	my_alloc_cond,
	free,
	my_signal,
	my_wait,
};

static void
lock_twice(void)
{
	struct evthread_lock_callbacks other = locks;

	CALL(evthread_set_lock_callbacks(NULL));
	CALL(evthread_set_lock_callbacks(&locks));
	CALL(evthread_set_lock_callbacks(&locks));
	CALL(evthread_set_lock_callbacks(&other));
	other.supported_locktypes = 0;
	CALL(evthread_set_lock_callbacks(&other));
	other = locks;
	other.lock_api_version = 9;
	CALL(evthread_set_lock_callbacks(&other));
	other = locks;
	other.lock = my_unlock;
	CALL(evthread_set_lock_callbacks(&other));
	CALL(evthread_set_lock_callbacks(NULL));
}

static void
lock_incomplete(void)
{
	struct evthread_lock_callbacks other = locks;

	other.alloc = NULL;
	CALL(evthread_set_lock_callbacks(&other));
	other = locks;
	other.free = NULL;
	CALL(evthread_set_lock_callbacks(&other));
	other = locks;
	other.lock = NULL;
	CALL(evthread_set_lock_callbacks(&other));
	other = locks;
	other.unlock = NULL;
	CALL(evthread_set_lock_callbacks(&other));
	CALL(evthread_set_lock_callbacks(&locks));
}

static void
lock_other_version(void)
{
	struct evthread_lock_callbacks other = locks;

	other.lock_api_version = 9;
	CALL(evthread_set_lock_callbacks(&other));
	CALL(evthread_set_lock_callbacks(&locks));
}

static void
lock_no_types(void)
{
	struct evthread_lock_callbacks other = locks;

	other.supported_locktypes = 0;
	CALL(evthread_set_lock_callbacks(&other));
	CALL(evthread_set_lock_callbacks(&locks));
}

static void
cond_twice(void)
{
	struct evthread_condition_callbacks other = conds;

	CALL(evthread_set_condition_callbacks(NULL));
	CALL(evthread_set_condition_callbacks(&conds));
	CALL(evthread_set_condition_callbacks(&other));
	other.signal_condition = NULL;
	CALL(evthread_set_condition_callbacks(&other));
	other = conds;
	other.condition_api_version = 9;
	CALL(evthread_set_condition_callbacks(&other));
	CALL(evthread_set_condition_callbacks(NULL));
	CALL(evthread_set_condition_callbacks(&conds));
}

static void
cond_incomplete(void)
{
	struct evthread_condition_callbacks other = conds;

	other.wait_condition = NULL;
	CALL(evthread_set_condition_callbacks(&other));
	other = conds;
	other.alloc_condition = NULL;
	CALL(evthread_set_condition_callbacks(&other));
	CALL(evthread_set_condition_callbacks(&conds));
}

static void
pthreads_twice(void)
{
	CALL(evthread_use_pthreads());
	CALL(evthread_use_pthreads());
	CALL(evthread_set_lock_callbacks(&locks));
}

static void
pthreads_over_own(void)
{
	CALL(evthread_set_lock_callbacks(&locks));
	CALL(evthread_set_condition_callbacks(&conds));
	evthread_set_id_callback(my_id);
	CALL(evthread_use_pthreads());
}

static void
after_a_base(void)
{
	struct event_base *base = new_base();

	CALL(evthread_set_lock_callbacks(&locks));
	evthread_set_id_callback(my_id);
	event_base_free(base);
}

static void
after_a_base_in_debug_mode(void)
{
	event_enable_debug_mode();
	new_base();
	CALL(evthread_set_lock_callbacks(&locks));
}

static void
cond_after_a_base_in_debug_mode(void)
{
	event_enable_debug_mode();
	new_base();
	CALL(evthread_set_condition_callbacks(&conds));
}

static void
id_after_a_base_in_debug_mode(void)
{
	event_enable_debug_mode();
	new_base();
	evthread_set_id_callback(my_id);
	trace("  the id callback may come late");
}

static void
after_a_buffer_in_debug_mode(void)
{
	event_enable_debug_mode();
	evbuffer_new();
	CALL(evthread_set_lock_callbacks(&locks));
}

static void
after_shutdown(void)
{
	struct evbuffer *buf;

	CALL(evthread_set_lock_callbacks(&locks));
	libevent_global_shutdown();
	CALL(evthread_set_lock_callbacks(&locks));
	made = 0;
	buf = evbuffer_new();
	CALL(evbuffer_enable_locking(buf, NULL));
	CALL(made);
	evbuffer_free(buf);
}

static void
no_threads(void)
{
	struct evbuffer *buf = evbuffer_new();

	CALL(evbuffer_enable_locking(buf, NULL));
	evbuffer_lock(buf);
	evbuffer_unlock(buf);
	evbuffer_free(buf);
}

int
main(void)
{
	event_set_log_callback(on_log_text);
#define CHILD(step) in_child(#step, step)
	CHILD(lock_twice);
	CHILD(lock_incomplete);
	CHILD(lock_other_version);
	CHILD(lock_no_types);
	CHILD(cond_twice);
	CHILD(cond_incomplete);
	CHILD(pthreads_twice);
	CHILD(pthreads_over_own);
	CHILD(after_a_base);
	CHILD(after_a_base_in_debug_mode);
	CHILD(cond_after_a_base_in_debug_mode);
	CHILD(id_after_a_base_in_debug_mode);
	CHILD(after_a_buffer_in_debug_mode);
	CHILD(after_shutdown);
	CHILD(no_threads);
	return 0;
}
