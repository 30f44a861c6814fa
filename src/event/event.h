/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event.h - struct event_base, and what the files of this folder offer one
 * another.
 *
 * One turn of the loop (loop.c): ask timer.c how long to sleep, let the
 * backend wait, hand its reports to fdmap.c and due timers to active.c's
 * queues, run these, flush.  All state is under the base's lock; functions
 * that say _locked, and all others here unless they say otherwise, expect it
 * held.  It is never held while calling the application or in a backend's
 * wait.
 *
 * What struct event's spare members hold (layout is ABI, use is ours):
 *   ev_timeout_pos      struct evi_event_timer_pos, and behind it, if there is
 *                       room (else in ev_timeout), the deadline: int64_t ns of
 *                       the monotonic clock
 *   ev_timeout          struct evi_event_far_links, if there is room
 *   ev_.ev_io.ev_timeout  interval of a persistent timeout, int64_t ns
 */
#ifndef EVI_EVENT_EVENT_H
#define EVI_EVENT_EVENT_H

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include "event2/event.h"
#include "event2/event_struct.h"
#include "base/wheel.h"
#include "base/queue.h"
#include "base/time.h"
#include "event/backend/backend.h"
#include "event/deferred.h"
#include "event/far.h"
#include "os/wake.h"
#include "thread/lock.h"

/* Beyond EVLIST_ALL: assigned, but not added since. */
#define EVI_EVENT_FRESH 0x100

/*
 * A common timeout's timeval: MAGIC and the index stand above the
 * microseconds.
 */
#define EVI_EVENT_COMMON_MASK 0xf0000000
#define EVI_EVENT_COMMON_MAGIC 0x50000000
#define EVI_EVENT_COMMON_USEC 0x000fffff
#define EVI_EVENT_COMMON_SHIFT 20

/* Beyond EVLIST_ALL: has a descriptor or a signal, and is not INSERTED. */
#define EVI_EVENT_TO_INSERT 0x200

/* What an event waits for by its descriptor. */
#define EVI_EVENT_IO (EV_READ | EV_WRITE | EV_CLOSED)

/* evcb_closure: what active.c does with a callback whose turn has come. */
enum evi_event_closure {
	EVI_CLOSURE_EVENT,          /* call it */
	EVI_CLOSURE_PERSIST,        /* the same for a persistent event */
	EVI_CLOSURE_INTERVAL,       /* and restart its timeout before */
	EVI_CLOSURE_SIGNAL,         /* call it ev_ncalls times */
	EVI_CLOSURE_ONCE,           /* call it, and free it: the library's */
	EVI_CLOSURE_DEFERRED,       /* a struct evi_event_deferred */
	EVI_CLOSURE_DEFERRED_FINAL, /* one that event_base_free() runs */
	EVI_CLOSURE_FINALIZE,       /* call the finalizer */
	EVI_CLOSURE_FINALIZE_FREE   /* and free the event */
};

/* How event_del() treats a callback that runs now in another thread. */
enum evi_event_del {
	EVI_DEL_AUTOBLOCK, /* wait for it unless EV_FINALIZE */
	EVI_DEL_BLOCK,     /* wait for it */
	EVI_DEL_NOBLOCK,
	EVI_DEL_FINALIZING /* as NOBLOCK, and even while finalizing */
};

EVI_TAILQ_HEAD(evi_event_queue, event_callback);

struct evi_event_fd_page;
struct evi_event_signals;
struct evi_event_once;
EVI_LIST_HEAD(evi_event_once_list, evi_event_once);
EVI_LIST_HEAD(evi_event_end_list, evi_event_end);
EVI_TAILQ_HEAD(evi_event_flush_queue, evi_event_flush);
EVI_TAILQ_HEAD(evi_event_watch_queue, evwatch);

/* What event_base_get_num_events() and _max_events() tell. */
struct evi_event_counts {
	int pending;   /* timeouts, and waits for I/O or signals */
	int active;    /* queued to run */
	int virtual;   /* other things that keep the loop alive */
	int added_max; /* the most of pending + active */
	int active_max;
	int virtual_max;
};

struct evi_event_timer_pos {
	uint32_t id;
	uint32_t seq;
};

