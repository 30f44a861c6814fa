/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heavy_test.c - the loop under load.
 *
 * Quick by default; with TEST_HEAVY=1 in full size: 10,000,000 operations of
 * 8 threads, 1,000,000 signals and timers, 1,000 forks, as many descriptors
 * as the hard limit allows.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/thread.h>

#include "test.h"

#define LIMIT 600 /* seconds */
#define THREADS 8
#define EVENTS 16 /* of each thread */

static struct event_base *base;
static int runs;

static int
size(int quick, int heavy)
{
	return getenv("TEST_HEAVY") ? heavy : quick;
}

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
	runs++;
}

/* --- threads ----------------------------------------------------------- */

/* An event of a worker; the worker counts in `sent`, the loop in `ran`. */
struct item {
	struct event ev;
	atomic_uint sent;
	atomic_uint ran;
	unsigned must_run; /* the last thing done to it was to activate */
};

struct worker {
	pthread_t thread;
	unsigned seed;
	int pipe_fds[2];
	struct item items[EVENTS];
};

static struct worker workers[THREADS];

static void
on_item(evutil_socket_t fd, short what, void *arg)
{
	struct item *item = arg;

	(void)fd, (void)what;
	atomic_store(&item->ran, atomic_load(&item->sent));
}

static unsigned
random_of(struct worker *worker)
{
	worker->seed = worker->seed * 1103515245u + 12345u;
	return worker->seed >> 8;
}

/* One random operation on one of the worker's events. */
static void
operate(struct worker *worker)
{
	struct item *item = &worker->items[random_of(worker) % EVENTS];
	struct timeval tv = { 0, (int)(random_of(worker) % 50000) };

	switch (random_of(worker) % 4) {
	case 0:
		atomic_fetch_add(&item->sent, 1);
		event_active(&item->ev, EV_READ, 1);
		item->must_run = 1;
		break;
	case 1:
		CHECK_EQ(event_add(&item->ev, NULL), 0);
		break;
	case 2:
		/* May take back a timeout that is about to run, no more. */
		CHECK_EQ(event_add(&item->ev, &tv), 0);
		item->must_run = 0;
		break;
	default:
		CHECK_EQ(event_del(&item->ev), 0);
		item->must_run = 0;
	}
}

static void *
run_worker(void *arg)
{
	int count = size(16000, 10000000) / THREADS;

	for (int i = 0; i < count; i++)
		operate(arg);
	return NULL;
}

static void
start_worker(struct worker *worker, unsigned seed)
{
	worker->seed = seed;
	CHECK_EQ(pipe(worker->pipe_fds), 0);
	for (int i = 0; i < EVENTS; i++) {
		struct item *item = &worker->items[i];
		int fd = i % 2 ? worker->pipe_fds[0] : -1;

		CHECK_EQ(event_assign(&item->ev, base, fd,
			     EV_READ | (i % 3 ? EV_PERSIST : 0), on_item, item),
		    0);
	}
	CHECK_EQ(pthread_create(&worker->thread, NULL, run_worker, worker), 0);
}

/* Joins the workers, then ends the loop. */
static void *
run_joiner(void *arg)
{
	for (int i = 0; i < THREADS; i++)
		CHECK_EQ(pthread_join(workers[i].thread, NULL), 0);
	CHECK_EQ(event_base_loopexit(arg, NULL), 0);
	return NULL;
}

