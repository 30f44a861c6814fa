/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pthread_test.c - the POSIX callbacks at work: exclusion, waking, waiting.
 */
#include "thread/lock.h"

#include <pthread.h>
#include <string.h>

#include "event2/thread.h"
#include "base/time.h"
#include "os/clock.h"
#include "test.h"

#define THREAD_COUNT 4
#define ROUNDS 20000

/* As lock.c exports them. */
struct evthread_lock_callbacks *evthread_get_lock_callbacks(void);
struct evthread_condition_callbacks *evthread_get_condition_callbacks(void);

static struct evi_lock lock;
static struct evi_cond cond;
static int counter;
static int is_ready;

/* Threads on, one lock, one condition. */
static void
set_up(int flags, int recursive)
{
	CHECK_EQ(evthread_use_pthreads_with_flags(flags), 0);
	CHECK_EQ(evi_lock_init(&lock, recursive), 0);
	CHECK_EQ(evi_cond_init(&cond), 0);
	CHECK_NOTNULL(lock.impl);
	CHECK_NOTNULL(cond.impl);
}

static void
clean_up(void)
{
	evi_cond_clear(&cond);
	evi_lock_clear(&lock);
}

static void *
count_up(void *arg)
{
	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		evi_lock_acquire(&lock);
		evi_lock_acquire(&lock);
		counter++;
		evi_lock_release(&lock);
		evi_lock_release(&lock);
	}
	return NULL;
}

/* Threads that count under one recursive lock lose nothing. */
static void
check_exclusion(int flags)
{
	pthread_t threads[THREAD_COUNT];

	set_up(flags, 1);
	counter = 0;
	for (int i = 0; i < THREAD_COUNT; i++)
		CHECK_EQ(pthread_create(&threads[i], NULL, count_up, NULL), 0);
	for (int i = 0; i < THREAD_COUNT; i++)
		CHECK_EQ(pthread_join(threads[i], NULL), 0);
	CHECK_EQ(counter, THREAD_COUNT * ROUNDS);
	clean_up();
}

/* Nothing is lost with plain and with priority-inheriting locks. */
TEST_BARE(locks_exclude)
{
	check_exclusion(0);
	check_exclusion(EVTHREAD_PTHREAD_PRIO_INHERIT);
}

/* Unknown flags are refused and leave threads off. */
TEST_BARE(unknown_flags_are_refused)
{
	CHECK_EQ(evthread_use_pthreads_with_flags(0x40), -1);
	CHECK(!evi_lock_threads_on());
}

static void *
set_ready(void *arg)
{
	(void)arg;
	evi_lock_acquire(&lock);
	is_ready = 1;
	evi_cond_broadcast(&cond);
	evi_lock_release(&lock);
	return NULL;
}

/* A broadcast wakes a thread that waits, which holds the lock again. */
TEST_BARE(broadcast_wakes)
{
	pthread_t thread;

	evthread_enable_lock_debugging();
	set_up(0, 0);
	evi_lock_acquire(&lock);
	CHECK_EQ(pthread_create(&thread, NULL, set_ready, NULL), 0);
	while (!is_ready)
		evi_cond_wait(&cond, &lock);
	CHECK(evi_lock_held(&lock));
	evi_lock_release(&lock);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	clean_up();
}

/* A wait with a timeout ends by itself, not too early, and says so. */
TEST_BARE(timed_waits_end)
{
	struct timeval timeouts[] = { { .tv_usec = 2000 }, { .tv_sec = -5 } };
	struct evthread_condition_callbacks *conds;

	set_up(0, 0);
	conds = evthread_get_condition_callbacks();
	for (int i = 0; i < 2; i++) {
		int64_t start = evi_os_clock_monotonic();
		int r;

		evi_lock_acquire(&lock);
		do {
			r = conds->wait_condition(cond.impl, lock.impl,
			    &timeouts[i]);
		} while (r == 0); /* woken without a reason */
		evi_lock_release(&lock);
		CHECK_EQ(r, 1);
		CHECK_GE(evi_os_clock_monotonic() - start,
		    evi_time_from_timeval(&timeouts[i]));
	}
	clean_up();
}

/* A timed wait that is signalled says 0; waiting on nonsense says -1. */
TEST_BARE(timed_waits_tell_the_reason)
{
	struct timeval timeout = { .tv_sec = 5 };
	struct evthread_condition_callbacks *conds;
	pthread_t thread;
	int r = 0;

	set_up(0, 0);
	conds = evthread_get_condition_callbacks();
	evi_lock_acquire(&lock);
	CHECK_EQ(pthread_create(&thread, NULL, set_ready, NULL), 0);
	while (!is_ready && r == 0)
		r = conds->wait_condition(cond.impl, lock.impl, &timeout);
	evi_lock_release(&lock);
	CHECK_EQ(r, 0);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	CHECK_EQ(conds->signal_condition(cond.impl, 0), 0);
	clean_up();
}

/* Threads have different ids, and each keeps its own. */
static void *
get_id(void *arg)
{
	unsigned long *ret_id = arg;

	*ret_id = evi_thread_id();
	return NULL;
}

/* Two threads alive at once have different ids. */
TEST_BARE(ids_differ)
{
	unsigned long here, there = 0;
	pthread_t thread;

	CHECK_EQ(evthread_use_pthreads(), 0);
	here = evi_thread_id();
	CHECK_EQ(pthread_create(&thread, NULL, get_id, &there), 0);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	CHECK(there != 0);
	CHECK(here != there);
	CHECK_EQ(evi_thread_id(), here);
}

/* What is installed can be asked for. */
TEST_BARE(callbacks_can_be_asked_for)
{
	CHECK_NULL(evthread_get_lock_callbacks()->alloc);
	CHECK_NULL(evthread_get_condition_callbacks()->alloc_condition);
	CHECK_EQ(evthread_use_pthreads(), 0);
	CHECK_NOTNULL(evthread_get_lock_callbacks()->alloc);
	CHECK_EQ(evthread_get_lock_callbacks()->lock_api_version,
	    EVTHREAD_LOCK_API_VERSION);
	CHECK_NOTNULL(evthread_get_condition_callbacks()->alloc_condition);
}
