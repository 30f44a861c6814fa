/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rate_limit.c - how much one bufferevent may move, by its marks, its own
 * limit and its group's.
 *
 * A direction whose bucket is empty is suspended; a timer of one tick fills
 * the bucket and lets it go on.  The timer runs only then.  In between the
 * bucket is filled by looking at the clock when it is asked.
 *
 * An operation may take a bucket below 0; it has to come back above 0 first.
 */
#include "bufferevent/rate_limit.h"

#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/time.h"
#include "os/clock.h"

/* Room ---------------------------------------------------------------------*/

static size_t
read_single(const struct evi_bufferevent *bufev)
{
	const struct evi_bufferevent_extra *extra = bufev->extra;

	return extra && extra->read_max_single ? extra->read_max_single
					       : EVI_BUFFEREVENT_SINGLE;
}

static size_t
write_single(const struct evi_bufferevent *bufev)
{
	const struct evi_bufferevent_extra *extra = bufev->extra;

	return extra && extra->write_max_single ? extra->write_max_single
						: EVI_BUFFEREVENT_SINGLE;
}

/* The smaller one, and nothing below 0. */
static size_t
smaller(size_t room, ev_ssize_t limit)
{
	if (limit <= 0)
		return 0;
	return (size_t)limit < room ? (size_t)limit : room;
}

static void
suspend(struct evi_bufferevent *bufev, short what, uint8_t why)
{
	if (what == EV_READ)
		evi_bufferevent_suspend_read(bufev, why);
	else
		evi_bufferevent_suspend_write(bufev, why);
}

static void
unsuspend(struct evi_bufferevent *bufev, short what, uint8_t why)
{
	if (what == EV_READ)
		evi_bufferevent_unsuspend_read(bufev, why);
	else
		evi_bufferevent_unsuspend_write(bufev, why);
}

static ev_ssize_t
level(const struct evi_bufferevent_rate_limit *limit, short what)
{
	return what == EV_READ ? limit->bucket.read : limit->bucket.write;
}

static struct timeval
tick(const struct evi_bufferevent_rate_limit *limit)
{
	struct timeval tv;

	evi_time_to_timeval(limit->cfg->tick_ns, &tv);
	return tv;
}

/* Suspend a direction without tokens, or let it go on. */
static void
follow_level(struct evi_bufferevent_rate_limit *limit, short what)
{
	struct evi_bufferevent *bufev = limit->bufev;

	if (bufev->state & EVI_BUFFEREVENT_FREED)
		return; /* by a callback of the buffer: no timer any more */
	if (level(limit, what) > 0) {
		unsuspend(bufev, what, EVI_BUFFEREVENT_SUSPEND_LIMIT);
		return;
	}
	suspend(bufev, what, EVI_BUFFEREVENT_SUSPEND_LIMIT);
	if (!event_pending(&limit->refill, EV_TIMEOUT, NULL)) {
		struct timeval tv = tick(limit);

		(void)event_add(&limit->refill, &tv);
	}
}

/* `room`, cut by the bufferevent's and its group's limits. */
static size_t
limited(struct evi_bufferevent *bufev, short what, size_t room)
{
	struct evi_bufferevent_rate_limit *limit = bufev->extra->limit;

	if (limit->cfg) {
		evi_token_bucket_fill(&limit->bucket, limit->cfg,
		    evi_os_clock_monotonic());
		room = smaller(room, level(limit, what));
	}
	if (limit->group) {
		ev_ssize_t share =
		    evi_bufferevent_rate_limit_group_share(limit->group, what);

		if (share <= 0)
			suspend(bufev, what, EVI_BUFFEREVENT_SUSPEND_GROUP);
		room = smaller(room, share);
	}
	return room;
}

size_t
evi_bufferevent_rate_limit_read_room(struct evi_bufferevent *bufev)
{
	size_t room = read_single(bufev);
	size_t high = bufev->bev.wm_read.high;

	if (high) {
		if (bufev->input.len >= high)
			return 0;
		if (high - bufev->input.len < room)
			room = high - bufev->input.len;
	}
	if (bufev->extra && bufev->extra->limit)
		room = limited(bufev, EV_READ, room);
	return room;
}

size_t
evi_bufferevent_rate_limit_write_room(struct evi_bufferevent *bufev)
{
	const struct evi_bufferevent_extra *extra = bufev->extra;

	if (extra && extra->limit)
		return limited(bufev, EV_WRITE, write_single(bufev));
	return extra && extra->write_max_single
	    ? extra->write_max_single
	    : EVI_BUFFEREVENT_WRITE_UNLIMITED;
}

