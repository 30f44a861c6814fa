/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * close_test.c - bufferevent_close_after_flush(), and freeing at bad moments.
 */
#include <netinet/in.h>

#include "helper.h"

#define BIG 2000000

/* Read from the peer until its end; -1 if that does not come. */
static ssize_t
read_to_end(struct event_base *base, evutil_socket_t peer)
{
	static char sink[65536];
	size_t got = 0;

	for (int i = 0; i < 100000; i++) {
		ssize_t n = recv(peer, sink, sizeof(sink), 0);

		if (n == 0)
			return (ssize_t)got;
		if (n > 0)
			got += (size_t)n;
		event_base_loop(base, EVLOOP_NONBLOCK);
	}
	return -1;
}

static void
fill(struct bufferevent *bev)
{
	char *data = calloc(1, BIG);

	CHECK_NOTNULL(data);
	int r = bufferevent_write(bev, data, BIG);
	free(data);
	CHECK_EQ(r, 0);
}

/* Everything that is pending arrives, then the end; no callback runs. */
TEST(socket_sends_all_then_closes)
{
	struct event_base *base = test_base();
	struct timeval patience = { 5, 0 };
	struct notes notes = { 0 };
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, &notes, &peer);

	bufferevent_enable(bev, EV_READ | EV_WRITE);
	fill(bev);
	CHECK_EQ(bufferevent_close_after_flush(bev, &patience), 0);
	CHECK_EQ(read_to_end(base, peer), BIG);
	CHECK_EQ(notes.reads + notes.writes + notes.events, 0);
	close(peer);
	event_base_free(base);
}

/* With nothing pending it closes without waiting. */
TEST(empty_socket_closes)
{
	struct event_base *base = test_base();
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);

	CHECK_EQ(bufferevent_close_after_flush(bev, NULL), 0);
	CHECK_EQ(read_to_end(base, peer), 0);
	close(peer);
	event_base_free(base);
}

/* A peer that does not read makes it give up when the time is over. */
TEST(timeout_gives_up)
{
	struct event_base *base = test_base();
	struct timeval patience = { 0, 300000 };
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);
	evutil_socket_t fd = bufferevent_getfd(bev);

	fill(bev);
	CHECK_EQ(bufferevent_close_after_flush(bev, &patience), 0);
	turn(base);
	CHECK(is_open(fd));
	pass_ms(base, 600);
	CHECK(!is_open(fd));
	close(peer);
	event_base_free(base);
}

/* A peer that goes away makes it give up at once. */
TEST(error_gives_up)
{
	struct event_base *base = test_base();
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);
	evutil_socket_t fd = bufferevent_getfd(bev);

	fill(bev);
	CHECK_EQ(bufferevent_close_after_flush(bev, NULL), 0);
	turn(base);
	close(peer);
	turn(base);
	CHECK(!is_open(fd));
	event_base_free(base);
}

/* Without a socket, or with a senseless time, it is freed and -1 returned. */
TEST(impossible_ones_are_freed)
{
	struct event_base *base = test_base();
	struct timeval bad = { -1, 0 };
	evutil_socket_t peer, fd;
	struct bufferevent *bev = bufferevent_socket_new(base, -1, 0);

	CHECK_NOTNULL(bev);
	CHECK_EQ(bufferevent_close_after_flush(bev, NULL), -1);
	bev = bev_and_peer(base, 0, NULL, &peer);
	fd = bufferevent_getfd(bev);
	CHECK_EQ(bufferevent_close_after_flush(bev, &bad), -1);
	turn(base);
	CHECK(!is_open(fd));
	close(peer);
	event_base_free(base);
}

/* While it connects, output waits for that and then goes out. */
TEST(connecting_socket_sends_first)
{
	struct event_base *base = test_base();
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);
	evutil_socket_t lfd = socket(AF_INET, SOCK_STREAM, 0), fd;
	struct bufferevent *bev;

	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK_EQ(bind(lfd, (struct sockaddr *)&sin, len), 0);
	CHECK_EQ(listen(lfd, 1), 0);
	CHECK_EQ(evutil_make_socket_nonblocking(lfd), 0);
	CHECK_EQ(getsockname(lfd, (struct sockaddr *)&sin, &len), 0);
	bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	CHECK_NOTNULL(bev);
	CHECK_EQ(bufferevent_socket_connect(bev, (struct sockaddr *)&sin,
		     (int)len),
	    0);
	bufferevent_write(bev, "abc", 3);
	CHECK_EQ(bufferevent_close_after_flush(bev, NULL), 0);
	turn(base);
	fd = accept(lfd, NULL, NULL);
	CHECK_GE(fd, 0);
	CHECK_EQ(evutil_make_socket_nonblocking(fd), 0);
	CHECK_EQ(read_to_end(base, fd), 3);
	close(fd);
	close(lfd);
	event_base_free(base);
}

