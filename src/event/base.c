/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * base.c - an event_base's life, its backend, its clock, and what it tells
 * about itself.
 */
#include "event/event.h"

#include <errno.h>
#include <limits.h>

#include "base/base.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/time.h"
#include "event/config.h"
#include "os/clock.h"
#include "os/env.h"
#include "os/signal.h"

/* --- the backend ------------------------------------------------------- */

static int
open_backend(struct event_base *base, int flags)
{
	int r = base->backend->open(flags, &base->backend_state);

	if (r == 0)
		base->backend_flags = flags;
	return r;
}

static void
close_backend(struct event_base *base)
{
	if (base->backend_state)
		base->backend->close(base->backend_state);
	base->backend_state = NULL;
}

int
evi_event_base_renew_backend(struct event_base *base, int flags)
{
	void *old = base->backend_state;
	int r = open_backend(base, flags);

	if (r < 0) {
		evi_log_warn_errno(-r, "cannot renew the backend");
		return 0; /* the old one still works, if not well */
	}
	base->backend->close(old);
	return evi_event_fdmap_restore(base);
}

static int
backend_flags(int flags)
{
	return (flags & EVENT_BASE_FLAG_PRECISE_TIMER ? EVI_BACKEND_PRECISE
						      : 0) |
	    (flags & EVENT_BASE_FLAG_EPOLL_DISALLOW_TIMERFD
		    ? EVI_BACKEND_NO_TIMERFD
		    : 0);
}

static int
choose_backend(struct event_base *base, const struct event_config *config)
{
	const struct evi_backend *backend = evi_event_config_backend(config);

	if (!backend) {
		evi_log_warn("event_base_new_with_config: "
			     "no event mechanism available");
		return -ENOSYS;
	}
	if (base->flags & EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST)
		backend = evi_backend_changelist(backend);
	base->backend = backend;
	evi_log_debug("event_base_new: uses %s", backend->name);
	if (!(base->flags & EVENT_BASE_FLAG_IGNORE_ENV) &&
	    evi_os_env_get("EVENT_SHOW_METHOD"))
		evi_log_msg("libevent using: %s", backend->name);
	return open_backend(base, backend_flags(base->flags));
}

/* --- new --------------------------------------------------------------- */

/* Locks, and the descriptor that wakes the loop, when threads are on. */
static int
init_threads(struct event_base *base)
{
	if (!evi_lock_threads_on() || (base->flags & EVENT_BASE_FLAG_NOLOCK))
		return 0;
	int r = evi_lock_init(&base->lock, 0);
	if (r == 0)
		r = evi_cond_init(&base->current_done);
	if (r == 0)
		r = evi_event_notify_open(base);
	return r;
}

static void
init_limits(struct event_base *base, const struct event_config *config)
{
	base->running_priority = -1;
	base->dispatch_ns_max = config ? config->dispatch_ns_max : -1;
	base->dispatch_count_max = config ? config->dispatch_count_max
					  : INT_MAX;
	base->has_limits = base->dispatch_ns_max >= 0 ||
	    base->dispatch_count_max < INT_MAX;
	base->dispatch_limit_priority = config ? config->dispatch_limit_priority
					       : 1;
}

struct event_base *
event_base_new_with_config(const struct event_config *config)
{
	struct event_base *base = evi_new(struct event_base);

	evi_event_debug_too_late();
	if (!base)
		return NULL;
	if (evi_event_debug_on)
		evi_lock_too_late();
	EVI_TAILQ_INIT(&base->later);
	EVI_LIST_INIT(&base->onces);
	EVI_LIST_INIT(&base->ends);
	EVI_TAILQ_INIT(&base->flushes);
	EVI_TAILQ_INIT(&base->prepare_watchers);
	EVI_TAILQ_INIT(&base->check_watchers);
	base->flags = evi_event_config_flags(config);
	init_limits(base, config);
	int r = evi_event_active_init(base, 1);
	if (r == 0)
		r = choose_backend(base, config);
	if (r == 0)
		r = init_threads(base);
	if (r < 0) {
		event_base_free(base);
		errno = -r;
		return NULL;
	}
	return base;
}

