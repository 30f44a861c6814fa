/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pairs_test.c - traffic between loops in two threads while a third one
 * frees, takes out and puts in what they work on.
 *
 * A short moment usually, 60 seconds with TEST_HEAVY=1 (for ThreadSanitizer).
 */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include <event2/thread.h>

#include "helper.h"

#define CONNECTIONS 4

struct shared {
	struct event_base *bases[2];
	atomic_int rounds;   /* messages that have come back */
	atomic_int steps;    /* callbacks of mortal ones */
	atomic_int freed_in; /* bufferevents freed inside their callback */
	atomic_int mortals;  /* bufferevents that free themselves, alive */
	atomic_int timers;   /* callbacks of the event that is deleted */
};

static int64_t
run_ms(void)
{
	return getenv("TEST_HEAVY") ? 60000 : 300;
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	CHECK_EQ(clock_gettime(CLOCK_MONOTONIC, &ts), 0);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void *
run_loop(void *base)
{
	event_base_loop(base, EVLOOP_NO_EXIT_ON_EMPTY);
	return NULL;
}

static void
send_back(struct bufferevent *bev, void *arg)
{
	struct shared *shared = arg;

	bufferevent_write_buffer(bev, bufferevent_get_input(bev));
	atomic_fetch_add(&shared->rounds, 1);
}

/* Every tenth message ends the bufferevent, in one of two ways. */
static void
send_back_or_die(struct bufferevent *bev, void *arg)
{
	struct shared *shared = arg;
	int count = atomic_fetch_add(&shared->steps, 1);

	bufferevent_write_buffer(bev, bufferevent_get_input(bev));
	if (count % 10 != 9)
		return;
	atomic_fetch_add(&shared->freed_in, 1);
	atomic_fetch_sub(&shared->mortals, 1);
	if (count % 20 == 9)
		bufferevent_free(bev);
	else
		bufferevent_close_after_flush(bev, NULL);
}

static void
end_at_event(struct bufferevent *bev, short what, void *arg)
{
	struct shared *shared = arg;

	if (!(what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)))
		return;
	atomic_fetch_sub(&shared->mortals, 1);
	bufferevent_free(bev);
}

/* A connection from one loop to the other that ends itself. */
static void
start_mortal(struct shared *shared)
{
	evutil_socket_t fds[2];

	socket_pair(fds);
	for (int i = 0; i < 2; i++) {
		struct bufferevent
		    *bev = bufferevent_socket_new(shared->bases[i], fds[i],
			BEV_OPT_THREADSAFE | BEV_OPT_CLOSE_ON_FREE |
			    (i ? BEV_OPT_DEFER_CALLBACKS : 0));

		CHECK_NOTNULL(bev);
		atomic_fetch_add(&shared->mortals, 1);
		bufferevent_setcb(bev, i ? send_back : send_back_or_die, NULL,
		    end_at_event, shared);
		bufferevent_write(bev, "mortal", 6);
		bufferevent_enable(bev, EV_READ);
	}
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct shared *shared = arg;

	(void)fd;
	(void)what;
	atomic_fetch_add(&shared->timers, 1);
}

/* Add and delete an event whose callback runs in the other thread. */
static void
del_while_it_runs(struct event *ev, int index)
{
	struct timeval soon = { 0, index % 3 };

	CHECK_EQ(event_add(ev, &soon), 0);
	event_active(ev, EV_TIMEOUT, 1);
	if (index & 1)
		CHECK_EQ(event_del(ev), 0);
	else
		CHECK_EQ(event_del_noblock(ev), 0);
}

/* Put lasting connections between the loops; they send for ever. */
static void
start_lasting(struct shared *shared, struct bufferevent *bevs[CONNECTIONS][2])
{
	for (int i = 0; i < CONNECTIONS; i++) {
		evutil_socket_t fds[2];

		socket_pair(fds);
		for (int end = 0; end < 2; end++) {
			bevs[i][end] =
			    bufferevent_socket_new(shared->bases[end], fds[end],
				BEV_OPT_THREADSAFE | BEV_OPT_CLOSE_ON_FREE);
			CHECK_NOTNULL(bevs[i][end]);
			bufferevent_setcb(bevs[i][end], send_back, NULL, NULL,
			    shared);
			CHECK_EQ(bufferevent_enable(bevs[i][end], EV_READ), 0);
		}
		CHECK_EQ(bufferevent_write(bevs[i][0], "lasting", 7), 0);
	}
}

static int
has_seen_enough(struct shared *shared)
{
	return atomic_load(&shared->rounds) > 100 &&
	    atomic_load(&shared->freed_in) > 2;
}

/* What the third thread does with all of it until the time is over. */
static void
disturb(struct shared *shared, struct bufferevent *bevs[CONNECTIONS][2],
    struct event *ev)
{
	int64_t end_ms = now_ms() + run_ms();

	for (int i = 0; now_ms() < end_ms || !has_seen_enough(shared); i++) {
		struct bufferevent *bev = bevs[i % CONNECTIONS][i & 1];

		del_while_it_runs(ev, i);
		if (i % 8 == 0 && atomic_load(&shared->mortals) < 32)
			start_mortal(shared);
		bufferevent_disable(bev, EV_READ);
		bufferevent_write(bev, "x", 1);
		bufferevent_enable(bev, EV_READ | EV_WRITE);
		bufferevent_lock(bev);
		evbuffer_drain(bufferevent_get_input(bev), 1);
		bufferevent_unlock(bev);
	}
}

/* Run both loops here until the mortal ones have come to their end. */
static void
let_die(struct shared *shared)
{
	int64_t end_ms = now_ms() + 20000;

	while (atomic_load(&shared->mortals) > 0) {
		CHECK_LT(now_ms(), end_ms);
		event_base_loop(shared->bases[0], EVLOOP_NONBLOCK);
		event_base_loop(shared->bases[1], EVLOOP_NONBLOCK);
	}
}

/*
 * Pairs of bufferevents send to each other from two loops; a third thread
 * writes, enables and disables, begins connections that free themselves in
 * their callbacks, and deletes an event while its callback runs.
 */
TEST_LIMIT(pairs_of_two_loops, 120)
{
	struct shared shared = { .rounds = 0 };
	struct bufferevent *bevs[CONNECTIONS][2];
	pthread_t threads[2];

	if (test_is_faulty())
		SKIP("a lost message keeps both sides waiting");
	CHECK_EQ(evthread_use_pthreads(), 0);
	for (int i = 0; i < 2; i++)
		shared.bases[i] = test_base();
	struct event *ev = evtimer_new(shared.bases[0], on_timer, &shared);
	CHECK_NOTNULL(ev);
	start_lasting(&shared, bevs);
	for (int i = 0; i < 2; i++)
		CHECK_EQ(pthread_create(&threads[i], NULL, run_loop,
			     shared.bases[i]),
		    0);
	disturb(&shared, bevs, ev);
	for (int i = 0; i < 2; i++)
		event_base_loopbreak(shared.bases[i]);
	for (int i = 0; i < 2; i++)
		CHECK_EQ(pthread_join(threads[i], NULL), 0);
	CHECK(has_seen_enough(&shared));
	event_free(ev);
	for (int i = 0; i < CONNECTIONS; i++) {
		bufferevent_free(bevs[i][0]);
		bufferevent_free(bevs[i][1]);
	}
	let_die(&shared);
	for (int i = 0; i < 2; i++)
		event_base_free(shared.bases[i]);
}
