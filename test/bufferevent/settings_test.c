/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * settings_test.c - what can be set and asked of each type of bufferevent,
 * the timeouts of those without a socket, and pairs.
 */
#include "helper.h"

#include <event2/bufferevent_compat.h>
#include <event2/bufferevent_struct.h>

static const struct timeval ms10 = { 0, 10000 };

/* A pair with notes on both ends; reading is enabled. */
static void
noted_pair(struct event_base *base, struct bufferevent *pair[2],
    struct notes notes[2])
{
	CHECK_EQ(bufferevent_pair_new(base, 0, pair), 0);
	for (int i = 0; i < 2; i++) {
		bufferevent_setcb(pair[i], note_read, note_write, note_event,
		    &notes[i]);
		CHECK_EQ(bufferevent_enable(pair[i], EV_READ), 0);
	}
}

/* What was set is what is told. */
TEST(settings_are_kept)
{
	struct event_base *base = test_base();
	struct notes notes = { 0 };
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, &notes, &peer);
	bufferevent_data_cb readcb, writecb;
	bufferevent_event_cb eventcb;
	size_t low = 9, high = 9;
	void *arg;

	bufferevent_getcb(bev, &readcb, &writecb, &eventcb, &arg);
	CHECK(readcb == note_read && writecb == note_write);
	CHECK(eventcb == note_event && arg == &notes);
	bufferevent_getcb(bev, NULL, NULL, NULL, NULL);
	bufferevent_setwatermark(bev, EV_READ, 1, 2);
	bufferevent_setwatermark(bev, EV_WRITE, 3, 4);
	CHECK_EQ(bufferevent_getwatermark(bev, EV_READ, &low, &high), 0);
	CHECK(low == 1 && high == 2);
	CHECK_EQ(bufferevent_getwatermark(bev, EV_WRITE, &low, &high), 0);
	CHECK(low == 3 && high == 4);
	CHECK_EQ(bufferevent_getwatermark(bev, EV_READ, NULL, NULL), 0);
	CHECK_EQ(bufferevent_getwatermark(bev, EV_READ | EV_WRITE, &low, NULL),
	    -1);
	CHECK_PTR(bufferevent_get_base(bev), base);
	CHECK_NULL(bufferevent_get_underlying(bev));
	CHECK_NULL(bufferevent_pair_get_partner(bev));
	CHECK_EQ(bufferevent_flush(bev, EV_WRITE, BEV_FLUSH), 0);
	CHECK_EQ(bufferevent_set_max_single_read(bev, 100), 0);
	CHECK_EQ(bufferevent_set_max_single_write(bev, 200), 0);
	CHECK_EQ(bufferevent_get_max_single_read(bev), 100);
	CHECK_EQ(bufferevent_get_max_single_write(bev), 200);
	CHECK_EQ(bufferevent_get_max_to_read(bev), 100);
	CHECK_EQ(bufferevent_get_max_to_write(bev), 200);
	CHECK_EQ(bufferevent_set_max_single_read(bev, EV_SIZE_MAX), 0);
	CHECK_EQ(bufferevent_set_max_single_write(bev, 0), 0);
	CHECK_EQ(bufferevent_get_max_single_read(bev), 16384);
	CHECK_EQ(bufferevent_get_max_single_write(bev), 16384);
	CHECK_EQ(bufferevent_priority_set(bev, 0), 0);
	CHECK_EQ(bufferevent_get_priority(bev), 0);
	CHECK_EQ(bufferevent_priority_set(bev, 99), -1);
	bufferevent_free(bev);
	close(peer);
	event_base_free(base);
}