/* Write a mark when the end is announced, else double every byte. */
static enum bufferevent_filter_result
doubling(struct evbuffer *src, struct evbuffer *dst, ev_ssize_t limit,
    enum bufferevent_flush_mode mode, void *arg)
{
	char data[2];

	(void)limit;
	(void)mode;
	(void)arg;
	if (evbuffer_remove(src, data, 1) != 1)
		return BEV_NEED_MORE;
	data[1] = data[0];
	return evbuffer_add(dst, data, 2) == 0 ? BEV_OK : BEV_ERROR;
}

static void
count_free(void *arg)
{
	++*(int *)arg;
}

/* What is pending goes through every filter before the socket closes. */
TEST(filters_send_all_then_close)
{
	struct event_base *base = test_base();
	int freed = 0;
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);
	struct bufferevent *middle, *top;
	char data[1000] = { 0 };

	middle = bufferevent_filter_new(bev, NULL, doubling,
	    BEV_OPT_CLOSE_ON_FREE, count_free, &freed);
	CHECK_NOTNULL(middle);
	top = bufferevent_filter_new(middle, NULL, doubling,
	    BEV_OPT_CLOSE_ON_FREE, count_free, &freed);
	CHECK_NOTNULL(top);
	bufferevent_disable(top, EV_WRITE);
	bufferevent_write(top, data, sizeof(data));
	CHECK_EQ(output_len(top), sizeof(data));
	CHECK_EQ(bufferevent_close_after_flush(top, NULL), 0);
	CHECK_EQ(read_to_end(base, peer), 4 * sizeof(data));
	turn(base);
	CHECK_EQ(freed, 2);
	close(peer);
	event_base_free(base);
}

/* The mark of the one below holds a filter up, not for ever. */
TEST(filter_waits_for_the_mark_below)
{
	struct event_base *base = test_base();
	int freed = 0;
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);
	struct bufferevent *top;
	char data[1000] = { 0 };

	bufferevent_setwatermark(bev, EV_WRITE, 0, 100);
	top = bufferevent_filter_new(bev, NULL, NULL, BEV_OPT_CLOSE_ON_FREE,
	    count_free, &freed);
	CHECK_NOTNULL(top);
	bufferevent_write(top, data, sizeof(data));
	CHECK_LE(output_len(bev), 100);
	CHECK_EQ(bufferevent_close_after_flush(top, NULL), 0);
	CHECK_EQ(read_to_end(base, peer), sizeof(data));
	turn(base);
	CHECK_EQ(freed, 1);
	close(peer);
	event_base_free(base);
}

/* A filter that does not own the one below leaves it open and working. */
TEST(filter_leaves_a_foreign_socket)
{
	struct event_base *base = test_base();
	char text[8];
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);
	struct bufferevent *top = bufferevent_filter_new(bev, NULL, NULL, 0,
	    NULL, NULL);

	CHECK_NOTNULL(top);
	bufferevent_write(top, "abc", 3);
	CHECK_EQ(bufferevent_close_after_flush(top, NULL), 0);
	turn(base);
	bufferevent_write(bev, "def", 3);
	turn(base);
	CHECK_EQ(recv(peer, text, sizeof(text), 0), 6);
	CHECK_MEM(text, "abcdef", 6);
	bufferevent_free(bev);
	close(peer);
	event_base_free(base);
}

