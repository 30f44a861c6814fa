/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * thread_test.c - bufferevents used by several threads at once.
 */
#include <pthread.h>
#include <stdatomic.h>

#include <event2/thread.h>

#include "helper.h"

static int
message_count(void)
{
	return test_is_faulty() ? 20 : 2000;
}

static void
on_end(evutil_socket_t fd, short what, void *base)
{
	(void)fd;
	if (what & EV_READ || !test_is_faulty() || test_fault_has_struck())
		event_base_loopbreak(base);
}

/*
 * An event that stops the loop of `base` after a while in any case: when an
 * injected fault has struck a message may be lost and nobody says stop.  It
 * can be made active for EV_READ, too: unlike a loopbreak that is never early.
 */
static struct event *
end_new(struct event_base *base)
{
	struct timeval seconds = { 25, 0 }, moment = { 0, 200000 };
	struct event *end = event_new(base, -1, EV_PERSIST, on_end, base);

	CHECK_NOTNULL(end);
	CHECK_EQ(event_add(end, test_is_faulty() ? &moment : &seconds), 0);
	return end;
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
	struct event *end[2];
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
		end[i] = end_new(base[i]);
	}
	for (int i = 0; i < 2; i++)
		CHECK_EQ(pthread_create(&threads[i], NULL, run_loop, base[i]),
		    0);
	for (int i = 0; i < 2; i++)
		CHECK_EQ(pthread_join(threads[i], NULL), 0);
	CHECK_EQ(done, 2);
	for (int i = 0; i < 2; i++)
		bufferevent_free(bev[i]);
	for (int i = 0; i < 2; i++) {
		event_free(end[i]);
		event_base_free(base[i]);
	}
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
	struct event *end;
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
	end = end_new(base);
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
	event_free(end);
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
	int rounds = test_is_faulty() ? 20 : 500;
	struct event_base *base;
	struct event *end;
	pthread_t loop;

	CHECK_EQ(evthread_use_pthreads(), 0);
	base = test_base();
	end = end_new(base);
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
	event_active(end, EV_READ, 1);
	CHECK_EQ(pthread_join(loop, NULL), 0);
	event_free(end);
	event_base_dispatch(base); /* those that still wait to close */
	event_base_free(base);
}