/* Eight threads add, delete and activate; what they activated has run. */
TEST_LIMIT(threads_lose_nothing, LIMIT)
{
	pthread_t joiner;

	CHECK_EQ(evthread_use_pthreads(), 0);
	base = test_base();
	for (int i = 0; i < THREADS; i++)
		start_worker(&workers[i], (unsigned)i + 1);
	CHECK_EQ(pthread_create(&joiner, NULL, run_joiner, base), 0);
	CHECK_EQ(event_base_loop(base, EVLOOP_NO_EXIT_ON_EMPTY), 0);
	CHECK_EQ(pthread_join(joiner, NULL), 0);
	CHECK_GE(event_base_loop(base, EVLOOP_NONBLOCK), 0);
	for (int i = 0; i < THREADS; i++) {
		for (int j = 0; j < EVENTS; j++) {
			struct item *item = &workers[i].items[j];

			if (item->must_run)
				CHECK_EQ(atomic_load(&item->ran),
				    atomic_load(&item->sent));
			CHECK_EQ(event_del(&item->ev), 0);
			event_debug_unassign(&item->ev);
		}
		close(workers[i].pipe_fds[0]);
		close(workers[i].pipe_fds[1]);
	}
	CHECK_EQ(event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED), 0);
	event_base_free(base);
}

/* --- signals ----------------------------------------------------------- */

/* Every one of many signals is counted. */
TEST_LIMIT(signals_are_counted, LIMIT)
{
	int count = size(40000, 1000000);
	int burst = 33000; /* more than a short holds */

	if (test_backend_is("signalfd"))
		SKIP("a blocked signal is pending once");
	base = test_base();
	struct event *ev = event_new(base, SIGUSR1, EV_SIGNAL | EV_PERSIST,
	    on_event, NULL);
	CHECK_NOTNULL(ev);
	CHECK_EQ(event_add(ev, NULL), 0);
	for (int sent = 0; sent < count;) {
		int now = burst < count - sent ? burst : count - sent;

		for (int i = 0; i < now; i++)
			CHECK_EQ(raise(SIGUSR1), 0);
		CHECK_GE(event_base_loop(base, EVLOOP_NONBLOCK), 0);
		sent += now;
		burst = burst < 16384 ? burst * 2 : 1;
	}
	CHECK_EQ(runs, count);
	event_free(ev);
	event_base_free(base);
}

static void *
raise_many(void *arg)
{
	int count = *(int *)arg;

	for (int i = 0; i < count; i++)
		CHECK_EQ(raise(SIGUSR1), 0); /* in this thread */
	return NULL;
}

static atomic_int heard;

static void
on_heard(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	if (atomic_fetch_add(&heard, 1) + 1 == *(int *)arg)
		CHECK_EQ(event_base_loopbreak(base), 0);
}

/* Signals raised in four threads while the loop runs all arrive. */
TEST_LIMIT(signals_of_threads_are_counted, LIMIT)
{
	int each = size(2000, 250000), all = 4 * each;
	pthread_t threads[4];

	if (test_backend_is("signalfd"))
		SKIP("a blocked signal is pending once");
	CHECK_EQ(evthread_use_pthreads(), 0);
	base = test_base();
	struct event *ev = event_new(base, SIGUSR1, EV_SIGNAL | EV_PERSIST,
	    on_heard, &all);
	CHECK_NOTNULL(ev);
	CHECK_EQ(event_add(ev, NULL), 0);
	for (int i = 0; i < 4; i++)
		CHECK_EQ(pthread_create(&threads[i], NULL, raise_many, &each),
		    0);
	CHECK_EQ(event_base_dispatch(base), 0);
	for (int i = 0; i < 4; i++)
		CHECK_EQ(pthread_join(threads[i], NULL), 0);
	CHECK_EQ(atomic_load(&heard), all);
	event_free(ev);
	event_base_free(base);
}

/* --- descriptors ------------------------------------------------------- */

static int
descriptor_limit(void)
{
	struct rlimit limit;

	CHECK_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = limit.rlim_max;
	CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
	int most = limit.rlim_max > 1000000 ? 1000000 : (int)limit.rlim_max;
	return size(most < 600 ? most : 600, most) - 32;
}

