/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * readiness.c - the engine that asks the kernel when a socket is ready and
 * then moves the bytes itself.
 *
 * ev_read and ev_write are persistent events on the socket; their timeouts
 * start again with each activity.  EV_FINALIZE keeps event_del() from
 * waiting for a callback that itself waits for our lock.
 */
#include "bufferevent/engine.h"

#include <errno.h>

#include "base/time.h"

static void
on_read_event(evutil_socket_t fd, short what, void *arg)
{
	struct evi_bufferevent *bufev = arg;

	(void)fd;
	evi_bufferevent_enter(bufev);
	if (EVI_UNLIKELY(bufev->state & EVI_BUFFEREVENT_FREED))
		; /* freed by another thread, on our way to the lock */
	else if (EVI_UNLIKELY(what == EV_TIMEOUT))
		evi_bufferevent_socket_on_timeout(bufev, EV_READ);
	else
		evi_bufferevent_socket_on_readable(bufev);
	evi_bufferevent_leave(bufev);
}

static void
on_write_event(evutil_socket_t fd, short what, void *arg)
{
	struct evi_bufferevent *bufev = arg;

	(void)fd;
	evi_bufferevent_enter(bufev);
	if (EVI_UNLIKELY(bufev->state & EVI_BUFFEREVENT_FREED))
		; /* as above */
	else if (EVI_UNLIKELY(what == EV_TIMEOUT))
		evi_bufferevent_socket_on_timeout(bufev, EV_WRITE);
	else
		evi_bufferevent_socket_on_writable(bufev);
	evi_bufferevent_leave(bufev);
}

void
evi_bufferevent_engine_attach(struct evi_bufferevent *bufev, evutil_socket_t fd)
{
	struct bufferevent *bev = &bufev->bev;
	int pri = bufferevent_get_priority(bev);

	(void)event_assign(&bev->ev_read, bev->ev_base, fd,
	    EV_READ | EV_PERSIST | EV_FINALIZE, on_read_event, bufev);
	(void)event_assign(&bev->ev_write, bev->ev_base, fd,
	    EV_WRITE | EV_PERSIST | EV_FINALIZE, on_write_event, bufev);
	if (bev->ev_base) {
		(void)event_priority_set(&bev->ev_read, pri);
		(void)event_priority_set(&bev->ev_write, pri);
	}
}

void
evi_bufferevent_engine_detach(struct evi_bufferevent *bufev)
{
	evi_bufferevent_engine_cancel(bufev, EV_READ | EV_WRITE);
}

int
evi_bufferevent_engine_set_base(struct evi_bufferevent *bufev,
    struct event_base *base)
{
	struct bufferevent *bev = &bufev->bev;

	if (event_base_set(base, &bev->ev_read) < 0 ||
	    event_base_set(base, &bev->ev_write) < 0)
		return -EINVAL;
	return 0;
}

static const struct timeval *
timeout_or_null(const struct timeval *tv)
{
	return evutil_timerisset(tv) ? tv : NULL;
}

int
evi_bufferevent_engine_arm(struct evi_bufferevent *bufev, short what)
{
	struct bufferevent *bev = &bufev->bev;
	const struct timeval *tv = timeout_or_null(
	    what == EV_READ ? &bev->timeout_read : &bev->timeout_write);
	struct event *ev = what == EV_READ ? &bev->ev_read : &bev->ev_write;

	if (!bev->ev_base)
		return -EINVAL;
	if (ev->ev_fd < 0 && !tv)
		return 0; /* neither readiness nor time to wait for */
	if (event_add(ev, tv) < 0)
		return -EIO;
	if (what == EV_WRITE)
		bufev->state |= EVI_BUFFEREVENT_WRITE_ARMED;
	return 0;
}

void
evi_bufferevent_engine_cancel(struct evi_bufferevent *bufev, short what)
{
	if (what & EV_READ)
		(void)event_del(&bufev->bev.ev_read);
	if (what & EV_WRITE) {
		bufev->state &= (uint8_t)~EVI_BUFFEREVENT_WRITE_ARMED;
		(void)event_del(&bufev->bev.ev_write);
	}
}

static void
adjust_one(struct event *ev, short what, const struct timeval *tv)
{
	if (!event_pending(ev, what | EV_TIMEOUT, NULL))
		return;
	if (evutil_timerisset(tv))
		(void)event_add(ev, tv);
	else
		(void)event_remove_timer(ev);
}

void
evi_bufferevent_engine_adjust(struct evi_bufferevent *bufev)
{
	struct bufferevent *bev = &bufev->bev;

	adjust_one(&bev->ev_read, EV_READ, &bev->timeout_read);
	adjust_one(&bev->ev_write, EV_WRITE, &bev->timeout_write);
}

ssize_t
evi_bufferevent_engine_fill(struct evi_bufferevent *bufev, size_t max)
{
	return evi_buffer_io_read(&bufev->input,
	    evi_bufferevent_engine_fd(bufev), (ssize_t)max);
}

ssize_t
evi_bufferevent_engine_drain(struct evi_bufferevent *bufev, size_t max)
{
	return evi_buffer_io_write(&bufev->output,
	    evi_bufferevent_engine_fd(bufev), (ssize_t)max);
}
