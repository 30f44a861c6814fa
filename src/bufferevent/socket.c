/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * socket.c - bytes between a stream socket and the two buffers.
 *
 * Reading is armed while it may move.  Writing is not: output that appears
 * queues the bufferevent for the end of the loop's pass (on_flush), where it
 * is written straight away.  Only what the kernel did not take makes it arm
 * writing, and armed it stays until the output is empty.  Thus a callback's
 * answer costs one system call, and bufferevent_enable() none.
 *
 * bufferevent_enable(EV_WRITE) makes the write callback run once even when
 * there is nothing to write: programs start from that (STATE_TELL_WRITE).
 *
 * While it is connecting nothing is read or written.  The first sign of
 * life, in either direction, settles it.  A descriptor put in meanwhile is
 * the one whose outcome is awaited from then on.
 */
#include "bufferevent/socket.h"

#include <errno.h>

#include "event2/bufferevent_compat.h"
#include "base/err.h"
#include "base/mem.h"
#include "bufferevent/engine.h"
#include "os/socket.h"

/* Writes and write callbacks in a row before others get their turn. */
#define FLUSH_ROUNDS 4

/* Connecting, and write readiness will tell how it went. */
#define AWAITING_CONNECT \
	(EVI_BUFFEREVENT_CONNECTING | EVI_BUFFEREVENT_WRITE_ARMED)

/* Writing ----------------------------------------------------------------- */

/* May bytes go to the kernel now? */
static int
can_write(const struct evi_bufferevent *bufev)
{
	return evi_bufferevent_may_move(bufev, EV_WRITE) &&
	    evi_bufferevent_engine_fd(bufev) >= 0 &&
	    !(bufev->state &
		(EVI_BUFFEREVENT_CONNECTING | EVI_BUFFEREVENT_FREED));
}

static void
on_output_grew(struct evi_bufferevent *bufev)
{
	if (!(bufev->state &
		(EVI_BUFFEREVENT_WRITE_ARMED | EVI_BUFFEREVENT_FLUSHING)) &&
	    can_write(bufev))
		evi_bufferevent_queue_flush(bufev);
}

static void
write_failed(struct evi_bufferevent *bufev, int err)
{
	evi_bufferevent_disable(bufev, EV_WRITE);
	evi_bufferevent_callback_event(bufev,
	    BEV_EVENT_WRITING | BEV_EVENT_ERROR, err, 0);
}

/* Ask for write readiness while there is output that may go, else not. */
static inline void
settle(struct evi_bufferevent *bufev)
{
	int is_armed = bufev->state & EVI_BUFFEREVENT_WRITE_ARMED;
	int wanted = bufev->output.len > 0 && can_write(bufev);

	if (wanted && !is_armed) {
		int r = evi_bufferevent_engine_arm(bufev, EV_WRITE);

		if (r < 0)
			write_failed(bufev, -r);
	} else if (!wanted && is_armed &&
	    !(bufev->state & EVI_BUFFEREVENT_CONNECTING)) {
		evi_bufferevent_engine_cancel(bufev, EV_WRITE);
	}
}

/*
 * Write once, tell, and if `tell` is set tell in any case.  1: the kernel has
 * taken all that it was offered.
 */
static inline int
write_and_tell(struct evi_bufferevent *bufev, int tell)
{
	size_t room = bufev->output.len ? evi_bufferevent_write_room(bufev) : 0;
	ssize_t n = room ? evi_bufferevent_engine_drain(bufev, room) : 0;

	if (EVI_UNLIKELY(n < 0)) {
		if (!evi_err_is_again((int)n)) {
			write_failed(bufev, (int)-n);
			return 0;
		}
		n = 0;
	}
	if (n > 0)
		evi_bufferevent_write_done(bufev, (size_t)n);
	int is_taken = bufev->output.len == 0 || (n > 0 && (size_t)n == room);
	if (n > 0 || tell)
		evi_bufferevent_callback_written(bufev);
	return is_taken;
}

/*
 * Write what there is, and what the application adds when told; wait for
 * readiness to write the rest.
 */
static void
write_rounds(struct evi_bufferevent *bufev, int tell)
{
	bufev->state |= EVI_BUFFEREVENT_FLUSHING;
	for (int i = 0; i < FLUSH_ROUNDS && can_write(bufev); i++) {
		if (!write_and_tell(bufev, tell) || bufev->output.len == 0)
			break;
		tell = 0;
	}
	bufev->state &= (uint8_t)~EVI_BUFFEREVENT_FLUSHING;
	settle(bufev);
}

/* The end of a pass: write what the pass has left behind. */
static void
on_flush(struct evi_bufferevent *bufev)
{
	int tell = bufev->state & EVI_BUFFEREVENT_TELL_WRITE;

	bufev->state &= (uint8_t)~EVI_BUFFEREVENT_TELL_WRITE;
	write_rounds(bufev, tell);
}

/* Connecting -------------------------------------------------------------- */

void
evi_bufferevent_socket_hold(struct evi_bufferevent *bufev)
{
	bufev->state &= (uint8_t)~EVI_BUFFEREVENT_TELL_WRITE;
	if (bufev->bev.ev_base)
		(void)evi_event_flush_cancel(bufev->bev.ev_base, &bufev->flush);
}

