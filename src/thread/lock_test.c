/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lock_test.c - locks and conditions over counting callbacks.
 *
 * The locks are made of nothing: a number each, so that a test sees which
 * call reached which lock, in which mode, how often.
 */
#include "thread/lock.h"

#include <errno.h>
#include <stdlib.h>

#include "event2/thread.h"
#include "test.h"

static struct {
	int made, freed, locked, unlocked, tried, waited, woken;
	unsigned type_made, type_freed;
	int is_busy;  /* a try fails */
	int is_empty; /* an alloc fails */
	void *waited_lock;
} seen;

static void *
my_alloc(unsigned type)
{
	if (seen.is_empty)
		return NULL;
	seen.made++;
	seen.type_made = type;
	return malloc(1);
}

static void
my_free(void *lock, unsigned type)
{
	seen.freed++;
	seen.type_freed = type;
	free(lock);
}

static int
my_lock(unsigned mode, void *lock)
{
	(void)lock;
	if (mode & EVTHREAD_TRY) {
		seen.tried++;
		return seen.is_busy;
	}
	seen.locked++;
	return 0;
}

static int
my_unlock(unsigned mode, void *lock)
{
	(void)mode;
	(void)lock;
	seen.unlocked++;
	return 0;
}

static void *
my_alloc_cond(unsigned type)
{
	(void)type;
	return seen.is_empty ? NULL : malloc(1);
}

static int
my_signal(void *cond, int broadcast)
{
	(void)cond;
	seen.woken += broadcast;
	return 0;
}

static int
my_wait(void *cond, void *lock, const struct timeval *timeout)
{
	(void)cond;
	(void)timeout;
	seen.waited++;
	seen.waited_lock = lock;
	return 0;
}

static unsigned long
my_id(void)
{
	return 42;
}

static const struct evthread_lock_callbacks locks = {
	EVTHREAD_LOCK_API_VERSION,
	EVTHREAD_LOCKTYPE_RECURSIVE,
	my_alloc,
	my_free,
	my_lock,
	my_unlock,
};

static const struct evthread_condition_callbacks conds = {
	EVTHREAD_CONDITION_API_VERSION,
	my_alloc_cond,
	free,
	my_signal,
	my_wait,
};

/* Without threads every call does nothing and says yes. */
TEST_BARE(without_threads_nothing_happens)
{
	struct evi_lock lock;
	struct evi_cond cond;

	CHECK(!evi_lock_threads_on());
	CHECK_EQ(evi_thread_id(), 0);
	CHECK_EQ(evi_lock_init(&lock, 1), 0);
	CHECK_NULL(lock.impl);
	evi_lock_acquire(&lock);
	CHECK(evi_lock_try(&lock));
	CHECK(evi_lock_held(&lock));
	evi_lock_release(&lock);
	CHECK_EQ(evi_cond_init(&cond), 0);
	CHECK_NULL(cond.impl);
	evi_cond_broadcast(&cond);
	evi_cond_wait(&cond, &lock);
	evi_cond_clear(&cond);
	evi_lock_clear(&lock);
}

/* With threads each call reaches its callback, with type and mode. */
TEST_BARE(calls_reach_the_callbacks)
{
	struct evi_lock lock;

	CHECK_EQ(evthread_set_lock_callbacks(&locks), 0);
	evthread_set_id_callback(my_id);
	CHECK(evi_lock_threads_on());
	CHECK_EQ(evi_thread_id(), 42);
	for (int recursive = 0; recursive < 2; recursive++) {
		CHECK_EQ(evi_lock_init(&lock, recursive), 0);
		CHECK_EQ(seen.made, recursive + 1);
		CHECK_EQ(seen.type_made, recursive);
		evi_lock_acquire(&lock);
		CHECK_EQ(seen.locked, recursive + 1);
		CHECK(evi_lock_held(&lock));
		evi_lock_release(&lock);
		CHECK_EQ(seen.unlocked, recursive + 1);
		evi_lock_clear(&lock);
		evi_lock_clear(&lock);
		CHECK_EQ(seen.freed, recursive + 1);
		CHECK_EQ(seen.type_freed, recursive);
	}
}