/* The pending timeouts; see timer.c. */
struct evi_event_timers {
	struct evi_wheel wheel;
	struct evi_event_far far;
	uintptr_t *owners; /* by id */
	uint32_t owner_count;
	uint32_t owner_cap;
	uint32_t free_id; /* head of the free list, plus one; 0: none */
	uint32_t dead;    /* entries of the wheel without an event */
	uint32_t seq;
	int is_stuck;     /* no memory to put the first one right */
	int64_t earliest; /* no entry is due before, nor a sleep longer */
	int must_look;    /* there may be a later `earliest` */
};

#define EVI_EVENT_BLOCK_CLASSES 8 /* 512 bytes .. 64 KiB */

/* Recycled memory; see block.c. */
struct evi_event_block_cache {
	void *first[EVI_EVENT_BLOCK_CLASSES];
	size_t bytes;
	void *scratch;
};

struct event_base {
	struct evi_event_counts counts;

	/* active.c */
	struct evi_event_queue *queues; /* by priority */
	int queue_count;
	struct evi_event_queue later; /* active from the next turn on */
	int running_priority;
	struct event_callback *current; /* whose callback runs now */
	short signal_calls;             /* of current that remain */
	int current_waiters;            /* threads in event_del() for it */
	struct evi_cond current_done;
	int deferred_count;      /* scheduled in this turn */
	int has_limits;          /* one of the next two is set */
	int64_t dispatch_ns_max; /* -1: no limit */
	int dispatch_count_max;
	int dispatch_limit_priority;

	/* loop.c */
	int is_running;
	int is_waiting;    /* in the backend's wait */
	int attention;     /* one of the next three, waiters, or many flushes */
	int must_continue; /* leave the queue, poll first */
	int must_exit;     /* loopexit */
	int must_break;    /* loopbreak */
	unsigned long owner; /* thread that runs the loop */
	int64_t now_ns;      /* cached time; 0: none */
	int64_t alone_ns;    /* the same while no other thread can see the
			      * base and debug mode is off; else 0 */

	/* fdmap.c: pages of 256 descriptors */
	struct evi_event_fd_page **fd_pages;
	int fd_page_count;

	struct evi_event_timers timers;
	struct timeval *common_timeouts[256];
	int common_timeout_count;

	struct evi_event_signals *signals; /* NULL until the first one */
	struct evi_event_once_list onces;
	struct evi_event_end_list ends;
	struct evi_event_flush_queue flushes;
	int flush_count;             /* of them */
	evi_event_flush_fn flush_fn; /* runs them */
	struct evi_event_watch_queue prepare_watchers;
	struct evi_event_watch_queue check_watchers;
	struct evi_event_block_cache blocks;

	/* notify.c */
	struct evi_os_wake wake;
	int is_notifiable;
	int wake_wanted;   /* signal it when the lock is released */
	int wake_sent;     /* since the last wait */
	atomic_int wakers; /* threads that are signalling it */
	int wake_pid;      /* the process that these are in */

	/* base.c */
	const struct evi_backend *backend;
	void *backend_state;
	int backend_flags;
	int must_renew; /* the backend asked for a new state */
	int flags;      /* EVENT_BASE_FLAG_* */
	struct evi_lock lock;
};

/* --- members of struct event that we use our own way ------------------- */

/* In the event's first cache line where pointers have 64 bits. */
static inline size_t
evi_event_deadline_offset(void)
{
	size_t behind = offsetof(struct event, ev_timeout_pos) +
	    sizeof(struct evi_event_timer_pos);

	return sizeof(((struct event *)0)->ev_timeout_pos) >=
		sizeof(struct evi_event_timer_pos) + sizeof(int64_t)
	    ? behind
	    : offsetof(struct event, ev_timeout);
}

static inline int64_t
evi_event_deadline(const struct event *ev)
{
	int64_t ns;

	memcpy(&ns, (const char *)ev + evi_event_deadline_offset(), sizeof(ns));
	return ns;
}

static inline void
evi_event_set_deadline(struct event *ev, int64_t ns)
{
	memcpy((char *)ev + evi_event_deadline_offset(), &ns, sizeof(ns));
}

static inline struct evi_event_timer_pos
evi_event_timer_pos(const struct event *ev)
{
	struct evi_event_timer_pos pos;

	memcpy(&pos, &ev->ev_timeout_pos, sizeof(pos));
	return pos;
}