struct event_base *
event_base_new(void)
{
	return event_base_new_with_config(NULL);
}

/* --- free -------------------------------------------------------------- */

/* Delete the events that wait for a descriptor or a signal. */
static void
delete_waiting(struct event_base *base)
{
	struct event *ev;

	for (int fd = 0; fd < evi_event_fdmap_limit(base); fd++)
		while ((ev = evi_event_fdmap_first(base, fd)))
			(void)evi_event_del_locked(ev, EVI_DEL_FINALIZING);
	for (int signum = 0; signum < EVI_OS_SIGNAL_COUNT; signum++)
		while ((ev = evi_event_signal_first(base, signum)))
			(void)evi_event_del_locked(ev, EVI_DEL_FINALIZING);
}

static void
delete_timers(struct event_base *base)
{
	struct event *ev;

	while ((ev = evi_event_timer_first(base)))
		(void)evi_event_del_locked(ev, EVI_DEL_FINALIZING);
}

/* Take the first active callback off its queue; NULL if there is none. */
static struct event_callback *
take_active(struct event_base *base)
{
	struct event_callback *cb;

	evi_event_active_take_later(base);
	for (int i = 0; i < base->queue_count; i++) {
		cb = EVI_TAILQ_FIRST(&base->queues[i]);
		if (!cb)
			continue;
		evi_event_active_remove(base, cb);
		return cb;
	}
	return NULL;
}

static void
delete_active(struct event_base *base, int run_finalizers)
{
	struct event_callback *cb;

	while ((cb = take_active(base)))
		if (run_finalizers)
			evi_event_active_finish(base, cb);
}

void
evi_event_base_end_add(struct event_base *base, struct evi_event_end *end,
    void (*fn)(struct evi_event_end *))
{
	evi_lock_acquire(&base->lock);
	end->fn = fn;
	EVI_LIST_INSERT_HEAD(&base->ends, end, next);
	evi_lock_release(&base->lock);
}

void
evi_event_base_end_remove(struct event_base *base, struct evi_event_end *end)
{
	evi_lock_acquire(&base->lock);
	EVI_LIST_REMOVE(end, next);
	evi_lock_release(&base->lock);
}

/* Call all that wait for the end.  The lock is held. */
static void
run_ends(struct event_base *base)
{
	struct evi_event_end *end;

	while ((end = EVI_LIST_FIRST(&base->ends))) {
		evi_lock_release(&base->lock);
		end->fn(end);
		evi_lock_acquire(&base->lock);
		EVI_ASSERT(EVI_LIST_FIRST(&base->ends) != end);
	}
}

static void
drop_flushes(struct event_base *base)
{
	struct evi_event_flush *flush, *next;

	EVI_TAILQ_FOREACH_SAFE(flush, &base->flushes, next, next)
		flush->next.tqe_prev = NULL;
}

static void
base_free(struct event_base *base, int run_finalizers)
{
	evi_lock_acquire(&base->lock);
	if (base->queues) {
		do {
			if (run_finalizers)
				run_ends(base);
			delete_waiting(base);
			delete_timers(base);
			delete_active(base, run_finalizers);
		} while (run_finalizers && EVI_LIST_FIRST(&base->ends));
	}
	drop_flushes(base);
	evi_event_signal_free(base);
	evi_event_notify_close(base);
	close_backend(base);
	evi_lock_release(&base->lock);

	evi_event_once_clear(base);
	evi_event_watch_clear(base);
	evi_event_timer_clear(base);
	evi_event_fdmap_clear(base);
	evi_event_block_clear(base);
	evi_event_active_clear(base);
	for (int i = 0; i < base->common_timeout_count; i++)
		evi_mem_free(base->common_timeouts[i]);
	evi_event_global_forget(base);
	evi_cond_clear(&base->current_done);
	evi_lock_clear(&base->lock);
	evi_mem_free(base);
}

static void
free_or_global(struct event_base *base, int run_finalizers)
{
	if (!base)
		base = evi_event_global_base;
	if (!base) {
		evi_log_warn("event_base_free: no base to free");
		return;
	}
	base_free(base, run_finalizers);
}

void
event_base_free(struct event_base *base)
{
	free_or_global(base, 1);
}

