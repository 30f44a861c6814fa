/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * filter.c - a bufferevent whose bytes pass through two functions.
 *
 *	input  <- input filter  <- below's input
 *	output -> output filter -> below's output
 *
 * Output is filtered as soon as it appears, input when the one below says it
 * has some.  While reading is disabled or at its mark, the one below is kept
 * from reading; what it already has is filtered at the end of the pass in
 * which reading goes on.
 *
 * The filter functions are the application's and part of the data path, so
 * they are called from here.  They may do anything but free the filter.
 *
 * Lock: that of the one below, which is therefore held (`keeper`) until the
 * filter is destroyed, even after it was let go of (`below` is NULL then).
 */
#include "bufferevent/bufferevent.h"

#include <errno.h>

#include "base/err.h"
#include "base/mem.h"

/* Output filtered and callback run so often before others get their turn. */
#define ROUNDS 16

struct filter {
	struct evi_bufferevent bufev;
	struct bufferevent *below;
	struct bufferevent *keeper;
	bufferevent_filter_cb filter_in;
	bufferevent_filter_cb filter_out;
	void (*free_context)(void *ctx);
	void *ctx;
	struct evi_event_deferred go_on; /* with the output */
	int is_filtering_out;            /* guards against its own echo */
};

static struct filter *
of(struct evi_bufferevent *bufev)
{
	return EVI_CONTAINER_OF(bufev, struct filter, bufev);
}

/* Moving bytes ------------------------------------------------------------ */

/* What a missing filter function does. */
static enum bufferevent_filter_result
copy(struct evbuffer *src, struct evbuffer *dst, ev_ssize_t limit,
    enum bufferevent_flush_mode mode, void *ctx)
{
	(void)mode;
	(void)ctx;
	size_t want = limit < 0 ? src->len : (size_t)limit;

	return evi_buffer_move_bytes(dst, src, want) > 0 ? BEV_OK
							 : BEV_NEED_MORE;
}

/* How much fits under the mark: -1 no limit, 0 full. */
static ev_ssize_t
room_under(size_t high, size_t len)
{
	if (!high)
		return -1;
	return len < high ? (ev_ssize_t)(high - len) : 0;
}

/* A filter that says BEV_OK but moves nothing would do so for ever. */
static int
is_stuck(const struct evbuffer *src, size_t src_len, const struct evbuffer *dst,
    size_t dst_len)
{
	return src->len == src_len && dst->len == dst_len;
}

/* Filter what the one below has read.  1: something came through. */
static int
filter_input(struct filter *filter, enum bufferevent_flush_mode mode)
{
	struct evi_bufferevent *bufev = &filter->bufev;
	struct evbuffer *src = filter->below->input;
	struct evbuffer *dst = &bufev->input;
	int has_moved = 0;

	evi_buffer_set_frozen(dst, EVI_BUFFER_FROZEN_END, 0);
	while (filter->below) { /* a callback of a buffer may free it */
		size_t src_len = src->len, dst_len = dst->len;
		ev_ssize_t room = room_under(bufev->bev.wm_read.high, dst_len);
		if (room == 0 && mode == BEV_NORMAL)
			break;
		if (filter->filter_in(src, dst, room, mode, filter->ctx) !=
		    BEV_OK)
			break;
		has_moved = 1;
		if (src->len == 0 || !(bufev->bev.enabled & EV_READ) ||
		    is_stuck(src, src_len, dst, dst_len))
			break;
	}
	evi_buffer_set_frozen(dst, EVI_BUFFER_FROZEN_END, 1);
	if (has_moved)
		evi_bufferevent_timeout_moved(bufev, EV_READ);
	return has_moved;
}

/* One round of filtering output; 1: something went through. */
static int
filter_output_once(struct filter *filter, enum bufferevent_flush_mode mode)
{
	struct evi_bufferevent *bufev = &filter->bufev;
	struct evbuffer *dst = filter->below->output;
	int has_moved = 0;

	while (filter->below && bufev->output.len > 0) {
		size_t src_len = bufev->output.len, dst_len = dst->len;
		ev_ssize_t room = room_under(filter->below->wm_write.high,
		    dst_len);
		if (mode == BEV_NORMAL &&
		    (room == 0 || !evi_bufferevent_may_move(bufev, EV_WRITE)))
			break;
		if (filter->filter_out(&bufev->output, dst, room, mode,
			filter->ctx) != BEV_OK ||
		    is_stuck(&bufev->output, src_len, dst, dst_len))
			break;
		has_moved = 1;
	}
	return has_moved;
}

/* Leave what the write callback goes on adding to a later turn. */
static void
go_on_later(struct filter *filter)
{
	struct event_base *base = filter->bufev.bev.ev_base;

	if (base && filter->below && filter->bufev.output.len > 0)
		(void)evi_event_deferred_schedule(base, &filter->go_on);
}

/*
 * Filter the output and tell, again if the callback has written more, but
 * not for ever.  The caller holds a reference.  1: something went through.
 */