int
evi_bufferevent_socket_await_connect(struct evi_bufferevent *bufev)
{
	evi_bufferevent_socket_hold(bufev);
	bufev->state |= EVI_BUFFEREVENT_CONNECTING;
	return evi_bufferevent_engine_arm(bufev, EV_WRITE);
}

void
evi_bufferevent_socket_forget_connect(struct evi_bufferevent *bufev)
{
	bufev->state &= (uint8_t)~EVI_BUFFEREVENT_CONNECTING;
}

/* Settle a pending connect and report it.  1: connected. */
static int
finish_connect(struct evi_bufferevent *bufev)
{
	int r = evi_os_socket_error(evi_bufferevent_engine_fd(bufev));

	if (r < 0 && (evi_err_is_connecting(r) || evi_err_is_again(r)))
		return 0;
	evi_bufferevent_socket_forget_connect(bufev);
	if (r < 0) {
		evi_bufferevent_engine_cancel(bufev, EV_READ | EV_WRITE);
		evi_bufferevent_callback_event(bufev, BEV_EVENT_ERROR, -r, 0);
		return 0;
	}
	evi_bufferevent_callback_event(bufev, BEV_EVENT_CONNECTED, 0, 0);
	return 1;
}

/* What the engine reports ------------------------------------------------- */

void
evi_bufferevent_socket_on_timeout(struct evi_bufferevent *bufev, short what)
{
	evi_bufferevent_disable(bufev, what);
	evi_bufferevent_callback_event(bufev,
	    BEV_EVENT_TIMEOUT |
		(what == EV_READ ? BEV_EVENT_READING : BEV_EVENT_WRITING),
	    0, 0);
}

void
evi_bufferevent_socket_on_writable(struct evi_bufferevent *bufev)
{
	if (bufev->state & EVI_BUFFEREVENT_CONNECTING) {
		if (!finish_connect(bufev))
			return;
		/* Nobody waits for a write callback unless bytes go out. */
	}
	write_rounds(bufev, 0);
}

/* The stream has ended, or failed with -r. */
static void
read_ended(struct evi_bufferevent *bufev, int r)
{
	short what = BEV_EVENT_READING |
	    (r == 0 ? BEV_EVENT_EOF : BEV_EVENT_ERROR);

	evi_bufferevent_disable(bufev, EV_READ);
	evi_bufferevent_callback_event(bufev, what, -r, 0);
}

void
evi_bufferevent_socket_on_readable(struct evi_bufferevent *bufev)
{
	if (EVI_UNLIKELY(
		(bufev->state & AWAITING_CONNECT) == AWAITING_CONNECT)) {
		if (!finish_connect(bufev))
			return;
		settle(bufev);
		if (!evi_bufferevent_may_move(bufev, EV_READ) ||
		    (bufev->state & EVI_BUFFEREVENT_FREED))
			return;
	}
	size_t room = evi_bufferevent_read_room(bufev);
	if (room == 0)
		return;
	ssize_t n = evi_bufferevent_engine_fill(bufev, room);
	if (EVI_UNLIKELY(n <= 0)) {
		if (!evi_err_is_again((int)n))
			read_ended(bufev, (int)n);
		return;
	}
	evi_bufferevent_read_done(bufev, (size_t)n);
	evi_bufferevent_callback_read(bufev);
}

/* The type ---------------------------------------------------------------- */

static int
enable(struct evi_bufferevent *bufev, short what)
{
	int r = 0;

	if (what & EV_READ)
		r = evi_bufferevent_engine_arm(bufev, EV_READ);
	if (!(what & EV_WRITE) || evi_bufferevent_engine_fd(bufev) < 0)
		return r;
	if (bufev->state & EVI_BUFFEREVENT_CONNECTING)
		return r < 0 ? r : evi_bufferevent_engine_arm(bufev, EV_WRITE);
	bufev->state |= EVI_BUFFEREVENT_TELL_WRITE;
	evi_bufferevent_queue_flush(bufev);
	return r;
}

static void
disable(struct evi_bufferevent *bufev, short what)
{
	/* A connect goes on: its outcome is wanted whatever is enabled. */
	if ((what & EV_WRITE) && !(bufev->state & EVI_BUFFEREVENT_CONNECTING)) {
		bufev->state &= (uint8_t)~EVI_BUFFEREVENT_TELL_WRITE;
		evi_bufferevent_engine_cancel(bufev, EV_WRITE);
	}
	if (what & EV_READ)
		evi_bufferevent_engine_cancel(bufev, EV_READ);
}

static void
unlink_socket(struct evi_bufferevent *bufev)
{
	evi_bufferevent_socket_forget_connect(bufev);
	evi_bufferevent_engine_detach(bufev);
}

static void
destruct(struct evi_bufferevent *bufev)
{
	evutil_socket_t fd = evi_bufferevent_engine_fd(bufev);

	if (fd >= 0 && (bufev->options & BEV_OPT_CLOSE_ON_FREE))
		(void)evi_event_fdmap_close(bufev->bev.ev_base, fd);
}

