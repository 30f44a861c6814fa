/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pthread.c - the lock, condition and id callbacks on POSIX threads; alone
 * in libevent_pthreads.
 *
 * Conditions measure their timeouts on the monotonic clock, so that setting
 * the wall clock neither prolongs nor ends a wait.
 *
 * The one variable is the flags of the last evthread_use_pthreads_with_flags;
 * it is set while the program has one thread.
 */
#include "event2/thread.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <time.h>

#include "base/mem.h"
#include "base/time.h"
#include "os/clock.h"

static int use_flags;

/* Set up a mutex.  Returns 0 or an errno. */
static int
init_mutex(pthread_mutex_t *mutex, unsigned type)
{
	pthread_mutexattr_t attr;
	int err = pthread_mutexattr_init(&attr);

	if (err)
		return err;
	if (type & EVTHREAD_LOCKTYPE_RECURSIVE)
		err = pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
	if (!err && (use_flags & EVTHREAD_PTHREAD_PRIO_INHERIT))
		err = pthread_mutexattr_setprotocol(&attr,
		    PTHREAD_PRIO_INHERIT);
	if (!err)
		err = pthread_mutex_init(mutex, &attr);
	pthread_mutexattr_destroy(&attr);
	return err;
}

static void *
lock_alloc(unsigned type)
{
	pthread_mutex_t *mutex = evi_new(pthread_mutex_t);

	if (mutex && init_mutex(mutex, type) != 0) {
		evi_mem_free(mutex);
		return NULL;
	}
	return mutex;
}

static void
lock_free(void *lock, unsigned type)
{
	(void)type;
	pthread_mutex_destroy(lock);
	evi_mem_free(lock);
}

static int
lock_acquire(unsigned mode, void *lock)
{
	if (mode & EVTHREAD_TRY)
		return pthread_mutex_trylock(lock);
	return pthread_mutex_lock(lock);
}

static int
lock_release(unsigned mode, void *lock)
{
	(void)mode;
	return pthread_mutex_unlock(lock);
}

static unsigned long
thread_id(void)
{
	return (unsigned long)(uintptr_t)pthread_self();
}

/* Set up a condition.  Returns 0 or an errno. */
static int
init_cond(pthread_cond_t *cond)
{
	pthread_condattr_t attr;
	int err = pthread_condattr_init(&attr);

	if (err)
		return err;
	err = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	if (!err)
		err = pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
	return err;
}

static void *
cond_alloc(unsigned type)
{
	pthread_cond_t *cond = evi_new(pthread_cond_t);

	(void)type;
	if (cond && init_cond(cond) != 0) {
		evi_mem_free(cond);
		return NULL;
	}
	return cond;
}

static void
cond_free(void *cond)
{
	pthread_cond_destroy(cond);
	evi_mem_free(cond);
}

static int
cond_signal(void *cond, int broadcast)
{
	int err = broadcast ? pthread_cond_broadcast(cond)
			    : pthread_cond_signal(cond);

	return err ? -1 : 0;
}

/* 0 woken, 1 the time is up, -1 an error. */
static int
cond_wait(void *cond, void *lock, const struct timeval *timeout)
{
	struct timespec until;
	int err;

	if (!timeout)
		return pthread_cond_wait(cond, lock) ? -1 : 0;

	int64_t ns = evi_time_add(evi_os_clock_monotonic(),
	    evi_time_from_timeval(timeout));

	until.tv_sec = (time_t)(ns / EVI_TIME_NS_PER_S);
	until.tv_nsec = (long)(ns % EVI_TIME_NS_PER_S);
	err = pthread_cond_timedwait(cond, lock, &until);
	if (err == ETIMEDOUT)
		return 1;
	return err ? -1 : 0;
}

static const struct evthread_lock_callbacks lock_callbacks = {
	.lock_api_version = EVTHREAD_LOCK_API_VERSION,
	.supported_locktypes = EVTHREAD_LOCKTYPE_RECURSIVE,
	.alloc = lock_alloc,
	.free = lock_free,
	.lock = lock_acquire,
	.unlock = lock_release,
};

static const struct evthread_condition_callbacks cond_callbacks = {
	.condition_api_version = EVTHREAD_CONDITION_API_VERSION,
	.alloc_condition = cond_alloc,
	.free_condition = cond_free,
	.signal_condition = cond_signal,
	.wait_condition = cond_wait,
};

/*
 * When the application has callbacks of its own already, they stay, a warning
 * says so, and that is not an error: there is thread support.
 */
int
evthread_use_pthreads_with_flags(int flags)
{
	if (flags & ~EVTHREAD_PTHREAD_PRIO_INHERIT)
		return -1;
	use_flags = flags;
	evthread_set_lock_callbacks(&lock_callbacks);
	evthread_set_condition_callbacks(&cond_callbacks);
	evthread_set_id_callback(thread_id);
	return 0;
}

int
evthread_use_pthreads(void)
{
	return evthread_use_pthreads_with_flags(0);
}
