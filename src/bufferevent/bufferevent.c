/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bufferevent.c - what all types of bufferevent have in common.
 *
 * Public calls lock, change the generic state, and ask the type (be_ops) to
 * move bytes or to stop.  Nothing here knows a socket.
 *
 * The two buffers have the bufferevent as their owner: their hooks are how
 * it learns that the application took input or added output.  The input is
 * frozen at its end and the output at its front, so that the application
 * can do no more than that.
 */
#include "bufferevent/bufferevent.h"

#include <errno.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "bufferevent/rate_limit.h"

/* Hooks of the buffers ---------------------------------------------------- */

static struct evi_bufferevent *
of_input(struct evbuffer *buf)
{
	return EVI_CONTAINER_OF(buf, struct evi_bufferevent, input);
}

static struct evi_bufferevent *
of_output(struct evbuffer *buf)
{
	return EVI_CONTAINER_OF(buf, struct evi_bufferevent, output);
}

/* Stop reading when the input has come to its high mark. */
static void
on_input_grew(struct evbuffer *buf)
{
	struct evi_bufferevent *bufev = of_input(buf);
	size_t high = bufev->bev.wm_read.high;

	if (high && buf->len >= high)
		evi_bufferevent_suspend_read(bufev,
		    EVI_BUFFEREVENT_SUSPEND_MARK);
}

/* Go on reading when it has fallen below. */
static void
on_input_drained(struct evbuffer *buf)
{
	struct evi_bufferevent *bufev = of_input(buf);

	if ((bufev->read_suspended & EVI_BUFFEREVENT_SUSPEND_MARK) &&
	    buf->len < bufev->bev.wm_read.high)
		evi_bufferevent_unsuspend_read(bufev,
		    EVI_BUFFEREVENT_SUSPEND_MARK);
}

static void
on_output_grew(struct evbuffer *buf)
{
	struct evi_bufferevent *bufev = of_output(buf);

	if (bufev->bev.be_ops->on_output_grew)
		bufev->bev.be_ops->on_output_grew(bufev);
}

static void
input_ref(struct evbuffer *buf)
{
	of_input(buf)->refs++;
}

static void
input_unref(struct evbuffer *buf)
{
	evi_bufferevent_lock(of_input(buf));
	(void)evi_bufferevent_unref_and_unlock(of_input(buf));
}

static void
output_ref(struct evbuffer *buf)
{
	of_output(buf)->refs++;
}

static void
output_unref(struct evbuffer *buf)
{
	evi_bufferevent_lock(of_output(buf));
	(void)evi_bufferevent_unref_and_unlock(of_output(buf));
}

/* An input without a high mark need not tell. */
static const struct evi_buffer_owner input_owner = {
	.ref = input_ref,
	.unref = input_unref,
};

static const struct evi_buffer_owner marked_input_owner = {
	.on_grew = on_input_grew,
	.on_drained = on_input_drained,
	.ref = input_ref,
	.unref = input_unref,
};

static const struct evi_buffer_owner output_owner = {
	.on_grew = on_output_grew,
	.ref = output_ref,
	.unref = output_unref,
};

/* Life -------------------------------------------------------------------- */

struct evi_bufferevent_extra *
evi_bufferevent_extra_get(struct evi_bufferevent *bufev)
{
	if (bufev->extra)
		return bufev->extra;
	bufev->extra = evi_new(struct evi_bufferevent_extra);
	if (!bufev->extra)
		return NULL;
	evi_event_deferred_init(&bufev->extra->deferred,
	    bufferevent_get_priority(&bufev->bev), evi_bufferevent_callback_run,
	    bufev);
	return bufev->extra;
}

static int
init_lock(struct evi_bufferevent *bufev, const struct evi_bufferevent *below)
{
	struct evi_lock lock = { .impl = NULL };

	if (below) {
		lock = evi_buffer_get_lock(&below->input);
	} else if (bufev->options & BEV_OPT_THREADSAFE) {
		int r = evi_lock_init(&lock, 1);

		if (r < 0)
			return r;
		if (!lock.impl)
			return -EINVAL; /* threads are off */
		bufev->state |= EVI_BUFFEREVENT_OWNS_LOCK;
	}
	evi_buffer_set_lock(&bufev->input, &lock);
	evi_buffer_set_lock(&bufev->output, &lock);
	return 0;
}

