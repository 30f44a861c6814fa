/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pair.c - two bufferevents, each the other's far end.
 *
 * Bytes move at once, inside the call that makes it possible (a write,
 * enabling, draining below the mark), from one's output to the other's
 * input; the callbacks are always deferred.
 *
 * When one end is freed the other just stays without a partner: no event is
 * reported.  bufferevent_flush(BEV_FINISHED) is how an end says it is done.
 *
 * Lock: one for both.  It belongs to the first of them, which the second
 * holds until it is destroyed (`keeper`).
 */
#include "bufferevent/bufferevent.h"

#include <errno.h>

#include "base/err.h"
#include "base/mem.h"

struct pair {
	struct evi_bufferevent bufev;
	struct pair *partner; /* NULL once one end was freed */
	struct pair *keeper;  /* whose lock this is, or NULL: own */
};

static struct pair *
of(struct evi_bufferevent *bufev)
{
	return EVI_CONTAINER_OF(bufev, struct pair, bufev);
}

/* Would bytes go from `src` to `dst` if there were some? */
static int
wants_to_move(const struct pair *src, const struct pair *dst)
{
	return evi_bufferevent_may_move(&src->bufev, EV_WRITE) &&
	    evi_bufferevent_may_move(&dst->bufev, EV_READ);
}

/* How many may, by both ends' limits and the reader's mark. */
static size_t
room_between(struct pair *src, struct pair *dst, int ignore_marks)
{
	size_t high = dst->bufev.bev.wm_read.high;
	size_t len = dst->bufev.input.len;

	if (ignore_marks || !high)
		return src->bufev.output.len;
	return len < high ? high - len : 0;
}

/* Move what can be moved and tell both ends. */
static void
transfer(struct pair *src, struct pair *dst, int ignore_marks)
{
	size_t room = room_between(src, dst, ignore_marks);
	ssize_t n = 0;

	evi_bufferevent_enter(&src->bufev);
	evi_bufferevent_enter(&dst->bufev);
	if (room > 0)
		n = evi_buffer_move_bytes(&dst->bufev.input, &src->bufev.output,
		    room);
	if (n > 0) {
		evi_bufferevent_write_done(&src->bufev, (size_t)n);
		evi_bufferevent_read_done(&dst->bufev, (size_t)n);
		evi_bufferevent_timeout_moved(&dst->bufev, EV_READ);
		evi_bufferevent_timeout_moved(&src->bufev, EV_WRITE);
	}
	evi_bufferevent_callback_read(&dst->bufev);
	evi_bufferevent_callback_written(&src->bufev);
	(void)evi_bufferevent_unref_and_unlock(&dst->bufev);
	(void)evi_bufferevent_unref_and_unlock(&src->bufev);
}

static void
on_output_grew(struct evi_bufferevent *bufev)
{
	struct pair *src = of(bufev);

	if (src->partner && wants_to_move(src, src->partner))
		transfer(src, src->partner, 0);
}

/* The type ---------------------------------------------------------------- */

static int
enable(struct evi_bufferevent *bufev, short what)
{
	struct pair *pair = of(bufev);
	struct pair *partner = pair->partner;

	evi_bufferevent_timeout_adjust(bufev);
	if ((what & EV_READ) && partner && partner->bufev.output.len > 0 &&
	    wants_to_move(partner, pair))
		transfer(partner, pair, 0);
	partner = pair->partner;
	if ((what & EV_WRITE) && partner && bufev->output.len > 0 &&
	    wants_to_move(pair, partner))
		transfer(pair, partner, 0);
	return 0;
}

static void
disable(struct evi_bufferevent *bufev, short what)
{
	(void)what;
	evi_bufferevent_timeout_adjust(bufev);
}

