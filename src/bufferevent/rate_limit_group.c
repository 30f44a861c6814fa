/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rate_limit_group.c - a limit that several bufferevents share.
 *
 * The group has one bucket.  Who asks is given an equal share of what is in
 * it, but at least min_share; so the bucket may fall below 0, and whoever
 * asks then is told that it is dry and suspends itself.  A timer of one tick
 * runs while it is dry, fills it and wakes the suspended members, beginning
 * with a random one so that nobody is always last.
 *
 * Locks: the group's own comes after a member's, so waking tries the
 * member's lock, takes a reference, and does the rest without the group's.
 * A member that is busy in another thread is woken a tick later.  Who holds a
 * member's lock may free the group, while waking waits for that lock: so the
 * group goes as the finalizer of its timer, in the loop.
 */
#include "bufferevent/rate_limit.h"

#include <errno.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/time.h"
#include "os/clock.h"
#include "util/util.h"

#define MIN_SHARE_DEFAULT 64

EVI_LIST_HEAD(limit_list, evi_bufferevent_rate_limit);

struct bufferevent_rate_limit_group {
	struct limit_list members;
	uint32_t member_count;
	struct ev_token_bucket_cfg cfg;
	struct evi_token_bucket bucket;
	size_t min_share_wanted;
	size_t min_share; /* and no more than the rates */
	uint64_t total_read;
	uint64_t total_written;
	struct event refill;
	struct evi_lock lock;
};

static ev_ssize_t *
level_of(struct bufferevent_rate_limit_group *group, short what)
{
	return what == EV_READ ? &group->bucket.read : &group->bucket.write;
}

static void
fill(struct bufferevent_rate_limit_group *group)
{
	evi_token_bucket_fill(&group->bucket, &group->cfg,
	    evi_os_clock_monotonic());
}

static void
start_refill(struct bufferevent_rate_limit_group *group)
{
	struct timeval tv;

	if (event_pending(&group->refill, EV_TIMEOUT, NULL))
		return;
	evi_time_to_timeval(group->cfg.tick_ns, &tv);
	(void)event_add(&group->refill, &tv);
}

/* What a member calls ----------------------------------------------------- */

ev_ssize_t
evi_bufferevent_rate_limit_group_share(struct bufferevent_rate_limit_group
					   *group,
    short what)
{
	ev_ssize_t share = 0;

	evi_lock_acquire(&group->lock);
	fill(group);
	ev_ssize_t level = *level_of(group, what);
	if (level > 0) {
		share = level / (ev_ssize_t)group->member_count;
		if (share < (ev_ssize_t)group->min_share)
			share = (ev_ssize_t)group->min_share;
		if (share == 0)
			share = 1; /* 0 would mean dry */
	} else {
		start_refill(group);
	}
	evi_lock_release(&group->lock);
	return share;
}

int
evi_bufferevent_rate_limit_group_charge(struct bufferevent_rate_limit_group
					    *group,
    short what, size_t len)
{
	evi_lock_acquire(&group->lock);
	if (what == EV_READ)
		group->total_read += len;
	else
		group->total_written += len;
	evi_token_bucket_take(level_of(group, what), (ev_ssize_t)len);
	int is_dry = *level_of(group, what) <= 0;
	if (is_dry)
		start_refill(group);
	evi_lock_release(&group->lock);
	return is_dry;
}

void
evi_bufferevent_rate_limit_group_remove(
    struct evi_bufferevent_rate_limit *limit)
{
	struct bufferevent_rate_limit_group *group = limit->group;

	evi_lock_acquire(&group->lock);
	EVI_LIST_REMOVE(limit, next);
	group->member_count--;
	limit->group = NULL;
	evi_lock_release(&group->lock);
}

/* Waking ------------------------------------------------------------------ */

/* The member at `index`. */
static struct evi_bufferevent_rate_limit *
member_at(struct bufferevent_rate_limit_group *group, uint32_t index)
{
	struct evi_bufferevent_rate_limit *limit = EVI_LIST_FIRST(
	    &group->members);

	while (index-- > 0)
		limit = EVI_LIST_NEXT(limit, next);
	return limit;
}

/*
 * Hold every member that the group has suspended, in a list; *ret_missed is
 * set if one was busy.  The group's lock is held.
 */