int
evi_bufferevent_init(struct evi_bufferevent *bufev, struct event_base *base,
    const struct bufferevent_ops *ops, int options,
    struct evi_bufferevent *below)
{
	struct bufferevent *bev = &bufev->bev;

	bufev->refs = 1;
	bufev->options = (uint8_t)options;
	bev->ev_base = base;
	bev->be_ops = ops;
	bev->enabled = EV_WRITE;
	evi_buffer_init(&bufev->input);
	evi_buffer_init(&bufev->output);
	bev->input = &bufev->input;
	bev->output = &bufev->output;
	int r = init_lock(bufev, below);
	if (r < 0)
		return r;
	if ((options & BEV_OPT_UNLOCK_CALLBACKS) &&
	    !(options & BEV_OPT_DEFER_CALLBACKS)) {
		evi_log_warn("UNLOCK_CALLBACKS requires DEFER_CALLBACKS");
		return -EINVAL;
	}
	evi_buffer_set_owner(&bufev->input, &input_owner);
	evi_buffer_set_owner(&bufev->output, &output_owner);
	evi_buffer_take_cache(&bufev->input, base);
	evi_buffer_take_cache(&bufev->output, base);
	evi_buffer_set_frozen(&bufev->input, EVI_BUFFER_FROZEN_END, 1);
	evi_buffer_set_frozen(&bufev->output, EVI_BUFFER_FROZEN_START, 1);
	if ((options & BEV_OPT_DEFER_CALLBACKS) &&
	    !evi_bufferevent_extra_get(bufev))
		return -ENOMEM;
	return 0;
}

void
evi_bufferevent_clear(struct evi_bufferevent *bufev)
{
	struct evi_lock lock = evi_buffer_get_lock(&bufev->input);

	evi_bufferevent_rate_limit_clear(bufev);
	evi_buffer_clear(&bufev->input);
	evi_buffer_clear(&bufev->output);
	if (bufev->extra)
		evi_mem_free(bufev->extra->closing);
	evi_mem_free(bufev->extra);
	if (bufev->state & EVI_BUFFEREVENT_OWNS_LOCK)
		evi_lock_clear(&lock);
}

/* The end.  Nobody holds it, nothing of it is queued. */
static void
destroy(struct evi_bufferevent *bufev)
{
	struct event_base *base = bufev->bev.ev_base;

	EVI_ASSERT(bufev->refs == 0);
	EVI_ASSERT(bufev->state & EVI_BUFFEREVENT_FREED);
	if (base)
		(void)evi_event_flush_cancel(base, &bufev->flush);
	if (bufev->bev.be_ops->destruct)
		bufev->bev.be_ops->destruct(bufev);
	evi_bufferevent_clear(bufev);
	evi_mem_free(bufev);
}

/* The finalizer of ev_read. */
static void
on_finalized(struct event *ev, void *arg)
{
	struct evi_bufferevent *bufev = arg;

	(void)ev;
	/* Whoever dropped the last reference may still hold the lock. */
	evi_bufferevent_lock(bufev);
	evi_bufferevent_unlock(bufev);
	destroy(bufev);
}

/* It lost its last reference without bufferevent_free(): the same then. */
static void
unlink_from_all(struct evi_bufferevent *bufev)
{
	if (bufev->state & EVI_BUFFEREVENT_FREED)
		return;
	bufev->state |= EVI_BUFFEREVENT_FREED;
	evi_bufferevent_callback_cancel(bufev);
	evi_bufferevent_close_cancel(bufev);
	evi_bufferevent_connect_cancel(bufev);
	evi_bufferevent_rate_limit_leave(bufev);
	if (bufev->bev.be_ops->unlink)
		bufev->bev.be_ops->unlink(bufev);
	if (bufev->bev.ev_base)
		(void)evi_event_flush_cancel(bufev->bev.ev_base, &bufev->flush);
}

void
evi_bufferevent_leave_last(struct evi_bufferevent *bufev)
{
	EVI_ASSERT(bufev->refs == 1);
	if (bufev->state & EVI_BUFFEREVENT_ENDING) {
		bufev->refs--;
		evi_bufferevent_unlock(bufev);
		return;
	}
	unlink_from_all(bufev);
	bufev->refs = 0;
	evi_bufferevent_unlock(bufev);
	destroy(bufev);
}