void
evi_bufferevent_rate_limit_charge(struct evi_bufferevent *bufev, short what,
    size_t len)
{
	struct evi_bufferevent_rate_limit *limit = bufev->extra->limit;

	if (limit->cfg) {
		evi_token_bucket_take(what == EV_READ ? &limit->bucket.read
						      : &limit->bucket.write,
		    (ev_ssize_t)len);
		follow_level(limit, what);
	}
	if (limit->group &&
	    evi_bufferevent_rate_limit_group_charge(limit->group, what, len))
		suspend(bufev, what, EVI_BUFFEREVENT_SUSPEND_GROUP);
}

/* The limit of one bufferevent -------------------------------------------- */

/* A tick has passed since a bucket was empty. */
static void
on_refill(evutil_socket_t fd, short what, void *arg)
{
	struct evi_bufferevent_rate_limit *limit = arg;
	struct evi_bufferevent *bufev = limit->bufev;

	(void)fd;
	(void)what;
	evi_bufferevent_enter(bufev);
	if (limit->cfg && !(bufev->state & EVI_BUFFEREVENT_FREED)) {
		evi_token_bucket_fill(&limit->bucket, limit->cfg,
		    evi_os_clock_monotonic());
		follow_level(limit, EV_READ);
		follow_level(limit, EV_WRITE);
	}
	evi_bufferevent_leave(bufev);
}

struct evi_bufferevent_rate_limit *
evi_bufferevent_rate_limit_get(struct evi_bufferevent *bufev)
{
	struct evi_bufferevent_extra *extra = evi_bufferevent_extra_get(bufev);

	if (!extra || extra->limit)
		return extra ? extra->limit : NULL;
	extra->limit = evi_new(struct evi_bufferevent_rate_limit);
	if (!extra->limit)
		return NULL;
	extra->limit->bufev = bufev;
	(void)event_assign(&extra->limit->refill, bufev->bev.ev_base, -1,
	    EV_FINALIZE, on_refill, extra->limit);
	return extra->limit;
}

void
evi_bufferevent_rate_limit_leave(struct evi_bufferevent *bufev)
{
	struct evi_bufferevent_rate_limit *limit = bufev->extra
	    ? bufev->extra->limit
	    : NULL;

	if (!limit)
		return;
	(void)event_del(&limit->refill);
	if (limit->group)
		evi_bufferevent_rate_limit_group_remove(limit);
}

void
evi_bufferevent_rate_limit_clear(struct evi_bufferevent *bufev)
{
	if (!bufev->extra)
		return;
	evi_mem_free(bufev->extra->limit);
	bufev->extra->limit = NULL;
}

/* Put `cfg` in.  0 or -errno. */
static int
set_limit(struct evi_bufferevent *bufev, const struct ev_token_bucket_cfg *cfg)
{
	struct evi_bufferevent_rate_limit
	    *limit = evi_bufferevent_rate_limit_get(bufev);
	int64_t now_ns = evi_os_clock_monotonic();

	if (!limit)
		return -ENOMEM;
	if (limit->cfg == cfg)
		return 0;
	if (limit->cfg)
		evi_token_bucket_limit(&limit->bucket, cfg, now_ns);
	else
		evi_token_bucket_init(&limit->bucket, cfg, now_ns);
	limit->cfg = cfg;
	(void)event_del(&limit->refill);
	follow_level(limit, EV_READ);
	follow_level(limit, EV_WRITE);
	return 0;
}

static void
unset_limit(struct evi_bufferevent *bufev)
{
	struct evi_bufferevent_rate_limit *limit = bufev->extra
	    ? bufev->extra->limit
	    : NULL;

	if (!limit || !limit->cfg)
		return;
	limit->cfg = NULL;
	(void)event_del(&limit->refill);
	unsuspend(bufev, EV_READ, EVI_BUFFEREVENT_SUSPEND_LIMIT);
	unsuspend(bufev, EV_WRITE, EVI_BUFFEREVENT_SUSPEND_LIMIT);
}

int
bufferevent_set_rate_limit(struct bufferevent *bev,
    struct ev_token_bucket_cfg *cfg)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);
	int r = 0;

	evi_bufferevent_enter(bufev);
	if (bufev->state & EVI_BUFFEREVENT_FREED)
		r = -EINVAL;
	else if (cfg)
		r = set_limit(bufev, cfg);
	else
		unset_limit(bufev);
	(void)evi_bufferevent_unref_and_unlock(bufev);
	return evi_err_public(r);
}

