/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bufferevent_limit.c - what the calls about rate limits and sizes answer.
 * Ticks are an hour long, so that no clock shows.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

static void
show(const char *when, struct bufferevent *bev)
{
	printf("%s: limits %ld %ld max %ld %ld single %ld %ld\n", when,
	    (long)bufferevent_get_read_limit(bev),
	    (long)bufferevent_get_write_limit(bev),
	    (long)bufferevent_get_max_to_read(bev),
	    (long)bufferevent_get_max_to_write(bev),
	    (long)bufferevent_get_max_single_read(bev),
	    (long)bufferevent_get_max_single_write(bev));
}

static void
show_group(const char *when, struct bufferevent_rate_limit_group *group)
{
	ev_uint64_t rd = 0, wr = 0;

	bufferevent_rate_limit_group_get_totals(group, &rd, &wr);
	printf("%s: group %ld %ld totals %lu %lu\n", when,
	    (long)bufferevent_rate_limit_group_get_read_limit(group),
	    (long)bufferevent_rate_limit_group_get_write_limit(group),
	    (unsigned long)rd, (unsigned long)wr);
}

static const struct timeval hour = { 3600, 0 };

static void
one(struct event_base *base)
{
	struct bufferevent *bev = bufferevent_socket_new(base, -1, 0);
	struct ev_token_bucket_cfg *big, *small;

	show("new", bev);
	printf("single %d\n", bufferevent_set_max_single_read(bev, 100));
	printf("single %d\n", bufferevent_set_max_single_write(bev, 50));
	show("set", bev);
	bufferevent_set_max_single_read(bev, 0);
	bufferevent_set_max_single_write(bev, EV_SSIZE_MAX);
	show("none, most", bev);
	bufferevent_set_max_single_write(bev, (size_t)EV_SSIZE_MAX + 1);
	show("too much", bev);
	big = ev_token_bucket_cfg_new(1000, 2000, 500, 700, &hour);
	small = ev_token_bucket_cfg_new(10, 20, 5, 7, &hour);
	printf("limit %d\n", bufferevent_set_rate_limit(bev, big));
	show("limited", bev);
	printf("is it %d\n", bufferevent_get_token_bucket_cfg(bev) == big);
	printf("take %d\n", bufferevent_decrement_read_limit(bev, 500));
	show("500 less", bev);
	printf("take %d\n", bufferevent_decrement_read_limit(bev, 3000));
	show("3000 less", bev);
	printf("give %d\n", bufferevent_decrement_read_limit(bev, -10000));
	show("10000 more", bev);
	printf("take %d\n", bufferevent_decrement_write_limit(bev, 200));
	show("200 less", bev);
	printf("limit %d\n", bufferevent_set_rate_limit(bev, small));
	show("smaller", bev);
	printf("limit %d\n", bufferevent_set_rate_limit(bev, small));
	printf("none %d\n", bufferevent_set_rate_limit(bev, NULL));
	show("none", bev);
	printf("is none %d\n", bufferevent_get_token_bucket_cfg(bev) == NULL);
	printf("none %d\n", bufferevent_set_rate_limit(bev, NULL));
	bufferevent_free(bev);
	ev_token_bucket_cfg_free(big);
	ev_token_bucket_cfg_free(small);
}