static inline void
evi_event_set_timer_pos(struct event *ev, struct evi_event_timer_pos pos)
{
	memcpy(&ev->ev_timeout_pos, &pos, sizeof(pos));
}

static inline void
evi_event_set_timer_seq(struct event *ev, uint32_t seq)
{
	memcpy((char *)&ev->ev_timeout_pos +
		offsetof(struct evi_event_timer_pos, seq),
	    &seq, sizeof(seq));
}

/*
 * In the place of the pos, once a timeout has activated the event: the address
 * of one to run soon after it, or none.  Only good for a prefetch: that event
 * may be gone.
 */
static inline uintptr_t
evi_event_ahead(const struct event *ev)
{
	uintptr_t ahead;

	memcpy(&ahead, &ev->ev_timeout_pos, sizeof(ahead));
	return ahead;
}

static inline void
evi_event_set_ahead(struct event *ev, uintptr_t ahead)
{
	memcpy(&ev->ev_timeout_pos, &ahead, sizeof(ahead));
}

/* Where the links of far.c are: behind the deadline if that is there. */
static inline size_t
evi_event_far_offset(void)
{
	size_t start = offsetof(struct event, ev_timeout);

	return evi_event_deadline_offset() == start ? start + sizeof(int64_t)
						    : start;
}

/* Has an event room for them?  Else no timeout counts as far ahead. */
static inline int
evi_event_far_fits(void)
{
	return evi_event_far_offset() + sizeof(struct evi_event_far_links) <=
	    offsetof(struct event, ev_timeout) +
	    sizeof(((struct event *)0)->ev_timeout);
}

/* A persistent event, but for one that waits for a signal. */
static inline int
evi_event_repeats(const struct event *ev)
{
	return ev->ev_evcallback.evcb_closure == EVI_CLOSURE_PERSIST ||
	    ev->ev_evcallback.evcb_closure == EVI_CLOSURE_INTERVAL;
}

/* Of such an event; 0: without a timeout. */
static inline int64_t
evi_event_interval(const struct event *ev)
{
	int64_t ns;

	memcpy(&ns, &ev->ev_.ev_io.ev_timeout, sizeof(ns));
	return ns;
}

static inline void
evi_event_set_interval(struct event *ev, int64_t ns)
{
	memcpy(&ev->ev_.ev_io.ev_timeout, &ns, sizeof(ns));
	ev->ev_evcallback.evcb_closure = ns ? EVI_CLOSURE_INTERVAL
					    : EVI_CLOSURE_PERSIST;
}

static inline struct event *
evi_event_of(struct event_callback *cb)
{
	return EVI_CONTAINER_OF(cb, struct event, ev_evcallback);
}

static inline int
evi_event_has(const struct event *ev, int flags)
{
	return ev->ev_evcallback.evcb_flags & flags;
}

static inline int
evi_event_is_deferred(const struct event_callback *cb)
{
	return cb->evcb_closure == EVI_CLOSURE_DEFERRED ||
	    cb->evcb_closure == EVI_CLOSURE_DEFERRED_FINAL;
}

static inline void
evi_event_count_max(int *max, int now)
{
	if (now > *max)
		*max = now;
}

static inline void
evi_event_count_pending(struct event_base *base)
{
	struct evi_event_counts *counts = &base->counts;

	counts->pending++;
	evi_event_count_max(&counts->added_max,
	    counts->pending + counts->active);
}

static inline void
evi_event_count_active(struct event_base *base, int more)
{
	struct evi_event_counts *counts = &base->counts;

	counts->active += more;
	evi_event_count_max(&counts->active_max, counts->active);
	evi_event_count_max(&counts->added_max,
	    counts->pending + counts->active);
}

/* There may be fewer priorities now than when the event was set up. */
static inline void
evi_event_limit_priority(const struct event_base *base, struct event *ev)
{
	if (EVI_UNLIKELY(ev->ev_evcallback.evcb_pri >= base->queue_count))
		ev->ev_evcallback.evcb_pri = (ev_uint8_t)(base->queue_count -
		    1);
}

/* --- base.c ------------------------------------------------------------ */

extern int evi_event_debug_on; /* event_enable_debug_mode() was called */

/* The clock's time, kept for the turn if the loop runs. */
int64_t evi_event_base_read_clock(struct event_base *base);

