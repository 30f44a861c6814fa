/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * thread_bev_locks.c - callbacks of bufferevents and buffers run with the
 * lock of their own object held, with BEV_OPT_UNLOCK_CALLBACKS without; it
 * is recursive, and a callback may use another bufferevent too.
 */
/* backends: epoll */
#include <pthread.h>

#include <event2/thread.h>

#include "trace_bev.h"

static struct bufferevent *first, *second;

/* Tries what needs the lock, as long as the callback waits. */
struct attempt {
	struct bufferevent *bev;
	pthread_mutex_t mutex;
	pthread_cond_t done_cond;
	int is_done;
};

static void *
attempt(void *arg)
{
	struct attempt *me = arg;

	bufferevent_lock(me->bev);
	bufferevent_unlock(me->bev);
	pthread_mutex_lock(&me->mutex);
	me->is_done = 1;
	pthread_cond_signal(&me->done_cond);
	pthread_mutex_unlock(&me->mutex);
	return NULL;
}

/* Can another thread lock `bev` now?  It must say so at once to be heard. */
static int
is_free(struct bufferevent *bev, long limit_ms, pthread_t *thread,
    struct attempt *try)
{
	struct timespec end;
	int rc = 0, seen;

	*try = (struct attempt){ bev, PTHREAD_MUTEX_INITIALIZER,
		PTHREAD_COND_INITIALIZER, 0 };
	must(!pthread_create(thread, NULL, attempt, try), "thread");
	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += (end.tv_nsec / 1000000 + limit_ms) / 1000;
	end.tv_nsec = (end.tv_nsec + limit_ms * 1000000) % 1000000000;
	pthread_mutex_lock(&try->mutex);
	while (!try->is_done && rc == 0)
		rc = pthread_cond_timedwait(&try->done_cond, &try->mutex, &end);
	seen = try->is_done;
	pthread_mutex_unlock(&try->mutex);
	return seen;
}

static long limit_ms;
static pthread_t thread;
static struct attempt last;
static int is_joined = 1;

static void
look(const char *where, struct bufferevent *bev)
{
	if (!is_joined)
		return;
	is_joined = 0;
	trace("  %s: lock free %d", where,
	    is_free(bev, limit_ms, &thread, &last));
}

static void
join(void)
{
	if (!is_joined)
		pthread_join(thread, NULL);
	is_joined = 1;
}

static void
on_read(struct bufferevent *bev, void *arg)
{
	(void)arg;
	look("read callback", bev);
	trace("  writes to both: %d %d", bufferevent_write(bev, "abc", 3),
	    bufferevent_write(second, "def", 3));
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	(void)arg;
	(void)what;
	look("event callback", bev);
}

static void
on_buffer(struct evbuffer *buf, const struct evbuffer_cb_info *info, void *arg)
{
	(void)buf;
	(void)info;
	look("buffer callback", arg);
}

static void
run(struct event_base *base, int options, const char *name, long limit)
{
	evutil_socket_t peer1, peer2;

	trace("-- %s", name);
	limit_ms = limit;
	first = open_bev(base, options | BEV_OPT_CLOSE_ON_FREE, name, &peer1);
	second = open_bev(base, options | BEV_OPT_CLOSE_ON_FREE, name, &peer2);
	bufferevent_setcb(first, on_read, NULL, on_event, NULL);
	bufferevent_setcb(second, NULL, NULL, NULL, NULL);
	bufferevent_enable(first, EV_READ);
	say(peer1, "x", 1);
	turn(base);
	join();
	turn(base);
	trace("  peers hear %ld and %ld", hear(peer1), hear(peer2));
	limit_ms = 30;
	evbuffer_add_cb(bufferevent_get_output(first), on_buffer, first);
	bufferevent_write(first, "x", 1);
	turn(base);
	join();
	limit_ms = limit;
	shutdown(peer1, SHUT_WR);
	turn(base);
	join();
	bufferevent_free(first);
	close_bev(base, second, peer1);
	close(peer2);
}

int
main(void)
{
	struct event_base *base;

	must(evthread_use_pthreads() == 0, "evthread_use_pthreads");
	base = new_base();
	run(base, BEV_OPT_THREADSAFE, "thread safe", 30);
	run(base, BEV_OPT_THREADSAFE | BEV_OPT_DEFER_CALLBACKS, "deferred", 30);
	run(base,
	    BEV_OPT_THREADSAFE | BEV_OPT_DEFER_CALLBACKS |
		BEV_OPT_UNLOCK_CALLBACKS,
	    "deferred, unlocked", 5000);
	event_base_free(base);
	return 0;
}
