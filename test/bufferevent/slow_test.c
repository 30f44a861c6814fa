/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * slow_test.c - peers that send or take a little now and then.
 *
 * Each waits for time limits: nothing to be run once for every fault.
 */
#include "helper.h"

static void
send_byte(evutil_socket_t fd, short what, void *arg)
{
	size_t *sent = arg;
	unsigned char byte = stream_byte(*sent);

	(void)what;
	if (write(fd, &byte, 1) == 1)
		++*sent;
}

/*
 * A peer that sends one byte now and then, each before the time is over: it
 * never times out, as the time starts again with each byte; every byte makes
 * a read callback, but with a low mark there is none until that is reached.
 * When it falls silent the time does run out.
 */
TEST(slow_sender)
{
	struct event_base *base = test_base();
	struct timeval limit = { 0, 250000 }, pause = { 0, 5000 };
	struct notes notes = { 0 };
	unsigned char got[128];
	size_t sent = 0, want = 100;
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, &notes, &peer);
	struct event *timer = event_new(base, peer, EV_PERSIST, send_byte,
	    &sent);

	if (test_is_faulty())
		SKIP("it waits for time limits");
	CHECK_NOTNULL(timer);
	bufferevent_set_timeouts(bev, &limit, NULL);
	CHECK_EQ(bufferevent_enable(bev, EV_READ), 0);
	CHECK_EQ(event_add(timer, &pause), 0);
	turn_until(base, &notes.reads, 60); /* longer than the time */
	CHECK_EQ(notes.events, 0);
	CHECK_EQ(input_len(bev), notes.reads);
	bufferevent_setwatermark(bev, EV_READ, want, 0);
	int reads = notes.reads;
	turn_until(base, &notes.reads, reads + 1);
	CHECK_EQ(notes.events, 0);
	CHECK_GE(input_len(bev), want);
	CHECK_EQ(bufferevent_read(bev, got, sizeof(got)) >= want, 1);
	for (size_t i = 0; i < want; i++)
		CHECK_EQ(got[i], stream_byte(i));
	CHECK_EQ(event_del(timer), 0);
	turn_until(base, &notes.events, 1);
	CHECK_EQ(notes.what, BEV_EVENT_TIMEOUT | BEV_EVENT_READING);
	CHECK_EQ(bufferevent_get_enabled(bev) & EV_READ, 0);
	event_free(timer);
	bufferevent_free(bev);
	close(peer);
	event_base_free(base);
}

static void
take_some(evutil_socket_t fd, short what, void *arg)
{
	static unsigned char data[8192];

	ssize_t n = read(fd, data, sizeof(data));

	(void)what;
	*(size_t *)arg += n > 0 ? (size_t)n : 0;
}

/*
 * A peer that takes a little now and then: the write time starts again with
 * each write the kernel takes; it runs out once the peer takes nothing more.
 */
TEST(slow_taker)
{
	struct event_base *base = test_base();
	struct timeval limit = { 0, 250000 }, pause = { 0, 5000 };
	struct notes notes = { 0 };
	size_t size = 4000000; /* more than six writes take */
	size_t taken = 0;
	char *data = calloc(1, size);
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, &notes, &peer);
	struct event *timer = event_new(base, peer, EV_PERSIST, take_some,
	    &taken);

	if (test_is_faulty())
		SKIP("it waits for time limits");
	CHECK(data && timer);
	bufferevent_set_timeouts(bev, NULL, &limit);
	bufferevent_setwatermark(bev, EV_WRITE, size, 0); /* tell each time */
	CHECK_EQ(bufferevent_write(bev, data, size), 0);
	free(data);
	CHECK_EQ(event_add(timer, &pause), 0);
	turn_until(base, &notes.writes, 6); /* longer than the time */
	CHECK_EQ(notes.events, 0);
	CHECK_EQ(event_del(timer), 0);
	turn_until(base, &notes.events, 1);
	CHECK_EQ(notes.what, BEV_EVENT_TIMEOUT | BEV_EVENT_WRITING);
	CHECK_EQ(bufferevent_get_enabled(bev) & EV_WRITE, 0);
	CHECK_GT(taken, 0);
	event_free(timer);
	bufferevent_free(bev);
	close(peer);
	event_base_free(base);
}
