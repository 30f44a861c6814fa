/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bucket_ticks.c - rate limits with a tick that is no time: nothing, less than
 * a clock can tell, less than nothing (a division by zero, OSS-Fuzz 2024).
 *
 * Such a tick is refused, or taken as the shortest there is; the limit holds.
 *
 * debian: crashes (SIGFPE)
 */
#include <limits.h>
#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>

#include "wound.h"

#define BURST 3

/* A limited bufferevent, alone and in a group, reads no more than a burst. */
static void
use(struct ev_token_bucket_cfg *cfg)
{
	struct event_base *base = event_base_new();
	struct bufferevent_rate_limit_group *group;
	struct bufferevent *bev;
	int fds[2];

	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	bev = bufferevent_socket_new(base, fds[0], BEV_OPT_CLOSE_ON_FREE);
	CHECK_EQ(bufferevent_set_rate_limit(bev, cfg), 0);
	group = bufferevent_rate_limit_group_new(base, cfg);
	CHECK(group != NULL);
	CHECK_EQ(bufferevent_add_to_rate_limit_group(bev, group), 0);
	CHECK_EQ(bufferevent_enable(bev, EV_READ), 0);
	CHECK_EQ(write(fds[1], "more than a burst", 17), 17);
	CHECK(bufferevent_get_max_to_read(bev) <= BURST);
	CHECK(event_base_loop(base, EVLOOP_ONCE) >= 0);
	CHECK(evbuffer_get_length(bufferevent_get_input(bev)) > 0);
	CHECK(evbuffer_get_length(bufferevent_get_input(bev)) < 17);
	CHECK(event_base_loop(base, EVLOOP_NONBLOCK) >= 0);
	bufferevent_remove_from_rate_limit_group(bev);
	bufferevent_set_rate_limit(bev, NULL);
	bufferevent_rate_limit_group_free(group);
	bufferevent_free(bev);
	close(fds[1]);
	event_base_free(base);
}

int
main(void)
{
	const struct timeval ticks[] = { { 0, 1000 }, { 3600, 0 }, { 0, 0 },
		{ 0, 1 }, { 0, 999 }, { 0, -1 }, { -1, 0 }, { -1, -1 },
		{ 0, 1000000 }, { 0, LONG_MAX }, { LONG_MAX, 0 },
		{ LONG_MAX, LONG_MAX }, { LONG_MAX / 1000 + 1, 0 },
		{ LONG_MIN, LONG_MIN } };
	size_t i;

	wound_watch();
	for (i = 0; i < sizeof(ticks) / sizeof(ticks[0]); i++) {
		struct ev_token_bucket_cfg *cfg = ev_token_bucket_cfg_new(1,
		    BURST, 1, BURST, &ticks[i]);

		printf("%ld s, %ld us: %s\n", (long)ticks[i].tv_sec,
		    (long)ticks[i].tv_usec, cfg ? "taken" : "refused");
		fflush(stdout);
		CHECK(i >= 2 || cfg);
		if (cfg)
			use(cfg);
		ev_token_bucket_cfg_free(cfg);
	}
	return wound_end();
}