int
evi_bufferevent_unref_and_unlock(struct evi_bufferevent *bufev)
{
	struct evi_lock lock = evi_buffer_get_lock(&bufev->input);

	EVI_ASSERT(bufev->refs > 0);
	if (bufev->refs > 1 || (bufev->state & EVI_BUFFEREVENT_ENDING)) {
		bufev->refs--;
		evi_bufferevent_unlock(bufev);
		return 0;
	}
	unlink_from_all(bufev);
	bufev->refs = 0;
	if (!bufev->bev.ev_base) {
		evi_bufferevent_unlock(bufev);
		destroy(bufev);
		return 1;
	}
	bufev->state |= EVI_BUFFEREVENT_ENDING;
	(void)event_finalize(0, &bufev->bev.ev_read, on_finalized);
	/* From here on only the lock keeps the loop from destroying it. */
	evi_lock_release(&lock);
	return 1;
}

void
bufferevent_free(struct bufferevent *bev)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	evi_bufferevent_lock(bufev);
	unlink_from_all(bufev);
	(void)evi_bufferevent_unref_and_unlock(bufev);
}

void
bufferevent_incref(struct bufferevent *bev)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	evi_bufferevent_enter(bufev);
	evi_bufferevent_unlock(bufev);
}

int
bufferevent_decref(struct bufferevent *bev)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	evi_bufferevent_lock(bufev);
	return evi_bufferevent_unref_and_unlock(bufev);
}

void
bufferevent_lock(struct bufferevent *bev)
{
	evi_bufferevent_enter(evi_bufferevent_of(bev));
}

void
bufferevent_unlock(struct bufferevent *bev)
{
	(void)evi_bufferevent_unref_and_unlock(evi_bufferevent_of(bev));
}

/* Enabling and suspending ------------------------------------------------- */

/* Those of `what` that no reason suspends. */
static short
not_suspended(const struct evi_bufferevent *bufev, short what)
{
	if (bufev->read_suspended)
		what &= ~EV_READ;
	if (bufev->write_suspended)
		what &= ~EV_WRITE;
	return what;
}

int
bufferevent_enable(struct bufferevent *bev, short event)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);
	int r = 0;

	evi_bufferevent_enter(bufev);
	if (bufev->state & EVI_BUFFEREVENT_FREED) {
		r = -EINVAL;
	} else {
		bev->enabled |= event;
		event = not_suspended(bufev, event);
		if (event & (EV_READ | EV_WRITE))
			r = bev->be_ops->enable(bufev, event);
	}
	(void)evi_bufferevent_unref_and_unlock(bufev);
	return evi_err_public(r);
}

void
evi_bufferevent_disable(struct evi_bufferevent *bufev, short what)
{
	bufev->bev.enabled &= ~what;
	bufev->bev.be_ops->disable(bufev, what);
}

int
bufferevent_disable(struct bufferevent *bev, short event)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	evi_bufferevent_enter(bufev);
	evi_bufferevent_disable(bufev, event);
	(void)evi_bufferevent_unref_and_unlock(bufev);
	return 0;
}

short
bufferevent_get_enabled(struct bufferevent *bev)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	evi_bufferevent_lock(bufev);
	short enabled = bev->enabled;
	evi_bufferevent_unlock(bufev);
	return enabled;
}

void
evi_bufferevent_suspend_read(struct evi_bufferevent *bufev, uint8_t why)
{
	if (!bufev->read_suspended)
		bufev->bev.be_ops->disable(bufev, EV_READ);
	bufev->read_suspended |= why;
}

void
evi_bufferevent_unsuspend_read(struct evi_bufferevent *bufev, uint8_t why)
{
	if (!(bufev->read_suspended & why))
		return;
	bufev->read_suspended &= (uint8_t)~why;
	if (evi_bufferevent_may_move(bufev, EV_READ) &&
	    !(bufev->state & EVI_BUFFEREVENT_FREED))
		(void)bufev->bev.be_ops->enable(bufev, EV_READ);
}

void
evi_bufferevent_suspend_write(struct evi_bufferevent *bufev, uint8_t why)
{
	if (!bufev->write_suspended)
		bufev->bev.be_ops->disable(bufev, EV_WRITE);
	bufev->write_suspended |= why;
}

