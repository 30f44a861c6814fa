/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * notify_test.c - when a loop is woken and when not, and that no lock is
 * touched where there is none.
 */
#include "event/event.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "event2/thread.h"
#include "base/base.h"
#include "base/time.h"
#include "test.h"
#include "testing/backend.h"

#define TICK_FD 200 /* a number that the script reports; nobody opens it */

static struct event_base *base;
static struct event *evs[100];
static unsigned long writes;

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
}

static void
make_events(int flags)
{
	for (int i = 0; i < 100; i++) {
		evs[i] = event_new(base, -1, (short)flags, on_event, NULL);
		CHECK_NOTNULL(evs[i]);
	}
}

static void
clean_up(void)
{
	for (int i = 0; i < 100; i++)
		event_free(evs[i]);
	event_base_free(base);
}

/* While the loop sleeps, a hundred changes. */
static void
add_burst(void)
{
	writes = test_calls_made("write");
	for (int i = 0; i < 100; i++) {
		struct timeval tv = { 1000 - i, 0 };

		CHECK_EQ(event_add(evs[i], &tv), 0);
	}
	writes = test_calls_made("write") - writes;
}

static void
activate_burst(void)
{
	writes = test_calls_made("write");
	for (int i = 0; i < 100; i++)
		event_active(evs[i], EV_READ, 1);
	writes = test_calls_made("write") - writes;
}

static void
turn(void)
{
	CHECK_EQ(event_base_loop(base, EVLOOP_ONCE | EVLOOP_NO_EXIT_ON_EMPTY),
	    0);
}

/* A burst of changes to a sleeping loop is one write, each time it sleeps. */
TEST(burst_costs_one_write)
{
	CHECK_EQ(evthread_use_pthreads(), 0);
	base = evi_testing_base();
	CHECK_NOTNULL(base);
	make_events(0);
	struct event *tick = event_new(base, TICK_FD, EV_READ | EV_PERSIST,
	    on_event, NULL);
	CHECK_NOTNULL(tick);
	CHECK_EQ(event_add(tick, NULL), 0);
	for (int i = 1; i <= 3; i++) {
		evi_testing_script.during_wait = add_burst;
		evi_testing_report(EVI_TESTING_START + i * 10, TICK_FD,
		    EV_READ);
		turn();
		CHECK_EQ(writes, 1);
		for (int j = 0; j < 100; j++)
			CHECK_EQ(event_del(evs[j]), 0);
		evi_testing_script.during_wait = activate_burst;
		evi_testing_report(EVI_TESTING_START + i * 10 + 5, TICK_FD,
		    EV_READ);
		turn();
		CHECK_EQ(writes, 1);
	}
	event_free(tick);
	clean_up();
}

/* Only what the loop must know wakes it: not a timer behind the first. */
static void
add_later_timers(void)
{
	writes = test_calls_made("write");
	for (int i = 1; i < 100; i++) {
		struct timeval tv = { 50 + i, 0 };

		CHECK_EQ(event_add(evs[i], &tv), 0);
	}
	writes = test_calls_made("write") - writes;
}

TEST(later_timers_wake_nobody)
{
	struct timeval tv = { 50, 0 };

	CHECK_EQ(evthread_use_pthreads(), 0);
	base = evi_testing_base();
	CHECK_NOTNULL(base);
	make_events(0);
	CHECK_EQ(event_add(evs[0], &tv), 0);
	evi_testing_script.during_wait = add_later_timers;
	turn();
	CHECK_EQ(writes, 0);
	clean_up();
}

/* A loop that does not sleep is not woken. */
TEST(awake_loop_is_not_woken)
{
	CHECK_EQ(evthread_use_pthreads(), 0);
	base = evi_testing_base();
	CHECK_NOTNULL(base);
	make_events(0);
	add_burst();
	CHECK_EQ(writes, 0);
	activate_burst();
	CHECK_EQ(writes, 0);
	clean_up();
}

/* The wake-up is taken in, and is nobody's event. */
TEST(wake_up_is_taken_in)
{
	CHECK_EQ(evthread_use_pthreads(), 0);
	base = evi_testing_base();
	CHECK_NOTNULL(base);
	make_events(0);
	CHECK(base->is_notifiable);
	evi_os_wake_signal(&base->wake);
	unsigned long reads = test_calls_made("read");
	evi_testing_report(EVI_TESTING_START, base->wake.fd_read, EV_READ);
	CHECK_EQ(event_base_loop(base,
		     EVLOOP_NONBLOCK | EVLOOP_NO_EXIT_ON_EMPTY),
	    0);
	CHECK_EQ(test_calls_made("read"), reads + 1);
	clean_up();
}

/* --- locks ------------------------------------------------------------- */

static int locks_taken;
static int locks_made;

static void *
lock_alloc(unsigned type)
{
	(void)type;
	locks_made++;
	return calloc(1, 1);
}

static void
lock_free(void *lock, unsigned type)
{
	(void)type;
	free(lock);
}

static int
lock_take(unsigned mode, void *lock)
{
	(void)mode, (void)lock;
	locks_taken++;
	return 0;
}

static int
lock_release(unsigned mode, void *lock)
{
	(void)mode, (void)lock;
	return 0;
}

static const struct evthread_lock_callbacks callbacks = {
	EVTHREAD_LOCK_API_VERSION,
	EVTHREAD_LOCKTYPE_RECURSIVE,
	lock_alloc,
	lock_free,
	lock_take,
	lock_release,
};

/* Adds, activates, runs and deletes; how many locks were taken. */
static int
exercise(void)
{
	struct timeval tv = { 0, 0 };

	locks_taken = 0;
	make_events(0);
	for (int i = 0; i < 100; i++)
		CHECK_EQ(event_add(evs[i], i % 2 ? &tv : NULL), 0);
	event_active(evs[0], EV_READ, 1);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(event_base_once(base, -1, EV_TIMEOUT, on_event, NULL, NULL),
	    0);
	CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
	for (int i = 0; i < 100; i++)
		CHECK_EQ(event_del(evs[i]), 0);
	int taken = locks_taken;
	clean_up();
	return taken;
}

/* With threads on locks are taken; with EVENT_BASE_FLAG_NOLOCK none is. */
TEST_BARE(nolock_touches_no_lock)
{
	struct event_config *config = event_config_new();

	CHECK_EQ(evthread_set_lock_callbacks(&callbacks), 0);
	CHECK_NOTNULL(config);
	base = event_base_new();
	CHECK_NOTNULL(base);
	CHECK_GT(exercise(), 200);
	locks_made = 0;
	CHECK_EQ(event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK), 0);
	base = event_base_new_with_config(config);
	event_config_free(config);
	CHECK_NOTNULL(base);
	CHECK_NULL(base->lock.impl);
	CHECK_EQ(exercise(), 0);
	CHECK_EQ(locks_made, 0);
	libevent_global_shutdown();
}

/* With threads off nothing asks for the thread, and nothing is locked. */
static unsigned long
no_id(void)
{
	CHECK(!"asked for the thread's number");
	return 0;
}

TEST(threads_off_touch_no_lock)
{
	evthread_set_id_callback(no_id);
	base = evi_testing_base();
	CHECK_NOTNULL(base);
	CHECK_NULL(base->lock.impl);
	CHECK(!base->is_notifiable);
	evthread_set_id_callback(NULL);
	CHECK_EQ(exercise(), 0);
}
