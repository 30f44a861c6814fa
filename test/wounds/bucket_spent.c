/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bucket_spent.c - a limit spent and given back by hand in the largest steps
 * there are (overflow of rates, OSS-Fuzz 2024).
 *
 * A level that is spent falls, or stays where it cannot fall further; one that
 * is given back does not fall.
 *
 * debian: fails (what is spent twice is there again)
 */
#include <event2/bufferevent.h>

#include "wound.h"

struct subject {
	struct bufferevent *bev;
	struct bufferevent_rate_limit_group *group;
};

/* The four kinds of level: of one and of a group, read and write. */
static ev_ssize_t
level(const struct subject *subject, int kind)
{
	if (kind == 0)
		return bufferevent_get_read_limit(subject->bev);
	if (kind == 1)
		return bufferevent_get_write_limit(subject->bev);
	if (kind == 2)
		return bufferevent_rate_limit_group_get_read_limit(
		    subject->group);
	return bufferevent_rate_limit_group_get_write_limit(subject->group);
}

static void
spend(const struct subject *subject, int kind, ev_ssize_t bytes)
{
	ev_ssize_t was = level(subject, kind), is;

	if (kind == 0)
		bufferevent_decrement_read_limit(subject->bev, bytes);
	else if (kind == 1)
		bufferevent_decrement_write_limit(subject->bev, bytes);
	else if (kind == 2)
		bufferevent_rate_limit_group_decrement_read(subject->group,
		    bytes);
	else
		bufferevent_rate_limit_group_decrement_write(subject->group,
		    bytes);
	is = level(subject, kind);
	printf("kind %d: %zd, %zd spent, %zd\n", kind, was, bytes, is);
	fflush(stdout);
	CHECK(bytes > 0 ? is <= was : is >= was);
}

int
main(void)
{
	const struct timeval tick = { 3600, 0 };
	struct ev_token_bucket_cfg *cfg;
	struct event_base *base;
	struct subject subject;
	int i, kind;

	wound_watch();
	base = event_base_new();
	cfg = ev_token_bucket_cfg_new(1, EV_RATE_LIMIT_MAX, 1,
	    EV_RATE_LIMIT_MAX, &tick);
	subject.bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	subject.group = bufferevent_rate_limit_group_new(base, cfg);
	CHECK_EQ(bufferevent_set_rate_limit(subject.bev, cfg), 0);
	for (kind = 0; kind < 4; kind++) {
		for (i = 0; i < 4; i++)
			spend(&subject, kind, EV_SSIZE_MAX);
		CHECK(level(&subject, kind) < 0);
		for (i = 0; i < 4; i++)
			spend(&subject, kind, -EV_SSIZE_MAX);
		spend(&subject, kind, EV_SSIZE_MIN);
		CHECK(level(&subject, kind) > 0);
	}
	bufferevent_free(subject.bev);
	bufferevent_rate_limit_group_free(subject.group);
	ev_token_bucket_cfg_free(cfg);
	event_base_free(base);
	return wound_end();
}