static struct evi_bufferevent_rate_limit *
hold_suspended(struct bufferevent_rate_limit_group *group, int *ret_missed)
{
	struct evi_bufferevent_rate_limit *first = NULL, **end = &first;
	struct evi_bufferevent_rate_limit *limit;

	if (group->member_count == 0)
		return NULL;
	limit = member_at(group, evi_util_rng_below(group->member_count));
	for (uint32_t i = 0; i < group->member_count; i++) {
		struct evi_bufferevent *bufev = limit->bufev;
		struct evi_lock lock = evi_buffer_get_lock(&bufev->input);

		if (evi_lock_try(&lock)) {
			if ((bufev->read_suspended | bufev->write_suspended) &
			    EVI_BUFFEREVENT_SUSPEND_GROUP) {
				bufev->refs++;
				limit->next_to_wake = NULL;
				*end = limit;
				end = &limit->next_to_wake;
			}
			evi_bufferevent_unlock(bufev);
		} else {
			*ret_missed = 1;
		}
		limit = EVI_LIST_NEXT(limit, next);
		if (!limit)
			limit = EVI_LIST_FIRST(&group->members);
	}
	return first;
}

/* Let the held members go on and let go of them.  No lock is held. */
static void
wake(struct evi_bufferevent_rate_limit *limit, int reads, int writes)
{
	while (limit) {
		struct evi_bufferevent_rate_limit *next = limit->next_to_wake;
		struct evi_bufferevent *bufev = limit->bufev;

		evi_bufferevent_lock(bufev);
		if (!(bufev->state & EVI_BUFFEREVENT_FREED)) {
			if (reads)
				evi_bufferevent_unsuspend_read(bufev,
				    EVI_BUFFEREVENT_SUSPEND_GROUP);
			if (writes)
				evi_bufferevent_unsuspend_write(bufev,
				    EVI_BUFFEREVENT_SUSPEND_GROUP);
		}
		(void)evi_bufferevent_unref_and_unlock(bufev);
		limit = next;
	}
}

/*
 * Fill, and wake those for whom there is something.  Only in the loop: the
 * list of held members has room for one walk.
 */
static void
on_refill(evutil_socket_t fd, short what, void *arg)
{
	struct bufferevent_rate_limit_group *group = arg;
	struct evi_bufferevent_rate_limit *held = NULL;
	int missed = 0;

	(void)fd;
	(void)what;
	evi_lock_acquire(&group->lock);
	fill(group);
	int reads = group->bucket.read > 0;
	int writes = group->bucket.write > 0;
	if (reads || writes)
		held = hold_suspended(group, &missed);
	if (missed || !reads || !writes)
		start_refill(group);
	evi_lock_release(&group->lock);
	wake(held, reads, writes);
}

/* The public calls -------------------------------------------------------- */

/* min_share: what was wanted, but no more than comes in each tick. */
static void
adjust_min_share(struct bufferevent_rate_limit_group *group)
{
	size_t share = group->min_share_wanted;

	if (share > (size_t)group->cfg.read.rate)
		share = (size_t)group->cfg.read.rate;
	if (share > (size_t)group->cfg.write.rate)
		share = (size_t)group->cfg.write.rate;
	group->min_share = share;
}

struct bufferevent_rate_limit_group *
bufferevent_rate_limit_group_new(struct event_base *base,
    const struct ev_token_bucket_cfg *cfg)
{
	struct bufferevent_rate_limit_group *group = evi_new(
	    struct bufferevent_rate_limit_group);

	if (!group)
		return NULL;
	EVI_LIST_INIT(&group->members);
	group->cfg = *cfg;
	group->min_share_wanted = MIN_SHARE_DEFAULT;
	adjust_min_share(group);
	evi_token_bucket_init(&group->bucket, cfg, evi_os_clock_monotonic());
	(void)event_assign(&group->refill, base, -1, 0, on_refill, group);
	if (evi_lock_init(&group->lock, 0) < 0) {
		evi_mem_free(group);
		return NULL;
	}
	return group;
}

int
bufferevent_rate_limit_group_set_cfg(struct bufferevent_rate_limit_group *group,
    const struct ev_token_bucket_cfg *cfg)
{
	if (!group || !cfg)
		return evi_err_public(-EINVAL);
	evi_lock_acquire(&group->lock);
	group->cfg = *cfg;
	evi_token_bucket_limit(&group->bucket, cfg, evi_os_clock_monotonic());
	adjust_min_share(group);
	if (event_pending(&group->refill, EV_TIMEOUT, NULL)) {
		(void)event_del_noblock(&group->refill);
		start_refill(group);
	}
	evi_lock_release(&group->lock);
	return 0;
}

int
bufferevent_rate_limit_group_set_min_share(struct bufferevent_rate_limit_group
					       *group,
    size_t min_share)
{
	if (min_share > EV_SSIZE_MAX)
		return evi_err_public(-EINVAL);
	evi_lock_acquire(&group->lock);
	group->min_share_wanted = min_share;
	adjust_min_share(group);
	evi_lock_release(&group->lock);
	return 0;
}

