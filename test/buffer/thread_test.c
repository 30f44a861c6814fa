/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * thread_test.c - buffers with locks in two threads at once.
 *
 * What these tests prove is proven under ThreadSanitizer and lock debugging;
 * without them they see to it that nothing is lost and nobody waits for ever.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/thread.h>

#include "test.h"

#define ROUNDS 400

/* A new buffer with a lock, or the end of the test. */
static struct evbuffer *
buffer_new(void)
{
	struct evbuffer *buf = evbuffer_new();

	CHECK_NOTNULL(buf);
	CHECK_EQ(evbuffer_enable_locking(buf, NULL), 0);
	return buf;
}

/* Two buffers, and which way a thread moves. */
struct pair {
	struct evbuffer *from, *to;
};

/* Every call that has a way without the lock, and some that have not. */
static void *
use_both(void *arg)
{
	struct pair *pair = arg;
	struct evbuffer_iovec vec[2];
	struct evbuffer_ptr pos;
	char out[100];
	size_t len;

	for (int i = 0; i < ROUNDS; i++) {
		evbuffer_add(pair->from, "0123456789\n", 11);
		evbuffer_prepend(pair->from, "<", 1);
		evbuffer_remove_buffer(pair->from, pair->to, 5);
		evbuffer_remove_buffer(pair->from, pair->to, 1000);
		evbuffer_add_buffer(pair->to, pair->from);
		evbuffer_add_buffer_reference(pair->from, pair->to);
		evbuffer_prepend_buffer(pair->to, pair->from);
		evbuffer_lock(pair->from);
		if (evbuffer_reserve_space(pair->from, 10, vec, 1) == 1) {
			memset(vec[0].iov_base, 'x', 10);
			vec[0].iov_len = 10;
			evbuffer_commit_space(pair->from, vec, 1);
		}
		evbuffer_unlock(pair->from);
		evbuffer_commit_space(pair->from, vec, 0);
		evbuffer_reserve_space(pair->to, 10, vec, 2);
		evbuffer_peek(pair->to, -1, NULL, vec, 2);
		evbuffer_add_printf(pair->to, "%d", i);
		test_free(evbuffer_readln(pair->to, &len, EVBUFFER_EOL_LF));
		pos = evbuffer_search(pair->to, "9", 1, NULL);
		CHECK_GE(pos.pos, -1);
		evbuffer_freeze(pair->to, 1);
		evbuffer_unfreeze(pair->to, 1);
		evbuffer_copyout(pair->to, out, sizeof(out));
		evbuffer_drain(pair->to, evbuffer_get_length(pair->to) / 2);
		evbuffer_remove(pair->to, out, sizeof(out));
		/* Two that share with each other grow without bounds. */
		if (evbuffer_get_length(pair->to) > 2000)
			evbuffer_drain(pair->to, SIZE_MAX);
	}
	return NULL;
}

/* Two threads that move opposite ways neither race nor wait for ever. */
TEST(two_threads_move_opposite_ways)
{
	pthread_t thread;
	struct evbuffer *a, *b;

	if (evthread_use_pthreads() < 0)
		SKIP("no threads");
	a = buffer_new();
	b = buffer_new();

	struct pair there = { a, b }, back = { b, a };

	CHECK_EQ(pthread_create(&thread, NULL, use_both, &there), 0);
	use_both(&back);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	evbuffer_free(a);
	evbuffer_free(b);
}

static void *
drain_slowly(void *arg)
{
	struct evbuffer *buf = arg;

	while (evbuffer_get_length(buf))
		evbuffer_drain(buf, 7);
	evbuffer_free(buf);
	return NULL;
}

static int released;

static void
on_release(const void *data, size_t len, void *arg)
{
	CHECK_PTR(data, arg);
	CHECK_EQ(len, 5000);
	__atomic_add_fetch(&released, 1, __ATOMIC_SEQ_CST);
}

/* Shared bytes are released once, by whichever thread is last. */
TEST(sharers_on_two_threads)
{
	static char bytes[5000];
	pthread_t thread;

	if (evthread_use_pthreads() < 0)
		SKIP("no threads");
	for (int i = 0; i < 50; i++) {
		struct evbuffer *a = buffer_new();
		struct evbuffer *b = buffer_new();

		CHECK_EQ(evbuffer_add_reference(a, bytes, sizeof(bytes),
			     on_release, bytes),
		    0);
		CHECK_EQ(evbuffer_add(a, "and memory", 10), 0);
		CHECK_EQ(evbuffer_add_buffer_reference(b, a), 0);
		CHECK_EQ(pthread_create(&thread, NULL, drain_slowly, b), 0);
		drain_slowly(a);
		CHECK_EQ(pthread_join(thread, NULL), 0);
		CHECK_EQ(released, i + 1);
	}
}

static void
on_change(struct evbuffer *buf, const struct evbuffer_cb_info *info, void *arg)
{
	int *sum = arg;

	*sum += (int)info->n_added;
	/* The last act changes the state of the buffer. */
	evbuffer_remove_cb(buf, on_change, arg);
}

static void *
run_loop(void *arg)
{
	CHECK_GE(event_base_loop(arg, EVLOOP_ONCE), 0);
	return NULL;
}

/* A buffer is freed while the loop runs its deferred callback elsewhere. */
TEST(free_while_the_loop_tells)
{
	pthread_t thread;

	if (evthread_use_pthreads() < 0)
		SKIP("no threads");
	for (int i = 0; i < 50; i++) {
		struct event_base *base = test_base();
		struct evbuffer *buf = buffer_new();
		int sum = 0;

		CHECK_NOTNULL(evbuffer_add_cb(buf, on_change, &sum));
		CHECK_EQ(evbuffer_defer_callbacks(buf, base), 0);
		CHECK_EQ(evbuffer_add(buf, "abc", 3), 0);
		CHECK_EQ(pthread_create(&thread, NULL, run_loop, base), 0);
		evbuffer_free(buf);
		CHECK_EQ(pthread_join(thread, NULL), 0);
		CHECK_EQ(sum, 3);
		event_base_free(base);
	}
}