/* One end of a pair: the other gets the bytes, then the end of file. */
TEST(pair_ends_with_end_of_file)
{
	struct event_base *base = test_base();
	struct notes notes = { 0 };
	struct bufferevent *pair[2];

	CHECK_EQ(bufferevent_pair_new(base, 0, pair), 0);
	bufferevent_setcb(pair[1], note_read, note_write, note_event, &notes);
	bufferevent_write(pair[0], "abc", 3);
	CHECK_EQ(bufferevent_close_after_flush(pair[0], NULL), 0);
	turn(base);
	CHECK_EQ(notes.events, 0);
	bufferevent_enable(pair[1], EV_READ);
	turn(base);
	CHECK_EQ(input_len(pair[1]), 3);
	CHECK_EQ(notes.what, BEV_EVENT_READING | BEV_EVENT_EOF);
	CHECK_NULL(bufferevent_pair_get_partner(pair[1]));
	bufferevent_free(pair[1]);

	/* The other end goes first: nothing to wait for any more. */
	CHECK_EQ(bufferevent_pair_new(base, 0, pair), 0);
	bufferevent_write(pair[0], "abc", 3);
	CHECK_EQ(bufferevent_close_after_flush(pair[0], NULL), 0);
	bufferevent_free(pair[1]);
	turn(base);
	event_base_free(base);
}

/* A base that is freed meanwhile closes and frees what waits, all layers. */
TEST(base_ends_the_waiting)
{
	struct timeval patience = { 100, 0 };

	for (int layers = 0; layers < 3; layers++) {
		struct event_base *base = test_base();
		int freed = 0;
		evutil_socket_t peer;
		struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);
		evutil_socket_t fd = bufferevent_getfd(bev);

		for (int i = 0; i < layers; i++) {
			bev = bufferevent_filter_new(bev, NULL, NULL,
			    BEV_OPT_CLOSE_ON_FREE, count_free, &freed);
			CHECK_NOTNULL(bev);
		}
		fill(bev);
		CHECK_EQ(bufferevent_close_after_flush(bev,
			     layers ? NULL : &patience),
		    0);
		turn(base);
		CHECK(is_open(fd));
		event_base_free(base);
		CHECK(!is_open(fd));
		CHECK_EQ(freed, layers);
		close(peer);
	}
}

/* The same for an end of a pair, and for many that end in any order. */
TEST(base_ends_many_that_wait)
{
	struct event_base *base = test_base();
	struct bufferevent *pair[2], *ends[8];

	for (int i = 0; i < 8; i += 2) {
		CHECK_EQ(bufferevent_pair_new(base, 0, pair), 0);
		bufferevent_write(pair[0], "abc", 3);
		bufferevent_write(pair[1], "abc", 3);
		ends[i] = pair[0];
		ends[i + 1] = pair[1];
	}
	/* The second of each pair is freed: that ends the first at once. */
	for (int i = 0; i < 8; i++)
		CHECK_EQ(bufferevent_close_after_flush(ends[7 - i], NULL), 0);
	event_base_free(base);
}

static void
close_one(struct event *ev, void *bev)
{
	(void)ev;
	bufferevent_close_after_flush(bev, NULL);
}

/* A finalizer that runs in event_base_free() can begin a close, too. */
TEST(base_ends_what_a_finalizer_closes)
{
	struct event_base *base = test_base();
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);
	evutil_socket_t fd = bufferevent_getfd(bev);
	struct event *timer = evtimer_new(base, NULL, bev);

	CHECK_NOTNULL(timer);
	fill(bev);
	CHECK_EQ(event_free_finalize(0, timer, close_one), 0);
	CHECK(is_open(fd));
	event_base_free(base);
	CHECK(!is_open(fd));
	close(peer);
}

/* Freeing at bad moments -------------------------------------------------- */

enum {
	IN_READ = 1,
	IN_WRITE = 2,
	IN_EVENT = 4
};

struct victim {
	int when;
	int by; /* 0 free, 1 close after flush, 2 decref twice */
	int died;
};

static void
kill_it(struct bufferevent *bev, struct victim *victim)
{
	victim->died++;
	switch (victim->by) {
	case 0:
		bufferevent_free(bev);
		break;
	case 1:
		bufferevent_close_after_flush(bev, NULL);
		break;
	default:
		bufferevent_incref(bev);
		bufferevent_free(bev);
		bufferevent_decref(bev);
		break;
	}
}

static void
die_in_read(struct bufferevent *bev, void *arg)
{
	struct victim *victim = arg;

	bufferevent_write_buffer(bev, bufferevent_get_input(bev));
	if (victim->when == IN_READ)
		kill_it(bev, victim);
}

