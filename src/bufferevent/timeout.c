/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * timeout.c - timeouts of bufferevents that have no socket of their own.
 *
 * ev_read and ev_write are then plain timers.  The read timer runs while
 * reading may go on, the write timer while there is output that may go.
 */
#include "bufferevent/bufferevent.h"

/* One of the timers has come to its end. */
static void
timed_out(struct evi_bufferevent *bufev, short what)
{
	evi_bufferevent_enter(bufev);
	if (!(bufev->state & EVI_BUFFEREVENT_FREED)) {
		evi_bufferevent_disable(bufev, what);
		evi_bufferevent_callback_event(bufev,
		    BEV_EVENT_TIMEOUT |
			(what == EV_READ ? BEV_EVENT_READING
					 : BEV_EVENT_WRITING),
		    0, 0);
	}
	evi_bufferevent_leave(bufev);
}

static void
on_read_timeout(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	timed_out(arg, EV_READ);
}

static void
on_write_timeout(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	timed_out(arg, EV_WRITE);
}

void
evi_bufferevent_timeout_init(struct evi_bufferevent *bufev)
{
	struct bufferevent *bev = &bufev->bev;

	(void)event_assign(&bev->ev_read, bev->ev_base, -1, EV_FINALIZE,
	    on_read_timeout, bufev);
	(void)event_assign(&bev->ev_write, bev->ev_base, -1, EV_FINALIZE,
	    on_write_timeout, bufev);
}

static void
run_or_stop(struct event *ev, const struct timeval *tv, int run)
{
	if (run && evutil_timerisset(tv))
		(void)event_add(ev, tv);
	else
		(void)event_del(ev);
}

/* Should the timer of `what` run, if there is one? */
static int
must_run(const struct evi_bufferevent *bufev, short what)
{
	return evi_bufferevent_may_move(bufev, what) &&
	    !(bufev->state & EVI_BUFFEREVENT_FREED) &&
	    (what == EV_READ || bufev->output.len > 0);
}

void
evi_bufferevent_timeout_adjust(struct evi_bufferevent *bufev)
{
	struct bufferevent *bev = &bufev->bev;

	run_or_stop(&bev->ev_read, &bev->timeout_read,
	    must_run(bufev, EV_READ));
	run_or_stop(&bev->ev_write, &bev->timeout_write,
	    must_run(bufev, EV_WRITE));
}

void
evi_bufferevent_timeout_moved(struct evi_bufferevent *bufev, short what)
{
	struct bufferevent *bev = &bufev->bev;

	if (what & EV_READ)
		run_or_stop(&bev->ev_read, &bev->timeout_read,
		    must_run(bufev, EV_READ));
	if (what & EV_WRITE)
		run_or_stop(&bev->ev_write, &bev->timeout_write,
		    must_run(bufev, EV_WRITE));
}
