/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * thread_debug.c - lock debugging: correct use passes, each misuse ends the
 * program through the fatal callback.  In which words is not compared.
 */
#include "trace.h"

#include <pthread.h>

#include <event2/buffer.h>
#include <event2/thread.h>

static struct evbuffer *buf;

/* How a program ends that this library finds broken. */
static void
on_fatal(int err)
{
	trace("  fatal callback %x", (unsigned)err);
	_exit(5);
}

static void
set_up(void)
{
	evthread_enable_lock_debugging();
	must(evthread_use_pthreads() == 0, "evthread_use_pthreads");
	buf = evbuffer_new();
	must(evbuffer_enable_locking(buf, NULL) == 0, "locking");
}

static void *
lock_and_unlock(void *arg)
{
	evbuffer_lock(arg);
	evbuffer_unlock(arg);
	return NULL;
}

static void *
unlock(void *arg)
{
	evbuffer_unlock(arg);
	return NULL;
}

static void
run_thread(void *(*fn)(void *))
{
	pthread_t thread;

	must(pthread_create(&thread, NULL, fn, buf) == 0, "pthread_create");
	pthread_join(thread, NULL);
}

static void
correct(void)
{
	set_up();
	evbuffer_lock(buf);
	evbuffer_lock(buf);
	evbuffer_unlock(buf);
	evbuffer_unlock(buf);
	run_thread(lock_and_unlock);
	evbuffer_free(buf);
	trace("  fine");
}

static void
never_taken(void)
{
	set_up();
	evbuffer_unlock(buf);
}

static void
once_too_often(void)
{
	set_up();
	evbuffer_lock(buf);
	evbuffer_unlock(buf);
	evbuffer_unlock(buf);
}

static void
by_a_stranger(void)
{
	set_up();
	evbuffer_lock(buf);
	run_thread(unlock);
}

static void
after_the_callbacks(void)
{
	must(evthread_use_pthreads() == 0, "evthread_use_pthreads");
	evthread_enable_lock_debugging();
	evthread_enable_lock_debugging();
	evthread_enable_lock_debuging();
	buf = evbuffer_new();
	CALL(evbuffer_enable_locking(buf, NULL));
	evbuffer_lock(buf);
	evbuffer_unlock(buf);
	evbuffer_free(buf);
	CALL(evthread_use_pthreads());
}

static void
without_threads(void)
{
	struct event_base *base;

	evthread_enable_lock_debugging();
	base = new_base();
	event_base_free(base);
	trace("  fine");
}

static void
on_timeout(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)arg;
	trace("  callback %s", what_name(what));
}

static void
a_loop(void)
{
	struct event_base *base;

	evthread_enable_lock_debugging();
	must(evthread_use_pthreads() == 0, "evthread_use_pthreads");
	base = new_base();
	event_base_once(base, -1, EV_TIMEOUT, on_timeout, NULL, ms(0));
	event_base_loopexit(base, ms(1));
	CALL(event_base_loop(base, EVLOOP_NONBLOCK | EVLOOP_ONCE) >= 0);
	event_base_free(base);
}

int
main(void)
{
	event_set_log_callback(on_log);
	event_set_fatal_callback(on_fatal);
#define CHILD(step) in_child(#step, step)
	CHILD(correct);
	CHILD(never_taken);
	CHILD(once_too_often);
	CHILD(by_a_stranger);
	CHILD(after_the_callbacks);
	CHILD(without_threads);
	CHILD(a_loop);
	return 0;
}