/* Reading is held up by a mark that is set later, and goes on without. */
TEST(mark_set_on_full_input)
{
	struct event_base *base = test_base();
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);
	char text[8];

	CHECK_EQ(bufferevent_enable(bev, EV_READ), 0);
	CHECK_EQ(send(peer, "abcd", 4, 0), 4);
	turn(base);
	bufferevent_setwatermark(bev, EV_READ, 0, 3);
	CHECK_EQ(send(peer, "efgh", 4, 0), 4);
	turn(base);
	CHECK_EQ(input_len(bev), 4);
	CHECK_EQ(bufferevent_read(bev, text, 2), 2);
	turn(base);
	CHECK_EQ(input_len(bev), 3);
	bufferevent_setwatermark(bev, EV_READ, 0, 0);
	turn(base);
	CHECK_EQ(input_len(bev), 6);
	CHECK_EQ(bufferevent_read(bev, text, 8), 6);
	CHECK_MEM(text, "cdefgh", 6);
	CHECK_EQ(bufferevent_read(bev, text, 8), 0);
	bufferevent_free(bev);
	close(peer);
	event_base_free(base);
}

/* Locks nest, and a held bufferevent outlives its free. */
TEST(held_and_locked)
{
	struct event_base *base = test_base();
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);
	evutil_socket_t fd = bufferevent_getfd(bev);

	bufferevent_lock(bev);
	bufferevent_lock(bev);
	bufferevent_unlock(bev);
	bufferevent_incref(bev);
	bufferevent_free(bev);
	bufferevent_unlock(bev);
	turn(base);
	CHECK(is_open(fd));
	CHECK_EQ(bufferevent_decref(bev), 1);
	turn(base);
	CHECK(!is_open(fd));
	close(peer);
	event_base_free(base);
}

/* Triggers obey the marks unless told not to, now or later. */
TEST(triggers)
{
	struct event_base *base = test_base();
	struct notes notes = { 0 };
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, &notes, &peer);

	bufferevent_setwatermark(bev, EV_READ, 1, 0);
	bufferevent_trigger(bev, EV_READ | EV_WRITE, 0);
	CHECK(notes.reads == 0 && notes.writes == 1);
	bufferevent_trigger(bev, EV_READ, BEV_TRIG_IGNORE_WATERMARKS);
	CHECK_EQ(notes.reads, 1);
	bufferevent_trigger(bev, EV_READ | EV_WRITE,
	    BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);
	bufferevent_trigger_event(bev, BEV_EVENT_EOF, BEV_TRIG_DEFER_CALLBACKS);
	bufferevent_trigger_event(bev, BEV_EVENT_CONNECTED,
	    BEV_TRIG_DEFER_CALLBACKS);
	CHECK(notes.reads == 1 && notes.writes == 1 && notes.events == 0);
	turn(base);
	CHECK(notes.reads == 2 && notes.writes == 2 && notes.events == 2);
	bufferevent_trigger_event(bev, BEV_EVENT_ERROR, 0);
	CHECK_EQ(notes.what,
	    BEV_EVENT_EOF | BEV_EVENT_CONNECTED | BEV_EVENT_ERROR);
	bufferevent_setcb(bev, NULL, NULL, NULL, NULL);
	bufferevent_trigger(bev, EV_READ | EV_WRITE,
	    BEV_TRIG_IGNORE_WATERMARKS);
	bufferevent_trigger_event(bev, BEV_EVENT_ERROR, 0);
	bufferevent_free(bev);
	close(peer);
	event_base_free(base);
}

static void
count_change(struct evbuffer *buf, const struct evbuffer_cb_info *info,
    void *arg)
{
	(void)buf;
	*(int *)arg += (int)info->n_added;
}

/* A deferred callback of a buffer holds the bufferevent until it has run. */
TEST(deferred_buffer_callbacks_hold_it)
{
	struct event_base *base = test_base();
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);
	int added = 0;

	evbuffer_defer_callbacks(bufferevent_get_input(bev), base);
	evbuffer_defer_callbacks(bufferevent_get_output(bev), base);
	CHECK_NOTNULL(
	    evbuffer_add_cb(bufferevent_get_input(bev), count_change, &added));
	CHECK_NOTNULL(
	    evbuffer_add_cb(bufferevent_get_output(bev), count_change, &added));
	CHECK_EQ(bufferevent_enable(bev, EV_READ), 0);
	CHECK_EQ(send(peer, "abc", 3, 0), 3);
	CHECK_EQ(bufferevent_write(bev, "de", 2), 0);
	turn(base);
	CHECK_EQ(added, 5);
	CHECK_EQ(bufferevent_write(bev, "f", 1), 0);
	bufferevent_free(bev);
	turn(base);
	CHECK_EQ(added, 6);
	close(peer);
	event_base_free(base);
}