static void
unlink_pair(struct evi_bufferevent *bufev)
{
	struct pair *pair = of(bufev);
	struct pair *partner = pair->partner;

	evi_bufferevent_timeout_adjust(bufev);
	if (!partner)
		return;
	pair->partner = partner->partner = NULL;
	if (partner->bufev.state & EVI_BUFFEREVENT_CLOSING)
		evi_bufferevent_callback_event(&partner->bufev,
		    BEV_EVENT_WRITING | BEV_EVENT_ERROR, EPIPE, 0);
}

static void
destruct(struct evi_bufferevent *bufev)
{
	struct pair *keeper = of(bufev)->keeper;

	if (keeper)
		(void)bufferevent_decref(&keeper->bufev.bev);
}

static int
flush(struct evi_bufferevent *bufev, short iotype,
    enum bufferevent_flush_mode mode)
{
	struct pair *pair = of(bufev);
	struct pair *partner = pair->partner;
	short what = 0;

	if (!partner)
		return -1;
	if (mode == BEV_NORMAL)
		return 0;
	if (iotype & EV_READ)
		transfer(partner, pair, 1);
	if (iotype & EV_WRITE)
		transfer(pair, partner, 1);
	if (mode != BEV_FINISHED)
		return 0;
	/* Our reading is the partner's writing. */
	if (iotype & EV_READ)
		what |= BEV_EVENT_WRITING;
	if (iotype & EV_WRITE)
		what |= BEV_EVENT_READING;
	evi_bufferevent_callback_event(&partner->bufev, what | BEV_EVENT_EOF, 0,
	    0);
	return 0;
}

static int
finish(struct evi_bufferevent *bufev, struct bufferevent **ret_below)
{
	struct pair *partner = of(bufev)->partner;

	(void)ret_below;
	if (!partner)
		return -ENOTCONN;
	if (bufev->output.len > 0)
		return 0;
	evi_bufferevent_callback_event(&partner->bufev,
	    BEV_EVENT_READING | BEV_EVENT_EOF, 0, 0);
	return 1;
}

const struct bufferevent_ops evi_bufferevent_pair_ops = {
	.name = "pair",
	.enable = enable,
	.disable = disable,
	.unlink = unlink_pair,
	.destruct = destruct,
	.adjust_timeouts = evi_bufferevent_timeout_adjust,
	.flush = flush,
	.finish = finish,
	.on_output_grew = on_output_grew,
};

/* One end; `keeper` gives the lock, or NULL for one of its own. */
static struct pair *
pair_new(struct event_base *base, int options, struct pair *keeper)
{
	struct pair *pair = evi_new(struct pair);

	if (!pair)
		return NULL;
	int r = evi_bufferevent_init(&pair->bufev, base,
	    &evi_bufferevent_pair_ops, options | BEV_OPT_DEFER_CALLBACKS,
	    keeper ? &keeper->bufev : NULL);
	if (r < 0) {
		evi_bufferevent_clear(&pair->bufev);
		evi_mem_free(pair);
		(void)evi_err_public(r);
		return NULL;
	}
	evi_bufferevent_timeout_init(&pair->bufev);
	if (keeper) {
		pair->keeper = keeper;
		keeper->bufev.refs++;
	}
	return pair;
}

int
bufferevent_pair_new(struct event_base *base, int options,
    struct bufferevent *ret_pair[2])
{
	struct pair *first = pair_new(base, options, NULL);
	struct pair *second = first ? pair_new(base, options, first) : NULL;

	if (!second) {
		if (first)
			bufferevent_free(&first->bufev.bev);
		return -1;
	}
	first->partner = second;
	second->partner = first;
	ret_pair[0] = &first->bufev.bev;
	ret_pair[1] = &second->bufev.bev;
	return 0;
}

struct bufferevent *
bufferevent_pair_get_partner(struct bufferevent *bev)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	if (bev->be_ops != &evi_bufferevent_pair_ops)
		return NULL;
	evi_bufferevent_lock(bufev);
	struct pair *partner = of(bufev)->partner;
	evi_bufferevent_unlock(bufev);
	return partner ? &partner->bufev.bev : NULL;
}
