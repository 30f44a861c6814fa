/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * token_bucket.c - the arithmetic of rate limits.
 *
 * Time is counted in ticks of the configuration's length since the clock's
 * zero.  Each tick that has begun since the last filling adds the rate, up
 * to the maximum.  A level above the maximum (somebody gave bytes back)
 * falls to it at the next tick.
 */
#include "bufferevent/token_bucket.h"

#include "base/mem.h"
#include "base/time.h"

/* A second, when no length is given; 0 when it makes no sense. */
static int64_t
tick_length(const struct timeval *tick_len)
{
	if (!tick_len)
		return EVI_TIME_NS_PER_S;
	if (!evi_time_is_valid(tick_len))
		return 0;
	int64_t ns = evi_time_from_timeval(tick_len);
	return ns < EVI_TIME_NS_PER_MS ? EVI_TIME_NS_PER_MS : ns;
}

static int
is_rate(size_t rate, size_t burst)
{
	return rate >= 1 && rate <= burst && burst <= EV_RATE_LIMIT_MAX;
}

struct ev_token_bucket_cfg *
ev_token_bucket_cfg_new(size_t read_rate, size_t read_burst, size_t write_rate,
    size_t write_burst, const struct timeval *tick_len)
{
	int64_t tick_ns = tick_length(tick_len);
	struct ev_token_bucket_cfg *cfg;

	if (!is_rate(read_rate, read_burst) ||
	    !is_rate(write_rate, write_burst) || !tick_ns)
		return NULL;
	cfg = evi_new(struct ev_token_bucket_cfg);
	if (!cfg)
		return NULL;
	cfg->read.rate = (ev_ssize_t)read_rate;
	cfg->read.max = (ev_ssize_t)read_burst;
	cfg->write.rate = (ev_ssize_t)write_rate;
	cfg->write.max = (ev_ssize_t)write_burst;
	cfg->tick_ns = tick_ns;
	return cfg;
}

void
ev_token_bucket_cfg_free(struct ev_token_bucket_cfg *cfg)
{
	evi_mem_free(cfg);
}

void
evi_token_bucket_init(struct evi_token_bucket *bucket,
    const struct ev_token_bucket_cfg *cfg, int64_t now_ns)
{
	bucket->read = cfg->read.rate;
	bucket->write = cfg->write.rate;
	bucket->tick = now_ns / cfg->tick_ns;
}

void
evi_token_bucket_limit(struct evi_token_bucket *bucket,
    const struct ev_token_bucket_cfg *cfg, int64_t now_ns)
{
	if (bucket->read > cfg->read.max)
		bucket->read = cfg->read.max;
	if (bucket->write > cfg->write.max)
		bucket->write = cfg->write.max;
	bucket->tick = now_ns / cfg->tick_ns;
}

/* `level` after `ticks` > 0 ticks. */
static ev_ssize_t
level_after(ev_ssize_t level, const struct evi_token_rate *rate, int64_t ticks)
{
	/* Unsigned: max - level may not fit a signed number. */
	size_t room = (size_t)rate->max - (size_t)level;

	if (level >= rate->max || (size_t)ticks > room / (size_t)rate->rate)
		return rate->max;
	return level + (ev_ssize_t)ticks * rate->rate;
}

void
evi_token_bucket_fill(struct evi_token_bucket *bucket,
    const struct ev_token_bucket_cfg *cfg, int64_t now_ns)
{
	int64_t tick = now_ns / cfg->tick_ns;
	int64_t ticks = tick - bucket->tick;

	if (ticks == 0)
		return;
	bucket->tick = tick;
	if (ticks < 0)
		return;
	bucket->read = level_after(bucket->read, &cfg->read, ticks);
	bucket->write = level_after(bucket->write, &cfg->write, ticks);
}

void
evi_token_bucket_take(ev_ssize_t *level, ev_ssize_t amount)
{
	if (amount > 0 && *level < EV_SSIZE_MIN + amount)
		*level = EV_SSIZE_MIN;
	else if (amount < 0 && *level > EV_SSIZE_MAX + amount)
		*level = EV_SSIZE_MAX;
	else
		*level -= amount;
}