/* The calls of libevent 1: no base is named, and timeouts are in seconds. */
TEST(old_calls)
{
	struct event_base *base = test_base();
	struct notes notes = { 0 };
	evutil_socket_t fds[2];
	struct bufferevent *bev;

	socket_pair(fds);
	bev = bufferevent_new(fds[0], note_read, note_write, note_event,
	    &notes);
	CHECK_NOTNULL(bev);
	CHECK_EQ(bufferevent_base_set(base, bev), 0);
	bufferevent_settimeout(bev, 5, -1);
	CHECK_EQ(bev->timeout_read.tv_sec, 5);
	CHECK_EQ(bev->timeout_write.tv_sec, 0);
	CHECK_EQ(bufferevent_enable(bev, EV_READ), 0);
	CHECK_EQ(send(fds[1], "abc", 3, 0), 3);
	turn(base);
	CHECK_EQ(notes.reads, 1);
	bufferevent_settimeout(bev, 0, 0);
	bufferevent_free(bev);
	turn(base);
	close(fds[0]);
	close(fds[1]);
	event_base_free(base);
}

/* Timeouts of both directions: one that is shortened comes at once. */
TEST(socket_timeouts)
{
	static char data[400000];
	struct timeval hour = { 3600, 0 };
	struct event_base *base = test_base();
	struct notes notes = { 0 };
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, &notes, &peer);

	CHECK_EQ(bufferevent_set_timeouts(bev, &hour, &hour), 0);
	CHECK_EQ(bufferevent_enable(bev, EV_READ), 0);
	for (int i = 0; i < 10; i++) /* more than the kernel takes */
		CHECK_EQ(bufferevent_write(bev, data, sizeof(data)), 0);
	turn(base);
	CHECK_GT(output_len(bev), 0);
	CHECK_EQ(bufferevent_set_timeouts(bev, NULL, &ms10), 0);
	turn_until(base, &notes.events, 1);
	CHECK_EQ(notes.what, BEV_EVENT_WRITING | BEV_EVENT_TIMEOUT);
	CHECK_EQ(bufferevent_get_enabled(bev), EV_READ);
	CHECK_EQ(bufferevent_set_timeouts(bev, &ms10, NULL), 0);
	turn_until(base, &notes.events, 2);
	CHECK(notes.what & BEV_EVENT_READING);
	CHECK_EQ(bufferevent_get_enabled(bev), 0);
	bufferevent_free(bev);
	close(peer);
	event_base_free(base);
}

/* Pairs ------------------------------------------------------------------- */

/* A pair has no socket, no one below, and each end the other. */
TEST(pair_is_asked)
{
	struct event_base *base = test_base();
	struct notes notes[2] = { { 0 }, { 0 } };
	struct bufferevent *pair[2];

	noted_pair(base, pair, notes);
	CHECK_PTR(bufferevent_pair_get_partner(pair[0]), pair[1]);
	CHECK_PTR(bufferevent_pair_get_partner(pair[1]), pair[0]);
	CHECK_EQ(bufferevent_getfd(pair[0]), -1);
	CHECK_EQ(bufferevent_setfd(pair[0], 0), -1);
	CHECK_EQ(bufferevent_replacefd(pair[0], 0), -1);
	CHECK_NULL(bufferevent_get_underlying(pair[0]));
	CHECK_EQ(bufferevent_base_set(base, pair[0]), -1);
	CHECK_EQ(bufferevent_priority_set(pair[0], 0), -1);
	CHECK_EQ(bufferevent_socket_connect(pair[0], NULL, 0), -1);
	CHECK_EQ(bufferevent_socket_connect_hostname(pair[0], NULL, AF_INET,
		     "127.0.0.1", 1),
	    -1);
	CHECK_EQ(bufferevent_flush(pair[0], EV_WRITE, BEV_NORMAL), 0);
	bufferevent_free(pair[0]);
	CHECK_NULL(bufferevent_pair_get_partner(pair[1]));
	CHECK_EQ(bufferevent_flush(pair[1], EV_WRITE, BEV_NORMAL), -1);
	CHECK_EQ(bufferevent_write(pair[1], "abc", 3), 0);
	turn(base);
	CHECK_EQ(output_len(pair[1]), 3);
	CHECK_EQ(notes[1].events, 0);
	bufferevent_free(pair[1]);
	event_base_free(base);
}

