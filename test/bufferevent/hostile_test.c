/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * hostile_test.c - programs that pull the chair away: freeing from callbacks
 * of the buffers, other sockets and settings from inside, filters that do
 * nothing, peers that do not answer.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <sys/un.h>

#include "helper.h"

static const struct timeval ms10 = { 0, 10000 };

/* Freed by a callback of a buffer ------------------------------------------ */

static void
free_on_change(struct evbuffer *buf, const struct evbuffer_cb_info *info,
    void *arg)
{
	struct bufferevent **bev = arg;

	(void)buf;
	(void)info;
	if (*bev)
		bufferevent_free(*bev);
	*bev = NULL;
}

/* The input's callback frees; that the bucket is empty then starts nothing. */
TEST(freed_by_the_input_under_a_limit)
{
	struct event_base *base = test_base();
	struct ev_token_bucket_cfg *cfg = ev_token_bucket_cfg_new(1, 1, 1, 1,
	    &ms10);
	struct notes notes = { 0 };
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, &notes, &peer);

	CHECK_NOTNULL(cfg);
	CHECK_EQ(bufferevent_set_rate_limit(bev, cfg), 0);
	CHECK_NOTNULL(
	    evbuffer_add_cb(bufferevent_get_input(bev), free_on_change, &bev));
	CHECK_EQ(bufferevent_enable(bev, EV_READ), 0);
	CHECK_EQ(send(peer, "abc", 3, 0), 3);
	turn(base);
	CHECK_NULL(bev);
	pass_ms(base, 30);
	CHECK_EQ(notes.reads, 0);
	close(peer);
	ev_token_bucket_cfg_free(cfg);
	event_base_free(base);
}

/* The output's callback frees in the middle of a write. */
TEST(freed_by_the_output)
{
	struct event_base *base = test_base();
	struct notes notes = { 0 };
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, &notes, &peer);
	char text[4];

	CHECK_EQ(bufferevent_set_max_single_write(bev, 1), 0);
	CHECK_EQ(bufferevent_write(bev, "abc", 3), 0);
	CHECK_NOTNULL(
	    evbuffer_add_cb(bufferevent_get_output(bev), free_on_change, &bev));
	turn(base);
	CHECK_NULL(bev);
	CHECK_EQ(notes.writes, 0);
	CHECK_EQ(recv(peer, text, sizeof(text), 0), 1);
	CHECK_EQ(recv(peer, text, sizeof(text), 0), 0);
	close(peer);
	event_base_free(base);
}

static enum bufferevent_filter_result
one_byte(struct evbuffer *src, struct evbuffer *dst, ev_ssize_t limit,
    enum bufferevent_flush_mode mode, void *ctx)
{
	(void)limit;
	(void)mode;
	(void)ctx;
	return evbuffer_remove_buffer(src, dst, 1) == 1 ? BEV_OK
							: BEV_NEED_MORE;
}

/* A filter is freed while its own function drains its output. */
TEST(filter_freed_by_its_output)
{
	struct event_base *base = test_base();
	evutil_socket_t peer;
	struct bufferevent *below = bev_and_peer(base, 0, NULL, &peer);
	struct bufferevent *bev = bufferevent_filter_new(below, NULL, one_byte,
	    BEV_OPT_CLOSE_ON_FREE, NULL, NULL);

	if (!bev)
		bufferevent_free(below);
	CHECK_NOTNULL(bev);
	bufferevent_disable(bev, EV_WRITE);
	CHECK_EQ(bufferevent_write(bev, "abc", 3), 0);
	CHECK_NOTNULL(
	    evbuffer_add_cb(bufferevent_get_output(bev), free_on_change, &bev));
	CHECK_EQ(bufferevent_enable(bev, EV_WRITE), 0);
	turn(base);
	CHECK_NULL(bev);
	close(peer);
	event_base_free(base);
}