/* Keep this time for the turn; 0: none.  Without the lock alone_ns is read. */
static inline void
evi_event_base_cache_time(struct event_base *base, int64_t now_ns)
{
	base->now_ns = now_ns;
	if (!base->lock.impl)
		base->alone_ns = evi_event_debug_on ? 0 : now_ns;
}

/* Monotonic time: the turn's cached one in the loop, else the clock's. */
static inline int64_t
evi_event_base_now(struct event_base *base)
{
	return base->now_ns ? base->now_ns : evi_event_base_read_clock(base);
}

/* Release the lock, then wake the loop. */
void evi_event_notify_unlock(struct event_base *base);

/* Release the lock, then wake the loop if somebody asked for it. */
static inline void
evi_event_base_unlock(struct event_base *base)
{
	if (EVI_UNLIKELY(base->wake_wanted))
		evi_event_notify_unlock(base);
	else
		evi_lock_release(&base->lock);
}

/*
 * Open another state of the backend that watches the same, and close the old
 * one.  `flags` as for open.  Returns 0, also if there could be no other and
 * the old one stays, or the -errno of what the new one refuses to watch.
 */
int evi_event_base_renew_backend(struct event_base *base, int flags);

/* --- event.c ----------------------------------------------------------- */

/* Microseconds of a timeout, without the mark of a common one. */
static inline int64_t
evi_event_usec(const struct timeval *tv)
{
	int64_t usec = (int64_t)tv->tv_usec;

	if ((usec & EVI_EVENT_COMMON_MASK) == EVI_EVENT_COMMON_MAGIC)
		usec &= EVI_EVENT_COMMON_USEC;
	return usec;
}

/* Nanoseconds of an ordinary timeout; -1: it is odd, or might overflow. */
static inline int64_t
evi_event_plain_duration(const struct timeval *tv)
{
	int64_t usec = evi_event_usec(tv);

	if (tv->tv_sec < 0 || tv->tv_sec > INT32_MAX || usec < 0 ||
	    usec >= 1000000)
		return -1;
	return (int64_t)tv->tv_sec * EVI_TIME_NS_PER_S +
	    usec * EVI_TIME_NS_PER_US;
}

/* Nanoseconds of any timeout. */
int64_t evi_event_duration(const struct timeval *tv);

/* For the next two: leave the timeout alone. */
#define EVI_EVENT_NO_TIMEOUT INT64_MIN

/* event_add() with a timeout in ns, which may be negative.  0 or -errno. */
int evi_event_add_locked(struct event *ev, int64_t timeout_ns);

/* Put the timeout at an absolute time, leaving the interval.  0 or -ENOMEM. */
int evi_event_add_deadline(struct event *ev, int64_t deadline_ns);

/* 0 or -errno.  May release the lock for a while unless NOBLOCK. */
int evi_event_del_locked(struct event *ev, enum evi_event_del how);

/* Queue it to run with `res`; `ncalls` counts for signals. */
void evi_event_active_locked(struct event *ev, int res, int ncalls);

/* The deadline as a time of day. */
void evi_event_deadline_of_day(const struct event *ev, struct timeval *ret_tv);

/* Fill in all but ev_base, which is set; arguments have been checked. */
void evi_event_init(struct event *ev, int fd, int events,
    event_callback_fn callback, void *arg);

/* --- loop.c ------------------------------------------------------------ */

/* Does the loop run in another thread than this one? */
int evi_event_loop_is_elsewhere(const struct event_base *base);

/* --- active.c ---------------------------------------------------------- */

/* Returns 0 or -ENOMEM; there are no active callbacks. */
int evi_event_active_init(struct event_base *base, int priorities);
void evi_event_active_clear(struct event_base *base);

static inline void
evi_event_active_insert(struct event_base *base, struct event_callback *cb)
{
	cb->evcb_flags |= EVLIST_ACTIVE;
	EVI_TAILQ_INSERT_TAIL(&base->queues[cb->evcb_pri], cb,
	    evcb_active_next);
	evi_event_count_active(base, 1);
}

static inline void
evi_event_active_remove(struct event_base *base, struct event_callback *cb)
{
	base->counts.active--;
	cb->evcb_flags &= ~EVLIST_ACTIVE;
	EVI_TAILQ_REMOVE(&base->queues[cb->evcb_pri], cb, evcb_active_next);
}