void
event_base_free_nofinalize(struct event_base *base)
{
	free_or_global(base, 0);
}

/* --- after fork -------------------------------------------------------- */

int
event_reinit(struct event_base *base)
{
	if (!base)
		return evi_err_public(-EINVAL);
	evi_lock_acquire(&base->lock);

	/* Only close what the parent shares: its epoll must not notice. */
	int was_notifiable = base->is_notifiable;
	close_backend(base);
	evi_event_notify_close(base);
	int r = open_backend(base, base->backend_flags);
	int restored = r == 0 ? evi_event_fdmap_restore(base) : 0;
	if (r == 0)
		r = evi_event_signal_reinit(base);
	if (r == 0 && was_notifiable)
		r = evi_event_notify_open(base);
	if (r == 0)
		r = restored;
	base->wake_sent = base->wake_wanted = 0;
	evi_event_base_unlock(base);
	return evi_err_public(r);
}

/* --- time -------------------------------------------------------------- */

int64_t
evi_event_base_read_clock(struct event_base *base)
{
	int64_t now = evi_os_clock_monotonic();

	if (!(base->flags & EVENT_BASE_FLAG_NO_CACHE_TIME) &&
	    evi_event_loop_is_here(base))
		evi_event_base_cache_time(base, now);
	return now;
}

int
event_base_gettimeofday_cached(struct event_base *base, struct timeval *tv)
{
	if (!base)
		base = evi_event_global_base;
	if (!tv)
		return evi_err_public(-EINVAL);

	int64_t wall = evi_os_clock_wall();
	if (base) {
		evi_lock_acquire(&base->lock);
		if (base->is_running)
			wall -= evi_os_clock_monotonic() -
			    evi_event_base_now(base);
		evi_lock_release(&base->lock);
	}
	evi_time_to_timeval(wall, tv);
	return 0;
}

int
event_base_update_cache_time(struct event_base *base)
{
	if (!base)
		base = evi_event_global_base;
	if (!base)
		return evi_err_public(-EINVAL);
	evi_lock_acquire(&base->lock);
	evi_event_base_cache_time(base, 0);
	(void)evi_event_base_now(base);
	evi_lock_release(&base->lock);
	return 0;
}

int
event_gettime_monotonic(struct event_base *base, struct timeval *tv)
{
	if (!base || !tv)
		return evi_err_public(-EINVAL);
	evi_time_to_timeval(evi_os_clock_monotonic(), tv);
	return 0;
}

/* --- settings and facts ------------------------------------------------ */

/* A pending event keeps a priority that there is. */
static int
limit_priority(const struct event_base *base, const struct event *ev, void *arg)
{
	(void)arg;
	evi_event_limit_priority(base, (struct event *)ev);
	return 0;
}

int
event_base_priority_init(struct event_base *base, int priorities)
{
	if (!base || priorities < 1 || priorities >= EVENT_MAX_PRIORITIES)
		return evi_err_public(-EINVAL);
	evi_lock_acquire(&base->lock);
	int r = 0;
	if (base->counts.active)
		r = -EBUSY;
	else if (priorities != base->queue_count)
		r = evi_event_active_init(base, priorities);
	if (r == 0) {
		(void)evi_event_dump_foreach(base, limit_priority, NULL);
		/* The loop may be at work on the queue that is gone now. */
		base->must_continue = base->attention = 1;
	}
	evi_lock_release(&base->lock);
	return evi_err_public(r);
}

int
event_base_get_npriorities(struct event_base *base)
{
	if (!base)
		base = evi_event_global_base;
	return base ? base->queue_count : evi_err_public(-EINVAL);
}

/* The common timeout of this length, or NULL. */
static const struct timeval *
find_common(const struct event_base *base, const struct timeval *tv)
{
	for (int i = 0; i < base->common_timeout_count; i++) {
		const struct timeval *known = base->common_timeouts[i];

		if (known->tv_sec == tv->tv_sec &&
		    (known->tv_usec & EVI_EVENT_COMMON_USEC) == tv->tv_usec)
			return known;
	}
	return NULL;
}

/*
 * Every timeout is cheap here, so a common one needs no queue of its own: it
 * is only marked, as programs expect.
 */