/* After its free, draining and settings of a held one start nothing. */
TEST(held_after_free_is_inert)
{
	struct event_base *base = test_base();
	struct ev_token_bucket_cfg *cfg = ev_token_bucket_cfg_new(1, 1, 1, 1,
	    &ms10);
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);

	CHECK_NOTNULL(cfg);
	bufferevent_setwatermark(bev, EV_READ, 0, 2);
	CHECK_EQ(bufferevent_enable(bev, EV_READ), 0);
	CHECK_EQ(send(peer, "abc", 3, 0), 3);
	turn(base);
	CHECK_EQ(input_len(bev), 2);
	bufferevent_incref(bev);
	bufferevent_free(bev);
	CHECK_EQ(evbuffer_drain(bufferevent_get_input(bev), 2), 0);
	CHECK_EQ(bufferevent_enable(bev, EV_READ), -1);
	CHECK_EQ(bufferevent_setfd(bev, peer), -1);
	CHECK_EQ(bufferevent_set_rate_limit(bev, cfg), -1);
	CHECK_EQ(bufferevent_set_timeouts(bev, &ms10, &ms10), 0);
	bufferevent_setcb(bev, note_read, note_write, note_event, NULL);
	turn(base);
	CHECK_EQ(input_len(bev), 0);
	CHECK_EQ(event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED), 0);
	bufferevent_decref(bev);
	turn(base);
	close(peer);
	ev_token_bucket_cfg_free(cfg);
	event_base_free(base);
}

/* Filters that do nothing -------------------------------------------------- */

static enum bufferevent_filter_result
idle_filter(struct evbuffer *src, struct evbuffer *dst, ev_ssize_t limit,
    enum bufferevent_flush_mode mode, void *ctx)
{
	(void)src;
	(void)dst;
	(void)limit;
	(void)mode;
	++*(int *)ctx;
	return BEV_OK;
}

/* A filter that says BEV_OK and moves nothing is not called for ever. */
TEST(idle_filter_does_not_spin)
{
	struct event_base *base = test_base();
	int calls = 0;
	evutil_socket_t peer;
	struct bufferevent *below = bev_and_peer(base, 0, NULL, &peer);
	struct bufferevent *bev = bufferevent_filter_new(below, idle_filter,
	    idle_filter, BEV_OPT_CLOSE_ON_FREE, NULL, &calls);

	if (!bev)
		bufferevent_free(below);
	CHECK_NOTNULL(bev);
	CHECK_EQ(bufferevent_enable(bev, EV_READ | EV_WRITE), 0);
	CHECK_EQ(bufferevent_write(bev, "abc", 3), 0);
	CHECK_EQ(send(peer, "abc", 3, 0), 3);
	turn(base);
	CHECK_EQ(bufferevent_flush(bev, EV_READ | EV_WRITE, BEV_FINISHED), 1);
	CHECK_GT(calls, 2);
	CHECK_LT(calls, 20);
	CHECK_EQ(output_len(bev), 3);
	bufferevent_free(bev);
	close(peer);
	event_base_free(base);
}

/* Other settings from inside ----------------------------------------------- */

struct swap {
	evutil_socket_t next[2]; /* put in at the first and second read */
	int reads;
	int replace;
};

static void
swap_socket(struct bufferevent *bev, void *arg)
{
	struct swap *swap = arg;

	evbuffer_drain(bufferevent_get_input(bev), 100);
	if (swap->reads < 2) {
		evutil_socket_t fd = swap->next[swap->reads];

		CHECK_EQ(swap->replace ? bufferevent_replacefd(bev, fd)
				       : bufferevent_setfd(bev, fd),
		    0);
	}
	swap->reads++;
	bufferevent_write(bev, "y", 1);
}

/* Each read callback puts another socket in; the answer goes there. */
static void
swap_inside(int replace, int options)
{
	struct event_base *base = test_base();
	evutil_socket_t fds[3][2];
	struct bufferevent *bev;
	struct swap swap = { .replace = replace };
	char text[4];

	for (int i = 0; i < 3; i++)
		socket_pair(fds[i]);
	swap.next[0] = fds[1][0];
	swap.next[1] = fds[2][0];
	bev = bufferevent_socket_new(base, fds[0][0],
	    options | (replace ? BEV_OPT_CLOSE_ON_FREE : 0));
	CHECK_NOTNULL(bev);
	bufferevent_setcb(bev, swap_socket, NULL, NULL, &swap);
	CHECK_EQ(bufferevent_enable(bev, EV_READ), 0);
	for (int i = 0; i < 3; i++) {
		CHECK_EQ(send(fds[i][1], "x", 1, 0), 1);
		turn(base);
		CHECK_EQ(swap.reads, i + 1);
		CHECK_EQ(is_open(fds[i][0]), !replace || i == 2);
		CHECK_EQ(recv(fds[i < 2 ? i + 1 : 2][1], text, 4, 0), 1);
	}
	bufferevent_free(bev);
	turn(base);
	for (int i = 0; i < 3; i++) {
		if (!replace)
			close(fds[i][0]);
		close(fds[i][1]);
	}
	event_base_free(base);
}

