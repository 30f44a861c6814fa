/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * thread_loop_hooks.c - the program's own lock functions: they are used,
 * used in pairs, and every lock and condition is given back.
 */
#include <pthread.h>

#include <event2/thread.h>

#include "trace.h"

ROLE(a);

static int locks_live, conds_live, held, locked_once, wrong;

static void *
hook_alloc(unsigned type)
{
	pthread_mutexattr_t attr;
	pthread_mutex_t *lock = malloc(sizeof(*lock));

	if (type &
	    ~(unsigned)(EVTHREAD_LOCKTYPE_RECURSIVE |
		EVTHREAD_LOCKTYPE_READWRITE))
		wrong++;
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(lock, &attr);
	pthread_mutexattr_destroy(&attr);
	locks_live++;
	return lock;
}

static void
hook_free(void *lock, unsigned type)
{
	(void)type;
	pthread_mutex_destroy(lock);
	free(lock);
	locks_live--;
}

static int
hook_lock(unsigned mode, void *lock)
{
	(void)mode;
	locked_once = 1;
	held++;
	return pthread_mutex_lock(lock);
}

static int
hook_unlock(unsigned mode, void *lock)
{
	(void)mode;
	held--;
	return pthread_mutex_unlock(lock);
}

static void *
hook_cond_alloc(unsigned type)
{
	pthread_cond_t *cond = malloc(sizeof(*cond));

	(void)type;
	pthread_cond_init(cond, NULL);
	conds_live++;
	return cond;
}

static void
hook_cond_free(void *cond)
{
	pthread_cond_destroy(cond);
	free(cond);
	conds_live--;
}

static int
hook_signal(void *cond, int all)
{
	return all ? pthread_cond_broadcast(cond) : pthread_cond_signal(cond);
}

static int
hook_wait(void *cond, void *lock, const struct timeval *tv)
{
	(void)tv;
	return pthread_cond_wait(cond, lock);
}

static unsigned long
hook_id(void)
{
	return (unsigned long)pthread_self();
}

static void
on_held(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	trace("  locks held in the callback: %d", held);
}

int
main(void)
{
	struct evthread_lock_callbacks locks = {
		EVTHREAD_LOCK_API_VERSION,
		EVTHREAD_LOCKTYPE_RECURSIVE,
		hook_alloc,
		hook_free,
		hook_lock,
		hook_unlock,
	};
	struct evthread_condition_callbacks conds = {
		EVTHREAD_CONDITION_API_VERSION,
		hook_cond_alloc,
		hook_cond_free,
		hook_signal,
		hook_wait,
	};
	struct event_base *base;

	CALL(evthread_set_lock_callbacks(&locks));
	CALL(evthread_set_condition_callbacks(&conds));
	evthread_set_id_callback(hook_id);
	CALL(evthread_set_lock_callbacks(&locks));
	base = new_base();
	trace("locks live: %s", locks_live > 0 ? "some" : "none");
	assign(&a, base, -1, 0, on_held);
	event_add(&a.ev, ms(0));
	loop(base, 0);
	event_base_free(base);
	libevent_global_shutdown();
	trace("locked %d, held %d, locks live %d, conditions live %d, wrong %d",
	    locked_once, held, locks_live, conds_live, wrong);
	return 0;
}