static int
filter_output(struct filter *filter, enum bufferevent_flush_mode mode)
{
	struct evi_bufferevent *bufev = &filter->bufev;
	int rounds = 0;

	if (filter->is_filtering_out || !filter->below)
		return 0;
	filter->is_filtering_out = 1;
	evi_buffer_set_frozen(&bufev->output, EVI_BUFFER_FROZEN_START, 0);
	while (rounds < ROUNDS && filter->below &&
	    filter_output_once(filter, mode)) {
		rounds++;
		evi_bufferevent_timeout_moved(bufev, EV_WRITE);
		evi_buffer_set_frozen(&bufev->output, EVI_BUFFER_FROZEN_START,
		    1);
		evi_bufferevent_callback_written(bufev);
		evi_buffer_set_frozen(&bufev->output, EVI_BUFFER_FROZEN_START,
		    0);
	}
	evi_buffer_set_frozen(&bufev->output, EVI_BUFFER_FROZEN_START, 1);
	filter->is_filtering_out = 0;
	if (rounds == ROUNDS)
		go_on_later(filter);
	return rounds > 0;
}

static void
on_go_on(void *arg)
{
	struct filter *filter = arg;

	evi_bufferevent_enter(&filter->bufev);
	(void)filter_output(filter, BEV_NORMAL);
	evi_bufferevent_leave(&filter->bufev);
}

/* The end of a pass: catch up with what was held back. */
static void
on_flush(struct evi_bufferevent *bufev)
{
	struct filter *filter = of(bufev);

	if (filter->below && filter->below->input->len > 0 &&
	    evi_bufferevent_may_move(bufev, EV_READ) &&
	    filter_input(filter, BEV_NORMAL))
		evi_bufferevent_callback_read(bufev);
	(void)filter_output(filter, BEV_NORMAL);
}

static void
on_output_grew(struct evi_bufferevent *bufev)
{
	evi_bufferevent_enter(bufev);
	(void)filter_output(of(bufev), BEV_NORMAL);
	(void)evi_bufferevent_unref_and_unlock(bufev);
}

/* What the one below reports ---------------------------------------------- */

static void
on_below_read(struct bufferevent *below, void *arg)
{
	struct filter *filter = arg;
	struct evi_bufferevent *bufev = &filter->bufev;

	(void)below;
	evi_bufferevent_enter(bufev);
	if (filter->below && filter_input(filter, BEV_NORMAL))
		evi_bufferevent_callback_read(bufev);
	(void)evi_bufferevent_unref_and_unlock(bufev);
}

static void
on_below_written(struct bufferevent *below, void *arg)
{
	struct filter *filter = arg;
	struct evi_bufferevent *bufev = &filter->bufev;

	(void)below;
	evi_bufferevent_enter(bufev);
	(void)filter_output(filter, BEV_NORMAL);
	if (bufev->state & EVI_BUFFEREVENT_CLOSING)
		evi_bufferevent_callback_written(bufev);
	(void)evi_bufferevent_unref_and_unlock(bufev);
}

static void
on_below_event(struct bufferevent *below, short what, void *arg)
{
	struct filter *filter = arg;
	struct evi_bufferevent *bufev = &filter->bufev;
	int err = what & BEV_EVENT_ERROR ? EVUTIL_SOCKET_ERROR() : 0;

	(void)below;
	evi_bufferevent_enter(bufev);
	evi_bufferevent_callback_event(bufev, what, err, 0);
	(void)evi_bufferevent_unref_and_unlock(bufev);
}

/* The type ---------------------------------------------------------------- */

static int
enable(struct evi_bufferevent *bufev, short what)
{
	struct filter *filter = of(bufev);

	evi_bufferevent_timeout_adjust(bufev);
	if (!filter->below)
		return -ENOTCONN;
	if (what & EV_READ)
		evi_bufferevent_unsuspend_read(evi_bufferevent_of(
						   filter->below),
		    EVI_BUFFEREVENT_SUSPEND_ABOVE);
	if (((what & EV_READ) && filter->below->input->len > 0) ||
	    ((what & EV_WRITE) && bufev->output.len > 0))
		evi_bufferevent_queue_flush(bufev);
	return 0;
}

static void
disable(struct evi_bufferevent *bufev, short what)
{
	struct filter *filter = of(bufev);

	evi_bufferevent_timeout_adjust(bufev);
	if ((what & EV_READ) && filter->below)
		evi_bufferevent_suspend_read(evi_bufferevent_of(filter->below),
		    EVI_BUFFEREVENT_SUSPEND_ABOVE);
}

/* Take our callbacks off the one below and let it read for itself. */
static struct bufferevent *
let_go(struct filter *filter)
{
	struct bufferevent *below = filter->below;

	filter->below = NULL;
	if (below && below->errorcb == on_below_event && below->cbarg == filter)
		bufferevent_setcb(below, NULL, NULL, NULL, NULL);
	return below;
}

