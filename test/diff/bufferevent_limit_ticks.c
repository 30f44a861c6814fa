/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bufferevent_limit_ticks.c - traffic under limits: a bucket fills with each
 * tick, a group serves all its members, and whoever leaves a dry group, or
 * whose limit changes, goes on at once.
 */
/* backends: epoll */
#include "trace_bev.h"

static const struct timeval hour = { 3600, 0 };
static const struct timeval tick = { 0, 50000 };

static char bytes[4096];
static struct event_base *base;
static size_t sum;

static struct ev_token_bucket_cfg *
limits(size_t rate, const struct timeval *length)
{
	struct ev_token_bucket_cfg *cfg = ev_token_bucket_cfg_new(rate, rate,
	    rate, rate, length);

	must(cfg != NULL, "ev_token_bucket_cfg_new");
	return cfg;
}

static void
on_read_sum(struct bufferevent *bev, void *arg)
{
	size_t n = input_of(bev);

	if (arg)
		trace("  read %zu", n);
	sum += n;
	evbuffer_drain(bufferevent_get_input(bev), n);
}

static void
reading(void)
{
	struct ev_token_bucket_cfg *cfg = limits(10, &tick);
	evutil_socket_t peer;
	struct bufferevent *bev = open_bev(base, BEV_OPT_CLOSE_ON_FREE, "bev",
	    &peer);

	trace("-- 35 bytes to read, 10 in each tick");
	sum = 0;
	bufferevent_setcb(bev, on_read_sum, NULL, NULL, bev);
	CALL(bufferevent_set_rate_limit(bev, cfg));
	bufferevent_enable(bev, EV_READ);
	say(peer, bytes, 35);
	while (sum < 35)
		event_base_loop(base, EVLOOP_ONCE);
	close_bev(base, bev, peer);
	ev_token_bucket_cfg_free(cfg);
}

static void
writing(void)
{
	struct ev_token_bucket_cfg *cfg = limits(10, &tick);
	evutil_socket_t peer;
	struct bufferevent *bev = open_bev(base, BEV_OPT_CLOSE_ON_FREE, "bev",
	    &peer);

	trace("-- 25 bytes to write, 10 in each tick");
	CALL(bufferevent_set_rate_limit(bev, cfg));
	bufferevent_setwatermark(bev, EV_WRITE, 100, 0);
	bufferevent_write(bev, bytes, 25);
	while (output_of(bev) > 0)
		event_base_loop(base, EVLOOP_ONCE);
	trace("heard %ld", hear(peer));
	close_bev(base, bev, peer);
	ev_token_bucket_cfg_free(cfg);
}

struct group {
	struct bufferevent_rate_limit_group *limit;
	struct bufferevent *bev[3];
	evutil_socket_t peer[3];
};

static struct group
open_group(struct ev_token_bucket_cfg *cfg)
{
	struct group group = { 0 };
	int i;

	group.limit = bufferevent_rate_limit_group_new(base, cfg);
	must(group.limit != NULL, "group");
	bufferevent_rate_limit_group_set_min_share(group.limit, 1);
	for (i = 0; i < 3; i++) {
		group.bev[i] = open_bev(base, BEV_OPT_CLOSE_ON_FREE, "bev",
		    &group.peer[i]);
		bufferevent_setcb(group.bev[i], on_read_sum, NULL, NULL, NULL);
		bufferevent_add_to_rate_limit_group(group.bev[i], group.limit);
		bufferevent_enable(group.bev[i], EV_READ);
	}
	sum = 0;
	return group;
}

static void
close_group(struct group *group)
{
	int i;

	for (i = 0; i < 3; i++) {
		if (group->bev[i])
			bufferevent_free(group->bev[i]);
		close(group->peer[i]);
	}
	turn(base);
	bufferevent_rate_limit_group_free(group->limit);
	turn(base);
}

static void
show_totals(struct group *group)
{
	ev_uint64_t read_total, written_total;

	bufferevent_rate_limit_group_get_totals(group->limit, &read_total,
	    &written_total);
	trace("totals: read %d, written %d", (int)read_total,
	    (int)written_total);
}

/* Who is served first is left to chance, not that all are. */
static void
sharing(void)
{
	struct ev_token_bucket_cfg *cfg = limits(30, &tick);
	struct group group = open_group(cfg);
	long heard = 0;
	int i;

	trace("-- a group of three, 30 bytes in each tick, 40 for each");
	for (i = 0; i < 3; i++) {
		say(group.peer[i], bytes, 40);
		bufferevent_write(group.bev[i], bytes, 40);
	}
	while (sum < 120 || heard < 120) {
		event_base_loop(base, EVLOOP_ONCE);
		for (i = 0; i < 3; i++)
			heard += hear(group.peer[i]);
	}
	trace("read %zu, heard %ld", sum, heard);
	show_totals(&group);
	close_group(&group);
	ev_token_bucket_cfg_free(cfg);
}

/* Three bytes are all there is for an hour. */
static void
dry(void)
{
	struct ev_token_bucket_cfg *cfg = limits(3, &hour);
	struct group group = open_group(cfg);
	int i;

	trace("-- a dry group");
	for (i = 0; i < 3; i++)
		say(group.peer[i], bytes, 100);
	turn(base);
	trace("read %d", sum >= 3 && sum < 100);
	show_totals(&group);
	sum = 0;
	turn(base);
	trace("then %zu", sum);
	trace("-- one leaves it, one is freed");
	CALL(bufferevent_remove_from_rate_limit_group(group.bev[0]));
	bufferevent_free(group.bev[1]);
	group.bev[1] = NULL;
	turn(base);
	trace("read %d", sum > 90 && sum <= 100);
	trace("-- the group is given 1000 bytes");
	sum = 0;
	bufferevent_rate_limit_group_decrement_read(group.limit, -1000);
	turn(base);
	trace("read %d", sum > 90 && sum <= 100);
	close_group(&group);
	ev_token_bucket_cfg_free(cfg);
}

/* A dry bucket; the limit is replaced, taken off, or topped up. */
static void
changed(const char *name, int how)
{
	struct ev_token_bucket_cfg *cfg = limits(5, &hour);
	struct ev_token_bucket_cfg *more = limits(100, &hour);
	evutil_socket_t peer;
	struct bufferevent *bev = open_bev(base, BEV_OPT_CLOSE_ON_FREE, "bev",
	    &peer);

	trace("-- a dry bucket, its limit is %s", name);
	bufferevent_setcb(bev, on_read_sum, NULL, NULL, bev);
	bufferevent_set_rate_limit(bev, cfg);
	bufferevent_enable(bev, EV_READ);
	say(peer, bytes, 30);
	turn(base);
	if (how == 0)
		CALL(bufferevent_set_rate_limit(bev, NULL));
	else if (how == 1)
		CALL(bufferevent_set_rate_limit(bev, more));
	else
		CALL(bufferevent_decrement_read_limit(bev, -7));
	turn(base);
	trace("limit %ld", (long)bufferevent_get_read_limit(bev));
	bufferevent_set_rate_limit(bev, NULL);
	turn(base);
	bufferevent_free(bev);
	turn(base);
	ev_token_bucket_cfg_free(cfg);
	ev_token_bucket_cfg_free(more);
	close(peer);
}

int
main(void)
{
	base = new_base();
	reading();
	writing();
	sharing();
	dry();
	changed("taken off", 0);
	changed("replaced", 1);
	changed("topped up", 2);
	event_base_free(base);
	return 0;
}