const struct ev_token_bucket_cfg *
bufferevent_get_token_bucket_cfg(const struct bufferevent *bev)
{
	const struct evi_bufferevent
	    *bufev = (const struct evi_bufferevent *)(const void *)bev;

	evi_buffer_acquire(&bufev->input);
	const struct ev_token_bucket_cfg *cfg = bufev->extra &&
		bufev->extra->limit
	    ? bufev->extra->limit->cfg
	    : NULL;
	evi_buffer_release(&bufev->input);
	return cfg;
}

/* The level of `what`, or EV_SSIZE_MAX without a limit. */
static ev_ssize_t
get_level(struct bufferevent *bev, short what)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);
	ev_ssize_t result = EV_SSIZE_MAX;

	evi_bufferevent_lock(bufev);
	if (bufev->extra && bufev->extra->limit && bufev->extra->limit->cfg) {
		struct evi_bufferevent_rate_limit *limit = bufev->extra->limit;

		evi_token_bucket_fill(&limit->bucket, limit->cfg,
		    evi_os_clock_monotonic());
		result = level(limit, what);
	}
	evi_bufferevent_unlock(bufev);
	return result;
}

ev_ssize_t
bufferevent_get_read_limit(struct bufferevent *bev)
{
	return get_level(bev, EV_READ);
}

ev_ssize_t
bufferevent_get_write_limit(struct bufferevent *bev)
{
	return get_level(bev, EV_WRITE);
}

static int
decrement(struct bufferevent *bev, short what, ev_ssize_t decr)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);
	int r = -EINVAL;

	evi_bufferevent_enter(bufev);
	if (bufev->extra && bufev->extra->limit && bufev->extra->limit->cfg) {
		struct evi_bufferevent_rate_limit *limit = bufev->extra->limit;

		evi_token_bucket_take(what == EV_READ ? &limit->bucket.read
						      : &limit->bucket.write,
		    decr);
		follow_level(limit, what);
		r = 0;
	}
	(void)evi_bufferevent_unref_and_unlock(bufev);
	return evi_err_public(r);
}

int
bufferevent_decrement_read_limit(struct bufferevent *bev, ev_ssize_t decr)
{
	return decrement(bev, EV_READ, decr);
}

int
bufferevent_decrement_write_limit(struct bufferevent *bev, ev_ssize_t decr)
{
	return decrement(bev, EV_WRITE, decr);
}

/* One operation ----------------------------------------------------------- */

/* 0 and what does not fit an ev_ssize_t: back to the default. */
static int
set_single(struct bufferevent *bev, short what, size_t size)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	if (size > EV_SSIZE_MAX)
		size = 0;
	evi_bufferevent_lock(bufev);
	struct evi_bufferevent_extra *extra = size
	    ? evi_bufferevent_extra_get(bufev)
	    : bufev->extra;
	if (extra && what == EV_READ)
		extra->read_max_single = size;
	else if (extra)
		extra->write_max_single = size;
	evi_bufferevent_unlock(bufev);
	return evi_err_public(extra || !size ? 0 : -ENOMEM);
}

int
bufferevent_set_max_single_read(struct bufferevent *bev, size_t size)
{
	return set_single(bev, EV_READ, size);
}

int
bufferevent_set_max_single_write(struct bufferevent *bev, size_t size)
{
	return set_single(bev, EV_WRITE, size);
}

ev_ssize_t
bufferevent_get_max_single_read(struct bufferevent *bev)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	evi_bufferevent_lock(bufev);
	size_t size = read_single(bufev);
	evi_bufferevent_unlock(bufev);
	return (ev_ssize_t)size;
}

ev_ssize_t
bufferevent_get_max_single_write(struct bufferevent *bev)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	evi_bufferevent_lock(bufev);
	size_t size = write_single(bufev);
	evi_bufferevent_unlock(bufev);
	return (ev_ssize_t)size;
}

/* By the limits alone: marks do not count here. */
static ev_ssize_t
max_to_move(struct bufferevent *bev, short what)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	evi_bufferevent_enter(bufev);
	size_t room = what == EV_READ ? read_single(bufev)
				      : write_single(bufev);
	if (bufev->extra && bufev->extra->limit)
		room = limited(bufev, what, room);
	(void)evi_bufferevent_unref_and_unlock(bufev);
	return (ev_ssize_t)room;
}

ev_ssize_t
bufferevent_get_max_to_read(struct bufferevent *bev)
{
	return max_to_move(bev, EV_READ);
}

ev_ssize_t
bufferevent_get_max_to_write(struct bufferevent *bev)
{
	return max_to_move(bev, EV_WRITE);
}
