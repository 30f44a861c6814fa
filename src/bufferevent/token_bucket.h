/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * token_bucket.h - the arithmetic of rate limits.  Pure: no clock, no lock.
 */
#ifndef EVI_BUFFEREVENT_TOKEN_BUCKET_H
#define EVI_BUFFEREVENT_TOKEN_BUCKET_H

#include <stdint.h>

#include "event2/bufferevent.h"

/* A rate and a maximum, in bytes: 1 <= rate <= max <= EV_RATE_LIMIT_MAX. */
struct evi_token_rate {
	ev_ssize_t rate; /* comes in each tick */
	ev_ssize_t max;  /* and is kept up to this */
};

struct ev_token_bucket_cfg {
	struct evi_token_rate read;
	struct evi_token_rate write;
	int64_t tick_ns; /* >= 1 ms */
};

struct evi_token_bucket {
	ev_ssize_t read; /* bytes that may move; may be below 0 */
	ev_ssize_t write;
	int64_t tick; /* when it was last filled */
};

/* Fill `bucket` with one tick's worth, at `now_ns`. */
void evi_token_bucket_init(struct evi_token_bucket *bucket,
    const struct ev_token_bucket_cfg *cfg, int64_t now_ns);

/* The configuration has changed: cut what is too much. */
void evi_token_bucket_limit(struct evi_token_bucket *bucket,
    const struct ev_token_bucket_cfg *cfg, int64_t now_ns);

/* Add what came in until `now_ns`.  A clock that goes back adds nothing. */
void evi_token_bucket_fill(struct evi_token_bucket *bucket,
    const struct ev_token_bucket_cfg *cfg, int64_t now_ns);

/* *level - amount, without overflow; `amount` may be below 0. */
void evi_token_bucket_take(ev_ssize_t *level, ev_ssize_t amount);

#endif
