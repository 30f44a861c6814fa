/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * loop.c - one turn of the loop, and how to make it stop.
 *
 * A turn: how long may we sleep, wait, put what is ready and what is due into
 * the queues, run one priority, flush.  Descriptors come before timers, and
 * signals after both.
 */
#include "event/event.h"

#include <errno.h>

#include "base/base.h"
#include "base/err.h"
#include "base/log.h"
#include "base/time.h"
#include "os/clock.h"

/* Nanoseconds until a timer is due, 0 if one is already, -1 for never. */
static int64_t
time_to_next_timer(struct event_base *base)
{
	if (EVI_LIKELY(evi_event_timer_is_empty(base)))
		return -1;

	int is_shown = !EVI_TAILQ_EMPTY(&base->prepare_watchers);
	int64_t next = evi_event_timer_next(base, is_shown);

	if (next == EVI_TIME_NEVER)
		return -1;

	if (next <= evi_event_base_now(base))
		return 0;
	/* The cached time is as old as the callbacks took. */
	int64_t now = evi_os_clock_monotonic();
	return next > now ? next - now : 0;
}

static int64_t
time_to_sleep(struct event_base *base, int flags)
{
	if ((flags & EVLOOP_NONBLOCK) || base->counts.active ||
	    base->must_break || base->must_exit ||
	    !EVI_TAILQ_EMPTY(&base->flushes))
		return 0;
	return time_to_next_timer(base);
}

static int
has_nothing_to_do(const struct event_base *base)
{
	return !base->counts.pending && !base->counts.virtual &&
	    !base->counts.active;
}

/* Wait without the lock, then hand out what the backend reports. */
static int
wait_and_fire(struct event_base *base, int64_t timeout_ns)
{
	const struct evi_ready *ready = NULL;

	if (!base->backend_state)
		return -EBADF;
	base->backend->prepare(base->backend_state);
	evi_event_base_cache_time(base, 0);
	base->is_waiting = timeout_ns != 0;
	evi_lock_release(&base->lock);
	int count = base->backend->wait(base->backend_state, timeout_ns,
	    &ready);
	evi_lock_acquire(&base->lock);
	evi_event_base_cache_time(base, 0);
	base->is_waiting = 0;
	base->wake_sent = 0;
	if (count < 0)
		return count;
	/* What callbacks take for now. */
	if (EVI_LIKELY(!(base->flags & EVENT_BASE_FLAG_NO_CACHE_TIME)))
		evi_event_base_cache_time(base, evi_os_clock_monotonic());
	if (count)
		evi_event_fdmap_fire(base, ready, count);
	if (EVI_UNLIKELY(base->must_renew)) {
		base->must_renew = 0;
		int r = evi_event_base_renew_backend(base,
		    base->backend_flags | EVI_BACKEND_EAGER);
		if (r < 0)
			return r;
	}
	if (!EVI_TAILQ_EMPTY(&base->check_watchers))
		evi_event_watch_run_check(base);
	return 0;
}

/* One turn.  1: go on, 0: a reason to stop, or -errno of the backend. */
static int
turn(struct event_base *base, int flags)
{
	int64_t timeout_ns = time_to_sleep(base, flags);

	base->must_continue = 0;
	base->attention = base->must_break;
	base->deferred_count = 0;
	if (!EVI_TAILQ_EMPTY(&base->later))
		evi_event_active_take_later(base);
	if (!EVI_TAILQ_EMPTY(&base->prepare_watchers)) {
		evi_event_watch_run_prepare(base, timeout_ns);
		timeout_ns = time_to_sleep(base, flags);
	}

	int r = wait_and_fire(base, timeout_ns);
	if (r < 0)
		return r;
	if (!evi_event_timer_is_empty(base))
		evi_event_timer_expire(base);
	if (base->signals)
		evi_event_signal_fire(base);

	/* A flush from outside counts: it is a write callback elsewhere. */
	int had_active = base->counts.active ||
	    !EVI_TAILQ_EMPTY(&base->flushes);
	if (base->counts.active)
		evi_event_active_run(base);
	if (!EVI_TAILQ_EMPTY(&base->flushes))
		evi_event_flush_run(base);
	if ((flags & EVLOOP_ONCE) && had_active && !base->counts.active)
		return 0;
	return had_active || !(flags & EVLOOP_NONBLOCK);
}

/* Turn until something stops it: the result of event_base_loop(). */
static int
run(struct event_base *base, int flags)
{
	while (!base->must_exit && !base->must_break) {
		if (!(flags & EVLOOP_NO_EXIT_ON_EMPTY) &&
		    has_nothing_to_do(base))
			return 1;

		int r = turn(base, flags);
		if (r < 0) {
			evi_log_warn_errno(-r, "%s: waiting failed",
			    base->backend->name);
			return r;
		}
		if (r == 0)
			return 0;
	}
	return 0;
}

int
event_base_loop(struct event_base *base, int flags)
{
	if (!base)
		return evi_err_public(-EINVAL);
	evi_lock_acquire(&base->lock);
	if (base->is_running) {
		evi_log_warn(
		    "%s: reentrant invocation.  Only one "
		    "event_base_loop can run on each event_base at once.",
		    __func__);
		evi_lock_release(&base->lock);
		return -1;
	}
	base->is_running = 1;
	base->owner = evi_thread_id();
	evi_event_base_cache_time(base, 0);
	base->must_exit = base->must_break = 0;

	int r = run(base, flags);

	evi_event_base_cache_time(base, 0);
	base->is_running = 0;
	evi_lock_release(&base->lock);
	return evi_err_public(r);
}

int
event_base_dispatch(struct event_base *base)
{
	return event_base_loop(base, 0);
}

int
evi_event_loop_is_here(struct event_base *base)
{
	return base->is_running &&
	    (!base->lock.impl || base->owner == evi_thread_id());
}

int
evi_event_loop_is_elsewhere(const struct event_base *base)
{
	return base->lock.impl && base->is_running &&
	    base->owner != evi_thread_id();
}

static void
on_loopexit(evutil_socket_t fd, short events, void *arg)
{
	struct event_base *base = arg;

	(void)fd, (void)events;
	evi_lock_acquire(&base->lock);
	base->must_exit = 1;
	evi_lock_release(&base->lock);
}

int
event_base_loopexit(struct event_base *base, const struct timeval *tv)
{
	return event_base_once(base, -1, EV_TIMEOUT, on_loopexit, base, tv);
}

int
event_base_loopbreak(struct event_base *base)
{
	if (!base)
		return evi_err_public(-EINVAL);
	evi_lock_acquire(&base->lock);
	base->must_break = base->attention = 1;
	evi_event_notify(base);
	evi_event_base_unlock(base);
	return 0;
}

int
event_base_loopcontinue(struct event_base *base)
{
	if (!base)
		return evi_err_public(-EINVAL);
	evi_lock_acquire(&base->lock);
	base->must_continue = base->attention = 1;
	evi_event_notify(base);
	evi_event_base_unlock(base);
	return 0;
}

/* The value of a flag that the loop keeps after it has returned. */
static int
get_locked(struct event_base *base, const int *flag)
{
	evi_lock_acquire(&base->lock);
	int value = *flag;
	evi_lock_release(&base->lock);
	return value;
}

int
event_base_got_exit(struct event_base *base)
{
	return base ? get_locked(base, &base->must_exit) : 0;
}

int
event_base_got_break(struct event_base *base)
{
	return base ? get_locked(base, &base->must_break) : 0;
}
