/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * limited_free.c - rate-limited connections freed while they wait for their
 * tick, alone and in a group (a stale event after the free, #1439, 2023).
 *
 * debian: crashes (SIGSEGV)
 */
#include <sys/socket.h>
#include <time.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>

#include "wound.h"

#define CONNECTIONS 16
#define ROUNDS 20
#define LONG_TICK_NS 50000000

struct limited {
	struct bufferevent *bev;
	int peer;
	int calls;
};

struct crowd {
	struct event_base *base;
	struct bufferevent_rate_limit_group *group;
	struct limited limited[CONNECTIONS];
	int left;
};

static struct crowd *crowd;

static void
limited_free(struct limited *limited)
{
	if (!limited->bev)
		return;
	bufferevent_free(limited->bev);
	close(limited->peer);
	limited->bev = NULL;
	crowd->left--;
}

/* At its second or third piece, one frees itself or its neighbour. */
static void
on_read(struct bufferevent *bev, void *arg)
{
	struct limited *limited = arg;
	size_t index = (size_t)(limited - crowd->limited);

	CHECK_EQ(limited->bev == bev, 1);
	evbuffer_drain(bufferevent_get_input(bev), SIZE_MAX);
	if (++limited->calls < 2 + (int)(index % 2))
		return;
	if (index % 3)
		limited_free(&crowd->limited[(index + 1) % CONNECTIONS]);
	else
		limited_free(limited);
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	(void)what;
	limited_free(arg);
}

static void
limited_open(struct limited *limited, struct ev_token_bucket_cfg *cfg,
    int options, int alone)
{
	int fds[2];

	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	limited->calls = 0;
	limited->peer = fds[1];
	limited->bev = bufferevent_socket_new(crowd->base, fds[0],
	    options | BEV_OPT_CLOSE_ON_FREE);
	CHECK(limited->bev != NULL);
	bufferevent_setcb(limited->bev, on_read, NULL, on_event, limited);
	if (alone)
		CHECK_EQ(bufferevent_set_rate_limit(limited->bev, cfg), 0);
	CHECK_EQ(bufferevent_add_to_rate_limit_group(limited->bev,
		     crowd->group),
	    0);
	CHECK_EQ(bufferevent_enable(limited->bev, EV_READ | EV_WRITE), 0);
	CHECK_EQ(write(limited->peer, "more than one tick may bring", 28), 28);
	CHECK_EQ(bufferevent_write(limited->bev, "and back", 8), 0);
	crowd->left++;
}

/* All connections together have a few bytes for each tick of one ms. */
static void
run(int options, int round)
{
	struct timeval tick = { 0, 1000 };
	struct ev_token_bucket_cfg *cfg = ev_token_bucket_cfg_new(4, 8, 4, 8,
	    &tick);
	struct crowd own = { event_base_new(), NULL, { { NULL, 0, 0 } }, 0 };
	int i, turns = 3 + round;

	crowd = &own;
	own.group = bufferevent_rate_limit_group_new(own.base, cfg);
	bufferevent_rate_limit_group_set_min_share(own.group, 1);
	for (i = 0; i < CONNECTIONS; i++)
		limited_open(&own.limited[i], cfg, options, i % 2);
	while (own.left > CONNECTIONS / 4 && turns--)
		CHECK(event_base_loop(own.base, EVLOOP_ONCE) >= 0);
	for (i = 0; i < CONNECTIONS; i++) /* some are suspended now */
		limited_free(&own.limited[i]);
	CHECK(event_base_loop(own.base, EVLOOP_NONBLOCK) >= 0);
	bufferevent_rate_limit_group_free(own.group);
	ev_token_bucket_cfg_free(cfg);
	event_base_free(own.base);
}

/* Time goes by outside of the loop, until the group's tick is over. */
static void
wait_for_tick(void)
{
	struct timespec now, end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += (end.tv_nsec + LONG_TICK_NS) / 1000000000;
	end.tv_nsec = (end.tv_nsec + LONG_TICK_NS) % 1000000000;
	do
		clock_gettime(CLOCK_MONOTONIC, &now);
	while (now.tv_sec < end.tv_sec ||
	    (now.tv_sec == end.tv_sec && now.tv_nsec <= end.tv_nsec));
}

static void
on_free_all(evutil_socket_t fd, short what, void *arg)
{
	int i;

	(void)fd;
	(void)what;
	(void)arg;
	for (i = 0; i < CONNECTIONS; i++)
		limited_free(&crowd->limited[i]);
}

/*
 * Suspended members are freed by a timer of the same turn as the group's, just
 * before it: it must not set them reading again.
 */
static void
free_before_tick(void)
{
	struct timeval tick = { 0, LONG_TICK_NS / 1000 }, soon = { 0, 1 };
	struct ev_token_bucket_cfg *cfg = ev_token_bucket_cfg_new(4, 8, 4, 8,
	    &tick);
	struct crowd own = { event_base_new(), NULL, { { NULL, 0, 0 } }, 0 };
	struct event *timer = event_new(own.base, -1, 0, on_free_all, NULL);
	int i;

	printf("freed before the tick\n");
	fflush(stdout);
	crowd = &own;
	own.group = bufferevent_rate_limit_group_new(own.base, cfg);
	for (i = 0; i < CONNECTIONS; i++)
		limited_open(&own.limited[i], cfg, 0, 0);
	CHECK(event_base_loop(own.base, EVLOOP_NONBLOCK) >= 0);
	CHECK_EQ(event_add(timer, &soon), 0);
	wait_for_tick();
	CHECK(event_base_loop(own.base, EVLOOP_NONBLOCK) >= 0);
	CHECK_EQ(own.left, 0);
	bufferevent_rate_limit_group_free(own.group);
	ev_token_bucket_cfg_free(cfg);
	event_free(timer);
	event_base_free(own.base);
}

int
main(void)
{
	int round;

	wound_watch();
	for (round = 0; round < 3; round++)
		free_before_tick();
	for (round = 0; round < ROUNDS; round++) {
		run(0, round);
		run(BEV_OPT_DEFER_CALLBACKS, round);
	}
	return wound_end();
}
