/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * thread_loop_del.c - event_del of an event whose callback runs in the
 * loop's thread: who waits for the callback, who does not.
 */
#include <pthread.h>

#include <event2/thread.h>

#include "trace.h"

ROLE(busy);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int inside, returned;

static void
set(int *flag)
{
	pthread_mutex_lock(&lock);
	*flag = 1;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

/* Wait for the flag, at most so long; returns it. */
static int
wait_ms(const int *flag, long limit)
{
	struct timespec end;
	int rc = 0, seen;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += (end.tv_nsec / 1000000 + limit) / 1000;
	end.tv_nsec = (end.tv_nsec + limit * 1000000) % 1000000000;
	pthread_mutex_lock(&lock);
	while (!*flag && rc == 0)
		rc = pthread_cond_timedwait(&changed, &lock, &end);
	seen = *flag;
	pthread_mutex_unlock(&lock);
	return seen;
}

/* Stay inside until the deleting call returns, if it does so soon. */
static void
on_busy(evutil_socket_t fd, short what, void *arg)
{
	long limit = *(long *)((struct role *)arg)->name;

	(void)fd;
	trace("  callback: %s", what_name(what));
	set(&inside);
	trace("  the call returned while the callback ran: %d",
	    wait_ms(&returned, limit));
}

static void *delete (void *arg)
{
	int (*const *call)(struct event *) = arg;

	must(wait_ms(&inside, 5000), "the callback starts");
	trace("other thread: %d", (*call)(&busy.ev));
	trace("pending %s", pending_name(&busy.ev));
	set(&returned);
	return NULL;
}

/* `limit`: short if the call is expected to wait for the callback. */
static void
run(const char *name, int (*call)(struct event *), short events, long limit)
{
	struct event_base *base = new_base();
	pthread_t thread;
	int rc;

	trace("-- %s", name);
	inside = returned = 0;
	assign(&busy, base, -1, events, on_busy);
	busy.name = (const char *)&limit;
	event_add(&busy.ev, ms(5));
	must(!pthread_create(&thread, NULL, delete, &call), "thread");
	rc = event_base_loop(base, EVLOOP_ONCE);
	pthread_join(thread, NULL);
	trace("loop = %d", rc);
	trace("loop = %d", event_base_loop(base, EVLOOP_NONBLOCK));
	event_del(&busy.ev);
	event_base_free(base);
}

static void
on_final(struct event *ev, void *arg)
{
	(void)ev;
	(void)arg;
	trace("  finalizer");
}

static int
finalize(struct event *ev)
{
	return event_finalize(0, ev, on_final);
}

/* A second thread deletes the event before its callback has begun. */
static void
barrier(void)
{
	struct event_base *base = new_base();

	trace("-- deleted before it runs, in the loop's own thread");
	watch(&busy, base, -1, 0, ms(5000));
	event_active(&busy.ev, EV_READ, 1);
	CALL(event_del_block(&busy.ev));
	loop(base, 0);
	event_base_free(base);
}

static void
on_delete_self(evutil_socket_t fd, short what, void *arg)
{
	struct role *role = arg;

	on_role(fd, what, arg);
	CALL(event_del(&role->ev));
	CALL(event_del_block(&role->ev));
	trace("  pending %s", pending_name(&role->ev));
}

/* The callback itself may delete its event: nobody waits for himself. */
static void
itself(void)
{
	struct event_base *base = new_base();

	trace("-- deleted by its own callback");
	busy.name = "busy";
	assign(&busy, base, -1, EV_PERSIST, on_delete_self);
	event_add(&busy.ev, ms(0));
	loop(base, 0);
	event_base_free(base);
}

static struct event *heap;

static void *
free_it(void *arg)
{
	(void)arg;
	must(wait_ms(&inside, 5000), "the callback starts");
	event_free(heap);
	trace("other thread: freed");
	set(&returned);
	return NULL;
}

/* event_free waits as event_del does. */
static void
freed(void)
{
	struct event_base *base = new_base();
	long limit = 40;
	struct role who = { .name = (const char *)&limit };
	pthread_t thread;

	trace("-- event_free");
	inside = returned = 0;
	heap = event_new(base, -1, EV_PERSIST, on_busy, &who);
	event_add(heap, ms(5));
	must(!pthread_create(&thread, NULL, free_it, NULL), "thread");
	event_base_loop(base, EVLOOP_ONCE);
	pthread_join(thread, NULL);
	trace("loop = %d", event_base_loop(base, EVLOOP_NONBLOCK));
	event_base_free(base);
}

int
main(void)
{
	must(evthread_use_pthreads() == 0, "evthread_use_pthreads");
	run("event_del", event_del, EV_PERSIST, 40);
	run("event_del, not persistent", event_del, 0, 40);
	run("event_del_block", event_del_block, EV_PERSIST, 40);
	run("event_del_noblock", event_del_noblock, EV_PERSIST, 5000);
	run("event_del of EV_FINALIZE", event_del, EV_PERSIST | EV_FINALIZE,
	    5000);
	run("event_del_block of EV_FINALIZE", event_del_block,
	    EV_PERSIST | EV_FINALIZE, 40);
	run("event_remove_timer", event_remove_timer, EV_PERSIST, 5000);
	run("event_finalize", finalize, EV_PERSIST | EV_FINALIZE, 5000);
	freed();
	barrier();
	itself();
	return 0;
}