void
evi_bufferevent_unsuspend_write(struct evi_bufferevent *bufev, uint8_t why)
{
	if (!(bufev->write_suspended & why))
		return;
	bufev->write_suspended &= (uint8_t)~why;
	if (evi_bufferevent_may_move(bufev, EV_WRITE) &&
	    !(bufev->state & EVI_BUFFEREVENT_FREED))
		(void)bufev->bev.be_ops->enable(bufev, EV_WRITE);
}

/* The end of a pass, for any type. */
static void
on_flush(struct evi_event_flush *flush)
{
	struct evi_bufferevent *bufev = EVI_CONTAINER_OF(flush,
	    struct evi_bufferevent, flush);

	evi_bufferevent_enter(bufev);
	bufev->bev.be_ops->on_flush(bufev);
	evi_bufferevent_leave(bufev);
}

void
evi_bufferevent_queue_flush(struct evi_bufferevent *bufev)
{
	if (bufev->bev.ev_base)
		(void)evi_event_flush_schedule(bufev->bev.ev_base,
		    &bufev->flush, on_flush);
}

/* Settings ---------------------------------------------------------------- */

void
bufferevent_setcb(struct bufferevent *bev, bufferevent_data_cb readcb,
    bufferevent_data_cb writecb, bufferevent_event_cb eventcb, void *cbarg)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	evi_bufferevent_lock(bufev);
	if (!(bufev->state & EVI_BUFFEREVENT_FREED)) {
		bev->readcb = readcb;
		bev->writecb = writecb;
		bev->errorcb = eventcb;
		bev->cbarg = cbarg;
	}
	evi_bufferevent_unlock(bufev);
}

void
bufferevent_getcb(struct bufferevent *bev, bufferevent_data_cb *readcb_ptr,
    bufferevent_data_cb *writecb_ptr, bufferevent_event_cb *eventcb_ptr,
    void **cbarg_ptr)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	evi_bufferevent_lock(bufev);
	if (readcb_ptr)
		*readcb_ptr = bev->readcb;
	if (writecb_ptr)
		*writecb_ptr = bev->writecb;
	if (eventcb_ptr)
		*eventcb_ptr = bev->errorcb;
	if (cbarg_ptr)
		*cbarg_ptr = bev->cbarg;
	evi_bufferevent_unlock(bufev);
}

/* Suspend or resume reading by a high mark that is new. */
static void
apply_high_mark(struct evi_bufferevent *bufev)
{
	size_t high = bufev->bev.wm_read.high;

	evi_buffer_set_owner(&bufev->input,
	    high ? &marked_input_owner : &input_owner);
	if (high && bufev->input.len >= high)
		evi_bufferevent_suspend_read(bufev,
		    EVI_BUFFEREVENT_SUSPEND_MARK);
	else
		evi_bufferevent_unsuspend_read(bufev,
		    EVI_BUFFEREVENT_SUSPEND_MARK);
}

void
bufferevent_setwatermark(struct bufferevent *bev, short events, size_t lowmark,
    size_t highmark)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	evi_bufferevent_enter(bufev);
	if (events & EV_WRITE) {
		bev->wm_write.low = lowmark;
		bev->wm_write.high = highmark;
	}
	if (events & EV_READ) {
		bev->wm_read.low = lowmark;
		bev->wm_read.high = highmark;
		apply_high_mark(bufev);
	}
	(void)evi_bufferevent_unref_and_unlock(bufev);
}

int
bufferevent_getwatermark(struct bufferevent *bev, short events, size_t *lowmark,
    size_t *highmark)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);
	const struct event_watermark *mark = events == EV_READ ? &bev->wm_read
							       : &bev->wm_write;

	if (events != EV_READ && events != EV_WRITE)
		return evi_err_public(-EINVAL);
	evi_bufferevent_lock(bufev);
	if (lowmark)
		*lowmark = mark->low;
	if (highmark)
		*highmark = mark->high;
	evi_bufferevent_unlock(bufev);
	return 0;
}

int
bufferevent_set_timeouts(struct bufferevent *bev,
    const struct timeval *timeout_read, const struct timeval *timeout_write)
{
	static const struct timeval none = { 0, 0 };
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	evi_bufferevent_lock(bufev);
	bev->timeout_read = timeout_read ? *timeout_read : none;
	bev->timeout_write = timeout_write ? *timeout_write : none;
	if (!(bufev->state & EVI_BUFFEREVENT_FREED))
		bev->be_ops->adjust_timeouts(bufev);
	evi_bufferevent_unlock(bufev);
	return 0;
}

