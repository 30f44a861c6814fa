/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event.c - an event's life: set up, add, activate, delete, ask.
 *
 * An event is pending while it waits for its descriptor or signal (INSERTED)
 * or its timeout (TIMEOUT), and active while it is queued to run.  It may be
 * both.  Public functions take the base's lock; _locked ones expect it.
 */
#include "event/event.h"

#include <errno.h>

#include "event2/event_compat.h"
#include "base/base.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/time.h"
#include "os/clock.h"

/* event_self_cbarg() is the address of this. */
static char self_cbarg;

void *
event_self_cbarg(void)
{
	return &self_cbarg;
}

int64_t
evi_event_duration(const struct timeval *tv)
{
	int64_t ns = evi_event_plain_duration(tv);

	if (ns < 0) {
		struct timeval odd = *tv;

		odd.tv_usec = (suseconds_t)evi_event_usec(tv);
		ns = evi_time_from_timeval(&odd);
	}
	return ns == EVI_EVENT_NO_TIMEOUT ? ns + 1 : ns;
}

void
evi_event_init(struct event *ev, int fd, int events, event_callback_fn callback,
    void *arg)
{
	enum evi_event_closure closure = EVI_CLOSURE_EVENT;

	memset(&ev->ev_, 0, sizeof(ev->ev_));
	if (events & EV_SIGNAL)
		closure = EVI_CLOSURE_SIGNAL;
	else if (events & EV_PERSIST)
		closure = EVI_CLOSURE_PERSIST;
	ev->ev_evcallback.evcb_cb_union.evcb_callback = callback;
	ev->ev_evcallback.evcb_arg = arg == &self_cbarg ? ev : arg;
	ev->ev_evcallback.evcb_flags = EVLIST_INIT | EVI_EVENT_FRESH |
	    (events & (EVI_EVENT_IO | EV_SIGNAL) ? EVI_EVENT_TO_INSERT : 0);
	ev->ev_evcallback.evcb_closure = closure;
	ev->ev_evcallback.evcb_pri = (ev_uint8_t)(ev->ev_base
		? ev->ev_base->queue_count / 2
		: 0);
	ev->ev_fd = fd;
	ev->ev_events = (short)events;
	ev->ev_res = 0;
}

int
event_assign(struct event *ev, struct event_base *base, evutil_socket_t fd,
    short events, event_callback_fn callback, void *arg)
{
	if (!ev)
		return evi_err_public(-EINVAL);
	if ((events & EV_SIGNAL) && (events & EVI_EVENT_IO)) {
		evi_log_warn("%s: EV_SIGNAL is not compatible with EV_READ, "
			     "EV_WRITE or EV_CLOSED",
		    __func__);
		return evi_err_public(-EINVAL);
	}
	if (arg == &self_cbarg)
		arg = ev;
	evi_event_debug_check_not_added(ev, __func__);
	if (!base)
		base = evi_event_global_base;
	ev->ev_base = base;
	evi_event_init(ev, fd, events, callback, arg);
	evi_event_debug_note_setup(ev);
	return 0;
}

void
event_set(struct event *ev, evutil_socket_t fd, short events,
    void (*callback)(evutil_socket_t, short, void *), void *arg)
{
	int r = event_assign(ev, evi_event_global_base, fd, events, callback,
	    arg);

	if (r < 0 && ev) /* nothing else could tell the caller */
		evi_log_abort("event_set: impossible events");
}

struct event *
event_new(struct event_base *base, evutil_socket_t fd, short events,
    event_callback_fn callback, void *arg)
{
	struct event *ev = evi_mem_alloc(sizeof(*ev));

	if (!ev)
		return NULL;
	memset(ev, 0, sizeof(*ev));
	if (event_assign(ev, base, fd, events, callback, arg) < 0) {
		evi_mem_free(ev);
		return NULL;
	}
	return ev;
}

void
event_free(struct event *ev)
{
	if (!ev)
		return;
	/* Without a base it was never added. */
	if (ev->ev_base)
		(void)event_del(ev);
	evi_event_debug_note_teardown(ev);
	evi_mem_free(ev);
}

