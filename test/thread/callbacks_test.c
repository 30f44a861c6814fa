/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * callbacks_test.c - installing lock, condition and id callbacks.
 *
 * Each test starts with nothing installed.
 */
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>
#include <event2/thread.h>

#include "test.h"

static char log_text[400];

static void
keep_log(int severity, const char *text)
{
	(void)severity;
	strncat(log_text, text, sizeof(log_text) - strlen(log_text) - 2);
	strcat(log_text, "\n");
}

static void *
my_alloc(unsigned type)
{
	(void)type;
	return malloc(1);
}

static void
my_free(void *lock, unsigned type)
{
	(void)type;
	free(lock);
}

static int
my_lock(unsigned mode, void *lock)
{
	(void)mode;
	(void)lock;
	return 0;
}

static int
my_signal(void *cond, int broadcast)
{
	(void)cond;
	(void)broadcast;
	return 0;
}

static int
my_wait(void *cond, void *lock, const struct timeval *timeout)
{
	(void)cond;
	(void)lock;
	(void)timeout;
	return 0;
}

static const struct evthread_lock_callbacks locks = {
	EVTHREAD_LOCK_API_VERSION,
	EVTHREAD_LOCKTYPE_RECURSIVE,
	my_alloc,
	my_free,
	my_lock,
	my_lock,
};

static const struct evthread_condition_callbacks conds = {
	EVTHREAD_CONDITION_API_VERSION,
	my_alloc,
	free,
	my_signal,
	my_wait,
};

/* The same ones again are fine, others are refused with a warning. */
TEST_BARE(lock_callbacks_cannot_be_exchanged)
{
	struct evthread_lock_callbacks copy = locks;

	event_set_log_callback(keep_log);
	CHECK_EQ(evthread_set_lock_callbacks(&locks), 0);
	CHECK_EQ(evthread_set_lock_callbacks(&copy), 0);
	CHECK_STR(log_text, "");
	copy.supported_locktypes = 0;
	CHECK_EQ(evthread_set_lock_callbacks(&copy), -1);
	copy = locks;
	copy.lock_api_version++;
	CHECK_EQ(evthread_set_lock_callbacks(&copy), -1);
	copy = locks;
	copy.unlock = NULL;
	CHECK_EQ(evthread_set_lock_callbacks(&copy), -1);
	CHECK_STR(log_text,
	    "Can't change lock callbacks once they have been initialized.\n"
	    "Can't change lock callbacks once they have been initialized.\n"
	    "Can't change lock callbacks once they have been initialized.\n");
}

/* Incomplete lock callbacks are refused, and others may still come. */
TEST_BARE(incomplete_lock_callbacks_are_refused)
{
	struct evthread_lock_callbacks bad[4] = { locks, locks, locks, locks };

	bad[0].alloc = NULL;
	bad[1].free = NULL;
	bad[2].lock = NULL;
	bad[3].unlock = NULL;
	for (int i = 0; i < 4; i++)
		CHECK_EQ(evthread_set_lock_callbacks(&bad[i]), -1);
	CHECK_EQ(evthread_set_lock_callbacks(&locks), 0);
}

/* Taking the callbacks away is possible, and warned of if they were there. */
TEST_BARE(lock_callbacks_can_be_switched_off)
{
	event_set_log_callback(keep_log);
	CHECK_EQ(evthread_set_lock_callbacks(NULL), 0);
	CHECK_STR(log_text, "");
	CHECK_EQ(evthread_set_lock_callbacks(&locks), 0);
	CHECK_EQ(evthread_set_lock_callbacks(NULL), 0);
	CHECK_STR(log_text,
	    "Trying to disable lock functions after they "
	    "have been set up will probaby not work.\n");
}

/* Condition callbacks cannot be exchanged either, but may be put back. */
TEST_BARE(condition_callbacks_cannot_be_exchanged)
{
	struct evthread_condition_callbacks copy = conds;

	event_set_log_callback(keep_log);
	CHECK_EQ(evthread_set_condition_callbacks(NULL), 0);
	CHECK_EQ(evthread_set_condition_callbacks(&conds), 0);
	CHECK_EQ(evthread_set_condition_callbacks(&copy), 0);
	CHECK_STR(log_text, "");
	copy.condition_api_version++;
	CHECK_EQ(evthread_set_condition_callbacks(&copy), -1);
	CHECK_EQ(evthread_set_condition_callbacks(NULL), 0);
	CHECK_EQ(evthread_set_condition_callbacks(&conds), 0);
	CHECK_STR(log_text,
	    "Can't change condition callbacks once they have "
	    "been initialized.\n"
	    "Trying to disable condition functions after they have been set "
	    "up will probaby not work.\n");
}

/* Incomplete condition callbacks are ignored without complaint. */
TEST_BARE(incomplete_condition_callbacks_are_ignored)
{
	struct evthread_condition_callbacks bad[4] = {
		conds,
		conds,
		conds,
		conds,
	};

	event_set_log_callback(keep_log);
	bad[0].alloc_condition = NULL;
	bad[1].free_condition = NULL;
	bad[2].signal_condition = NULL;
	bad[3].wait_condition = NULL;
	for (int i = 0; i < 4; i++)
		CHECK_EQ(evthread_set_condition_callbacks(&bad[i]), 0);
	CHECK_EQ(evthread_set_condition_callbacks(&conds), 0);
	CHECK_STR(log_text, "");
}

/* Threads may be asked for again and again, but not over others. */
TEST_BARE(pthreads_are_used_once_and_for_all)
{
	event_set_log_callback(keep_log);
	CHECK_EQ(evthread_use_pthreads(), 0);
	CHECK_EQ(evthread_use_pthreads(), 0);
	CHECK_EQ(evthread_use_pthreads_with_flags(
		     EVTHREAD_PTHREAD_PRIO_INHERIT),
	    0);
	CHECK_STR(log_text, "");
	CHECK_EQ(evthread_use_pthreads_with_flags(~0), -1);
	CHECK_EQ(evthread_set_lock_callbacks(&locks), -1);
}

/* Own callbacks stay when POSIX threads are asked for; that is no error. */
TEST_BARE(own_callbacks_stay)
{
	event_set_log_callback(keep_log);
	CHECK_EQ(evthread_set_lock_callbacks(&locks), 0);
	CHECK_EQ(evthread_set_condition_callbacks(&conds), 0);
	CHECK_EQ(evthread_use_pthreads(), 0);
	CHECK_STR(log_text,
	    "Can't change lock callbacks once they have been initialized.\n"
	    "Can't change condition callbacks once they have been "
	    "initialized.\n");
	CHECK_EQ(evthread_set_lock_callbacks(&locks), 0);
}
