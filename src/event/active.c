/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * active.c - the queues of callbacks whose turn has come, and the only place
 * that calls them.
 *
 * One queue per priority, 0 first.  A turn runs the callbacks of one priority
 * and then polls again, so that a more urgent event never waits for long;
 * lower priorities starve while higher ones are busy, by design.
 *
 * The lock is released around each callback; `current` tells other threads
 * which one runs, so that event_del() there can wait for it.
 */
#include "event/event.h"

#include <errno.h>
#include <limits.h>

#include "base/base.h"
#include "base/mem.h"
#include "base/time.h"
#include "os/clock.h"

int
evi_event_active_init(struct event_base *base, int priorities)
{
	struct evi_event_queue *queues = evi_mem_zalloc((size_t)priorities,
	    sizeof(*queues));

	if (!queues)
		return -ENOMEM;
	evi_mem_free(base->queues);
	base->queues = queues;
	base->queue_count = priorities;
	for (int i = 0; i < priorities; i++)
		EVI_TAILQ_INIT(&queues[i]);
	return 0;
}

void
evi_event_active_clear(struct event_base *base)
{
	evi_mem_free(base->queues);
	base->queues = NULL;
	base->queue_count = 0;
}

void
evi_event_active_later_insert(struct event_base *base,
    struct event_callback *cb)
{
	evi_event_count_active(base, 1);
	cb->evcb_flags |= EVLIST_ACTIVE_LATER;
	EVI_TAILQ_INSERT_TAIL(&base->later, cb, evcb_active_next);
}

void
evi_event_active_later_remove(struct event_base *base,
    struct event_callback *cb)
{
	base->counts.active--;
	cb->evcb_flags &= ~EVLIST_ACTIVE_LATER;
	EVI_TAILQ_REMOVE(&base->later, cb, evcb_active_next);
}

void
evi_event_active_take_later(struct event_base *base)
{
	struct event_callback *cb;

	while ((cb = EVI_TAILQ_FIRST(&base->later))) {
		EVI_TAILQ_REMOVE(&base->later, cb, evcb_active_next);
		cb->evcb_flags &= ~EVLIST_ACTIVE_LATER;
		cb->evcb_flags |= EVLIST_ACTIVE;
		EVI_TAILQ_INSERT_TAIL(&base->queues[cb->evcb_pri], cb,
		    evcb_active_next);
	}
}

void
evi_event_active_wait(struct event_base *base, const struct event_callback *cb)
{
	if (!base->current_done.impl)
		return; /* the application gave no conditions */
	while (base->current == cb && evi_event_loop_is_elsewhere(base)) {
		base->current_waiters++;
		base->attention = 1;
		evi_cond_wait(&base->current_done, &base->lock);
	}
}

/* Call it, without the lock if there is one. */
static inline void
call(struct event_base *base, struct event *ev, int has_lock)
{
	event_callback_fn callback = ev->ev_evcallback.evcb_cb_union
					 .evcb_callback;
	int fd = ev->ev_fd;
	short res = ev->ev_res;
	void *arg = ev->ev_evcallback.evcb_arg;

	if (has_lock)
		evi_lock_release(&base->lock);
	callback(fd, res, arg);
	if (has_lock)
		evi_lock_acquire(&base->lock);
}

/*
 * Run a signal's callback once for each delivery.  The event may be freed by
 * its callback; event_del() then sets signal_calls to 0.
 */
static void
run_signal(struct event_base *base, struct event *ev)
{
	base->signal_calls = ev->ev_.ev_signal.ev_ncalls;
	while (base->signal_calls > 0 && !base->must_break) {
		ev->ev_.ev_signal.ev_ncalls = --base->signal_calls;
		call(base, ev, 1);
	}
}

/*
 * The next deadline of a persistent timeout: one interval after the last
 * one, or after now if it ran for another reason or is late by a whole
 * interval (no burst to catch up).
 */