void evi_event_active_later_insert(struct event_base *base,
    struct event_callback *cb);
void evi_event_active_later_remove(struct event_base *base,
    struct event_callback *cb);

/* What waited for this turn becomes active. */
void evi_event_active_take_later(struct event_base *base);

/* `cb` was taken off its queue for good: run it if it is a finalizer. */
void evi_event_active_finish(struct event_base *base,
    struct event_callback *cb);

/* Run the first priority that has callbacks; there is one. */
void evi_event_active_run(struct event_base *base);

/* Wait until `cb`, running now in another thread, has returned. */
void evi_event_active_wait(struct event_base *base,
    const struct event_callback *cb);

/* --- timer.c ----------------------------------------------------------- */

/*
 * Let `ev` expire at `deadline_ns`, new or again; sets EVLIST_TIMEOUT.
 * Returns 1 if it is now the first to expire, 0 if not, or -ENOMEM with
 * nothing changed.
 */
int evi_event_timer_add(struct event_base *base, struct event *ev,
    int64_t deadline_ns);

/*
 * If the pending timeout of `ev` would only become later, write that into the
 * event, leave its entry as it is, and return 1; else 0.
 */
static inline int
evi_event_timer_postpone(struct event_base *base, struct event *ev,
    int64_t deadline_ns)
{
	if (deadline_ns < evi_event_deadline(ev))
		return 0;
	evi_event_set_timer_seq(ev, base->timers.seq++);
	evi_event_set_deadline(ev, deadline_ns);
	return 1;
}

/* The same for an event that is fully pending, not active: else 0. */
static inline int
evi_event_postpone(struct event *ev, int64_t deadline_ns)
{
	int flags = evi_event_has(ev,
	    EVLIST_TIMEOUT | EVLIST_ACTIVE | EVLIST_ACTIVE_LATER |
		EVLIST_FINALIZING | EVI_EVENT_TO_INSERT);

	if (flags != EVLIST_TIMEOUT)
		return 0;
	return evi_event_timer_postpone(ev->ev_base, ev, deadline_ns);
}

/* Forget the timeout; clears EVLIST_TIMEOUT, which was set. */
void evi_event_timer_remove(struct event_base *base, struct event *ev);

/* Is there none?  Dead entries count. */
static inline int
evi_event_timer_is_empty(const struct event_base *base)
{
	return (base->timers.wheel.count | base->timers.far.count) == 0;
}

/*
 * When the loop has to look at timers next: EVI_TIME_NEVER if there are
 * none.  May be before the first deadline unless `is_exact`, never after.
 */
int64_t evi_event_timer_next(struct event_base *base, int is_exact);

/* Activate what is due. */
void evi_event_timer_expire(struct event_base *base);

/* Call fn for each event with a timeout until it returns other than 0. */
int evi_event_timer_foreach(struct event_base *base,
    event_base_foreach_event_cb fn, void *arg);

/* Any event with a timeout, or NULL. */
struct event *evi_event_timer_first(struct event_base *base);

void evi_event_timer_clear(struct event_base *base);

/* --- fdmap.c ----------------------------------------------------------- */

/* Watch for ev's ev_events on its ev_fd.  0 or -errno. */
int evi_event_fdmap_add(struct event_base *base, struct event *ev);
void evi_event_fdmap_remove(struct event_base *base, struct event *ev);

/* Watch a descriptor of the loop's own (no event): 0 or -errno. */
int evi_event_fdmap_watch(struct event_base *base, int fd, int events);
void evi_event_fdmap_unwatch(struct event_base *base, int fd);

/* Activate the events that a report of the backend concerns. */
void evi_event_fdmap_fire(struct event_base *base,
    const struct evi_ready *ready, int count);

/* Activate all events of `fd` that wait for something in `events`. */
void evi_event_fdmap_activate(struct event_base *base, int fd, int events);

/* Tell a new backend state of every interest.  0 or the first -errno. */
int evi_event_fdmap_restore(struct event_base *base);

/* The events by descriptor: first(fd) for fd in [0, limit). */
int evi_event_fdmap_limit(const struct event_base *base);
struct event *evi_event_fdmap_first(const struct event_base *base, int fd);

void evi_event_fdmap_clear(struct event_base *base);

/* --- signal.c ---------------------------------------------------------- */