/* setfd and replacefd in the read callback, which may be deferred. */
TEST(other_socket_from_inside)
{
	for (int replace = 0; replace < 2; replace++) {
		swap_inside(replace, 0);
		swap_inside(replace, BEV_OPT_DEFER_CALLBACKS);
	}
}

/* A deferred callback that is queued moves to the new base. */
TEST(deferred_callback_moves_to_another_base)
{
	struct event_base *base[2] = { test_base(), test_base() };
	struct notes notes = { 0 };
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base[0], BEV_OPT_DEFER_CALLBACKS,
	    &notes, &peer);

	bufferevent_trigger_event(bev, BEV_EVENT_CONNECTED, 0);
	CHECK_EQ(bufferevent_base_set(base[1], bev), 0);
	turn(base[0]);
	CHECK_EQ(notes.events, 0);
	turn(base[1]);
	CHECK_EQ(notes.events, 1);
	bufferevent_free(bev);
	turn(base[1]);
	close(peer);
	event_base_free(base[0]);
	event_base_free(base[1]);
}

static void
storm(struct bufferevent *bev, void *arg)
{
	++*(int *)arg;
	for (int i = 0; i < 20; i++) {
		bufferevent_disable(bev, i % 3 ? EV_READ | EV_WRITE : EV_READ);
		bufferevent_enable(bev, i % 4 ? EV_WRITE : EV_READ);
		bufferevent_setwatermark(bev, EV_READ | EV_WRITE, 0,
		    (size_t)(i % 5));
	}
	bufferevent_setwatermark(bev, EV_READ, 0, 0);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
	evbuffer_drain(bufferevent_get_input(bev), 3);
}

/* However often it is enabled and disabled, the bytes keep coming. */
TEST(enable_and_disable_storm)
{
	struct event_base *base = test_base();
	int calls = 0;
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);

	bufferevent_setcb(bev, storm, NULL, NULL, &calls);
	CHECK_EQ(bufferevent_enable(bev, EV_READ), 0);
	for (int i = 0; i < 50; i++) {
		CHECK_EQ(send(peer, "abc", 3, 0), 3);
		turn(base);
		CHECK_EQ(calls, i + 1);
	}
	CHECK_EQ(input_len(bev), 0);
	bufferevent_free(bev);
	close(peer);
	event_base_free(base);
}

/* Marks that contradict each other or are as large as can be: harmless. */
TEST(odd_marks)
{
	static const size_t marks[][2] = { { 5, 1 }, { 1, 1 }, { 0, 1 },
		{ EV_SIZE_MAX, 0 }, { 0, EV_SIZE_MAX },
		{ EV_SIZE_MAX, EV_SIZE_MAX }, { 3, 7 } };
	struct event_base *base = test_base();

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		struct notes notes = { 0 };
		size_t low = marks[i][0], high = marks[i][1];
		size_t fits = high && high < 8 ? high : 8;
		evutil_socket_t peer;
		struct bufferevent *bev = bev_and_peer(base, 0, &notes, &peer);

		bufferevent_setwatermark(bev, EV_READ | EV_WRITE, low, high);
		CHECK_EQ(bufferevent_enable(bev, EV_READ), 0);
		CHECK_EQ(send(peer, "01234567", 8, 0), 8);
		CHECK_EQ(bufferevent_write(bev, "01234567", 8), 0);
		turn(base);
		CHECK_EQ(input_len(bev), fits);
		CHECK_EQ(output_len(bev), 0);
		CHECK_EQ(notes.reads > 0, fits >= low);
		CHECK_GT(notes.writes, 0);
		bufferevent_free(bev);
		close(peer);
	}
	event_base_free(base);
}

/* Limits and timeouts ------------------------------------------------------ */

static void
free_in_read(struct bufferevent *bev, void *arg)
{
	++*(int *)arg;
	bufferevent_free(bev);
}

/* Members of a dry group free themselves as they are woken, one by one. */
TEST(group_members_freed_in_callbacks)
{
	enum {
		COUNT = 8
	};
	struct event_base *base = test_base();
	struct ev_token_bucket_cfg *cfg = ev_token_bucket_cfg_new(4, 4, 4, 4,
	    &ms10);
	struct bufferevent_rate_limit_group *group = cfg
	    ? bufferevent_rate_limit_group_new(base, cfg)
	    : NULL;
	evutil_socket_t peer[COUNT];
	int freed = 0;

	CHECK_NOTNULL(group);
	for (int i = 0; i < COUNT; i++) {
		struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer[i]);

		bufferevent_setcb(bev, free_in_read, NULL, NULL, &freed);
		CHECK_EQ(bufferevent_add_to_rate_limit_group(bev, group), 0);
		CHECK_EQ(bufferevent_enable(bev, EV_READ), 0);
		CHECK_EQ(send(peer[i], "0123456789", 10, 0), 10);
	}
	turn_until(base, &freed, COUNT);
	turn(base);
	bufferevent_rate_limit_group_free(group);
	ev_token_bucket_cfg_free(cfg);
	for (int i = 0; i < COUNT; i++)
		close(peer[i]);
	event_base_free(base);
}