EVI_NOINLINE static void
restart_timeout(struct event_base *base, struct event *ev)
{
	int64_t interval = evi_event_interval(ev);
	int64_t now = evi_event_base_now(base);
	int64_t next = evi_time_add(now, interval);

	if (ev->ev_res & EV_TIMEOUT) {
		int64_t regular = evi_time_add(evi_event_deadline(ev),
		    interval);
		if (regular > now)
			next = regular;
	}
	if (!evi_event_postpone(ev, next))
		(void)evi_event_add_deadline(ev, next);
}

static void
run_deferred(struct event_base *base, struct event_callback *cb)
{
	struct evi_event_deferred *deferred = EVI_CONTAINER_OF(cb,
	    struct evi_event_deferred, cb);
	evi_event_deferred_fn fn = deferred->fn;
	void *arg = deferred->arg;

	evi_lock_release(&base->lock);
	fn(arg);
	evi_lock_acquire(&base->lock);
}

/* The callbacks that are seldom. */
static void
dispatch_other(struct event_base *base, struct event_callback *cb)
{
	switch ((enum evi_event_closure)cb->evcb_closure) {
	case EVI_CLOSURE_SIGNAL:
		run_signal(base, evi_event_of(cb));
		break;
	case EVI_CLOSURE_ONCE:
		call(base, evi_event_of(cb), 1);
		base->current = NULL;
		evi_event_once_end(evi_event_of(cb));
		break;
	case EVI_CLOSURE_DEFERRED:
	case EVI_CLOSURE_DEFERRED_FINAL:
		run_deferred(base, cb);
		break;
	case EVI_CLOSURE_FINALIZE:
	case EVI_CLOSURE_FINALIZE_FREE:
		base->current = NULL;
		evi_lock_release(&base->lock);
		evi_event_finalize_run(cb);
		evi_lock_acquire(&base->lock);
		break;
	case EVI_CLOSURE_EVENT:
	case EVI_CLOSURE_PERSIST:
	case EVI_CLOSURE_INTERVAL:
		EVI_ASSERT(!"run_first() has dealt with these");
	}
}

void
evi_event_active_finish(struct event_base *base, struct event_callback *cb)
{
	switch ((enum evi_event_closure)cb->evcb_closure) {
	case EVI_CLOSURE_DEFERRED_FINAL:
	case EVI_CLOSURE_FINALIZE:
	case EVI_CLOSURE_FINALIZE_FREE:
		dispatch_other(base, cb);
		break;
	case EVI_CLOSURE_EVENT:
	case EVI_CLOSURE_SIGNAL:
	case EVI_CLOSURE_PERSIST:
	case EVI_CLOSURE_INTERVAL:
	case EVI_CLOSURE_ONCE:
		evi_event_debug_note_del(evi_event_of(cb));
		break;
	case EVI_CLOSURE_DEFERRED:
		break;
	}
}

/* Leave the queue; a one-shot event is no longer pending either. */
static void
take(struct event_base *base, struct event_callback *cb)
{
	int is_pending = cb->evcb_flags & (EVLIST_INSERTED | EVLIST_TIMEOUT);

	if (is_pending && !(evi_event_of(cb)->ev_events & EV_PERSIST)) {
		(void)evi_event_del_locked(evi_event_of(cb), EVI_DEL_NOBLOCK);
		return;
	}
	evi_event_active_remove(base, cb);
	if (!evi_event_is_deferred(cb) && !is_pending)
		evi_event_debug_note_del(evi_event_of(cb));
}

/* Something wants to be seen between two callbacks: must the queue stop? */
static int
must_stop(struct event_base *base)
{
	if (base->current_waiters) {
		base->current_waiters = 0;
		base->current = NULL;
		evi_cond_broadcast(&base->current_done);
	}
	if (base->flush_count >= EVI_EVENT_FLUSH_BATCH) {
		base->current = NULL;
		evi_event_flush_run(base);
	}
	base->attention = base->must_break || base->must_continue;
	return base->attention;
}

/* Was it enough to write a later deadline into the event? */
static inline int
is_postponed(const struct event_base *base, struct event *ev)
{
	int64_t interval = evi_event_interval(ev);

	return !(ev->ev_res & EV_TIMEOUT) && base->now_ns &&
	    interval < EVI_TIME_PLAIN &&
	    evi_event_postpone(ev, base->now_ns + interval);
}