/* Show the same part of a file again and again, and look at it. */
static void *
show_file(void *arg)
{
	for (int i = 0; i < 20; i++) {
		struct evbuffer *buf = buffer_new();
		unsigned char *data;

		evbuffer_set_flags(buf, i % 2 ? EVBUFFER_FLAG_DRAINS_TO_FD : 0);
		CHECK_EQ(evbuffer_add_file_segment(buf, arg, 1, 3), 0);
		data = evbuffer_pullup(buf, 3);
		CHECK_NOTNULL(data);
		CHECK_MEM(data, "ile", 3);
		evbuffer_free(buf);
	}
	return NULL;
}

/* Two threads may load and show one segment at once. */
TEST(a_segment_in_two_threads)
{
	char path[] = "/tmp/thread_test.XXXXXX";
	pthread_t thread;
	struct evbuffer_file_segment *seg;
	int fd = mkstemp(path);

	CHECK_GE(fd, 0);
	CHECK_EQ(unlink(path), 0);
	CHECK_EQ(write(fd, "file", 4), 4);
	if (evthread_use_pthreads() < 0)
		SKIP("no threads");
	seg = evbuffer_file_segment_new(fd, 0, -1, EVBUF_FS_CLOSE_ON_FREE);
	CHECK_NOTNULL(seg);
	CHECK_EQ(pthread_create(&thread, NULL, show_file, seg), 0);
	show_file(seg);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	evbuffer_file_segment_free(seg);
}

/* A lock of the application: how often it was taken, and how deep it is. */
struct own_lock {
	int taken, depth;
};

static void *
own_alloc(unsigned type)
{
	CHECK_LE(type, EVTHREAD_LOCKTYPE_READWRITE);
	return calloc(1, sizeof(struct own_lock));
}

static void
own_free(void *lock, unsigned type)
{
	CHECK_LE(type, EVTHREAD_LOCKTYPE_READWRITE);
	free(lock);
}

static int
own_acquire(unsigned mode, void *arg)
{
	struct own_lock *lock = arg;

	CHECK_EQ(mode & EVTHREAD_TRY, 0);
	lock->taken++;
	lock->depth++;
	return 0;
}

static int
own_release(unsigned mode, void *arg)
{
	struct own_lock *lock = arg;

	CHECK_EQ(mode & EVTHREAD_TRY, 0);
	lock->depth--;
	return 0;
}

/* Do these calls, each of which has to take the lock and give it back. */
static void
check_each_locks(struct evbuffer *buf, struct own_lock *lock)
{
	struct evbuffer_iovec vec;
	struct evbuffer_ptr pos;
	int taken = lock->taken;

	CHECK_EQ(evbuffer_add(buf, "a\nb", 3), 0);
	CHECK_EQ(lock->taken, ++taken);
	CHECK_EQ(evbuffer_get_length(buf), 3);
	CHECK_EQ(lock->taken, ++taken);
	CHECK_EQ(evbuffer_get_contiguous_space(buf), 3);
	CHECK_EQ(lock->taken, ++taken);
	CHECK_EQ(evbuffer_peek(buf, 1, NULL, &vec, 1), 1);
	CHECK_EQ(lock->taken, ++taken);
	CHECK_EQ(evbuffer_ptr_set(buf, &pos, 0, EVBUFFER_PTR_SET), 0);
	CHECK_EQ(lock->taken, ++taken);
	CHECK_EQ(evbuffer_peek(buf, 1, &pos, &vec, 1), 1);
	CHECK_EQ(lock->taken, ++taken);
	test_free(evbuffer_readln(buf, NULL, EVBUFFER_EOL_LF));
	CHECK_EQ(lock->taken, ++taken);
	CHECK_EQ(evbuffer_drain(buf, 1), 0);
	CHECK_EQ(lock->taken, ++taken);
	CHECK_EQ(lock->depth, 0);
}

/* A lock of the application is used, and left to it. */
TEST(an_applications_lock_is_borrowed)
{
	static const struct evthread_lock_callbacks callbacks = {
		EVTHREAD_LOCK_API_VERSION, EVTHREAD_LOCKTYPE_RECURSIVE,
		own_alloc, own_free, own_acquire, own_release
	};
	struct own_lock lock = { 0, 0 };
	struct evbuffer *buf = evbuffer_new();
	struct evbuffer *other = evbuffer_new();

	CHECK_NOTNULL(buf);
	CHECK_NOTNULL(other);
	if (evthread_set_lock_callbacks(&callbacks) < 0)
		SKIP("this environment has locks of its own");
	CHECK_EQ(evbuffer_enable_locking(buf, &lock), 0);
	CHECK_EQ(evbuffer_enable_locking(buf, NULL), -1);
	CHECK_EQ(evbuffer_enable_locking(other, &lock), 0);
	check_each_locks(buf, &lock);
	CHECK_EQ(evbuffer_add(buf, "b", 1), 0);
	CHECK_EQ(evbuffer_add_buffer(other, buf), 0);
	evbuffer_lock(buf);
	CHECK_EQ(lock.depth, 1);
	evbuffer_unlock(buf);
	evbuffer_free(buf);
	evbuffer_free(other);
	CHECK_EQ(lock.depth, 0);
}