int evi_event_signal_add(struct event_base *base, struct event *ev);
void evi_event_signal_remove(struct event_base *base, struct event *ev);

/* Is `fd` what signals make readable? */
int evi_event_signal_is_fd(const struct event_base *base, int fd);
void evi_event_signal_on_readable(struct event_base *base);

/* Activate the events of the signals that came; there are signals. */
void evi_event_signal_fire(struct event_base *base);
void evi_event_signal_activate(struct event_base *base, int signum, int ncalls);
struct event *evi_event_signal_first(const struct event_base *base, int signum);

/* After fork, in the child. */
int evi_event_signal_reinit(struct event_base *base);
void evi_event_signal_free(struct event_base *base);
void evi_event_signal_global_shutdown(void);

/* --- notify.c ---------------------------------------------------------- */

/* Something changed that a sleeping loop has to see. */
void evi_event_notify(struct event_base *base);

/* Open the wake descriptor if it is not.  0 or -errno. */
int evi_event_notify_open(struct event_base *base);
void evi_event_notify_close(struct event_base *base);
void evi_event_notify_on_readable(struct event_base *base);

/* --- deferred.c, finalize.c, once.c, watch.c, block.c, dump.c ---------- */

/*
 * So many flushes are not left for the end of the pass: what they write would
 * fall out of the processor's cache before.
 */
#define EVI_EVENT_FLUSH_BATCH 8

/* Run what was scheduled for the end of the pass. */
void evi_event_flush_run(struct event_base *base);

void evi_event_finalize_run(struct event_callback *cb);
void evi_event_once_end(struct event *ev);
void evi_event_once_clear(struct event_base *base);
void evi_event_watch_run_prepare(struct event_base *base, int64_t timeout_ns);
void evi_event_watch_run_check(struct event_base *base);
void evi_event_watch_clear(struct event_base *base);
void evi_event_block_clear(struct event_base *base);

/* Call fn for each event; stops at and returns the first that is not 0. */
int evi_event_dump_foreach(struct event_base *base,
    event_base_foreach_event_cb fn, void *arg);

/* --- debug.c ----------------------------------------------------------- */

extern atomic_int evi_event_debug_late; /* too late for it now */

/* The halves behind the test of evi_event_debug_on. */
/* is_added: -1 makes the event known, as not added. */
void evi_event_debug_note(const struct event *ev, int is_added);
void evi_event_debug_forget(const struct event *ev);
void evi_event_debug_check(const struct event *ev, int must_not_be_added,
    const char *func);

/* Each of the next six does nothing unless debug mode is on. */

/* There are events or bases now. */
static inline void
evi_event_debug_too_late(void)
{
	if (!atomic_load_explicit(&evi_event_debug_late, memory_order_relaxed))
		atomic_store_explicit(&evi_event_debug_late, 1,
		    memory_order_relaxed);
}

static inline void
evi_event_debug_note_setup(const struct event *ev)
{
	evi_event_debug_too_late();
	if (EVI_UNLIKELY(evi_event_debug_on))
		evi_event_debug_note(ev, -1);
}

static inline void
evi_event_debug_note_teardown(const struct event *ev)
{
	if (EVI_UNLIKELY(evi_event_debug_on))
		evi_event_debug_forget(ev);
}

static inline void
evi_event_debug_note_add(const struct event *ev)
{
	if (EVI_UNLIKELY(evi_event_debug_on))
		evi_event_debug_note(ev, 1);
}

static inline void
evi_event_debug_note_del(const struct event *ev)
{
	if (EVI_UNLIKELY(evi_event_debug_on))
		evi_event_debug_note(ev, 0);
}

static inline void
evi_event_debug_check_setup(const struct event *ev, const char *func)
{
	if (EVI_UNLIKELY(evi_event_debug_on))
		evi_event_debug_check(ev, 0, func);
}

static inline void
evi_event_debug_check_not_added(const struct event *ev, const char *func)
{
	if (EVI_UNLIKELY(evi_event_debug_on))
		evi_event_debug_check(ev, 1, func);
}

void evi_event_debug_global_shutdown(void);

/* --- global.c ---------------------------------------------------------- */

/* The base of the calls that name none; NULL before event_init(). */
extern struct event_base *evi_event_global_base;

/* `base` is being freed: the old API must not use it any more. */
void evi_event_global_forget(const struct event_base *base);

#endif