/* Take the first callback, a persistent event's, off its queue. */
static inline void
take_persistent(struct event_base *base, struct evi_event_queue *queue,
    struct event_callback *cb)
{
	struct event_callback *next = EVI_TAILQ_NEXT(cb, evcb_active_next);

	base->counts.active--;
	cb->evcb_flags &= ~EVLIST_ACTIVE;
	queue->tqh_first = next;
	if (next)
		next->evcb_active_next.tqe_prev = &queue->tqh_first;
	else
		queue->tqh_last = &queue->tqh_first;
}

/*
 * Run a callback that is not a persistent event's.  The prefetches are of use
 * when many timers came due at once; gcc drops a function that has no others.
 */
EVI_NOINLINE static void
run_seldom(struct event_base *base, struct event_callback *cb)
{
	take(base, cb);
	if (cb->evcb_closure != EVI_CLOSURE_EVENT) {
		dispatch_other(base, cb);
		return;
	}

	struct event *ev = evi_event_of(cb);
	if (ev->ev_res & EV_TIMEOUT) {
		uintptr_t ahead = evi_event_ahead(ev);

		EVI_PREFETCH((const void *)ahead);
		ahead += offsetof(struct event, ev_base);
		EVI_PREFETCH((const void *)ahead);
	}
	call(base, ev, 1);
}

/* Take the first callback off its queue and call what is behind it. */
static inline void
run_first(struct event_base *base, struct evi_event_queue *queue,
    struct event_callback *cb, int has_lock)
{
	struct event *ev = evi_event_of(cb);

	base->current = cb;
	if (EVI_LIKELY(cb->evcb_closure == EVI_CLOSURE_PERSIST)) {
		take_persistent(base, queue, cb);
	} else if (EVI_LIKELY(cb->evcb_closure == EVI_CLOSURE_INTERVAL)) {
		take_persistent(base, queue, cb);
		if (!is_postponed(base, ev))
			restart_timeout(base, ev);
	} else {
		run_seldom(base, cb);
		return;
	}
	call(base, ev, has_lock);
}

/* Run all of one queue, where there is no lock. */
static void
run_all(struct event_base *base, struct evi_event_queue *queue)
{
	struct event_callback *cb;

	while ((cb = EVI_TAILQ_FIRST(queue))) {
		run_first(base, queue, cb, 0);
		if (EVI_UNLIKELY(base->attention) && must_stop(base))
			return;
	}
}

/* Run one queue, up to `count_max` and until `end_ns` (-1: for ever). */
static void
run_limited(struct event_base *base, struct evi_event_queue *queue,
    int count_max, int64_t end_ns)
{
	struct event_callback *cb;
	int count = 0;

	while ((cb = EVI_TAILQ_FIRST(queue))) {
		run_first(base, queue, cb, 1);
		if (EVI_UNLIKELY(base->attention) && must_stop(base))
			return;
		if (++count >= count_max ||
		    (end_ns >= 0 && evi_os_clock_monotonic() >= end_ns))
			return;
	}
}

void
evi_event_active_run(struct event_base *base)
{
	int64_t end_ns = -1;
	int pri = 0;

	while (
	    pri < base->queue_count - 1 && EVI_TAILQ_EMPTY(&base->queues[pri]))
		pri++;

	struct evi_event_queue *queue = &base->queues[pri];
	int is_limited = base->has_limits &&
	    pri >= base->dispatch_limit_priority;
	if (is_limited && base->dispatch_ns_max >= 0)
		end_ns = evi_time_add(evi_os_clock_monotonic(),
		    base->dispatch_ns_max);

	base->running_priority = pri;
	if (is_limited)
		run_limited(base, queue, base->dispatch_count_max, end_ns);
	else if (base->lock.impl)
		run_limited(base, queue, INT_MAX, -1);
	else
		run_all(base, queue);
	base->running_priority = -1;
	base->current = NULL;
}