int
bufferevent_get_priority(const struct bufferevent *bev)
{
	/* Not event_initialized(): its flags are under the base's lock. */
	if (bev->ev_read.ev_base)
		return event_get_priority(&bev->ev_read);
	return bev->ev_base ? evi_event_deferred_priority(bev->ev_base) : 0;
}

/* Bytes ------------------------------------------------------------------- */

int
bufferevent_write(struct bufferevent *bev, const void *data, size_t size)
{
	return evbuffer_add(bev->output, data, size);
}

int
bufferevent_write_buffer(struct bufferevent *bev, struct evbuffer *buf)
{
	return evbuffer_add_buffer(bev->output, buf);
}

size_t
bufferevent_read(struct bufferevent *bev, void *data, size_t size)
{
	int len = evbuffer_remove(bev->input, data, size);

	return len < 0 ? 0 : (size_t)len;
}

int
bufferevent_read_buffer(struct bufferevent *bev, struct evbuffer *buf)
{
	return evbuffer_add_buffer(buf, bev->input);
}

struct evbuffer *
bufferevent_get_input(struct bufferevent *bev)
{
	return bev->input;
}

struct evbuffer *
bufferevent_get_output(struct bufferevent *bev)
{
	return bev->output;
}

/* Asking the type --------------------------------------------------------- */

struct event_base *
bufferevent_get_base(struct bufferevent *bev)
{
	return bev->ev_base;
}

evutil_socket_t
bufferevent_getfd(struct bufferevent *bev)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	evi_bufferevent_lock(bufev);
	evutil_socket_t fd = bev->be_ops->get_fd ? bev->be_ops->get_fd(bufev)
						 : -1;
	evi_bufferevent_unlock(bufev);
	return fd;
}

int
bufferevent_setfd(struct bufferevent *bev, evutil_socket_t fd)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	evi_bufferevent_enter(bufev);
	int r = bev->be_ops->set_fd ? bev->be_ops->set_fd(bufev, fd)
				    : -EOPNOTSUPP;
	(void)evi_bufferevent_unref_and_unlock(bufev);
	return evi_err_public(r);
}

int
bufferevent_replacefd(struct bufferevent *bev, evutil_socket_t fd)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);
	evutil_socket_t old = -1;

	evi_bufferevent_enter(bufev);
	if (bev->be_ops->get_fd)
		old = bev->be_ops->get_fd(bufev);
	int r = bev->be_ops->set_fd ? bev->be_ops->set_fd(bufev, fd)
				    : -EOPNOTSUPP;
	if (r == 0 && old >= 0 && old != fd &&
	    (bufev->options & BEV_OPT_CLOSE_ON_FREE))
		(void)evi_event_fdmap_close(bev->ev_base, old);
	(void)evi_bufferevent_unref_and_unlock(bufev);
	return evi_err_public(r);
}

struct bufferevent *
bufferevent_get_underlying(struct bufferevent *bev)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	evi_bufferevent_lock(bufev);
	struct bufferevent *below = bev->be_ops->get_below
	    ? bev->be_ops->get_below(bufev)
	    : NULL;
	evi_bufferevent_unlock(bufev);
	return below;
}

int
evi_bufferevent_flush(struct evi_bufferevent *bufev, short iotype,
    enum bufferevent_flush_mode mode)
{
	const struct bufferevent_ops *ops = bufev->bev.be_ops;

	return ops->flush ? ops->flush(bufev, iotype, mode) : 0;
}

int
bufferevent_flush(struct bufferevent *bev, short iotype,
    enum bufferevent_flush_mode mode)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	evi_bufferevent_enter(bufev);
	int r = evi_bufferevent_flush(bufev, iotype, mode);
	(void)evi_bufferevent_unref_and_unlock(bufev);
	return r;
}

void
bufferevent_trigger(struct bufferevent *bev, short iotype, int options)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	evi_bufferevent_enter(bufev);
	evi_bufferevent_callback_io(bufev, iotype, options);
	(void)evi_bufferevent_unref_and_unlock(bufev);
}

void
bufferevent_trigger_event(struct bufferevent *bev, short what, int options)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	evi_bufferevent_enter(bufev);
	evi_bufferevent_callback_event(bufev, what, 0, options);
	(void)evi_bufferevent_unref_and_unlock(bufev);
}
