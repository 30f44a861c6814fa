/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lock.c - the application's lock, condition and id callbacks.
 *
 * Threads are "on" from the moment complete lock callbacks are installed.
 * Locks made before stay NULL.  Callbacks cannot be exchanged afterwards,
 * since the locks that exist belong to them; they can be switched off for
 * new locks, and the old ones go on working.
 *
 * Everything here is set while the program has one thread and only read
 * afterwards: no lock of its own.
 */
#include "thread/lock.h"

#include <stdatomic.h>
#include <errno.h>
#include <string.h>

#include "event2/thread.h"
#include "base/log.h"
#include "thread/lock_debug.h"

/* Linked to by programs and tests, though no header declares them. */
EVI_CROSS struct evthread_lock_callbacks *evthread_get_lock_callbacks(void);
EVI_CROSS struct evthread_condition_callbacks *evthread_get_condition_callbacks(
    void);

static struct {
	struct evthread_lock_callbacks lock;
	struct evthread_condition_callbacks cond;
	unsigned long (*id)(void);
	int is_lock_on;         /* new locks are real */
	int is_cond_on;         /* new conditions are real */
	atomic_int is_too_late; /* debug mode has seen an object */
} state;

void
evi_lock_too_late(void)
{
	if (!atomic_load(&state.is_too_late))
		atomic_store(&state.is_too_late, 1);
}

void
evi_lock_global_shutdown(void)
{
	atomic_store(&state.is_too_late, 0);
}

/* In debug mode, installing callbacks after the first object is fatal. */
static void
check_not_too_late(void)
{
	if (atomic_load(&state.is_too_late)) {
		evi_log_fatal(1,
		    "evthread initialization must be called "
		    "BEFORE anything else!");
	}
}

/* Are these the callbacks we have? */
static int
is_same_lock(const struct evthread_lock_callbacks *cbs)
{
	const struct evthread_lock_callbacks *mine = &state.lock;

	return cbs->lock_api_version == mine->lock_api_version &&
	    cbs->supported_locktypes == mine->supported_locktypes &&
	    cbs->alloc == mine->alloc && cbs->free == mine->free &&
	    cbs->lock == mine->lock && cbs->unlock == mine->unlock;
}

int
evthread_set_lock_callbacks(const struct evthread_lock_callbacks *cbs)
{
	check_not_too_late();
	if (!cbs) {
		if (state.is_lock_on) {
			evi_log_warn(
			    "Trying to disable lock functions after "
			    "they have been set up will probaby not work.");
		}
		state.is_lock_on = 0;
		return 0;
	}
	if (state.lock.alloc && !is_same_lock(cbs)) {
		evi_log_warn("Can't change lock callbacks once they have "
			     "been initialized.");
		return -1;
	}
	if (!cbs->alloc || !cbs->free || !cbs->lock || !cbs->unlock)
		return -1;
	state.lock = *cbs;
	state.is_lock_on = 1;
	return 0;
}

/* Are these the callbacks we have? */
static int
is_same_cond(const struct evthread_condition_callbacks *cbs)
{
	const struct evthread_condition_callbacks *mine = &state.cond;

	return cbs->condition_api_version == mine->condition_api_version &&
	    cbs->alloc_condition == mine->alloc_condition &&
	    cbs->free_condition == mine->free_condition &&
	    cbs->signal_condition == mine->signal_condition &&
	    cbs->wait_condition == mine->wait_condition;
}

/* Incomplete callbacks are ignored, and that is not called an error. */
int
evthread_set_condition_callbacks(const struct evthread_condition_callbacks *cbs)
{
	check_not_too_late();
	if (!cbs) {
		if (state.is_cond_on) {
			evi_log_warn(
			    "Trying to disable condition functions "
			    "after they have been set up will probaby not "
			    "work.");
		}
		state.is_cond_on = 0;
		return 0;
	}
	if (state.is_cond_on && !is_same_cond(cbs)) {
		evi_log_warn("Can't change condition callbacks once they "
			     "have been initialized.");
		return -1;
	}
	if (!cbs->alloc_condition || !cbs->free_condition ||
	    !cbs->signal_condition || !cbs->wait_condition)
		return 0;
	state.cond = *cbs;
	state.is_cond_on = 1;
	return 0;
}

void
evthread_set_id_callback(unsigned long (*id_fn)(void))
{
	state.id = id_fn;
}

struct evthread_lock_callbacks *
evthread_get_lock_callbacks(void)
{
	return &state.lock;
}

struct evthread_condition_callbacks *
evthread_get_condition_callbacks(void)
{
	return &state.cond;
}

unsigned long
evi_thread_id(void)
{
	return state.id ? state.id() : 0;
}

int
evi_lock_threads_on(void)
{
	return state.is_lock_on;
}

int
evi_lock_init(struct evi_lock *lock, int recursive)
{
	memset(lock, 0, sizeof(*lock));
	if (!state.is_lock_on)
		return 0;
	lock->type = recursive ? EVTHREAD_LOCKTYPE_RECURSIVE : 0;
	lock->is_debug = evi_lock_debug_on();
	if (lock->is_debug)
		lock->impl = evi_lock_debug_new(lock->type, &state.lock);
	else
		lock->impl = state.lock.alloc(lock->type);
	return lock->impl ? 0 : -ENOMEM;
}

void
evi_lock_borrow(struct evi_lock *lock, void *impl)
{
	memset(lock, 0, sizeof(*lock));
	lock->impl = impl;
}

void
evi_lock_clear(struct evi_lock *lock)
{
	if (!lock->impl)
		return;
	if (lock->is_debug)
		evi_lock_debug_free(lock->impl, &state.lock);
	else
		state.lock.free(lock->impl, lock->type);
	lock->impl = NULL;
}

void
evi_lock_acquire_impl(struct evi_lock *lock)
{
	if (lock->is_debug)
		evi_lock_debug_acquire(lock->impl, 0, &state.lock);
	else
		state.lock.lock(0, lock->impl);
}

void
evi_lock_release_impl(struct evi_lock *lock)
{
	if (lock->is_debug)
		evi_lock_debug_release(lock->impl, &state.lock);
	else
		state.lock.unlock(0, lock->impl);
}

int
evi_lock_try_impl(struct evi_lock *lock)
{
	int r;

	if (lock->is_debug) {
		r = evi_lock_debug_acquire(lock->impl, EVTHREAD_TRY,
		    &state.lock);
	} else
		r = state.lock.lock(EVTHREAD_TRY, lock->impl);
	return r == 0;
}

int
evi_lock_held(const struct evi_lock *lock)
{
	if (!lock->impl || !lock->is_debug)
		return 1;
	return evi_lock_debug_held(lock->impl);
}

int
evi_cond_init(struct evi_cond *cond)
{
	cond->impl = NULL;
	if (!state.is_cond_on)
		return 0;
	cond->impl = state.cond.alloc_condition(0);
	return cond->impl ? 0 : -ENOMEM;
}

void
evi_cond_clear(struct evi_cond *cond)
{
	if (cond->impl)
		state.cond.free_condition(cond->impl);
	cond->impl = NULL;
}

void
evi_cond_broadcast(struct evi_cond *cond)
{
	if (cond->impl)
		state.cond.signal_condition(cond->impl, 1);
}

void
evi_cond_wait(struct evi_cond *cond, struct evi_lock *lock)
{
	if (!cond->impl || !lock->impl)
		return;
	if (lock->is_debug)
		evi_lock_debug_wait(lock->impl, cond->impl, &state.cond);
	else
		state.cond.wait_condition(cond->impl, lock->impl, NULL);
}
