/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * deferred.c - run this soon, and run this before the loop sleeps.
 *
 * A deferred callback shares the queues of events.  After DEFERRED_MAX of
 * them in one turn the next ones wait for the next turn, so that callbacks
 * which schedule each other do not keep the loop from polling.
 */
#include "event/event.h"

#define DEFERRED_MAX 32

void
evi_event_deferred_init(struct evi_event_deferred *deferred, int pri,
    evi_event_deferred_fn fn, void *arg)
{
	memset(deferred, 0, sizeof(*deferred));
	deferred->cb.evcb_flags = EVLIST_INIT;
	deferred->cb.evcb_pri = (ev_uint8_t)pri;
	deferred->cb.evcb_closure = EVI_CLOSURE_DEFERRED;
	deferred->fn = fn;
	deferred->arg = arg;
}

void
evi_event_deferred_init_final(struct evi_event_deferred *deferred, int pri,
    evi_event_deferred_fn fn, void *arg)
{
	evi_event_deferred_init(deferred, pri, fn, arg);
	deferred->cb.evcb_closure = EVI_CLOSURE_DEFERRED_FINAL;
}

int
evi_event_deferred_schedule(struct event_base *base,
    struct evi_event_deferred *deferred)
{
	struct event_callback *cb = &deferred->cb;

	evi_lock_acquire(&base->lock);
	int is_new = !(cb->evcb_flags & (EVLIST_ACTIVE | EVLIST_ACTIVE_LATER));
	if (is_new) {
		if (cb->evcb_pri >= base->queue_count)
			cb->evcb_pri = (ev_uint8_t)(base->queue_count - 1);
		if (base->deferred_count >= DEFERRED_MAX) {
			evi_event_active_later_insert(base, cb);
		} else {
			base->deferred_count++;
			evi_event_active_insert(base, cb);
		}
		evi_event_notify(base);
	}
	evi_event_base_unlock(base);
	return is_new;
}

int
evi_event_deferred_cancel(struct event_base *base,
    struct evi_event_deferred *deferred)
{
	struct event_callback *cb = &deferred->cb;
	int was_queued = 1;

	evi_lock_acquire(&base->lock);
	if (cb->evcb_flags & EVLIST_ACTIVE)
		evi_event_active_remove(base, cb);
	else if (cb->evcb_flags & EVLIST_ACTIVE_LATER)
		evi_event_active_later_remove(base, cb);
	else
		was_queued = 0;
	evi_event_base_unlock(base);
	return was_queued;
}

/* Each message does: with and without a lock stand apart. */
static inline int
enqueue(struct event_base *base, struct evi_event_flush *flush,
    evi_event_flush_fn fn)
{
	if (flush->next.tqe_prev)
		return 0;
	EVI_ASSERT(!base->flush_count || base->flush_fn == fn);
	base->flush_fn = fn;
	EVI_TAILQ_INSERT_TAIL(&base->flushes, flush, next);
	if (++base->flush_count >= EVI_EVENT_FLUSH_BATCH)
		base->attention = 1;
	evi_event_count_max(&base->counts.virtual_max, ++base->counts.virtual);
	return 1;
}

EVI_NOINLINE static int
enqueue_locked(struct event_base *base, struct evi_event_flush *flush,
    evi_event_flush_fn fn)
{
	evi_lock_acquire(&base->lock);
	int is_new = enqueue(base, flush, fn);
	if (is_new)
		evi_event_notify(base);
	evi_event_base_unlock(base);
	return is_new;
}

int
evi_event_flush_schedule(struct event_base *base, struct evi_event_flush *flush,
    evi_event_flush_fn fn)
{
	return EVI_UNLIKELY(base->lock.impl != NULL)
	    ? enqueue_locked(base, flush, fn)
	    : enqueue(base, flush, fn);
}

/* The lock is held; the flush is queued. */
static inline void
dequeue(struct event_base *base, struct evi_event_flush *flush)
{
	EVI_TAILQ_REMOVE(&base->flushes, flush, next);
	flush->next.tqe_prev = NULL;
	base->flush_count--;
	base->counts.virtual --;
}

int
evi_event_flush_cancel(struct event_base *base, struct evi_event_flush *flush)
{
	evi_lock_acquire(&base->lock);
	int was_queued = flush->next.tqe_prev != NULL;
	if (was_queued)
		dequeue(base, flush);
	evi_event_base_unlock(base);
	return was_queued;
}

void
evi_event_flush_run(struct event_base *base)
{
	struct evi_event_flush *flush;

	while ((flush = EVI_TAILQ_FIRST(&base->flushes))) {
		evi_event_flush_fn fn = base->flush_fn;

		dequeue(base, flush);
		evi_lock_release(&base->lock);
		fn(flush);
		evi_lock_acquire(&base->lock);
	}
}

int
evi_event_deferred_priority(struct event_base *base)
{
	return base->queue_count / 2;
}
