/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fork_threads.c - event_reinit of a base that other threads may wake: the
 * child's wake-ups are its own, the parent's loop sleeps on.
 */
#include <pthread.h>
#include <time.h>

#include <event2/thread.h>

#include "trace.h"

ROLE(hand);
ROLE(idle);

static struct event_base *base;

static void *
activate_later(void *arg)
{
	(void)arg;
	pass_ms(20);
	event_active(&hand.ev, EV_READ, 1);
	return NULL;
}

static void *
exit_later(void *arg)
{
	(void)arg;
	pass_ms(20);
	event_base_loopexit(base, NULL);
	return NULL;
}

/* A loop that another thread ends: does it hear of it? */
static void
run(const char *name, void *(*change)(void *), int flags)
{
	struct timespec start, end;
	pthread_t thread;

	trace("-- %s", name);
	clock_gettime(CLOCK_MONOTONIC, &start);
	must(!pthread_create(&thread, NULL, change, NULL), "thread");
	loop(base, flags);
	pthread_join(thread, NULL);
	clock_gettime(CLOCK_MONOTONIC, &end);
	trace("woken: %d", end.tv_sec - start.tv_sec < 10);
}

static void
child_step(void)
{
	alarm(15);
	CALL(event_reinit(base));
	run("the child, made active", activate_later, EVLOOP_ONCE);
	run("the child, exit", exit_later, 0);
	event_base_free(base);
}

int
main(void)
{
	must(evthread_use_pthreads() == 0, "evthread_use_pthreads");
	event_set_log_callback(on_log);
	base = new_base();
	assign(&hand, base, -1, 0, on_role);
	watch(&idle, base, -1, 0, ms(20000));
	in_child("wakes its own loop", child_step);
	trace("-- the parent was not woken");
	loop(base, EVLOOP_NONBLOCK);
	run("the parent, made active", activate_later, EVLOOP_ONCE);
	run("the parent, exit", exit_later, 0);
	trace("-- reinit without a fork");
	CALL(event_reinit(base));
	run("made active", activate_later, EVLOOP_ONCE);
	event_base_free(base);
	return 0;
}