void
event_debug_unassign(struct event *ev)
{
	if (!ev)
		return;
	evi_event_debug_check_not_added(ev, __func__);
	evi_event_debug_note_teardown(ev);
	ev->ev_evcallback.evcb_flags &= ~EVLIST_INIT;
}

/* The result of a call with such an event. */
EVI_NOINLINE static int
no_base(const struct event *ev, const char *func)
{
	evi_log_warn("%s: event %s.", func,
	    ev ? "has no event_base set" : "is NULL");
	return evi_err_public(-EINVAL);
}

/* --- add --------------------------------------------------------------- */

/* Wait for the descriptor or the signal.  Returns 1 if the loop must look. */
static int
insert(struct event *ev)
{
	struct event_base *base = ev->ev_base;
	int r = ev->ev_events & EV_SIGNAL ? evi_event_signal_add(base, ev)
					  : evi_event_fdmap_add(base, ev);

	if (r < 0)
		return r;
	ev->ev_evcallback.evcb_flags ^= EVLIST_INSERTED | EVI_EVENT_TO_INSERT;
	evi_event_count_pending(base);
	return r;
}

static void
take_out(struct event *ev)
{
	struct event_base *base = ev->ev_base;

	ev->ev_evcallback.evcb_flags ^= EVLIST_INSERTED | EVI_EVENT_TO_INSERT;
	base->counts.pending--;
	if (ev->ev_events & EV_SIGNAL)
		evi_event_signal_remove(base, ev);
	else
		evi_event_fdmap_remove(base, ev);
}

/* The remaining deliveries of a signal that runs now are forgotten. */
static void
stop_signal(struct event *ev)
{
	if (ev->ev_base->current == &ev->ev_evcallback)
		ev->ev_base->signal_calls = 0;
}

/* Set the timeout; an expiry that has not run yet is taken back. */
static int
set_timeout(struct event *ev, int64_t deadline_ns)
{
	struct event_base *base = ev->ev_base;
	int r = evi_event_timer_add(base, ev, deadline_ns);

	if (r < 0)
		return r;
	if (evi_event_has(ev, EVLIST_ACTIVE) && (ev->ev_res & EV_TIMEOUT)) {
		stop_signal(ev);
		evi_event_active_remove(base, &ev->ev_evcallback);
	}
	return r;
}

EVI_NOINLINE static int
add(struct event *ev, int64_t deadline_ns)
{
	struct event_base *base = ev->ev_base;
	int must_notify = 0;
	int is_inserted = 0;

	if (evi_event_has(ev, EVLIST_FINALIZING))
		return -EINVAL;
	evi_event_limit_priority(base, ev);
	if (ev->ev_evcallback.evcb_closure == EVI_CLOSURE_SIGNAL)
		evi_event_active_wait(base, &ev->ev_evcallback);
	if (evi_event_has(ev,
		EVI_EVENT_TO_INSERT | EVLIST_ACTIVE | EVLIST_ACTIVE_LATER) ==
	    EVI_EVENT_TO_INSERT) {
		int r = insert(ev);

		if (r < 0)
			return r;
		must_notify = r;
		is_inserted = 1;
	}
	if (deadline_ns != EVI_EVENT_NO_TIMEOUT) {
		int r = set_timeout(ev, deadline_ns);

		if (r < 0) {
			if (is_inserted)
				take_out(ev);
			return r;
		}
		must_notify |= r;
	}
	if (must_notify)
		evi_event_notify(base);
	evi_event_debug_note_add(ev);
	return 0;
}

/* event_add() with a timeout. */
static int
add_timeout(struct event *ev, int64_t timeout_ns)
{
	int64_t now = evi_event_base_now(ev->ev_base);
	int64_t deadline = evi_time_add(now, timeout_ns);
	int r = evi_event_postpone(ev, deadline) ? 0 : add(ev, deadline);

	if (r == 0 && evi_event_repeats(ev))
		evi_event_set_interval(ev, timeout_ns);
	return r;
}

int
evi_event_add_locked(struct event *ev, int64_t timeout_ns)
{
	return timeout_ns == EVI_EVENT_NO_TIMEOUT ? add(ev, timeout_ns)
						  : add_timeout(ev, timeout_ns);
}

