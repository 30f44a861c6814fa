/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * thread_test.c - other threads change a base while its loop sleeps or runs.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/thread.h>

#include "events.h"

static struct event *subject;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int stage;

static void
reach(int to)
{
	pthread_mutex_lock(&mutex);
	stage = to;
	pthread_cond_broadcast(&cond);
	pthread_mutex_unlock(&mutex);
}

static void
await(int at_least)
{
	pthread_mutex_lock(&mutex);
	while (stage < at_least)
		pthread_cond_wait(&cond, &mutex);
	pthread_mutex_unlock(&mutex);
}

static int
stage_now(void)
{
	pthread_mutex_lock(&mutex);
	int now = stage;
	pthread_mutex_unlock(&mutex);
	return now;
}

static void
set_up_threads(void)
{
	CHECK_EQ(evthread_use_pthreads(), 0);
	set_up();
}

static void *
run_loop(void *arg)
{
	(void)arg;
	CHECK_GE(event_base_loop(base, EVLOOP_NO_EXIT_ON_EMPTY), 0);
	return NULL;
}

static void
on_up(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
	reach(1);
}

/* The loop in a thread of its own; it has begun to turn. */
static pthread_t
start_loop(void)
{
	pthread_t thread;

	CHECK_EQ(event_base_once(base, -1, EV_TIMEOUT, on_up, NULL, NULL), 0);
	CHECK_EQ(pthread_create(&thread, NULL, run_loop, NULL), 0);
	await(1);
	return thread;
}

static void
join(pthread_t thread)
{
	CHECK_EQ(pthread_join(thread, NULL), 0);
}

/* loopbreak from another thread ends a loop that sleeps. */
TEST(break_wakes_the_loop)
{
	set_up_threads();
	pthread_t thread = start_loop();
	CHECK_EQ(event_base_loopbreak(base), 0);
	join(thread);
	CHECK_EQ(event_base_got_break(base), 1);
	clean_up();
}

/* So does loopexit. */
TEST(exit_wakes_the_loop)
{
	set_up_threads();
	pthread_t thread = start_loop();
	CHECK_EQ(event_base_loopexit(base, NULL), 0);
	join(thread);
	CHECK_EQ(event_base_got_exit(base), 1);
	clean_up();
}

static void
on_done(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
	runs++;
	CHECK_EQ(event_base_loopbreak(base), 0);
}

/* An event activated by another thread runs in the loop's. */
TEST(active_wakes_the_loop)
{
	set_up_threads();
	subject = make_for(-1, 0, on_done, NULL);
	pthread_t thread = start_loop();
	event_active(subject, EV_READ, 1);
	join(thread);
	CHECK_EQ(runs, 1);
	event_free(subject);
	clean_up();
}

/* A descriptor added by another thread is watched by the sleeping loop. */
TEST(add_wakes_the_loop)
{
	set_up_threads();
	subject = make_for(pair[0], EV_READ, on_done, NULL);
	CHECK_EQ(write(pair[1], "x", 1), 1);
	pthread_t thread = start_loop();
	CHECK_EQ(event_add(subject, NULL), 0);
	join(thread);
	CHECK_EQ(runs, 1);
	event_free(subject);
	clean_up();
}

/* A timer that is due before the others, too. */
TEST(timer_wakes_the_loop)
{
	struct timeval soon = { 0, 1000 }, late = { 100, 0 };

	set_up_threads();
	subject = make_for(-1, 0, on_done, NULL);
	struct event *other = make_for(-1, 0, on_event, NULL);
	CHECK_EQ(event_add(other, &late), 0);
	pthread_t thread = start_loop();
	CHECK_EQ(event_add(subject, &soon), 0);
	join(thread);
	CHECK_EQ(runs, 1);
	event_free(subject);
	event_free(other);
	clean_up();
}

static void *
run_until_empty(void *arg)
{
	(void)arg;
	CHECK_EQ(event_base_dispatch(base), 1);
	return NULL;
}

/* The deletion of the last event ends a loop that sleeps. */
TEST(last_deletion_ends_the_loop)
{
	pthread_t thread;

	set_up_threads();
	subject = make_for(pair[0], EV_READ, on_event, NULL);
	CHECK_EQ(event_add(subject, NULL), 0);
	CHECK_EQ(event_base_once(base, -1, EV_TIMEOUT, on_up, NULL, NULL), 0);
	CHECK_EQ(pthread_create(&thread, NULL, run_until_empty, NULL), 0);
	await(1);
	CHECK_EQ(event_del(subject), 0);
	join(thread);
	event_free(subject);
	clean_up();
}

/* A callback that tells it has begun and waits to be let go. */
static void
on_long(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
	reach(2);
	await(3);
	runs++;
	reach(4);
}

/* Lets the callback go once somebody has had time to wait for it. */
static void *
let_go_soon(void *arg)
{
	(void)arg;
	await(2);
	for (int i = 0; i < 100; i++)
		sched_yield();
	reach(3);
	return NULL;
}

