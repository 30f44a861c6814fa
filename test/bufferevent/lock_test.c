/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lock_test.c - the order in which locks of bufferevents, groups and the base
 * are taken, with locks of the test's own that can hold a thread up.
 */
#include <pthread.h>
#include <time.h>

#include <event2/thread.h>

#include "helper.h"

/* Locks ------------------------------------------------------------------- */

/*
 * The loop's thread, when it has tried a lock, got it and given it back,
 * stops at the gate until the other thread has passed that.
 */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int stage; /* 0 closed, 1 the loop stands in it, 2 open */
	pthread_t loop;
	void *tried;
} gate = { .lock = PTHREAD_MUTEX_INITIALIZER,
	.changed = PTHREAD_COND_INITIALIZER };

static void
gate_open(void)
{
	CHECK_EQ(pthread_mutex_lock(&gate.lock), 0);
	gate.stage = 2;
	CHECK_EQ(pthread_cond_broadcast(&gate.changed), 0);
	CHECK_EQ(pthread_mutex_unlock(&gate.lock), 0);
}

/* Until the loop stands in it. */
static void
gate_await(void)
{
	struct timespec end;

	CHECK_EQ(clock_gettime(CLOCK_REALTIME, &end), 0);
	/* With an injected fault it may never come. */
	end.tv_nsec += 300000000;
	end.tv_sec += test_is_faulty() ? end.tv_nsec / 1000000000 : 8;
	end.tv_nsec %= 1000000000;
	CHECK_EQ(pthread_mutex_lock(&gate.lock), 0);
	while (gate.stage == 0)
		CHECK_EQ(pthread_cond_timedwait(&gate.changed, &gate.lock,
			     &end),
		    0);
	CHECK_EQ(pthread_mutex_unlock(&gate.lock), 0);
}

/* Stand in the gate until it is open. */
static void
gate_pass(void)
{
	CHECK_EQ(pthread_mutex_lock(&gate.lock), 0);
	if (gate.stage == 0)
		gate.stage = 1;
	CHECK_EQ(pthread_cond_broadcast(&gate.changed), 0);
	while (gate.stage < 2)
		CHECK_EQ(pthread_cond_wait(&gate.changed, &gate.lock), 0);
	CHECK_EQ(pthread_mutex_unlock(&gate.lock), 0);
}

static int
is_in_loop(void)
{
	CHECK_EQ(pthread_mutex_lock(&gate.lock), 0);
	int result = pthread_equal(gate.loop, pthread_self());
	CHECK_EQ(pthread_mutex_unlock(&gate.lock), 0);
	return result;
}

static void *
own_alloc(unsigned type)
{
	pthread_mutex_t *mutex = calloc(1, sizeof(*mutex));
	pthread_mutexattr_t attr;

	CHECK_NOTNULL(mutex);
	CHECK_EQ(pthread_mutexattr_init(&attr), 0);
	CHECK_EQ(pthread_mutexattr_settype(&attr,
		     type & EVTHREAD_LOCKTYPE_RECURSIVE
			 ? PTHREAD_MUTEX_RECURSIVE
			 : PTHREAD_MUTEX_ERRORCHECK),
	    0);
	CHECK_EQ(pthread_mutex_init(mutex, &attr), 0);
	pthread_mutexattr_destroy(&attr);
	return mutex;
}

static void
own_free(void *lock, unsigned type)
{
	(void)type;
	CHECK_EQ(pthread_mutex_destroy(lock), 0);
	free(lock);
}

static int
own_lock(unsigned mode, void *lock)
{
	if (!(mode & EVTHREAD_TRY))
		return pthread_mutex_lock(lock);
	int r = pthread_mutex_trylock(lock);
	if (r == 0 && is_in_loop())
		gate.tried = lock;
	return r;
}

static int
own_unlock(unsigned mode, void *lock)
{
	(void)mode;
	int r = pthread_mutex_unlock(lock);
	if (r == 0 && is_in_loop() && gate.tried == lock) {
		gate.tried = NULL;
		gate_pass();
	}
	return r;
}

static void *
cond_alloc(unsigned type)
{
	pthread_cond_t *cond = calloc(1, sizeof(*cond));

	(void)type;
	CHECK_NOTNULL(cond);
	CHECK_EQ(pthread_cond_init(cond, NULL), 0);
	return cond;
}

static void
cond_free(void *cond)
{
	CHECK_EQ(pthread_cond_destroy(cond), 0);
	free(cond);
}

static int
cond_signal(void *cond, int all)
{
	(void)all;
	return pthread_cond_broadcast(cond);
}

static int
cond_wait(void *cond, void *lock, const struct timeval *timeout)
{
	CHECK_NULL(timeout);
	return pthread_cond_wait(cond, lock);
}

static unsigned long
own_id(void)
{
	return (unsigned long)pthread_self();
}

static void
use_own_locks(void)
{
	static const struct evthread_lock_callbacks locks = {
		EVTHREAD_LOCK_API_VERSION, EVTHREAD_LOCKTYPE_RECURSIVE,
		own_alloc, own_free, own_lock, own_unlock
	};
	static const struct evthread_condition_callbacks conds = {
		EVTHREAD_CONDITION_API_VERSION, cond_alloc, cond_free,
		cond_signal, cond_wait
	};

	CHECK_EQ(evthread_set_lock_callbacks(&locks), 0);
	CHECK_EQ(evthread_set_condition_callbacks(&conds), 0);
	evthread_set_id_callback(own_id);
}

/* Tests ------------------------------------------------------------------- */

static void *
run_loop(void *base)
{
	CHECK_EQ(pthread_mutex_lock(&gate.lock), 0);
	gate.loop = pthread_self();
	CHECK_EQ(pthread_mutex_unlock(&gate.lock), 0);
	event_base_loop(base, EVLOOP_NO_EXIT_ON_EMPTY);
	return NULL;
}

/*
 * The last member of a group leaves it and the group is freed by a thread
 * that holds the member's lock, just when the loop is about to wake that
 * member and needs the lock.
 */
TEST_BARE(group_freed_with_its_members_lock_held)
{
	struct ev_token_bucket_cfg *cfg;
	struct timeval tick = { 0, 10000 };
	struct bufferevent_rate_limit_group *group;
	struct event_base *base;
	struct bufferevent *bev;
	evutil_socket_t peer;
	pthread_t loop;

	use_own_locks();
	base = test_base();
	cfg = ev_token_bucket_cfg_new(10, 10, 10, 10, &tick);
	CHECK_NOTNULL(cfg);
	group = bufferevent_rate_limit_group_new(base, cfg);
	CHECK_NOTNULL(group);
	bev = bev_and_peer(base, BEV_OPT_THREADSAFE, NULL, &peer);
	CHECK_EQ(bufferevent_add_to_rate_limit_group(bev, group), 0);
	CHECK_EQ(bufferevent_enable(bev, EV_READ), 0);
	CHECK_EQ(send(peer, "0123456789abcdefghij", 20, 0), 20);
	CHECK_EQ(pthread_create(&loop, NULL, run_loop, base), 0);

	gate_await();
	bufferevent_lock(bev);
	gate_open();
	CHECK_EQ(bufferevent_remove_from_rate_limit_group(bev), 0);
	bufferevent_rate_limit_group_free(group);
	bufferevent_unlock(bev);
	CHECK_EQ(event_base_loopbreak(base), 0);
	CHECK_EQ(pthread_join(loop, NULL), 0);
	bufferevent_free(bev);
	event_base_free(base);
	ev_token_bucket_cfg_free(cfg);
	close(peer);
}