const struct timeval *
event_base_init_common_timeout(struct event_base *base,
    const struct timeval *tv)
{
	if (!base || !tv)
		return NULL;

	struct timeval plain = *tv;
	plain.tv_usec = (suseconds_t)evi_event_usec(tv);
	if (plain.tv_sec < 0 || plain.tv_usec < 0 ||
	    evi_time_from_timeval(&plain) == EVI_TIME_NEVER)
		return NULL;
	plain.tv_sec += plain.tv_usec / 1000000;
	plain.tv_usec %= 1000000;

	evi_lock_acquire(&base->lock);
	const struct timeval *result = find_common(base, &plain);
	int count = base->common_timeout_count;
	if (!result && count == (int)EVI_COUNT_OF(base->common_timeouts)) {
		evi_log_warn("%s: Too many common timeouts already in use; "
			     "we only support %d per event_base",
		    __func__, count);
	} else if (!result) {
		struct timeval *made = evi_new(struct timeval);

		if (made) {
			made->tv_sec = plain.tv_sec;
			made->tv_usec = plain.tv_usec | EVI_EVENT_COMMON_MAGIC |
			    count << EVI_EVENT_COMMON_SHIFT;
			base->common_timeouts[count] = made;
			base->common_timeout_count++;
		}
		result = made;
	}
	evi_lock_release(&base->lock);
	return result;
}

const char *
event_base_get_method(const struct event_base *base)
{
	return base ? base->backend->name : NULL;
}

const char *
event_base_get_signal_method(const struct event_base *base)
{
	if (!base)
		return NULL;
	return base->flags & EVENT_BASE_FLAG_USE_SIGNALFD ? "signalfd_signal"
							  : "signal";
}

int
event_base_get_features(const struct event_base *base)
{
	return base ? base->backend->features : 0;
}

int
event_base_get_num_events(struct event_base *base, unsigned type)
{
	int count = 0;

	if (!base)
		return 0;
	evi_lock_acquire(&base->lock);
	if (type & EVENT_BASE_COUNT_ACTIVE)
		count += base->counts.active;
	if (type & EVENT_BASE_COUNT_VIRTUAL)
		count += base->counts.virtual;
	if (type & EVENT_BASE_COUNT_ADDED)
		count += base->counts.pending + base->counts.active;
	evi_lock_release(&base->lock);
	return count;
}

/* The most a count ever was, set back if `clear`. */
static int
take_max(int *count_max, int clear)
{
	int max = *count_max;

	if (clear)
		*count_max = 0;
	return max;
}

int
event_base_get_max_events(struct event_base *base, unsigned type, int clear)
{
	int max = 0;

	if (!base)
		return 0;
	evi_lock_acquire(&base->lock);
	if (type & EVENT_BASE_COUNT_ACTIVE)
		max += take_max(&base->counts.active_max, clear);
	if (type & EVENT_BASE_COUNT_VIRTUAL)
		max += take_max(&base->counts.virtual_max, clear);
	if (type & EVENT_BASE_COUNT_ADDED)
		max += take_max(&base->counts.added_max, clear);
	evi_lock_release(&base->lock);
	return max;
}

struct event *
event_base_get_running_event(struct event_base *base)
{
	struct event *ev = NULL;

	if (!base)
		return NULL;
	evi_lock_acquire(&base->lock);
	if (base->current && evi_event_loop_is_here(base) &&
	    !evi_event_is_deferred(base->current))
		ev = evi_event_of(base->current);
	evi_lock_release(&base->lock);
	return ev;
}

void
event_base_active_by_fd(struct event_base *base, evutil_socket_t fd,
    short events)
{
	if (!base)
		return;
	evi_lock_acquire(&base->lock);
	evi_event_fdmap_activate(base, fd,
	    events & (EVI_EVENT_IO | EV_TIMEOUT));
	evi_event_base_unlock(base);
}

void
event_base_active_by_signal(struct event_base *base, int signum)
{
	if (!base)
		return;
	evi_lock_acquire(&base->lock);
	evi_event_signal_activate(base, signum, 1);
	evi_event_base_unlock(base);
}
