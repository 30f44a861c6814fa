/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * token_bucket_test.c - the arithmetic of rate limits, at its edges.
 */
#include "bufferevent/token_bucket.h"

#include "test.h"

static const struct ev_token_bucket_cfg cfg = {
	.read = { .rate = 10, .max = 25 },
	.write = { .rate = EV_SSIZE_MAX, .max = EV_SSIZE_MAX },
	.tick_ns = 1000,
};

/* Each tick adds the rate until the maximum; part of a tick adds nothing. */
TEST(ticks_add_up_to_the_maximum)
{
	struct evi_token_bucket bucket;

	evi_token_bucket_init(&bucket, &cfg, 5500);
	CHECK_EQ(bucket.read, 10);
	evi_token_bucket_fill(&bucket, &cfg, 5999);
	CHECK_EQ(bucket.read, 10);
	evi_token_bucket_fill(&bucket, &cfg, 6000);
	CHECK_EQ(bucket.read, 20);
	evi_token_bucket_fill(&bucket, &cfg, 7000);
	CHECK_EQ(bucket.read, 25);
	evi_token_bucket_fill(&bucket, &cfg, INT64_MAX);
	CHECK_EQ(bucket.read, 25);
	CHECK_EQ(bucket.write, EV_SSIZE_MAX);
}

/* A debt is paid tick by tick; a gift above the maximum ends with a tick. */
TEST(debt_and_gift)
{
	struct evi_token_bucket bucket;

	evi_token_bucket_init(&bucket, &cfg, 0);
	evi_token_bucket_take(&bucket.read, 35);
	CHECK_EQ(bucket.read, -25);
	evi_token_bucket_fill(&bucket, &cfg, 2000);
	CHECK_EQ(bucket.read, -5);
	evi_token_bucket_take(&bucket.read, -100);
	CHECK_EQ(bucket.read, 95);
	evi_token_bucket_fill(&bucket, &cfg, 3000);
	CHECK_EQ(bucket.read, 25);
}

/* A clock that goes back adds nothing and takes nothing. */
TEST(clock_goes_back)
{
	struct evi_token_bucket bucket;

	evi_token_bucket_init(&bucket, &cfg, 9000);
	evi_token_bucket_fill(&bucket, &cfg, 1000);
	CHECK_EQ(bucket.read, 10);
	evi_token_bucket_fill(&bucket, &cfg, 2000);
	CHECK_EQ(bucket.read, 20);
}

/* Nothing overflows at either end. */
TEST(levels_saturate)
{
	struct evi_token_bucket bucket;

	evi_token_bucket_init(&bucket, &cfg, 0);
	evi_token_bucket_take(&bucket.write, EV_SSIZE_MIN);
	CHECK_EQ(bucket.write, EV_SSIZE_MAX);
	evi_token_bucket_take(&bucket.read, EV_SSIZE_MAX);
	evi_token_bucket_take(&bucket.read, EV_SSIZE_MAX);
	CHECK_EQ(bucket.read, EV_SSIZE_MIN);
	evi_token_bucket_fill(&bucket, &cfg, 1000);
	CHECK_EQ(bucket.read, EV_SSIZE_MIN + 10);
	bucket.write = EV_SSIZE_MIN;
	evi_token_bucket_fill(&bucket, &cfg, 2000);
	CHECK_EQ(bucket.write, -1);
	evi_token_bucket_fill(&bucket, &cfg, INT64_MAX);
	CHECK_EQ(bucket.write, EV_SSIZE_MAX);
}
