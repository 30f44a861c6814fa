/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * deferred.h - the part of the loop that buffers and bufferevents use:
 * "run this soon", "run this before the loop sleeps" and "run this when the
 * base goes".
 *
 * A deferred callback joins the active queue of its priority like an event
 * that fired, and runs with no lock of the base held.  A flush runs once at
 * the end of the pass that asked for it, after all active callbacks of that
 * pass and before the loop computes how long to sleep, or between two
 * callbacks when many are queued; what a flush function schedules runs in the
 * same end-of-pass.  Both are embedded in their object;
 * the owner must cancel before it frees the object, or hold a reference of
 * its own while one is queued.  A queued one keeps the loop alive and is
 * safe to schedule from any thread (the loop is woken if it sleeps).
 */
#ifndef EVI_EVENT_DEFERRED_H
#define EVI_EVENT_DEFERRED_H

#include <stddef.h>

#include "event2/event_struct.h"
#include "base/base.h"
#include "base/queue.h"

struct event_base;

typedef void (*evi_event_deferred_fn)(void *arg);

struct evi_event_deferred {
	struct event_callback cb; /* its place in the active queue */
	evi_event_deferred_fn fn;
	void *arg;
};

/* Prepare; `pri` is clamped to the base's priorities when scheduled. */
void evi_event_deferred_init(struct evi_event_deferred *deferred, int pri,
    evi_event_deferred_fn fn, void *arg);

/*
 * The same for the last act of an object: if it is still queued when the base
 * is freed, event_base_free() runs it (event_base_free_nofinalize() does
 * not).  Any other deferred callback is dropped then.
 */
void evi_event_deferred_init_final(struct evi_event_deferred *deferred, int pri,
    evi_event_deferred_fn fn, void *arg);

/* Queue it.  Returns 1 if it was not queued before, else 0. */
int evi_event_deferred_schedule(struct event_base *base,
    struct evi_event_deferred *deferred);

/* Take it off the queue.  Returns 1 if it was queued, else 0. */
int evi_event_deferred_cancel(struct event_base *base,
    struct evi_event_deferred *deferred);

/*
 * In zeroed memory: not queued, and next.tqe_prev is NULL whenever it is not.
 * The links are under the base's lock.
 */
struct evi_event_flush {
	EVI_TAILQ_ENTRY(evi_event_flush) next;
};

typedef void (*evi_event_flush_fn)(struct evi_event_flush *flush);

/*
 * As deferred_schedule and deferred_cancel, for the end of the pass.  All
 * flushes have the same `fn`: only the base keeps it.
 */
int evi_event_flush_schedule(struct event_base *base,
    struct evi_event_flush *flush, evi_event_flush_fn fn);
int evi_event_flush_cancel(struct event_base *base,
    struct evi_event_flush *flush);

/*
 * For an object that only the loop still owns: event_base_free() calls `fn`,
 * without the base's lock, while all of the base still works.
 * (event_base_free_nofinalize() does not.)  fn removes its `end`, and maybe
 * others with it.  Each is added once and removed once.
 */
struct evi_event_end {
	EVI_LIST_ENTRY(evi_event_end) next;
	void (*fn)(struct evi_event_end *end);
};

void evi_event_base_end_add(struct event_base *base, struct evi_event_end *end,
    void (*fn)(struct evi_event_end *));
void evi_event_base_end_remove(struct event_base *base,
    struct evi_event_end *end);

/*
 * Recycled blocks, so that steady traffic allocates nothing.  A block is of
 * `size` bytes, one of EVI_EVENT_BLOCK_SIZES.  take returns NULL when none is
 * kept (the caller allocates); give returns 1 if the base kept the block,
 * else 0 (the caller frees).  The base frees what it keeps.  Both take the
 * base's lock; base may be NULL.
 */
void *evi_event_block_take(struct event_base *base, size_t size);
int evi_event_block_give(struct event_base *base, void *block, size_t size);

/*
 * The same for blocks of the least size, in a few instructions.  If the base
 * has a lock, none is taken and none kept.  base may not be NULL.
 */
#define EVI_EVENT_BLOCK_LEAST ((size_t)512)
void *evi_event_block_take_least(struct event_base *base);
int evi_event_block_give_least(struct event_base *base, void *block);

/*
 * One more block, as it is: of the taker's own size and with what he has
 * written to it.  take returns NULL when there is none, or the base has a
 * lock; give returns 1 if the base kept it.  evi_mem_free() frees it.  lend
 * is take where the base keeps it: for the borrower alone until he returns
 * to the loop or calls any callback.
 */
void *evi_event_block_take_scratch(struct event_base *base);
int evi_event_block_give_scratch(struct event_base *base, void *block);
void *evi_event_block_lend_scratch(struct event_base *base);

/* Default priority of deferred callbacks of this base: npriorities / 2. */
int evi_event_deferred_priority(struct event_base *base);

/*
 * Close `fd`, first forgetting that the backend watches it, so that no
 * system call is spent on taking it out.  No event on it may be pending.
 * base may be NULL.  Returns 0 or -errno.
 */
int evi_event_fdmap_close(struct event_base *base, int fd);

/* Is the calling thread the one that runs this base's loop now? */
int evi_event_loop_is_here(struct event_base *base);

#endif