int
evi_event_add_deadline(struct event *ev, int64_t deadline_ns)
{
	return add(ev, deadline_ns);
}

/* Say what is wrong with `ev`, unless that was said deeper inside. */
EVI_NOINLINE static int
add_failed(const struct event *ev, int r)
{
	if (r != -EINVAL)
		evi_log_warn_errno(-r,
		    "event_add: event %p (events: 0x%x, "
		    "fd: %d)",
		    (const void *)ev, (unsigned)ev->ev_events, ev->ev_fd);
	return evi_err_public(r);
}

/* The time, in a callback of a base that only this thread can see; else 0. */
static inline int64_t
alone_time(const struct event_base *base)
{
	if (!base || !base->alone_ns || evi_log_debug_mask)
		return 0;
	return base->alone_ns;
}

/* event_add(), whatever has to be done. */
EVI_NOINLINE static int
add_public(struct event *ev, const struct timeval *tv)
{
	if (!ev || !ev->ev_base)
		return no_base(ev, "event_add");
	evi_event_debug_check_setup(ev, "event_add");

	struct event_base *base = ev->ev_base;
	evi_log_debug("event_add: event %p (fd %d), 0x%x%s", (void *)ev,
	    ev->ev_fd, (unsigned)ev->ev_events, tv ? " with a timeout" : "");
	evi_lock_acquire(&base->lock);
	int r = evi_event_add_locked(ev,
	    tv ? evi_event_duration(tv) : EVI_EVENT_NO_TIMEOUT);
	evi_event_base_unlock(base);
	return r == 0 ? 0 : add_failed(ev, r);
}

/*
 * Set the timeout, `span` from now, of an event that has nothing else to do, or
 * do it all.
 */
EVI_NOINLINE static int
add_timer(struct event *ev, const struct timeval *tv, int64_t span)
{
	struct event_base *base = ev->ev_base;

	if (evi_event_has(ev,
		EVLIST_ACTIVE | EVLIST_ACTIVE_LATER | EVLIST_FINALIZING |
		    EVI_EVENT_TO_INSERT) ||
	    evi_event_timer_add(base, ev, base->now_ns + span) < 0)
		return add_public(ev, tv);
	if (evi_event_repeats(ev))
		evi_event_set_interval(ev, span);
	return 0;
}

int
event_add(struct event *ev, const struct timeval *tv)
{
	int64_t now = ev && tv ? alone_time(ev->ev_base) : 0;
	int64_t span = now ? evi_event_plain_duration(tv) : -1;

	if (span < 0)
		return add_public(ev, tv);

	/* What it is called for most: a later timeout for a pending event. */
	if (!evi_event_postpone(ev, now + span))
		return add_timer(ev, tv, span);
	if (evi_event_repeats(ev))
		evi_event_set_interval(ev, span);
	return 0;
}

/* --- activate ---------------------------------------------------------- */

void
evi_event_active_locked(struct event *ev, int res, int ncalls)
{
	struct event_base *base = ev->ev_base;
	struct event_callback *cb = &ev->ev_evcallback;

	if (ev->ev_events & EV_SIGNAL)
		evi_event_active_wait(base, cb);
	if (cb->evcb_flags & (EVLIST_FINALIZING | EVLIST_ACTIVE)) {
		if (!(cb->evcb_flags & EVLIST_FINALIZING))
			ev->ev_res |= (short)res;
		return;
	}
	if (cb->evcb_flags & EVLIST_ACTIVE_LATER) {
		res |= ev->ev_res;
		evi_event_active_later_remove(base, cb);
	}
	ev->ev_res = (short)res;
	if (cb->evcb_pri < base->running_priority)
		base->must_continue = base->attention = 1;
	if (ev->ev_events & EV_SIGNAL)
		ev->ev_.ev_signal.ev_ncalls = (short)ncalls;
	evi_event_limit_priority(base, ev);
	evi_event_active_insert(base, cb);
	if (base->is_waiting)
		evi_event_notify(base);
}