static void
unlink_filter(struct evi_bufferevent *bufev)
{
	struct bufferevent *below = let_go(of(bufev));

	evi_bufferevent_timeout_adjust(bufev);
	if (bufev->bev.ev_base)
		(void)evi_event_deferred_cancel(bufev->bev.ev_base,
		    &of(bufev)->go_on);
	if (!below)
		return;
	if (bufev->options & BEV_OPT_CLOSE_ON_FREE)
		bufferevent_free(below);
	else
		evi_bufferevent_unsuspend_read(evi_bufferevent_of(below),
		    EVI_BUFFEREVENT_SUSPEND_ABOVE);
}

static void
destruct(struct evi_bufferevent *bufev)
{
	struct filter *filter = of(bufev);

	if (filter->free_context)
		filter->free_context(filter->ctx);
	(void)bufferevent_decref(filter->keeper);
}

static int
flush(struct evi_bufferevent *bufev, short iotype,
    enum bufferevent_flush_mode mode)
{
	struct filter *filter = of(bufev);
	int has_moved = 0;

	if (!filter->below)
		return -1;
	if (iotype & EV_READ)
		has_moved |= filter_input(filter, mode);
	if (iotype & EV_WRITE)
		has_moved |= filter_output(filter, mode);
	if (filter->below)
		(void)bufferevent_flush(filter->below, iotype, mode);
	return has_moved;
}

static int
finish(struct evi_bufferevent *bufev, struct bufferevent **ret_below)
{
	struct filter *filter = of(bufev);
	struct bufferevent *below = filter->below;

	if (!below)
		return -ENOTCONN;
	if (filter->is_filtering_out)
		return 0; /* it will look again when that is over */
	(void)filter_output(filter, BEV_FINISHED);
	/* What is left then waits for room below, or is never going to go. */
	if (bufev->output.len > 0 &&
	    room_under(below->wm_write.high, below->output->len) == 0)
		return 0;
	(void)let_go(filter);
	if (bufev->options & BEV_OPT_CLOSE_ON_FREE)
		*ret_below = below;
	else
		evi_bufferevent_unsuspend_read(evi_bufferevent_of(below),
		    EVI_BUFFEREVENT_SUSPEND_ABOVE);
	return 1;
}

static evutil_socket_t
get_fd(struct evi_bufferevent *bufev)
{
	struct filter *filter = of(bufev);

	return filter->below ? bufferevent_getfd(filter->below) : -1;
}

static int
set_fd(struct evi_bufferevent *bufev, evutil_socket_t fd)
{
	struct filter *filter = of(bufev);

	if (!filter->below || bufferevent_setfd(filter->below, fd) < 0)
		return -EINVAL;
	return 0;
}

static struct bufferevent *
get_below(struct evi_bufferevent *bufev)
{
	return of(bufev)->below;
}

const struct bufferevent_ops evi_bufferevent_filter_ops = {
	.name = "filter",
	.enable = enable,
	.disable = disable,
	.unlink = unlink_filter,
	.destruct = destruct,
	.adjust_timeouts = evi_bufferevent_timeout_adjust,
	.flush = flush,
	.finish = finish,
	.get_fd = get_fd,
	.set_fd = set_fd,
	.get_below = get_below,
	.on_output_grew = on_output_grew,
	.on_flush = on_flush,
};

/* Put the filter between `underlying` and the application. */
static void
stand_on(struct filter *filter, struct bufferevent *underlying)
{
	bufferevent_incref(underlying);
	filter->below = filter->keeper = underlying;
	bufferevent_setcb(underlying, on_below_read, on_below_written,
	    on_below_event, filter);
	evi_bufferevent_suspend_read(evi_bufferevent_of(underlying),
	    EVI_BUFFEREVENT_SUSPEND_ABOVE);
	(void)bufferevent_enable(underlying, EV_READ | EV_WRITE);
}

struct bufferevent *
bufferevent_filter_new(struct bufferevent *underlying,
    bufferevent_filter_cb input_filter, bufferevent_filter_cb output_filter,
    int options, void (*free_context)(void *), void *ctx)
{
	struct filter *filter = evi_new(struct filter);
	struct evi_bufferevent *below = evi_bufferevent_of(underlying);
	int r;

	if (!filter)
		return NULL;
	evi_bufferevent_enter(below);
	r = evi_bufferevent_init(&filter->bufev, underlying->ev_base,
	    &evi_bufferevent_filter_ops, options, below);
	if (r < 0) {
		evi_bufferevent_clear(&filter->bufev);
		evi_mem_free(filter);
		filter = NULL;
	} else {
		filter->filter_in = input_filter ? input_filter : copy;
		filter->filter_out = output_filter ? output_filter : copy;
		filter->free_context = free_context;
		filter->ctx = ctx;
		evi_event_deferred_init(&filter->go_on,
		    bufferevent_get_priority(underlying), on_go_on, filter);
		evi_bufferevent_timeout_init(&filter->bufev);
		stand_on(filter, underlying);
	}
	(void)evi_bufferevent_unref_and_unlock(below);
	if (r < 0)
		(void)evi_err_public(r);
	return filter ? &filter->bufev.bev : NULL;
}
