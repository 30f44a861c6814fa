/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * close.c - bufferevent_close_after_flush(): send what is pending, then free.
 *
 * The application's callbacks are taken off and callback.c tells this file
 * instead whenever output has gone out or something has happened.  When the
 * type says that all is out (its finish()), the bufferevent is freed; a type
 * that stands on another one hands that over to be closed the same way, so
 * the farewell walks down layer by layer to the socket.
 *
 * The reference that belonged to the application now belongs to the closing.
 * A base that is freed meanwhile gives up what it waits for.
 */
#include "bufferevent/bufferevent.h"

#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/time.h"
#include "os/clock.h"

struct evi_bufferevent_closing {
	struct evi_bufferevent *bufev;
	struct evi_event_end base_end;
	struct event timer;
	int64_t deadline_ns; /* EVI_TIME_NEVER: none */
};

/* Give up the wait and the bufferevent; the caller holds a reference. */
static void
give_up(struct evi_bufferevent *bufev)
{
	if (!(bufev->state & EVI_BUFFEREVENT_FREED))
		bufferevent_free(&bufev->bev);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct evi_bufferevent *bufev = arg;

	(void)fd;
	(void)what;
	evi_bufferevent_enter(bufev);
	give_up(bufev);
	evi_bufferevent_leave(bufev);
}

/* The base goes: nothing is sent any more. */
static void
on_base_end(struct evi_event_end *end)
{
	struct evi_bufferevent *bufev = EVI_CONTAINER_OF(end,
	    struct evi_bufferevent_closing, base_end)
					    ->bufev;

	evi_bufferevent_enter(bufev);
	give_up(bufev);
	(void)evi_bufferevent_unref_and_unlock(bufev);
}

/* Close the one below with the time that is left. */
static void
close_below(const struct evi_bufferevent *bufev, struct bufferevent *below)
{
	int64_t deadline_ns = bufev->extra->closing->deadline_ns;
	struct timeval left;

	if (deadline_ns == EVI_TIME_NEVER) {
		(void)bufferevent_close_after_flush(below, NULL);
		return;
	}
	int64_t left_ns = deadline_ns - evi_os_clock_monotonic();
	if (left_ns < EVI_TIME_NS_PER_MS)
		left_ns = EVI_TIME_NS_PER_MS;
	evi_time_to_timeval(left_ns, &left);
	(void)bufferevent_close_after_flush(below, &left);
}

/* Go on; 1: done and freed, 0: wait, -errno: given up. */
static int
step(struct evi_bufferevent *bufev)
{
	const struct bufferevent_ops *ops = bufev->bev.be_ops;
	struct bufferevent *below = NULL;
	int r = ops->finish ? ops->finish(bufev, &below)
			    : bufev->output.len == 0;

	if (r == 0)
		return 0;
	if (below)
		close_below(bufev, below);
	give_up(bufev);
	return r;
}

void
evi_bufferevent_close_on_drained(struct evi_bufferevent *bufev)
{
	if (!(bufev->state & EVI_BUFFEREVENT_FREED))
		(void)step(bufev);
}

void
evi_bufferevent_close_on_event(struct evi_bufferevent *bufev, short what)
{
	/* Connected: now it can go out.  The peer's end is not ours. */
	if (what & BEV_EVENT_CONNECTED)
		return;
	if ((what & BEV_EVENT_EOF) && (what & BEV_EVENT_READING))
		return;
	give_up(bufev);
}

void
evi_bufferevent_close_cancel(struct evi_bufferevent *bufev)
{
	struct evi_bufferevent_closing *closing = bufev->extra
	    ? bufev->extra->closing
	    : NULL;

	if (!closing)
		return;
	/* The memory goes with `extra`: the timer's callback may be due. */
	(void)event_del(&closing->timer);
	evi_event_base_end_remove(bufev->bev.ev_base, &closing->base_end);
}

/* Set up the timer.  0 or -errno. */
static int
start_timer(struct evi_bufferevent *bufev, const struct timeval *timeout)
{
	struct evi_bufferevent_extra *extra = evi_bufferevent_extra_get(bufev);
	struct evi_bufferevent_closing *closing;

	if (!bufev->bev.ev_base || (timeout && !evi_time_is_valid(timeout)))
		return -EINVAL;
	closing = extra ? evi_new(struct evi_bufferevent_closing) : NULL;
	if (!closing)
		return -ENOMEM;
	(void)event_assign(&closing->timer, bufev->bev.ev_base, -1, EV_FINALIZE,
	    on_deadline, bufev);
	closing->bufev = bufev;
	closing->deadline_ns = EVI_TIME_NEVER;
	evi_event_base_end_add(bufev->bev.ev_base, &closing->base_end,
	    on_base_end);
	extra->closing = closing;
	if (!timeout)
		return 0;
	closing->deadline_ns = evi_time_add(evi_os_clock_monotonic(),
	    evi_time_from_timeval(timeout));
	return event_add(&closing->timer, timeout) < 0 ? -ENOMEM : 0;
}

/* Is there anything the output could go out to, now or soon? */
static int
can_go_out(struct evi_bufferevent *bufev)
{
	const struct bufferevent_ops *ops = bufev->bev.be_ops;

	if (bufev->extra && bufev->extra->lookup)
		return 1;
	return !ops->get_fd || ops->get_fd(bufev) >= 0;
}

/* Begin; 0, or -errno and freed at once. */
static int
begin(struct evi_bufferevent *bufev, const struct timeval *timeout)
{
	struct bufferevent *bev = &bufev->bev;

	if (bufev->state & (EVI_BUFFEREVENT_FREED | EVI_BUFFEREVENT_CLOSING))
		return -EINVAL;
	evi_bufferevent_callback_cancel(bufev);
	int r = can_go_out(bufev) ? start_timer(bufev, timeout) : -ENOTCONN;
	if (r < 0) {
		give_up(bufev);
		return r;
	}
	bufev->state |= EVI_BUFFEREVENT_CLOSING;
	evi_bufferevent_disable(bufev, EV_READ);
	bev->enabled |= EV_WRITE;
	r = step(bufev);
	if (r != 0)
		return r < 0 ? r : 0;
	if (!bufev->write_suspended)
		r = bev->be_ops->enable(bufev, EV_WRITE);
	if (r < 0)
		give_up(bufev);
	return r;
}

int
bufferevent_close_after_flush(struct bufferevent *bev,
    const struct timeval *timeout)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	evi_bufferevent_enter(bufev);
	int r = begin(bufev, timeout);
	(void)evi_bufferevent_unref_and_unlock(bufev);
	return evi_err_public(r);
}