static evutil_socket_t
get_fd(struct evi_bufferevent *bufev)
{
	return evi_bufferevent_engine_fd(bufev);
}

int
evi_bufferevent_socket_set_fd(struct evi_bufferevent *bufev, evutil_socket_t fd)
{
	if (bufev->state & EVI_BUFFEREVENT_FREED)
		return -EINVAL;
	bufev->state &= (uint8_t)~EVI_BUFFEREVENT_TELL_WRITE;
	evi_bufferevent_engine_detach(bufev);
	evi_bufferevent_engine_attach(bufev, fd);
	if (fd < 0)
		return 0;

	short what = 0;
	if (evi_bufferevent_may_move(bufev, EV_READ))
		what |= EV_READ;
	if (evi_bufferevent_may_move(bufev, EV_WRITE))
		what |= EV_WRITE;
	return what ? enable(bufev, what) : 0;
}

const struct bufferevent_ops evi_bufferevent_socket_ops = {
	.name = "socket",
	.enable = enable,
	.disable = disable,
	.unlink = unlink_socket,
	.destruct = destruct,
	.adjust_timeouts = evi_bufferevent_engine_adjust,
	.get_fd = get_fd,
	.set_fd = evi_bufferevent_socket_set_fd,
	.on_output_grew = on_output_grew,
	.on_flush = on_flush,
};

/* The public calls -------------------------------------------------------- */

struct bufferevent *
bufferevent_socket_new(struct event_base *base, evutil_socket_t fd, int options)
{
	struct evi_bufferevent *bufev = evi_new(struct evi_bufferevent);

	if (!bufev)
		return NULL;
	int r = evi_bufferevent_init(bufev, base, &evi_bufferevent_socket_ops,
	    options, NULL);
	if (r < 0) {
		evi_bufferevent_clear(bufev);
		evi_mem_free(bufev);
		(void)evi_err_public(r);
		return NULL;
	}
	(void)evbuffer_set_flags(bufev->bev.output, EVBUFFER_FLAG_DRAINS_TO_FD);
	evi_bufferevent_engine_attach(bufev, fd);
	if (!base) /* event_assign() has put in the global one, if any */
		bufev->bev.ev_base = event_get_base(&bufev->bev.ev_read);
	return &bufev->bev;
}

int
bufferevent_base_set(struct event_base *base, struct bufferevent *bev)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	if (bev->be_ops != &evi_bufferevent_socket_ops)
		return evi_err_public(-EOPNOTSUPP);
	evi_bufferevent_lock(bufev);
	struct evi_event_deferred *deferred = bufev->extra
	    ? &bufev->extra->deferred
	    : NULL;
	int was_queued = bev->ev_base &&
	    evi_event_flush_cancel(bev->ev_base, &bufev->flush);
	int was_deferred = bev->ev_base && deferred &&
	    evi_event_deferred_cancel(bev->ev_base, deferred);
	int r = evi_bufferevent_engine_set_base(bufev, base);
	if (r == 0) {
		bev->ev_base = base;
		evi_buffer_take_cache(&bufev->input, base);
		evi_buffer_take_cache(&bufev->output, base);
	}
	if (was_queued || bufev->output.len > 0)
		evi_bufferevent_queue_flush(bufev);
	if (was_deferred)
		(void)evi_event_deferred_schedule(bev->ev_base, deferred);
	evi_bufferevent_unlock(bufev);
	return evi_err_public(r);
}

int
bufferevent_priority_set(struct bufferevent *bev, int pri)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);
	int r = 0;

	if (bev->be_ops != &evi_bufferevent_socket_ops)
		return evi_err_public(-EOPNOTSUPP);
	evi_bufferevent_lock(bufev);
	if (event_priority_set(&bev->ev_read, pri) < 0 ||
	    event_priority_set(&bev->ev_write, pri) < 0)
		r = -EINVAL;
	else if (bufev->extra)
		bufev->extra->deferred.cb.evcb_pri = (ev_uint8_t)pri;
	evi_bufferevent_unlock(bufev);
	return evi_err_public(r);
}

/* The old calls ----------------------------------------------------------- */

struct bufferevent *
bufferevent_new(evutil_socket_t fd, bufferevent_data_cb readcb,
    bufferevent_data_cb writecb, bufferevent_event_cb errorcb, void *cbarg)
{
	struct bufferevent *bev = bufferevent_socket_new(NULL, fd, 0);

	if (bev)
		bufferevent_setcb(bev, readcb, writecb, errorcb, cbarg);
	return bev;
}

/* Whole seconds; 0 and less mean none. */
static struct timeval
seconds(int count)
{
	return (struct timeval){ .tv_sec = count > 0 ? count : 0 };
}

void
bufferevent_settimeout(struct bufferevent *bev, int timeout_read,
    int timeout_write)
{
	struct timeval tv_read = seconds(timeout_read);
	struct timeval tv_write = seconds(timeout_write);

	(void)bufferevent_set_timeouts(bev, &tv_read, &tv_write);
}