/* A try says whether the lock was had. */
TEST_BARE(try_says_whether)
{
	struct evi_lock lock;

	evthread_set_lock_callbacks(&locks);
	CHECK_EQ(evi_lock_init(&lock, 0), 0);
	CHECK_EQ(evi_lock_try(&lock), 1);
	seen.is_busy = 1;
	CHECK_EQ(evi_lock_try(&lock), 0);
	CHECK_EQ(seen.tried, 2);
	CHECK_EQ(seen.locked, 0);
	evi_lock_clear(&lock);
}

/* An alloc callback that fails is out of memory, with or without debugging. */
TEST_BARE(failing_callbacks_are_enomem)
{
	struct evi_lock lock;
	struct evi_cond cond;

	evthread_set_lock_callbacks(&locks);
	evthread_set_condition_callbacks(&conds);
	seen.is_empty = 1;
	CHECK_EQ(evi_lock_init(&lock, 0), -ENOMEM);
	CHECK_NULL(lock.impl);
	CHECK_EQ(evi_cond_init(&cond), -ENOMEM);
	CHECK_NULL(cond.impl);
	evthread_enable_lock_debugging();
	CHECK_EQ(evi_lock_init(&lock, 0), -ENOMEM);
	CHECK_NULL(lock.impl);
}

/* Conditions reach their callbacks with the real lock, watched or not. */
TEST_BARE(conditions_reach_the_callbacks)
{
	struct evi_lock lock, none = { .impl = NULL };
	struct evi_cond cond;

	evthread_set_lock_callbacks(&locks);
	evthread_set_condition_callbacks(&conds);
	CHECK_EQ(evi_lock_init(&lock, 0), 0);
	CHECK_EQ(evi_cond_init(&cond), 0);
	evi_cond_broadcast(&cond);
	CHECK_EQ(seen.woken, 1);
	evi_cond_wait(&cond, &none);
	CHECK_EQ(seen.waited, 0);
	evi_cond_wait(&cond, &lock);
	CHECK_EQ(seen.waited, 1);
	CHECK_PTR(seen.waited_lock, lock.impl);
	evi_lock_clear(&lock);

	evthread_enable_lock_debugging();
	CHECK_EQ(evi_lock_init(&lock, 0), 0);
	evi_lock_acquire(&lock);
	evi_cond_wait(&cond, &lock);
	CHECK_EQ(seen.waited, 2);
	CHECK(seen.waited_lock != lock.impl);
	CHECK(evi_lock_held(&lock));
	evi_lock_release(&lock);
	evi_lock_clear(&lock);
	evi_cond_clear(&cond);
}

/* A borrowed lock of the application is used as it is, debugging or not. */
TEST_BARE(borrowed_locks_are_used_as_they_are)
{
	struct evi_lock lock;
	char theirs;

	evthread_enable_lock_debugging();
	evthread_set_lock_callbacks(&locks);
	evi_lock_borrow(&lock, &theirs);
	evi_lock_acquire(&lock);
	evi_lock_release(&lock);
	CHECK_EQ(seen.locked, 1);
	CHECK_EQ(seen.unlocked, 1);
	CHECK(evi_lock_held(&lock));
	CHECK_EQ(seen.made, 0);
}

/* Switched off, new locks are NULL and old ones go on working. */
TEST_BARE(switching_off_spares_old_locks)
{
	struct evi_lock old, young;
	struct evi_cond old_cond, young_cond;

	evthread_set_lock_callbacks(&locks);
	evthread_set_condition_callbacks(&conds);
	CHECK_EQ(evi_lock_init(&old, 0), 0);
	CHECK_EQ(evi_cond_init(&old_cond), 0);
	CHECK_EQ(evthread_set_lock_callbacks(NULL), 0);
	CHECK_EQ(evthread_set_condition_callbacks(NULL), 0);
	CHECK_EQ(evi_lock_init(&young, 0), 0);
	CHECK_EQ(evi_cond_init(&young_cond), 0);
	CHECK_NULL(young.impl);
	CHECK_NULL(young_cond.impl);
	evi_lock_acquire(&old);
	evi_lock_release(&old);
	CHECK_EQ(seen.locked, 1);
	evi_lock_clear(&old);
	evi_cond_clear(&old_cond);
	CHECK_EQ(seen.freed, 1);
	CHECK_EQ(evthread_set_lock_callbacks(&locks), 0);
	CHECK(evi_lock_threads_on());
}
