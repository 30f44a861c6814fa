/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lock.h - optional locks and conditions.
 *
 * A lock is embedded in its object.  It holds NULL until evi_lock_init()
 * succeeds while threads are on (evthread_set_lock_callbacks() was called);
 * with NULL inside, every function here costs one test and touches nothing.
 * All take and release through the application's callbacks.
 *
 * Two objects that share a lock hold copies of the same struct evi_lock (copy
 * the whole struct); one of them, the owner, clears it.
 */
#ifndef EVI_THREAD_LOCK_H
#define EVI_THREAD_LOCK_H

#include <stddef.h>

#include "base/base.h"

struct evi_lock {
	void *impl;    /* what the alloc callback gave, or NULL: no locking */
	unsigned type; /* what it was asked for: EVTHREAD_LOCKTYPE_* */
	int is_debug;  /* impl is lock_debug.c's wrapper of the real lock */
};

struct evi_cond {
	void *impl;
};

/* Are lock callbacks installed? */
int evi_lock_threads_on(void);

/*
 * Make the lock real if threads are on, else leave it NULL.  `recursive` is
 * 0 or 1.  Returns 0, or -ENOMEM with the lock NULL.
 */
int evi_lock_init(struct evi_lock *lock, int recursive);

/*
 * Use a lock that the application made with its own callbacks and will free
 * itself: never evi_lock_clear() it.
 */
void evi_lock_borrow(struct evi_lock *lock, void *impl);

/* Give it back; a NULL lock is fine.  Nobody may hold it. */
void evi_lock_clear(struct evi_lock *lock);

/* The slow halves of acquire, release and try; impl is not NULL. */
void evi_lock_acquire_impl(struct evi_lock *lock);
void evi_lock_release_impl(struct evi_lock *lock);
int evi_lock_try_impl(struct evi_lock *lock);

/*
 * Does this thread hold it?  Always true for a NULL lock and when lock
 * debugging is off; exact when it is on.  For assertions only.
 */
int evi_lock_held(const struct evi_lock *lock);

/* As evi_lock_init() for a condition. */
int evi_cond_init(struct evi_cond *cond);
void evi_cond_clear(struct evi_cond *cond);
void evi_cond_broadcast(struct evi_cond *cond);

/*
 * Wait; `lock` is held once on entry and on return.  Wakes without a reason
 * happen.  A NULL cond or lock: returns at once.
 */
void evi_cond_wait(struct evi_cond *cond, struct evi_lock *lock);

/* This thread's id by the id callback; 0 when there is none. */
unsigned long evi_thread_id(void);

/*
 * Debug mode: an object exists that would have had a lock.  Installing other
 * callbacks from now on is a fatal mistake of the application.
 */
void evi_lock_too_late(void);

/*
 * Undo evi_lock_too_late() (libevent_global_shutdown).  The callbacks stay:
 * the application may go on and make new objects.
 */
void evi_lock_global_shutdown(void);

static inline void
evi_lock_acquire(struct evi_lock *lock)
{
	if (EVI_UNLIKELY(lock->impl != NULL))
		evi_lock_acquire_impl(lock);
}

static inline void
evi_lock_release(struct evi_lock *lock)
{
	if (EVI_UNLIKELY(lock->impl != NULL))
		evi_lock_release_impl(lock);
}

/* 1 if now held (always for a NULL lock), 0 if another thread has it. */
static inline int
evi_lock_try(struct evi_lock *lock)
{
	return lock->impl == NULL || evi_lock_try_impl(lock);
}

#endif