void
event_active(struct event *ev, int res, short ncalls)
{
	if (EVI_UNLIKELY(!ev || !ev->ev_base)) {
		(void)no_base(ev, __func__);
		return;
	}
	evi_event_debug_check_setup(ev, __func__);

	struct event_base *base = ev->ev_base;
	evi_log_debug("event_active: event %p (fd %d), 0x%x", (void *)ev,
	    ev->ev_fd, (unsigned)res);
	evi_lock_acquire(&base->lock);
	evi_event_active_locked(ev, res, ncalls);
	evi_event_base_unlock(base);
}

/* --- delete ------------------------------------------------------------ */

int
evi_event_del_locked(struct event *ev, enum evi_event_del how)
{
	struct event_base *base = ev->ev_base;
	struct event_callback *cb = &ev->ev_evcallback;

	if ((cb->evcb_flags & EVLIST_FINALIZING) && how != EVI_DEL_FINALIZING)
		return 0;
	stop_signal(ev);
	if (cb->evcb_flags & EVLIST_TIMEOUT)
		evi_event_timer_remove(base, ev);
	if (cb->evcb_flags & EVLIST_ACTIVE)
		evi_event_active_remove(base, cb);
	else if (cb->evcb_flags & EVLIST_ACTIVE_LATER)
		evi_event_active_later_remove(base, cb);
	if (cb->evcb_flags & EVLIST_INSERTED) {
		take_out(ev);
		evi_event_notify(base);
	} else if (!base->counts.pending && !base->counts.active) {
		evi_event_notify(base); /* the loop may end now */
	}
	evi_event_debug_note_del(ev);

	int must_wait = how == EVI_DEL_BLOCK ||
	    (how == EVI_DEL_AUTOBLOCK && !(ev->ev_events & EV_FINALIZE));
	if (must_wait)
		evi_event_active_wait(base, cb);
	return 0;
}

static int
del(struct event *ev, enum evi_event_del how, const char *func)
{
	if (EVI_UNLIKELY(!ev || !ev->ev_base))
		return no_base(ev, func);
	evi_event_debug_check_setup(ev, func);

	struct event_base *base = ev->ev_base;
	evi_log_debug("%s: event %p (fd %d)", func, (void *)ev, ev->ev_fd);
	evi_lock_acquire(&base->lock);
	int r = evi_event_del_locked(ev, how);
	evi_event_base_unlock(base);
	return evi_err_public(r);
}

/* Delete a timer that has nothing else to do: 1 if it was that. */
static inline int
del_quickly(struct event *ev)
{
	if (!alone_time(ev->ev_base) ||
	    evi_event_has(ev,
		EVLIST_TIMEOUT | EVLIST_INSERTED | EVLIST_ACTIVE |
		    EVLIST_ACTIVE_LATER | EVLIST_FINALIZING |
		    EVI_EVENT_TO_INSERT) != EVLIST_TIMEOUT)
		return 0;
	evi_event_timer_remove(ev->ev_base, ev);
	return 1;
}

int
event_del(struct event *ev)
{
	if (ev && del_quickly(ev))
		return 0;
	return del(ev, EVI_DEL_AUTOBLOCK, __func__);
}

int
event_del_block(struct event *ev)
{
	return del(ev, EVI_DEL_BLOCK, __func__);
}

int
event_del_noblock(struct event *ev)
{
	return del(ev, EVI_DEL_NOBLOCK, __func__);
}

int
event_remove_timer(struct event *ev)
{
	if (EVI_UNLIKELY(!ev || !ev->ev_base))
		return no_base(ev, __func__);
	evi_event_debug_check_setup(ev, __func__);

	struct event_base *base = ev->ev_base;
	evi_lock_acquire(&base->lock);
	if (evi_event_has(ev, EVLIST_TIMEOUT)) {
		evi_event_timer_remove(base, ev);
		if (evi_event_repeats(ev))
			evi_event_set_interval(ev, 0);
	}
	evi_event_base_unlock(base);
	return 0;
}

/* --- ask and tell ------------------------------------------------------ */

int
event_initialized(const struct event *ev)
{
	return ev && evi_event_has(ev, EVLIST_INIT) ? 1 : 0;
}