/* Delete `subject` while its callback runs; what stage it was after. */
static int
delete_while_running(int (*delete)(struct event *), int flags, int expected)
{
	pthread_t helper;

	set_up_threads();
	subject = make_for(-1, flags, on_long, NULL);
	pthread_t thread = start_loop();
	event_active(subject, EV_READ, 1);
	await(2);
	if (expected == 4)
		CHECK_EQ(pthread_create(&helper, NULL, let_go_soon, NULL), 0);
	CHECK_EQ(delete (subject), 0);
	int after = stage_now();
	if (expected == 4)
		join(helper);
	else
		reach(3);
	await(4);
	CHECK_EQ(event_base_loopbreak(base), 0);
	join(thread);
	event_free(subject);
	clean_up();
	return after;
}

/* event_del() of an event that runs elsewhere waits for its callback. */
TEST(del_is_a_barrier)
{
	CHECK_EQ(delete_while_running(event_del, EV_PERSIST, 4), 4);
}

/* It does not with EV_FINALIZE. */
TEST(del_is_no_barrier_with_finalize)
{
	CHECK_EQ(delete_while_running(event_del, EV_PERSIST | EV_FINALIZE, 2),
	    2);
}

/* event_del_noblock() never waits. */
TEST(del_noblock_does_not_wait)
{
	CHECK_EQ(delete_while_running(event_del_noblock, EV_PERSIST, 2), 2);
}

/* event_del_block() waits even with EV_FINALIZE. */
TEST(del_block_waits)
{
	CHECK_EQ(delete_while_running(event_del_block, EV_PERSIST | EV_FINALIZE,
		     4),
	    4);
}

static void
on_delete_itself(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
	CHECK_EQ(event_del_block(subject), 0);
	event_free(subject);
	runs++;
}

/* In its own callback nobody waits for himself. */
TEST(deleting_itself_does_not_hang)
{
	set_up_threads();
	subject = make_for(-1, EV_PERSIST, on_delete_itself, NULL);
	event_active(subject, EV_READ, 1);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(runs, 1);
	clean_up();
}

static void
on_finalized(struct event *ev, void *arg)
{
	(void)arg;
	CHECK_PTR(ev, subject);
	reach(5);
	CHECK_EQ(event_base_loopbreak(base), 0);
}

/* event_free_finalize() of an event that runs: the finalizer comes after. */
TEST(finalizer_comes_after_the_callback)
{
	set_up_threads();
	subject = make_for(-1, EV_PERSIST | EV_FINALIZE, on_long, NULL);
	pthread_t thread = start_loop();
	event_active(subject, EV_READ, 1);
	await(2);
	CHECK_EQ(event_free_finalize(0, subject, on_finalized), 0);
	CHECK_EQ(stage_now(), 2);
	reach(3);
	join(thread);
	CHECK_EQ(stage_now(), 5);
	CHECK_EQ(runs, 1);
	clean_up();
}

/* A burst of changes from a thread costs a loop that runs no write. */
TEST(burst_on_a_running_loop_costs_no_write)
{
	enum {
		COUNT = 200
	};
	struct event *evs[COUNT];
	struct timeval tv = { 100, 0 };

	set_up_threads();
	for (int i = 0; i < COUNT; i++)
		evs[i] = make_for(-1, EV_PERSIST, on_event, NULL);
	pthread_t thread = start_loop();

	/* The loop cannot go on before the callback below ends. */
	subject = make_for(-1, 0, on_long, NULL);
	event_active(subject, EV_READ, 1);
	await(2);
	unsigned long writes = test_calls_made("write");
	for (int i = 0; i < COUNT; i++)
		CHECK_EQ(event_add(evs[i], &tv), 0);
	CHECK_EQ(test_calls_made("write"), writes);
	reach(3);
	await(4);
	CHECK_EQ(event_base_loopbreak(base), 0);
	join(thread);
	for (int i = 0; i < COUNT; i++)
		event_free(evs[i]);
	event_free(subject);
	clean_up();
}

static void
on_wake(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
	if (++runs == 100)
		CHECK_EQ(event_base_loopbreak(base), 0);
	reach(10 + runs);
}

/* Woken again and again, no wake-up is lost. */
TEST(no_wake_up_is_lost)
{
	set_up_threads();
	subject = make_for(-1, EV_PERSIST, on_wake, NULL);
	pthread_t thread = start_loop();
	for (int i = 1; i <= 100; i++) {
		event_active(subject, EV_READ, 1);
		await(10 + i);
	}
	join(thread);
	CHECK_EQ(runs, 100);
	event_free(subject);
	clean_up();
}

/* Without locks a base can be made notifiable, and is used by one thread. */
TEST(base_without_locks)
{
	CHECK_EQ(evthread_use_pthreads(), 0);
	struct event_config *config = event_config_new();

	CHECK_NOTNULL(config);
	CHECK_EQ(event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK), 0);
	base = event_base_new_with_config(config);
	event_config_free(config);
	CHECK_NOTNULL(base);
	subject = make_for(-1, 0, on_event, NULL);
	event_active(subject, EV_READ, 1);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(runs, 1);
	CHECK_EQ(evthread_make_base_notifiable(base), 0);
	CHECK_EQ(evthread_make_base_notifiable(base), 0);
	CHECK_EQ(evthread_make_base_notifiable(NULL), -1);
	event_free(subject);
	event_base_free(base);
}