static void
groups(struct event_base *base)
{
	struct ev_token_bucket_cfg *big, *small;
	struct bufferevent_rate_limit_group *group;
	struct bufferevent *bev[3];
	int i;

	big = ev_token_bucket_cfg_new(1000, 2000, 500, 700, &hour);
	small = ev_token_bucket_cfg_new(10, 20, 5, 7, &hour);
	group = bufferevent_rate_limit_group_new(base, big);
	show_group("new", group);
	for (i = 0; i < 3; i++) {
		bev[i] = bufferevent_socket_new(base, -1, 0);
		printf("join %d\n",
		    bufferevent_add_to_rate_limit_group(bev[i], group));
		show("member", bev[i]);
	}
	printf("share %d\n",
	    bufferevent_rate_limit_group_set_min_share(group, 5000));
	show("a large share", bev[0]);
	printf("share %d\n",
	    bufferevent_rate_limit_group_set_min_share(group,
		(size_t)EV_SSIZE_MAX + 1));
	printf("share %d\n",
	    bufferevent_rate_limit_group_set_min_share(group, 10));
	show("a small share", bev[0]);
	bufferevent_rate_limit_group_decrement_read(group, 700);
	show("700 less", bev[0]);
	bufferevent_rate_limit_group_decrement_read(group, 700);
	show("dry", bev[0]);
	show_group("dry", group);
	bufferevent_rate_limit_group_decrement_write(group, -100000);
	show("much to write", bev[0]);
	bufferevent_set_rate_limit(bev[0], small);
	show("both limits", bev[0]);
	bufferevent_decrement_write_limit(bev[0], 100);
	show("own one is dry", bev[0]);
	bufferevent_rate_limit_group_reset_totals(group);
	show_group("reset", group);
	printf("set %d\n", bufferevent_rate_limit_group_set_cfg(group, small));
	show_group("small", group);
	printf("join again %d\n",
	    bufferevent_add_to_rate_limit_group(bev[1], group));
	for (i = 0; i < 3; i++)
		printf("leave %d\n",
		    bufferevent_remove_from_rate_limit_group(bev[i]));
	printf("leave again %d\n",
	    bufferevent_remove_from_rate_limit_group(bev[1]));
	show("out", bev[1]);
	for (i = 0; i < 3; i++)
		bufferevent_free(bev[i]);
	bufferevent_rate_limit_group_free(group);
	ev_token_bucket_cfg_free(big);
	ev_token_bucket_cfg_free(small);
}

static void
config(const char *what, size_t a, size_t b, size_t c, size_t d)
{
	struct ev_token_bucket_cfg *cfg = ev_token_bucket_cfg_new(a, b, c, d,
	    NULL);

	printf("%s: %s\n", what, cfg ? "made" : "refused");
	if (cfg)
		ev_token_bucket_cfg_free(cfg);
}

static void
on_read(struct bufferevent *bev, void *arg)
{
	(void)arg;
	printf("  read %zu\n", evbuffer_get_length(bufferevent_get_input(bev)));
}

/* Traffic under a limit, until the buckets are dry. */
static void
traffic(struct event_base *base)
{
	struct ev_token_bucket_cfg *cfg = ev_token_bucket_cfg_new(100, 100, 50,
	    50, &hour);
	struct bufferevent *bev;
	char data[1000];
	int fds[2], i;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) < 0)
		return;
	memset(data, 'x', sizeof(data));
	bev = bufferevent_socket_new(base, fds[0], BEV_OPT_CLOSE_ON_FREE);
	bufferevent_setcb(bev, on_read, NULL, NULL, NULL);
	bufferevent_set_rate_limit(bev, cfg);
	bufferevent_enable(bev, EV_READ);
	for (i = 0; i < 4; i++) {
		if (send(fds[1], data, 40, 0) != 40)
			printf("send fails\n");
		event_base_loop(base, EVLOOP_NONBLOCK);
		show("after 40", bev);
	}
	bufferevent_write(bev, data, 30);
	for (i = 0; i < 3; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
	printf("left %zu\n", evbuffer_get_length(bufferevent_get_output(bev)));
	bufferevent_write(bev, data, 30);
	for (i = 0; i < 3; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
	printf("left %zu\n", evbuffer_get_length(bufferevent_get_output(bev)));
	show("dry", bev);
	bufferevent_decrement_write_limit(bev, -50);
	for (i = 0; i < 3; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
	printf("left %zu\n", evbuffer_get_length(bufferevent_get_output(bev)));
	bufferevent_set_rate_limit(bev, NULL);
	for (i = 0; i < 3; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
	bufferevent_free(bev);
	ev_token_bucket_cfg_free(cfg);
	close(fds[1]);
	event_base_loop(base, EVLOOP_NONBLOCK);
}

int
main(void)
{
	struct event_base *base = event_base_new();

	one(base);
	groups(base);
	config("zeros", 0, 0, 0, 0);
	config("no read rate", 0, 1, 1, 1);
	config("no write rate", 1, 1, 0, 1);
	config("read burst below rate", 2, 1, 1, 1);
	config("write burst below rate", 1, 1, 2, 1);
	config("ones", 1, 1, 1, 1);
	config("most", EV_RATE_LIMIT_MAX, EV_RATE_LIMIT_MAX, EV_RATE_LIMIT_MAX,
	    EV_RATE_LIMIT_MAX);
	config("too much", EV_SIZE_MAX, EV_SIZE_MAX, 1, 1);
	traffic(base);
	event_base_free(base);
	return 0;
}
