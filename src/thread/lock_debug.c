/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lock_debug.c - locks that know who holds them.
 *
 * After evthread_enable_lock_debugging() each new lock is wrapped: the real
 * lock, who owns it and how deep.  Misuse is named in the log, told to the
 * fatal callback and ends in abort(): a release by someone who does not hold
 * it, a second acquire of a lock that is not recursive, a free or a wait
 * while it is held (too deep).
 *
 * The real lock is always made recursive, so that the second acquire comes
 * back and can be named instead of standing still.
 *
 * owner and depth change only while the real lock is held; others may look
 * at them meanwhile, hence the atomics.  Only the owner itself can find its
 * own id there, so relaxed order is enough.
 *
 * Trap: without an id callback every thread is number 0; a stranger's
 * release is then found only when nobody holds the lock.
 */
#include "thread/lock_debug.h"

#include <stdatomic.h>

#include "base/log.h"
#include "base/mem.h"
#include "thread/lock.h"

struct evi_lock_debug {
	void *real;
	unsigned type;      /* what was asked for */
	atomic_ulong owner; /* evi_thread_id() when depth > 0 */
	atomic_int depth;
};

static int is_on;

void
evthread_enable_lock_debugging(void)
{
	is_on = 1;
}

/* The name it had before the spelling was put right. */
void
evthread_enable_lock_debuging(void)
{
	evthread_enable_lock_debugging();
}

int
evi_lock_debug_on(void)
{
	return is_on;
}

/* The type that is really asked for. */
static unsigned
real_type(unsigned type)
{
	return type | EVTHREAD_LOCKTYPE_RECURSIVE;
}

struct evi_lock_debug *
evi_lock_debug_new(unsigned type, const struct evthread_lock_callbacks *cbs)
{
	struct evi_lock_debug *debug = evi_new(struct evi_lock_debug);

	if (!debug)
		return NULL;
	debug->type = type;
	debug->real = cbs->alloc(real_type(type));
	if (!debug->real) {
		evi_mem_free(debug);
		return NULL;
	}
	return debug;
}

/* How deep it is held, by whomever. */
static int
depth_of(const struct evi_lock_debug *debug)
{
	return atomic_load_explicit(&debug->depth, memory_order_relaxed);
}

int
evi_lock_debug_held(const struct evi_lock_debug *debug)
{
	return depth_of(debug) > 0 &&
	    atomic_load_explicit(&debug->owner, memory_order_relaxed) ==
	    evi_thread_id();
}

void
evi_lock_debug_free(struct evi_lock_debug *debug,
    const struct evthread_lock_callbacks *cbs)
{
	if (depth_of(debug) != 0) {
		evi_log_abort("lock debugging: lock %p freed while held",
		    (void *)debug);
	}
	cbs->free(debug->real, real_type(debug->type));
	evi_mem_free(debug);
}

/* The real lock was just taken. */
static void
mark_taken(struct evi_lock_debug *debug)
{
	int depth = depth_of(debug) + 1;

	if (depth > 1 && !(debug->type & EVTHREAD_LOCKTYPE_RECURSIVE)) {
		evi_log_abort("lock debugging: lock %p, which is not "
			      "recursive, acquired twice by one thread",
		    (void *)debug);
	}
	atomic_store_explicit(&debug->owner, evi_thread_id(),
	    memory_order_relaxed);
	atomic_store_explicit(&debug->depth, depth, memory_order_relaxed);
}

int
evi_lock_debug_acquire(struct evi_lock_debug *debug, unsigned mode,
    const struct evthread_lock_callbacks *cbs)
{
	int r = cbs->lock(mode, debug->real);

	if (r == 0)
		mark_taken(debug);
	return r;
}

void
evi_lock_debug_release(struct evi_lock_debug *debug,
    const struct evthread_lock_callbacks *cbs)
{
	if (!evi_lock_debug_held(debug)) {
		evi_log_abort("lock debugging: lock %p released by a thread "
			      "that does not hold it",
		    (void *)debug);
	}
	atomic_store_explicit(&debug->depth, depth_of(debug) - 1,
	    memory_order_relaxed);
	cbs->unlock(0, debug->real);
}

void
evi_lock_debug_wait(struct evi_lock_debug *debug, void *cond,
    const struct evthread_condition_callbacks *cbs)
{
	if (!evi_lock_debug_held(debug) || depth_of(debug) != 1) {
		evi_log_abort("lock debugging: wait with lock %p, which is "
			      "not held exactly once",
		    (void *)debug);
	}
	atomic_store_explicit(&debug->depth, 0, memory_order_relaxed);
	cbs->wait_condition(cond, debug->real, NULL);
	mark_taken(debug);
}