/* The reader's mark holds the writer up until something is taken. */
TEST(pair_obeys_the_mark)
{
	struct event_base *base = test_base();
	struct notes notes[2] = { { 0 }, { 0 } };
	struct bufferevent *pair[2];

	noted_pair(base, pair, notes);
	bufferevent_setwatermark(pair[1], EV_READ, 0, 4);
	CHECK_EQ(bufferevent_write(pair[0], "abcdef", 6), 0);
	turn(base);
	CHECK_EQ(input_len(pair[1]), 4);
	CHECK_EQ(output_len(pair[0]), 2);
	CHECK_EQ(evbuffer_drain(bufferevent_get_input(pair[1]), 1), 0);
	turn(base);
	CHECK_EQ(input_len(pair[1]), 4);
	CHECK_EQ(bufferevent_flush(pair[1], EV_READ, BEV_FLUSH), 0);
	CHECK_EQ(input_len(pair[1]), 5);
	CHECK_EQ(bufferevent_flush(pair[0], EV_WRITE, BEV_FINISHED), 0);
	CHECK_EQ(bufferevent_flush(pair[0], EV_READ, BEV_FINISHED), 0);
	turn(base);
	CHECK_EQ(notes[1].what,
	    BEV_EVENT_EOF | BEV_EVENT_READING | BEV_EVENT_WRITING);
	bufferevent_free(pair[1]);
	bufferevent_free(pair[0]);
	event_base_free(base);
}

/* Writing that is enabled late delivers what has gathered. */
TEST(pair_enabled_late)
{
	struct event_base *base = test_base();
	struct notes notes[2] = { { 0 }, { 0 } };
	struct bufferevent *pair[2];

	noted_pair(base, pair, notes);
	bufferevent_disable(pair[0], EV_WRITE);
	bufferevent_disable(pair[1], EV_READ);
	CHECK_EQ(bufferevent_write(pair[0], "abc", 3), 0);
	CHECK_EQ(bufferevent_enable(pair[1], EV_READ), 0);
	CHECK_EQ(input_len(pair[1]), 0);
	CHECK_EQ(bufferevent_enable(pair[0], EV_WRITE), 0);
	CHECK_EQ(input_len(pair[1]), 3);
	bufferevent_disable(pair[1], EV_READ);
	CHECK_EQ(bufferevent_write(pair[0], "abc", 3), 0);
	CHECK_EQ(bufferevent_enable(pair[1], EV_READ), 0);
	CHECK_EQ(input_len(pair[1]), 6);
	turn(base);
	CHECK_GT(notes[0].writes, 0);
	CHECK_GT(notes[1].reads, 0);
	bufferevent_free(pair[0]);
	bufferevent_free(pair[1]);
	event_base_free(base);
}

/* Silence and a stalled writer time out, each with its direction. */
TEST(pair_timeouts)
{
	struct event_base *base = test_base();
	struct notes notes[2] = { { 0 }, { 0 } };
	struct bufferevent *pair[2];

	noted_pair(base, pair, notes);
	CHECK_EQ(bufferevent_set_timeouts(pair[1], &ms10, &ms10), 0);
	turn_until(base, &notes[1].events, 1);
	CHECK_EQ(notes[1].what, BEV_EVENT_READING | BEV_EVENT_TIMEOUT);
	bufferevent_disable(pair[0], EV_READ);
	CHECK_EQ(bufferevent_write(pair[1], "abc", 3), 0);
	CHECK_EQ(bufferevent_enable(pair[1], EV_WRITE), 0);
	turn_until(base, &notes[1].events, 2);
	CHECK(notes[1].what & BEV_EVENT_WRITING);
	CHECK_EQ(bufferevent_get_enabled(pair[1]), 0);
	bufferevent_free(pair[0]);
	bufferevent_free(pair[1]);
	event_base_free(base);
}

