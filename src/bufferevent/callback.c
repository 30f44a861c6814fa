/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * callback.c - the only caller of the application's callbacks.
 *
 * A callback runs at once, inside whatever made it due, or is deferred: then
 * what is due collects in `extra` and one deferred function runs it all, in
 * the order connected, read, write, other events.  Several events of the
 * same kind become one; the last errno is kept for them.
 *
 * A bufferevent that closes after a flush has no callbacks: here is where
 * close.c hears of progress and failure instead.
 *
 * Trap: any callback may free the bufferevent.  That sets all callbacks to
 * NULL, so the next one is looked up only when its turn comes.
 */
#include "bufferevent/bufferevent.h"

#include <errno.h>

/* Give the lock back for the application, if it asked for that. */
static void
lend_lock(struct evi_bufferevent *bufev)
{
	if (bufev->options & BEV_OPT_UNLOCK_CALLBACKS)
		evi_bufferevent_unlock(bufev);
}

static void
take_lock_back(struct evi_bufferevent *bufev)
{
	if (bufev->options & BEV_OPT_UNLOCK_CALLBACKS)
		evi_bufferevent_lock(bufev);
}

static void
tell_data(struct evi_bufferevent *bufev, bufferevent_data_cb cb)
{
	void *arg = bufev->bev.cbarg;

	if (!cb)
		return;
	lend_lock(bufev);
	cb(&bufev->bev, arg);
	take_lock_back(bufev);
}

static void
tell_event(struct evi_bufferevent *bufev, short what, int err)
{
	bufferevent_event_cb cb = bufev->bev.errorcb;
	void *arg = bufev->bev.cbarg;

	if (!cb)
		return;
	if (err)
		errno = err;
	lend_lock(bufev);
	cb(&bufev->bev, what, arg);
	take_lock_back(bufev);
}

/* Queue the deferred function.  0 or -ENOMEM. */
static int
defer(struct evi_bufferevent *bufev, short iotype, short what, int err)
{
	struct evi_bufferevent_extra *extra = evi_bufferevent_extra_get(bufev);

	if (!extra || !bufev->bev.ev_base)
		return -ENOMEM;
	extra->pending_io |= iotype;
	extra->pending_events |= what;
	if (what && err)
		extra->pending_error = err;
	(void)evi_event_deferred_schedule(bufev->bev.ev_base, &extra->deferred);
	return 0;
}

/*
 * Run the read callback.  If it took something but the input still stands at
 * its high mark, no read will bring it back: call it again, later.
 */
static inline void
tell_read(struct evi_bufferevent *bufev)
{
	size_t before = bufev->input.len;

	tell_data(bufev, bufev->bev.readcb);
	size_t high = bufev->bev.wm_read.high;
	if (high && bufev->input.len >= high && bufev->input.len < before &&
	    bufev->bev.readcb)
		(void)defer(bufev, EV_READ, 0, 0);
}

static int
must_defer(const struct evi_bufferevent *bufev, int options)
{
	return (bufev->options | options) & BEV_OPT_DEFER_CALLBACKS;
}

void
evi_bufferevent_callback_io(struct evi_bufferevent *bufev, short iotype,
    int options)
{
	const struct bufferevent *bev = &bufev->bev;
	int ignore_marks = options & BEV_TRIG_IGNORE_WATERMARKS;

	if (EVI_UNLIKELY(bufev->state & EVI_BUFFEREVENT_CLOSING)) {
		if (iotype & EV_WRITE)
			evi_bufferevent_close_on_drained(bufev);
		return;
	}
	if (!bev->readcb ||
	    (!ignore_marks && bufev->input.len < bev->wm_read.low))
		iotype &= ~EV_READ;
	if (!bev->writecb ||
	    (!ignore_marks && bufev->output.len > bev->wm_write.low))
		iotype &= ~EV_WRITE;
	if (!iotype)
		return;
	if (must_defer(bufev, options) && defer(bufev, iotype, 0, 0) == 0)
		return;
	if (iotype & EV_READ)
		tell_read(bufev);
	if (iotype & EV_WRITE)
		tell_data(bufev, bev->writecb);
}

void
evi_bufferevent_callback_read(struct evi_bufferevent *bufev)
{
	if (!bufev->bev.readcb || bufev->input.len < bufev->bev.wm_read.low ||
	    (bufev->state & EVI_BUFFEREVENT_CLOSING))
		return;
	if (must_defer(bufev, 0) && defer(bufev, EV_READ, 0, 0) == 0)
		return;
	tell_read(bufev);
}

void
evi_bufferevent_callback_event(struct evi_bufferevent *bufev, short what,
    int err, int options)
{
	if (EVI_UNLIKELY(bufev->state & EVI_BUFFEREVENT_CLOSING)) {
		evi_bufferevent_close_on_event(bufev, what);
		return;
	}
	if (!bufev->bev.errorcb)
		return;
	if (must_defer(bufev, options) && defer(bufev, 0, what, err) == 0)
		return;
	tell_event(bufev, what, err);
}

void
evi_bufferevent_callback_run(void *arg)
{
	struct evi_bufferevent *bufev = arg;
	struct evi_bufferevent_extra *extra = bufev->extra;

	evi_bufferevent_enter(bufev);
	if (extra->pending_events & BEV_EVENT_CONNECTED) {
		extra->pending_events &= ~BEV_EVENT_CONNECTED;
		tell_event(bufev, BEV_EVENT_CONNECTED, 0);
	}
	if (extra->pending_io & EV_READ) {
		extra->pending_io &= ~EV_READ;
		tell_read(bufev);
	}
	if (extra->pending_io & EV_WRITE) {
		extra->pending_io &= ~EV_WRITE;
		tell_data(bufev, bufev->bev.writecb);
	}
	if (extra->pending_events) {
		short what = extra->pending_events;
		int err = extra->pending_error;

		extra->pending_events = 0;
		extra->pending_error = 0;
		tell_event(bufev, what, err);
	}
	evi_bufferevent_leave(bufev);
}

void
evi_bufferevent_callback_cancel(struct evi_bufferevent *bufev)
{
	struct evi_bufferevent_extra *extra = bufev->extra;

	bufev->bev.readcb = NULL;
	bufev->bev.writecb = NULL;
	bufev->bev.errorcb = NULL;
	bufev->bev.cbarg = NULL;
	if (!extra)
		return;
	extra->pending_io = 0;
	extra->pending_events = 0;
	if (bufev->bev.ev_base)
		(void)evi_event_deferred_cancel(bufev->bev.ev_base,
		    &extra->deferred);
}
