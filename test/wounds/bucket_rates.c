/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bucket_rates.c - rates and bursts up to the largest, spent by hand to far
 * below nothing and filled again (overflow of rates, OSS-Fuzz 2024).
 *
 * A level rises until reading goes on, and is never above the burst.
 *
 * debian: passes
 */
#include <event2/bufferevent.h>

#include "wound.h"

static const size_t sizes[] = { 0, 1, 2, 1000, EV_SSIZE_MAX / 2,
	EV_SSIZE_MAX - 1, EV_SSIZE_MAX, (size_t)EV_SSIZE_MAX + 1, SIZE_MAX };

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

/* The level rises to more than nothing and at most the burst. */
static void
refill(struct event_base *base, struct bufferevent *bev, ev_ssize_t burst)
{
	ev_ssize_t was = bufferevent_get_read_limit(bev), is = was;

	while (is <= 0) {
		CHECK(event_base_loop(base, EVLOOP_ONCE) >= 0);
		is = bufferevent_get_read_limit(bev);
		CHECK(is >= was && is <= burst);
		was = is;
	}
}

/* What the rate brings in a few ticks is spent, or as much as can be said. */
static void
use(struct ev_token_bucket_cfg *cfg, size_t rate, size_t burst)
{
	struct event_base *base = event_base_new();
	struct bufferevent *bev = bufferevent_socket_new(base, -1,
	    BEV_OPT_CLOSE_ON_FREE);
	ev_ssize_t few = rate < 1000000 ? (ev_ssize_t)rate * 5 : EV_SSIZE_MAX;
	ev_ssize_t level;

	CHECK_EQ(bufferevent_set_rate_limit(bev, cfg), 0);
	level = bufferevent_get_read_limit(bev);
	CHECK(level > 0 && level <= (ev_ssize_t)burst);
	CHECK_EQ(bufferevent_decrement_read_limit(bev, few), 0);
	CHECK(bufferevent_get_read_limit(bev) <= (ev_ssize_t)burst);
	refill(base, bev, (ev_ssize_t)burst);
	CHECK_EQ(bufferevent_set_rate_limit(bev, NULL), 0);
	bufferevent_free(bev);
	event_base_free(base);
}

int
main(void)
{
	const struct timeval tick = { 0, 1000 };
	size_t i, k;

	wound_watch();
	for (i = 0; i < SIZES; i++)
		for (k = 0; k < SIZES; k++) {
			struct ev_token_bucket_cfg
			    *cfg = ev_token_bucket_cfg_new(sizes[i], sizes[k],
				sizes[i], sizes[k], &tick);
			int right = sizes[i] >= 1 && sizes[i] <= sizes[k] &&
			    sizes[k] <= EV_RATE_LIMIT_MAX;

			printf("rate %zu, burst %zu: %s\n", sizes[i], sizes[k],
			    cfg ? "taken" : "refused");
			fflush(stdout);
			CHECK_EQ(cfg != NULL, right);
			if (!cfg)
				continue;
			use(cfg, sizes[i], sizes[k]);
			ev_token_bucket_cfg_free(cfg);
		}
	return wound_end();
}