static void
die_in_write(struct bufferevent *bev, void *arg)
{
	struct victim *victim = arg;

	if (victim->when == IN_WRITE)
		kill_it(bev, victim);
}

static void
die_in_event(struct bufferevent *bev, short what, void *arg)
{
	struct victim *victim = arg;

	if (victim->when == IN_EVENT || (what & BEV_EVENT_EOF))
		kill_it(bev, victim);
}

/* Run one life; the bufferevent dies inside the wanted callback. */
static void
one_life(struct event_base *base, int options, int kind, struct victim victim)
{
	struct ev_token_bucket_cfg *cfg = kind == 2
	    ? ev_token_bucket_cfg_new(10, 10, 10, 10, NULL)
	    : NULL;
	struct bufferevent_rate_limit_group *group = cfg
	    ? bufferevent_rate_limit_group_new(base, cfg)
	    : NULL;
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, options, NULL, &peer);

	if (kind == 1) {
		bev = bufferevent_filter_new(bev, NULL, NULL,
		    BEV_OPT_CLOSE_ON_FREE | options, NULL, NULL);
		CHECK_NOTNULL(bev);
	}
	if (kind == 2) {
		CHECK_NOTNULL(group);
		CHECK_EQ(bufferevent_set_rate_limit(bev, cfg), 0);
		CHECK_EQ(bufferevent_add_to_rate_limit_group(bev, group), 0);
	}
	bufferevent_setcb(bev, die_in_read, die_in_write, die_in_event,
	    &victim);
	CHECK_EQ(bufferevent_enable(bev, EV_READ | EV_WRITE), 0);
	CHECK_EQ(send(peer, "0123456789", 10, 0), 10);
	shutdown(peer, SHUT_WR);
	turn(base);
	if (!victim.died)
		bufferevent_free(bev);
	bufferevent_rate_limit_group_free(group);
	if (cfg)
		ev_token_bucket_cfg_free(cfg);
	close(peer);
	turn(base);
	CHECK_EQ(victim.died, 1);
}

/*
 * Sockets, filters and limited sockets, plain and deferred, die in each of
 * their callbacks in three ways, and nothing is touched or left afterwards.
 */
TEST(free_inside_every_callback)
{
	static const int moments[] = { IN_READ, IN_WRITE, IN_EVENT };
	struct event_base *base = test_base();

	for (int kind = 0; kind < 3; kind++)
		for (int by = 0; by < 3; by++)
			for (int i = 0; i < 3; i++) {
				struct victim victim = { moments[i], by, 0 };

				if (kind == 2 && moments[i] == IN_EVENT)
					continue; /* it is suspended */
				one_life(base, 0, kind, victim);
				one_life(base, BEV_OPT_DEFER_CALLBACKS, kind,
				    victim);
			}
	event_base_free(base);
}

/* Each type at each step of its life, the base going first or last. */
TEST(free_at_every_step)
{
	for (int step = 0; step < 6; step++)
		for (int last = 0; last < 2; last++) {
			struct event_base *base = test_base();
			struct bufferevent *pair[2], *bev, *top;
			evutil_socket_t peer;

			bev = bev_and_peer(base, 0, NULL, &peer);
			top = bufferevent_filter_new(bev, NULL, NULL,
			    BEV_OPT_CLOSE_ON_FREE, NULL, NULL);
			CHECK_NOTNULL(top);
			CHECK_EQ(bufferevent_pair_new(base, 0, pair), 0);
			if (step > 0)
				bufferevent_enable(top, EV_READ | EV_WRITE);
			if (step > 1)
				bufferevent_write(top, "abc", 3);
			if (step > 2)
				bufferevent_write(pair[0], "abc", 3);
			if (step > 3)
				bufferevent_enable(pair[1], EV_READ);
			if (step > 4)
				turn(base);
			bufferevent_trigger(top, EV_READ | EV_WRITE,
			    BEV_TRIG_DEFER_CALLBACKS);
			bufferevent_free(top);
			bufferevent_free(pair[last]);
			bufferevent_free(pair[!last]);
			if (last)
				turn(base);
			event_base_free(base);
			close(peer);
		}
}
