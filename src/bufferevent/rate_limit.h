/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rate_limit.h - between rate_limit.c (one bufferevent's limits) and
 * rate_limit_group.c (those that members of a group share).
 *
 * A member finds out by itself, when it next wants to move bytes, that its
 * group has run dry, and suspends itself; only waking up is done from
 * outside.  So no lock of a bufferevent is ever taken while a group's is
 * held, except by trying.
 */
#ifndef EVI_BUFFEREVENT_RATE_LIMIT_H
#define EVI_BUFFEREVENT_RATE_LIMIT_H

#include "base/queue.h"
#include "bufferevent/bufferevent.h"
#include "bufferevent/token_bucket.h"

struct bufferevent_rate_limit_group;

/* The limits of one bufferevent; made when it gets its first. */
struct evi_bufferevent_rate_limit {
	struct evi_bufferevent *bufev;
	const struct ev_token_bucket_cfg *cfg; /* borrowed; NULL: none */
	struct evi_token_bucket bucket;        /* meaningful with cfg */
	struct event refill;                   /* runs while it is suspended */

	/* The group, or NULL; under the lock of the bufferevent. */
	struct bufferevent_rate_limit_group *group;

	/* Under the group's lock. */
	EVI_LIST_ENTRY(evi_bufferevent_rate_limit) next;

	/* Those to wake up; only in the loop. */
	struct evi_bufferevent_rate_limit *next_to_wake;
};

/* The limits of `bufev`, made if need be; NULL: no memory. */
struct evi_bufferevent_rate_limit *evi_bufferevent_rate_limit_get(
    struct evi_bufferevent *bufev);

/* It is being freed: leave the group, stop the timer. */
void evi_bufferevent_rate_limit_leave(struct evi_bufferevent *bufev);

/* Release the memory. */
void evi_bufferevent_rate_limit_clear(struct evi_bufferevent *bufev);

/* Groups.  The lock of the member is held, the group's is not. -------------*/

/*
 * How much the member may move of `what` (EV_READ or EV_WRITE) now; 0 when
 * the group has run dry.
 */
ev_ssize_t evi_bufferevent_rate_limit_group_share(
    struct bufferevent_rate_limit_group *group, short what);

/* The member has moved `len` bytes.  Returns 1 if the group is dry now. */
int evi_bufferevent_rate_limit_group_charge(struct bufferevent_rate_limit_group
						*group,
    short what, size_t len);

/* Take the member out. */
void evi_bufferevent_rate_limit_group_remove(
    struct evi_bufferevent_rate_limit *limit);

#endif
