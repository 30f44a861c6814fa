/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * threads_test.c - one loop, many threads, with lock debugging on.
 *
 * Lock debugging makes every internal assertion about locks exact, so these
 * also prove that the library takes and releases its own locks properly.
 */
#include <pthread.h>

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/thread.h>

#include "test.h"

#define THREAD_COUNT 8
#define ROUNDS 500

static struct event_base *base;
static struct evbuffer *buf;

/* A base and a buffer that know who holds their locks. */
static void
set_up(void)
{
	evthread_enable_lock_debugging();
	CHECK_EQ(evthread_use_pthreads(), 0);
	base = event_base_new();
	buf = evbuffer_new();
	CHECK_NOTNULL(base);
	CHECK_NOTNULL(buf);
	CHECK_EQ(evbuffer_enable_locking(buf, NULL), 0);
}

static void
clean_up(void)
{
	evbuffer_free(buf);
	event_base_free(base);
}

/* Run `fn` in THREAD_COUNT threads and then `meanwhile` here. */
static void
run_threads(void *(*fn)(void *), void (*meanwhile)(void))
{
	pthread_t threads[THREAD_COUNT];

	for (int i = 0; i < THREAD_COUNT; i++)
		CHECK_EQ(pthread_create(&threads[i], NULL, fn, NULL), 0);
	if (meanwhile)
		meanwhile();
	for (int i = 0; i < THREAD_COUNT; i++)
		CHECK_EQ(pthread_join(threads[i], NULL), 0);
}

static void *
add_bytes(void *arg)
{
	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		evbuffer_lock(buf);
		evbuffer_add(buf, "ab", 2);
		evbuffer_unlock(buf);
	}
	return NULL;
}

/* A locked buffer loses no byte, and pairs stay together under the lock. */
TEST_BARE(a_locked_buffer_loses_nothing)
{
	char pair[2];

	set_up();
	run_threads(add_bytes, NULL);
	CHECK_EQ(evbuffer_get_length(buf), 2 * THREAD_COUNT * ROUNDS);
	while (evbuffer_remove(buf, pair, 2) == 2)
		CHECK_MEM(pair, "ab", 2);
	clean_up();
}

static int fired;

static void
on_once(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	if (++fired == THREAD_COUNT * ROUNDS)
		event_base_loopexit(base, NULL);
}

static void *
schedule(void *arg)
{
	static const struct timeval now = { 0, 0 };

	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		if (event_base_once(base, -1, EV_TIMEOUT, on_once, NULL,
			&now) != 0)
			return NULL;
	}
	return NULL;
}

static void
run_loop(void)
{
	CHECK_EQ(event_base_loop(base, EVLOOP_NO_EXIT_ON_EMPTY), 0);
}

/* Every call that another thread schedules runs, once, in the loop. */
TEST_BARE(calls_from_other_threads_all_run)
{
	set_up();
	run_threads(schedule, run_loop);
	CHECK_EQ(fired, THREAD_COUNT * ROUNDS);
	clean_up();
}
