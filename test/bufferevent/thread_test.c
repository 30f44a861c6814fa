/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * thread_test.c - bufferevents used by several threads at once.
 */
#include <pthread.h>
#include <stdatomic.h>

#include <event2/thread.h>

#include "helper.h"

/* Are faults injected?  Then there are many runs, and short ones will do. */
static int
is_faulty(void)
{
	return getenv("TEST_FAIL_ALLOC") || getenv("TEST_FAIL_ALLOC_FROM") ||
	    getenv("TEST_FAIL_CALL");
}

static int
message_count(void)
{
	return is_faulty() ? 20 : 2000;
}

/*
 * Stop the loop of `base` after a while in any case: with an injected fault
 * a message may be lost and nobody says stop.
 */
static void
set_end(struct event_base *base)
{
	struct timeval end = { is_faulty() ? 1 : 25, 0 };

	CHECK_EQ(event_base_loopexit(base, &end), 0);
}

static void *
run_loop(void *arg)
{
	event_base_loop(arg, EVLOOP_NO_EXIT_ON_EMPTY);
	return NULL;
}

struct other {
	struct bufferevent *to;
	int received;
	struct event_base **bases;
	atomic_int *done;
};

/* Count, and say something to the bufferevent of the other thread. */
static void
on_read_write_other(struct bufferevent *bev, void *arg)
{
	struct other *other = arg;
	size_t n = input_len(bev);

	evbuffer_drain(bufferevent_get_input(bev), n);
	other->received += (int)n;
	if (other->received < message_count()) {
		bufferevent_write(other->to, "x", 1);
	} else if (atomic_fetch_add(other->done, 1) == 1) {
		event_base_loopbreak(other->bases[0]);
		event_base_loopbreak(other->bases[1]);
	}
}

/*
 * Two loops in two threads, each bufferevent writing to the other one from
 * inside its read callback, that is while it holds its own lock.
 */
TEST_LIMIT(two_loops_write_to_each_other, 30)
{
	struct event_base *base[2];
	struct bufferevent *bev[2];
	struct other other[2];
	evutil_socket_t fds[2];
	pthread_t threads[2];
	atomic_int done = 0;

	CHECK_EQ(evthread_use_pthreads(), 0);
	socket_pair(fds);
	for (int i = 0; i < 2; i++) {
		base[i] = test_base();
		bev[i] = bufferevent_socket_new(base[i], fds[i],
		    BEV_OPT_THREADSAFE | BEV_OPT_CLOSE_ON_FREE |
			BEV_OPT_DEFER_CALLBACKS | BEV_OPT_UNLOCK_CALLBACKS);
		CHECK_NOTNULL(bev[i]);
	}
	for (int i = 0; i < 2; i++) {
		other[i] = (struct other){ bev[1 - i], 0, base, &done };
		bufferevent_setcb(bev[i], on_read_write_other, NULL, NULL,
		    &other[i]);
		CHECK_EQ(bufferevent_enable(bev[i], EV_READ), 0);
		CHECK_EQ(bufferevent_write(bev[i], "x", 1), 0);
		set_end(base[i]);
	}
	for (int i = 0; i < 2; i++)
		CHECK_EQ(pthread_create(&threads[i], NULL, run_loop, base[i]),
		    0);
	for (int i = 0; i < 2; i++)
		CHECK_EQ(pthread_join(threads[i], NULL), 0);
	CHECK_EQ(done, 2);
	for (int i = 0; i < 2; i++)
		bufferevent_free(bev[i]);
	for (int i = 0; i < 2; i++)
		event_base_free(base[i]);
}

struct writer {
	struct bufferevent *bev;
	int count;
};

static void *
write_many(void *arg)
{
	struct writer *writer = arg;

	for (int i = 0; i < writer->count; i++)
		bufferevent_write(writer->bev, "0123456789", 10);
	return NULL;
}

static void
count_input(struct bufferevent *bev, void *arg)
{
	size_t n = input_len(bev);

	evbuffer_drain(bufferevent_get_input(bev), n);
	*(int *)arg += (int)n;
	if (*(int *)arg >= 2 * message_count() * 10)
		event_base_loopbreak(bufferevent_get_base(bev));
}

/* Two threads write into both ends of a pair while a third runs the loop. */
TEST_LIMIT(pair_written_from_two_threads, 30)
{
	struct event_base *base;
	struct bufferevent *pair[2];
	struct writer writers[2];
	pthread_t loop, threads[2];
	int received = 0;

	CHECK_EQ(evthread_use_pthreads(), 0);
	base = test_base();
	CHECK_EQ(bufferevent_pair_new(base, BEV_OPT_THREADSAFE, pair), 0);
	for (int i = 0; i < 2; i++) {
		bufferevent_setcb(pair[i], count_input, NULL, NULL, &received);
		CHECK_EQ(bufferevent_enable(pair[i], EV_READ | EV_WRITE), 0);
		writers[i] = (struct writer){ pair[i], message_count() };
	}
	set_end(base);
	CHECK_EQ(pthread_create(&loop, NULL, run_loop, base), 0);
	for (int i = 0; i < 2; i++)
		CHECK_EQ(pthread_create(&threads[i], NULL, write_many,
			     &writers[i]),
		    0);
	for (int i = 0; i < 2; i++)
		CHECK_EQ(pthread_join(threads[i], NULL), 0);
	CHECK_EQ(pthread_join(loop, NULL), 0);
	CHECK_EQ(received, 2 * message_count() * 10);
	bufferevent_free(pair[0]);
	bufferevent_free(pair[1]);
	event_base_free(base);
}

static void
drain_input(struct bufferevent *bev, void *arg)
{
	(void)arg;
	evbuffer_drain(bufferevent_get_input(bev), input_len(bev));
}

/* Freed by one thread while the loop's thread is busy with its traffic. */
TEST_LIMIT(freed_by_another_thread, 30)
{
	int rounds = is_faulty() ? 20 : 500;
	struct event_base *base;
	pthread_t loop;

	CHECK_EQ(evthread_use_pthreads(), 0);
	base = test_base();
	set_end(base);
	CHECK_EQ(pthread_create(&loop, NULL, run_loop, base), 0);
	for (int i = 0; i < rounds; i++) {
		evutil_socket_t fds[2];
		struct bufferevent *bev;

		socket_pair(fds);
		bev = bufferevent_socket_new(base, fds[0],
		    BEV_OPT_THREADSAFE | BEV_OPT_CLOSE_ON_FREE |
			(i & 1 ? BEV_OPT_DEFER_CALLBACKS : 0));
		CHECK_NOTNULL(bev);
		bufferevent_setcb(bev, drain_input, drain_input, NULL, NULL);
		bufferevent_enable(bev, EV_READ | EV_WRITE);
		send(fds[1], "abc", 3, 0);
		bufferevent_write(bev, "abc", 3);
		if (i & 2)
			bufferevent_close_after_flush(bev, NULL);
		else
			bufferevent_free(bev);
		close(fds[1]);
	}
	event_base_loopbreak(base);
	CHECK_EQ(pthread_join(loop, NULL), 0);
	event_base_dispatch(base); /* those that still wait to close */
	event_base_free(base);
}
