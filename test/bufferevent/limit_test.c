/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * limit_test.c - rate limits with a clock that runs.
 */
#include "helper.h"

static const struct timeval ms10 = { 0, 10000 };

/* Ticks of 10 ms to look at. */
static int
tick_count(void)
{
	return test_is_faulty() ? 5 : 20;
}

/* Bytes that a limited writer gets out in tick_count() ticks. */
static size_t
written(struct event_base *base, struct bufferevent *bev, evutil_socket_t peer)
{
	static char data[200000], sink[200000];
	size_t got = 0;
	ssize_t n;

	CHECK_EQ(bufferevent_write(bev, data, sizeof(data)), 0);
	for (int i = 0; i < tick_count(); i++) {
		pass_ms(base, 10);
		while ((n = recv(peer, sink, sizeof(sink), 0)) > 0)
			got += (size_t)n;
	}
	return got;
}

/* A writer keeps to its rate, in both directions of error. */
TEST(writer_keeps_its_rate)
{
	struct event_base *base = test_base();
	struct ev_token_bucket_cfg *cfg = ev_token_bucket_cfg_new(1000, 1000,
	    1000, 1000, &ms10);
	struct timeval start, end;
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);

	CHECK_NOTNULL(cfg);
	CHECK_EQ(bufferevent_set_rate_limit(bev, cfg), 0);
	evutil_gettimeofday(&start, NULL);
	size_t got = written(base, bev, peer);
	evutil_gettimeofday(&end, NULL);
	evutil_timersub(&end, &start, &end);
	int64_t ms = end.tv_sec * 1000 + end.tv_usec / 1000;
	CHECK_LE(got, (size_t)(ms / 10 + 3) * 1000);
	CHECK_GE(got, 3000);
	bufferevent_free(bev);
	ev_token_bucket_cfg_free(cfg);
	close(peer);
	event_base_free(base);
}

/* A reader keeps to its rate, and taking the limit off lets it go on. */
TEST(reader_keeps_its_rate)
{
	static char data[100000];
	struct timeval hour = { 3600, 0 };
	struct event_base *base = test_base();
	struct ev_token_bucket_cfg *cfg = ev_token_bucket_cfg_new(1000, 1000,
	    1000, 1000, &hour);
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);

	CHECK_NOTNULL(cfg);
	CHECK_EQ(bufferevent_set_rate_limit(bev, cfg), 0);
	bufferevent_enable(bev, EV_READ);
	ssize_t sent = send(peer, data, sizeof(data), 0);
	CHECK_GT(sent, 1000);
	turn(base);
	CHECK_EQ(input_len(bev), 1000);
	CHECK_EQ(bufferevent_set_rate_limit(bev, NULL), 0);
	turn(base);
	CHECK_EQ(input_len(bev), sent);
	bufferevent_free(bev);
	ev_token_bucket_cfg_free(cfg);
	close(peer);
	event_base_free(base);
}

/* Members share a group's bucket, each gets some, and the totals agree. */
TEST(group_is_shared)
{
	static char data[100000], sink[100000];
	struct event_base *base = test_base();
	struct ev_token_bucket_cfg *cfg = ev_token_bucket_cfg_new(1000, 1000,
	    1000, 1000, &ms10);
	struct bufferevent_rate_limit_group *group;
	struct bufferevent *bev[4];
	evutil_socket_t peer[4];
	size_t got[4] = { 0 }, all = 0;
	ev_uint64_t total = 0;

	CHECK_NOTNULL(cfg);
	group = bufferevent_rate_limit_group_new(base, cfg);
	CHECK_NOTNULL(group);
	for (int i = 0; i < 4; i++) {
		bev[i] = bev_and_peer(base, 0, NULL, &peer[i]);
		CHECK_EQ(bufferevent_add_to_rate_limit_group(bev[i], group), 0);
		CHECK_EQ(bufferevent_write(bev[i], data, sizeof(data)), 0);
	}
	for (int round = 0; round < tick_count(); round++) {
		pass_ms(base, 10);
		for (int i = 0; i < 4; i++) {
			ssize_t n = recv(peer[i], sink, sizeof(sink), 0);

			if (n > 0)
				got[i] += (size_t)n;
		}
	}
	bufferevent_rate_limit_group_get_totals(group, NULL, &total);
	for (int i = 0; i < 4; i++) {
		CHECK_GT(got[i], 0);
		all += got[i];
	}
	CHECK_GE(total, all);
	CHECK_LT(total, 4 * sizeof(data));
	for (int i = 0; i < 4; i++) {
		if (i < 2)
			bufferevent_remove_from_rate_limit_group(bev[i]);
		bufferevent_free(bev[i]);
		close(peer[i]);
	}
	bufferevent_rate_limit_group_free(group);
	ev_token_bucket_cfg_free(cfg);
	event_base_free(base);
}

/* Senseless and extreme rates and ticks: refused or harmless. */
TEST(extreme_settings)
{
	static const size_t sizes[] = { 0, 1, 2, EV_SSIZE_MAX,
		(size_t)EV_SSIZE_MAX + 1, EV_SIZE_MAX };
	struct timeval ticks[] = { { 0, 0 }, { 0, 1 }, { 0, 999 }, { 1, 0 },
		{ -1, 0 }, { 0, -1 }, { 0, 1000000 }, { EV_INT32_MAX, 0 },
		{ 0, 0 } };
	struct event_base *base = test_base();
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);

	ticks[8].tv_sec = (time_t)EV_INT64_MAX;
	bufferevent_enable(bev, EV_READ);
	for (size_t t = 0; t < sizeof(ticks) / sizeof(ticks[0]); t++)
		for (int i = 0; i < 36; i++) {
			size_t rate = sizes[i / 6], burst = sizes[i % 6];
			struct ev_token_bucket_cfg
			    *cfg = ev_token_bucket_cfg_new(rate, burst, rate,
				burst, &ticks[t]);

			if (rate == 0 || rate > burst || burst > EV_SSIZE_MAX)
				CHECK_NULL(cfg);
			if (!cfg)
				continue;
			bufferevent_set_rate_limit(bev, cfg);
			bufferevent_write(bev, "abc", 3);
			send(peer, "x", 1, 0);
			turn(base);
			bufferevent_decrement_read_limit(bev, EV_SSIZE_MAX);
			bufferevent_decrement_read_limit(bev, EV_SSIZE_MAX);
			bufferevent_decrement_write_limit(bev, EV_SSIZE_MIN);
			bufferevent_decrement_write_limit(bev, EV_SSIZE_MIN);
			turn(base);
			bufferevent_get_max_to_write(bev);
			bufferevent_set_rate_limit(bev, NULL);
			ev_token_bucket_cfg_free(cfg);
		}
	CHECK_EQ(bufferevent_decrement_read_limit(bev, 1), -1);
	bufferevent_free(bev);
	close(peer);
	event_base_free(base);
}