void
evi_event_deadline_of_day(const struct event *ev, struct timeval *ret_tv)
{
	int64_t left = evi_time_add(evi_event_deadline(ev),
	    -evi_os_clock_monotonic());
	int64_t wall = evi_time_add(evi_os_clock_wall(), left);

	evi_time_to_timeval(wall > 0 ? wall : 0, ret_tv);
}

int
event_pending(const struct event *ev, short events, struct timeval *tv)
{
	int flags = 0;

	if (EVI_UNLIKELY(!ev || !ev->ev_base)) {
		(void)no_base(ev, __func__);
		return 0;
	}
	evi_event_debug_check_setup(ev, __func__);

	struct event_base *base = ev->ev_base;
	evi_lock_acquire(&base->lock);
	if (evi_event_has(ev, EVLIST_INSERTED))
		flags |= ev->ev_events & (EVI_EVENT_IO | EV_SIGNAL);
	if (evi_event_has(ev, EVLIST_ACTIVE | EVLIST_ACTIVE_LATER))
		flags |= ev->ev_res;
	if (evi_event_has(ev, EVLIST_TIMEOUT))
		flags |= EV_TIMEOUT;
	flags &= events & (EV_TIMEOUT | EVI_EVENT_IO | EV_SIGNAL);
	if (tv && (flags & EV_TIMEOUT) && evi_event_has(ev, EVLIST_TIMEOUT))
		evi_event_deadline_of_day(ev, tv);
	evi_lock_release(&base->lock);
	return flags;
}

int
event_priority_set(struct event *ev, int pri)
{
	if (!ev)
		return evi_err_public(-EINVAL);
	evi_event_debug_check_setup(ev, __func__);
	if (!ev->ev_base ||
	    evi_event_has(ev, EVLIST_ACTIVE | EVLIST_ACTIVE_LATER) || pri < 0 ||
	    pri >= ev->ev_base->queue_count)
		return evi_err_public(-EINVAL);
	ev->ev_evcallback.evcb_pri = (ev_uint8_t)pri;
	return 0;
}

int
event_base_set(struct event_base *base, struct event *ev)
{
	if (!base || !ev)
		return evi_err_public(-EINVAL);
	evi_event_debug_check_setup(ev, __func__);
	if (evi_event_has(ev, EVLIST_ALL) != EVLIST_INIT)
		return evi_err_public(-EINVAL); /* pending or active */
	ev->ev_base = base;
	ev->ev_evcallback.evcb_pri = (ev_uint8_t)(base->queue_count / 2);
	return 0;
}

evutil_socket_t
event_get_fd(const struct event *ev)
{
	evi_event_debug_check_setup(ev, __func__);
	return ev->ev_fd;
}

struct event_base *
event_get_base(const struct event *ev)
{
	evi_event_debug_check_setup(ev, __func__);
	return ev->ev_base;
}

short
event_get_events(const struct event *ev)
{
	evi_event_debug_check_setup(ev, __func__);
	return ev->ev_events;
}

event_callback_fn
event_get_callback(const struct event *ev)
{
	evi_event_debug_check_setup(ev, __func__);
	return ev->ev_evcallback.evcb_cb_union.evcb_callback;
}

void *
event_get_callback_arg(const struct event *ev)
{
	evi_event_debug_check_setup(ev, __func__);
	return ev->ev_evcallback.evcb_arg;
}

int
event_get_priority(const struct event *ev)
{
	evi_event_debug_check_setup(ev, __func__);
	return ev->ev_evcallback.evcb_pri;
}

void
event_get_assignment(const struct event *ev, struct event_base **base_out,
    evutil_socket_t *fd_out, short *events_out, event_callback_fn *callback_out,
    void **arg_out)
{
	evi_event_debug_check_setup(ev, __func__);
	if (base_out)
		*base_out = ev->ev_base;
	if (fd_out)
		*fd_out = ev->ev_fd;
	if (events_out)
		*events_out = ev->ev_events;
	if (callback_out)
		*callback_out = ev->ev_evcallback.evcb_cb_union.evcb_callback;
	if (arg_out)
		*arg_out = ev->ev_evcallback.evcb_arg;
}

size_t
event_get_struct_event_size(void)
{
	return sizeof(struct event);
}