/* No callback of `refill` runs any more. */
static void
on_finalized(struct event *refill, void *arg)
{
	struct bufferevent_rate_limit_group *group = arg;

	(void)refill;
	evi_lock_clear(&group->lock);
	evi_mem_free(group);
}

void
bufferevent_rate_limit_group_free(struct bufferevent_rate_limit_group *group)
{
	if (!group)
		return;
	evi_lock_acquire(&group->lock);
	uint32_t members = group->member_count;
	evi_lock_release(&group->lock);
	if (members > 0) {
		evi_log_warn("%s: %u members have not left", __func__,
		    (unsigned)members);
		return;
	}
	/* Not event_del(): on_refill may wait for a lock that we hold. */
	if (event_get_base(&group->refill))
		(void)event_finalize(0, &group->refill, on_finalized);
	else
		on_finalized(&group->refill, group);
}

/* Take the member out of its group, and let it go on. */
static void
leave(struct evi_bufferevent_rate_limit *limit)
{
	evi_bufferevent_rate_limit_group_remove(limit);
	evi_bufferevent_unsuspend_read(limit->bufev,
	    EVI_BUFFEREVENT_SUSPEND_GROUP);
	evi_bufferevent_unsuspend_write(limit->bufev,
	    EVI_BUFFEREVENT_SUSPEND_GROUP);
}

int
bufferevent_add_to_rate_limit_group(struct bufferevent *bev,
    struct bufferevent_rate_limit_group *group)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	evi_bufferevent_enter(bufev);
	struct evi_bufferevent_rate_limit *limit = bufev->state &
		EVI_BUFFEREVENT_FREED
	    ? NULL
	    : evi_bufferevent_rate_limit_get(bufev);
	if (limit && limit->group != group) {
		if (limit->group)
			leave(limit);
		evi_lock_acquire(&group->lock);
		limit->group = group;
		group->member_count++;
		EVI_LIST_INSERT_HEAD(&group->members, limit, next);
		evi_lock_release(&group->lock);
	}
	(void)evi_bufferevent_unref_and_unlock(bufev);
	return evi_err_public(limit ? 0 : -ENOMEM);
}

int
bufferevent_remove_from_rate_limit_group(struct bufferevent *bev)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	evi_bufferevent_enter(bufev);
	if (bufev->extra && bufev->extra->limit && bufev->extra->limit->group)
		leave(bufev->extra->limit);
	(void)evi_bufferevent_unref_and_unlock(bufev);
	return 0;
}

static ev_ssize_t
get_level(struct bufferevent_rate_limit_group *group, short what)
{
	evi_lock_acquire(&group->lock);
	fill(group);
	ev_ssize_t level = *level_of(group, what);
	evi_lock_release(&group->lock);
	return level;
}

ev_ssize_t
bufferevent_rate_limit_group_get_read_limit(
    struct bufferevent_rate_limit_group *group)
{
	return get_level(group, EV_READ);
}

ev_ssize_t
bufferevent_rate_limit_group_get_write_limit(
    struct bufferevent_rate_limit_group *group)
{
	return get_level(group, EV_WRITE);
}

/* Take from the bucket.  A dry one that gets something wakes at once. */
static int
decrement(struct bufferevent_rate_limit_group *group, short what,
    ev_ssize_t decr)
{
	evi_lock_acquire(&group->lock);
	int was_dry = *level_of(group, what) <= 0;
	evi_token_bucket_take(level_of(group, what), decr);
	int is_dry = *level_of(group, what) <= 0;
	if (is_dry)
		start_refill(group);
	else if (was_dry)
		event_active(&group->refill, EV_TIMEOUT, 1);
	evi_lock_release(&group->lock);
	return 0;
}

int
bufferevent_rate_limit_group_decrement_read(struct bufferevent_rate_limit_group
						*group,
    ev_ssize_t decr)
{
	return decrement(group, EV_READ, decr);
}

int
bufferevent_rate_limit_group_decrement_write(struct bufferevent_rate_limit_group
						 *group,
    ev_ssize_t decr)
{
	return decrement(group, EV_WRITE, decr);
}

void
bufferevent_rate_limit_group_get_totals(struct bufferevent_rate_limit_group
					    *group,
    ev_uint64_t *total_read_out, ev_uint64_t *total_written_out)
{
	evi_lock_acquire(&group->lock);
	if (total_read_out)
		*total_read_out = group->total_read;
	if (total_written_out)
		*total_written_out = group->total_written;
	evi_lock_release(&group->lock);
}

void
bufferevent_rate_limit_group_reset_totals(
    struct bufferevent_rate_limit_group *group)
{
	evi_lock_acquire(&group->lock);
	group->total_read = group->total_written = 0;
	evi_lock_release(&group->lock);
}