/* While a limit suspends reading its timeout does not run. */
TEST(suspended_reading_does_not_time_out)
{
	const int ms = test_is_faulty() ? 10 : 100;
	struct timeval hour = { 3600, 0 }, idle = { 0, ms * 1000 };
	struct event_base *base = test_base();
	struct ev_token_bucket_cfg *cfg = ev_token_bucket_cfg_new(4, 4, 4, 4,
	    &hour);
	struct notes notes = { 0 };
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, &notes, &peer);

	CHECK_NOTNULL(cfg);
	CHECK_EQ(bufferevent_set_rate_limit(bev, cfg), 0);
	CHECK_EQ(send(peer, "0123456789", 10, 0), 10);
	CHECK_EQ(bufferevent_enable(bev, EV_READ), 0);
	turn(base);
	CHECK_EQ(input_len(bev), 4);
	CHECK_EQ(bufferevent_set_timeouts(bev, &idle, NULL), 0);
	pass_ms(base, 2 * ms);
	CHECK_EQ(input_len(bev), 4);
	CHECK_EQ(notes.events, 0);
	CHECK_EQ(bufferevent_set_rate_limit(bev, NULL), 0);
	turn_until(base, &notes.events, 1); /* all read, then silence */
	CHECK_EQ(input_len(bev), 10);
	CHECK_EQ(notes.what, BEV_EVENT_READING | BEV_EVENT_TIMEOUT);
	CHECK_EQ(bufferevent_get_enabled(bev) & EV_READ, 0);
	bufferevent_free(bev);
	ev_token_bucket_cfg_free(cfg);
	close(peer);
	event_base_free(base);
}

/* Connecting --------------------------------------------------------------- */

/* Connect to `sa` and wait for the one event, or -1 on the spot. */
static void
expect_failure(struct event_base *base, const void *sa, int len, int on_spot)
{
	struct notes notes = { 0 };
	struct bufferevent *bev = bufferevent_socket_new(base, -1,
	    BEV_OPT_CLOSE_ON_FREE);

	CHECK_NOTNULL(bev);
	bufferevent_setcb(bev, note_read, note_write, note_event, &notes);
	bufferevent_write(bev, "abc", 3);
	int r = bufferevent_socket_connect(bev, sa, len);
	if (on_spot) {
		CHECK_EQ(r, -1);
		CHECK_EQ(bufferevent_getfd(bev), -1);
	} else {
		CHECK_EQ(r, 0);
		turn_until(base, &notes.events, 1);
		CHECK_EQ(notes.what, BEV_EVENT_ERROR);
		CHECK_EQ(notes.err, ECONNREFUSED);
		turn(base);
		CHECK_EQ(notes.events, 1);
		CHECK_EQ(notes.writes, 0);
	}
	bufferevent_free(bev);
	turn(base);
}

/* A port nobody listens on, paths that are not there, lengths that lie. */
TEST(connects_that_fail)
{
	struct event_base *base = test_base();
	struct sockaddr_in sin = { .sin_family = AF_INET };
	static struct sockaddr_un uns[20]; /* room for a length that lies */
	struct sockaddr_un *un = &uns[0];
	socklen_t len = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	un->sun_family = AF_UNIX;
	/* Bound but not listening: nobody else gets this port meanwhile. */
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK_EQ(bind(fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	CHECK_EQ(getsockname(fd, (struct sockaddr *)&sin, &len), 0);
	expect_failure(base, &sin, sizeof(sin), 0);
	expect_failure(base, &sin, 4, 1);
	expect_failure(base, &sin, 0, 1);
	snprintf(un->sun_path, sizeof(un->sun_path), "/nonexistent/socket");
	expect_failure(base, un, sizeof(*un), 1);
	memset(un->sun_path, 'x', sizeof(un->sun_path));
	expect_failure(base, un, sizeof(*un), 1);
	expect_failure(base, un, sizeof(*un) + 1000, 1);
	sin.sin_family = 12345;
	expect_failure(base, &sin, sizeof(sin), 1);
	close(fd);
	event_base_free(base);
}