/* As many descriptors as there may be, on one base, all of them heard. */
TEST_LIMIT(many_descriptors, LIMIT)
{
	int count = descriptor_limit();
	struct event *evs = calloc((size_t)count, sizeof(*evs));
	int *fds = calloc((size_t)count, sizeof(*fds));
	int pair[2];

	CHECK_NOTNULL(evs);
	CHECK_NOTNULL(fds);
	base = test_base();
	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	for (int i = 0; i < count; i++) {
		fds[i] = dup(pair[0]);
		CHECK_GE(fds[i], 0);
		CHECK_EQ(event_assign(&evs[i], base, fds[i], EV_READ, on_event,
			     NULL),
		    0);
		CHECK_EQ(event_add(&evs[i], NULL), 0);
	}
	CHECK_EQ(event_base_loop(base, EVLOOP_NONBLOCK), 0);
	CHECK_EQ(runs, 0);
	CHECK_EQ(write(pair[1], "x", 1), 1);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(runs, count);
	for (int i = 0; i < count; i++) {
		event_debug_unassign(&evs[i]);
		close(fds[i]);
	}
	close(pair[0]);
	close(pair[1]);
	free(evs);
	free(fds);
	event_base_free(base);
}

/* --- timers ------------------------------------------------------------ */

/* Many timers at once: each runs once, and none before its time. */
static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct timeval now, *due = arg;

	(void)fd, (void)what;
	CHECK_EQ(event_gettime_monotonic(base, &now), 0);
	CHECK(evutil_timercmp(&now, due, >=));
	CHECK(evutil_timerisset(due));
	evutil_timerclear(due);
	runs++;
}

TEST_LIMIT(many_timers, LIMIT)
{
	int count = size(20000, 1000000);
	struct event *evs = calloc((size_t)count, sizeof(*evs));
	struct timeval *dues = calloc((size_t)count, sizeof(*dues));

	CHECK_NOTNULL(evs);
	CHECK_NOTNULL(dues);
	base = test_base();
	for (int i = 0; i < count; i++) {
		struct timeval tv = { 0, (int)((unsigned)i * 7919u % 200000) };
		struct timeval now;

		CHECK_EQ(event_gettime_monotonic(base, &now), 0);
		evutil_timeradd(&now, &tv, &dues[i]);
		CHECK_EQ(event_assign(&evs[i], base, -1, 0, on_timer, &dues[i]),
		    0);
		CHECK_EQ(event_add(&evs[i], &tv), 0);
	}
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(runs, count);
	for (int i = 0; i < count; i++)
		event_debug_unassign(&evs[i]);
	free(evs);
	free(dues);
	event_base_free(base);
}

/* --- forks ------------------------------------------------------------- */

/* Fork after fork: the child goes on with the base, the parent renews it. */
TEST_LIMIT(many_forks, LIMIT)
{
	int count = size(20, 1000);
	int pair[2];

	base = test_base();
	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	struct event *ev = event_new(base, pair[0], EV_READ | EV_PERSIST,
	    on_event, NULL);
	struct event *sig = event_new(base, SIGUSR1, EV_SIGNAL | EV_PERSIST,
	    on_event, NULL);
	CHECK_NOTNULL(ev);
	CHECK_NOTNULL(sig);
	CHECK_EQ(event_add(ev, NULL), 0);
	CHECK_EQ(event_add(sig, NULL), 0);
	CHECK_EQ(write(pair[1], "x", 1), 1);
	for (int i = 0; i < count; i++) {
		int status = 0;
		pid_t pid = fork();

		CHECK_GE(pid, 0);
		if (pid == 0) {
			runs = 0;
			CHECK_EQ(event_reinit(base), 0);
			CHECK_EQ(raise(SIGUSR1), 0);
			CHECK_EQ(event_base_loop(base,
				     EVLOOP_NONBLOCK | EVLOOP_ONCE),
			    0);
			CHECK_EQ(runs, 2);
			_exit(0);
		}
		CHECK_EQ(waitpid(pid, &status, 0), pid);
		CHECK_EQ(status, 0);
		runs = 0;
		CHECK_EQ(event_reinit(base), 0);
		CHECK_EQ(event_base_loop(base, EVLOOP_NONBLOCK | EVLOOP_ONCE),
		    0);
		CHECK_EQ(runs, 1);
	}
	event_free(ev);
	event_free(sig);
	close(pair[0]);
	close(pair[1]);
	event_base_free(base);
}