/* Limits on both ends of a pair, raised by hand. */
TEST(pair_under_limits)
{
	struct timeval hour = { 3600, 0 };
	struct event_base *base = test_base();
	struct notes notes[2] = { { 0 }, { 0 } };
	struct bufferevent *pair[2];
	struct ev_token_bucket_cfg *cfg = ev_token_bucket_cfg_new(4, 4, 4, 4,
	    &hour);

	CHECK_NOTNULL(cfg);
	noted_pair(base, pair, notes);
	CHECK_EQ(bufferevent_get_read_limit(pair[0]), EV_SSIZE_MAX);
	CHECK_EQ(bufferevent_decrement_read_limit(pair[0], 1), -1);
	CHECK_NULL(bufferevent_get_token_bucket_cfg(pair[0]));
	CHECK_EQ(bufferevent_set_rate_limit(pair[0], cfg), 0);
	CHECK_EQ(bufferevent_set_rate_limit(pair[0], cfg), 0);
	CHECK_PTR(bufferevent_get_token_bucket_cfg(pair[0]), cfg);
	CHECK_EQ(bufferevent_get_write_limit(pair[0]), 4);
	CHECK_EQ(bufferevent_get_max_to_write(pair[0]), 4);
	CHECK_EQ(bufferevent_decrement_write_limit(pair[0], 4), 0);
	CHECK_EQ(bufferevent_get_write_limit(pair[0]), 0);
	CHECK_EQ(bufferevent_write(pair[0], "abc", 3), 0);
	CHECK_EQ(input_len(pair[1]), 0);
	CHECK_EQ(bufferevent_decrement_write_limit(pair[0], -2), 0);
	turn(base);
	CHECK_EQ(input_len(pair[1]), 3);
	CHECK_LT(bufferevent_get_write_limit(pair[0]), 1);
	CHECK_EQ(bufferevent_set_rate_limit(pair[0], NULL), 0);
	CHECK_EQ(bufferevent_set_rate_limit(pair[0], NULL), 0);
	bufferevent_free(pair[0]);
	bufferevent_free(pair[1]);
	turn(base);
	ev_token_bucket_cfg_free(cfg);
	event_base_free(base);
}

