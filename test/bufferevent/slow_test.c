/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * slow_test.c - peers that send or take a little now and then.
 *
 * Each waits for time limits: nothing to be run once for every fault.  Where
 * the processor was away for long, a limit may have been right to run out;
 * then the same is tried with longer times.
 */
#include <stdint.h>
#include <time.h>

#include "helper.h"

#define TICKS 50 /* of the peer within the time limit */

struct slow {
	struct event_base *base;
	struct bufferevent *bev;
	evutil_socket_t peer;
	struct event *timer; /* what the peer does now and then */
	struct notes notes;
	int limit_us;
	int64_t start_us;
	int ticks;
	size_t moved; /* bytes, by the peer */
};

static int64_t
now_us(void)
{
	struct timespec ts;

	CHECK_EQ(clock_gettime(CLOCK_MONOTONIC, &ts), 0);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void
start(struct slow *slow, int limit_us, event_callback_fn peer_cb)
{
	struct timeval pause = { 0, limit_us / TICKS };

	memset(slow, 0, sizeof(*slow));
	slow->base = test_base();
	slow->limit_us = limit_us;
	slow->bev = bev_and_peer(slow->base, 0, &slow->notes, &slow->peer);
	slow->timer = event_new(slow->base, slow->peer, EV_PERSIST, peer_cb,
	    slow);
	CHECK_NOTNULL(slow->timer);
	CHECK_EQ(event_add(slow->timer, &pause), 0);
	slow->start_us = now_us();
}

static void
end(struct slow *slow)
{
	event_free(slow->timer);
	bufferevent_free(slow->bev);
	close(slow->peer);
	event_base_free(slow->base);
}

/*
 * Turn until `*flag` reaches `count`.  0 if the time limit ran out before and
 * the peer had not had its share of the time; it had better not run out else.
 */
static int
turn_in_time(struct slow *slow, const int *flag, int count)
{
	while (*flag < count && slow->notes.events == 0)
		CHECK_EQ(event_base_loop(slow->base, EVLOOP_ONCE), 0);
	if (slow->notes.events == 0)
		return 1;

	int64_t share_us = (int64_t)slow->ticks * slow->limit_us / TICKS;

	CHECK_GT(now_us() - slow->start_us - share_us, slow->limit_us / 4);
	return 0;
}

/* When the peer has stopped the time does run out. */
static void
stop_peer(struct slow *slow, short what)
{
	CHECK_EQ(event_del(slow->timer), 0);
	turn_until(slow->base, &slow->notes.events, 1);
	CHECK_EQ(slow->notes.what, BEV_EVENT_TIMEOUT | what);
}

/* Run `once` with longer and longer times, until the processor was there. */
static void
try_with_longer_times(int (*once)(int limit_us))
{
	int limit_us = 250000;

	if (test_is_faulty())
		SKIP("it waits for time limits");
	while (!once(limit_us)) {
		limit_us *= 2;
		CHECK_LE(limit_us, 4000000);
	}
}

static void
send_byte(evutil_socket_t fd, short what, void *arg)
{
	struct slow *slow = arg;
	unsigned char byte = stream_byte(slow->moved);

	(void)what;
	slow->ticks++;
	if (write(fd, &byte, 1) == 1)
		slow->moved++;
}

/* Every byte makes a callback, or none does before the low mark. */
static int
receive_bytes(struct slow *slow)
{
	unsigned char got[256];
	size_t want = 100;

	if (!turn_in_time(slow, &slow->notes.reads, TICKS * 6 / 5))
		return 0;
	CHECK_EQ(input_len(slow->bev), slow->notes.reads);

	int reads = slow->notes.reads;

	bufferevent_setwatermark(slow->bev, EV_READ, want, 0);
	if (!turn_in_time(slow, &slow->notes.reads, reads + 1))
		return 0;
	CHECK_GE(input_len(slow->bev), want);
	CHECK_GE(bufferevent_read(slow->bev, got, sizeof(got)), want);
	for (size_t i = 0; i < want; i++)
		CHECK_EQ(got[i], stream_byte(i));
	return 1;
}

static int
receive_slowly(int limit_us)
{
	struct timeval limit = { limit_us / 1000000, limit_us % 1000000 };
	struct slow slow;
	int is_done;

	start(&slow, limit_us, send_byte);
	bufferevent_set_timeouts(slow.bev, &limit, NULL);
	CHECK_EQ(bufferevent_enable(slow.bev, EV_READ), 0);
	is_done = receive_bytes(&slow);
	if (is_done) {
		stop_peer(&slow, BEV_EVENT_READING);
		CHECK_EQ(bufferevent_get_enabled(slow.bev) & EV_READ, 0);
	}
	end(&slow);
	return is_done;
}

/*
 * A peer that sends one byte now and then, each before the time is over: it
 * never times out, as the time starts again with each byte.  When it falls
 * silent the time does run out.
 */
TEST_LIMIT(slow_sender, 30)
{
	try_with_longer_times(receive_slowly);
}

static void
take_some(evutil_socket_t fd, short what, void *arg)
{
	static unsigned char data[8192];
	struct slow *slow = arg;
	ssize_t n = read(fd, data, sizeof(data));

	(void)what;
	slow->ticks++;
	slow->moved += n > 0 ? (size_t)n : 0;
}

static int
send_slowly(int limit_us)
{
	struct timeval limit = { limit_us / 1000000, limit_us % 1000000 };
	size_t size = 4000000; /* more than six writes take */
	char *data = calloc(1, size);
	struct slow slow;
	int is_done;

	CHECK_NOTNULL(data);
	start(&slow, limit_us, take_some);
	bufferevent_set_timeouts(slow.bev, NULL, &limit);
	bufferevent_setwatermark(slow.bev, EV_WRITE, size, 0); /* tell all */
	CHECK_EQ(bufferevent_write(slow.bev, data, size), 0);
	free(data);
	is_done = turn_in_time(&slow, &slow.notes.writes, 6);
	if (is_done) {
		CHECK_GT(now_us() - slow.start_us, limit_us);
		stop_peer(&slow, BEV_EVENT_WRITING);
		CHECK_EQ(bufferevent_get_enabled(slow.bev) & EV_WRITE, 0);
		CHECK_GT(slow.moved, 0);
	}
	end(&slow);
	return is_done;
}

/*
 * A peer that takes a little now and then: the write time starts again with
 * each write the kernel takes; it runs out once the peer takes nothing more.
 */
TEST_LIMIT(slow_taker, 30)
{
	try_with_longer_times(send_slowly);
}