/* A group answers for its bucket, and what was taken by hand comes back. */
TEST(group_is_asked)
{
	struct timeval hour = { 3600, 0 };
	struct event_base *base = test_base();
	struct ev_token_bucket_cfg *cfg = ev_token_bucket_cfg_new(100, 100, 100,
	    100, &hour);
	struct bufferevent_rate_limit_group *group[2];
	ev_uint64_t total_read = 9, total_written = 9;
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);

	CHECK_NOTNULL(cfg);
	for (int i = 0; i < 2; i++) {
		group[i] = bufferevent_rate_limit_group_new(base, cfg);
		CHECK_NOTNULL(group[i]);
	}
	CHECK_EQ(bufferevent_remove_from_rate_limit_group(bev), 0);
	CHECK_EQ(bufferevent_add_to_rate_limit_group(bev, group[1]), 0);
	CHECK_EQ(bufferevent_add_to_rate_limit_group(bev, group[0]), 0);
	CHECK_EQ(bufferevent_add_to_rate_limit_group(bev, group[0]), 0);
	CHECK_EQ(bufferevent_rate_limit_group_set_cfg(NULL, cfg), -1);
	CHECK_EQ(bufferevent_rate_limit_group_set_cfg(group[0], cfg), 0);
	CHECK_EQ(bufferevent_rate_limit_group_set_min_share(group[0],
		     EV_SIZE_MAX),
	    -1);
	CHECK_EQ(bufferevent_rate_limit_group_set_min_share(group[0], 0), 0);
	CHECK_EQ(bufferevent_rate_limit_group_decrement_read(group[0], 200), 0);
	CHECK_EQ(bufferevent_rate_limit_group_decrement_write(group[0], 60), 0);
	CHECK_EQ(bufferevent_rate_limit_group_get_read_limit(group[0]), -100);
	CHECK_EQ(bufferevent_rate_limit_group_get_write_limit(group[0]), 40);
	CHECK_EQ(bufferevent_get_max_to_read(bev), 0);
	CHECK_EQ(bufferevent_get_max_to_write(bev), 40);
	CHECK_EQ(bufferevent_rate_limit_group_set_cfg(group[0], cfg), 0);
	CHECK_EQ(bufferevent_enable(bev, EV_READ), 0);
	CHECK_EQ(send(peer, "abc", 3, 0), 3);
	turn(base);
	CHECK_EQ(input_len(bev), 0);
	CHECK_EQ(bufferevent_rate_limit_group_decrement_read(group[0], -150),
	    0);
	turn(base);
	CHECK_EQ(input_len(bev), 3);
	bufferevent_rate_limit_group_get_totals(group[0], &total_read,
	    &total_written);
	CHECK(total_read == 3 && total_written == 0);
	bufferevent_rate_limit_group_reset_totals(group[0]);
	bufferevent_rate_limit_group_get_totals(group[0], &total_read, NULL);
	CHECK_EQ(total_read, 0);
	bufferevent_rate_limit_group_free(group[0]); /* refused: a member */
	CHECK_NOTNULL(strstr(test_log_take(), "have not left"));
	CHECK_EQ(bufferevent_remove_from_rate_limit_group(bev), 0);
	bufferevent_rate_limit_group_free(NULL);
	for (int i = 0; i < 2; i++)
		bufferevent_rate_limit_group_free(group[i]);
	bufferevent_free(bev);
	close(peer);
	ev_token_bucket_cfg_free(cfg);
	event_base_free(base);
}

/* Filters ----------------------------------------------------------------- */

/* A filter stands on its socket: asked, moved, held up by its mark. */
TEST(filter_is_asked)
{
	struct event_base *base = test_base();
	struct notes notes = { 0 };
	evutil_socket_t peer, fds[2];
	struct bufferevent *below = bev_and_peer(base, 0, NULL, &peer);
	struct bufferevent *bev = bufferevent_filter_new(below, NULL, NULL,
	    BEV_OPT_CLOSE_ON_FREE, NULL, NULL);

	if (!bev)
		bufferevent_free(below);
	CHECK_NOTNULL(bev);
	bufferevent_setcb(bev, note_read, note_write, note_event, &notes);
	CHECK_PTR(bufferevent_get_underlying(bev), below);
	CHECK_EQ(bufferevent_getfd(bev), bufferevent_getfd(below));
	bufferevent_setwatermark(bev, EV_READ, 0, 2);
	CHECK_EQ(bufferevent_enable(bev, EV_READ), 0);
	CHECK_EQ(send(peer, "abcd", 4, 0), 4);
	turn(base);
	CHECK_EQ(input_len(bev), 2);
	CHECK_EQ(evbuffer_drain(bufferevent_get_input(bev), 2), 0);
	turn(base);
	CHECK_EQ(input_len(bev), 2);
	socket_pair(fds);
	evutil_socket_t old = bufferevent_getfd(bev);
	CHECK_EQ(bufferevent_setfd(bev, fds[0]), 0);
	CHECK_EQ(bufferevent_getfd(below), fds[0]);
	CHECK_EQ(bufferevent_set_timeouts(bev, NULL, &ms10), 0);
	CHECK_EQ(bufferevent_write(bev, "xyz", 3), 0);
	turn(base);
	CHECK_EQ(notes.writes, 1);
	CHECK_EQ(notes.events, 0);
	bufferevent_free(bev);
	turn(base);
	CHECK(!is_open(fds[0]));
	close(old);
	close(fds[1]);
	close(peer);
	event_base_free(base);
}
