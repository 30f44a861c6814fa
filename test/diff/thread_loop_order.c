/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * thread_loop_order.c - another thread makes several events active: they
 * run in that order; the loop cannot be run by two threads at once.
 */
#include <pthread.h>

#include <event2/thread.h>

#include "trace.h"

ROLE(a);
ROLE(b);
ROLE(c);
ROLE(urgent);
ROLE(idle);

static struct event_base *base;

static void *
activate(void *arg)
{
	(void)arg;
	event_active(&c.ev, EV_READ, 1);
	event_active(&a.ev, EV_READ, 1);
	event_active(&b.ev, EV_READ, 1);
	event_active(&a.ev, EV_WRITE, 1);
	event_active(&urgent.ev, EV_READ, 1);
	return NULL;
}

static void *
run_second_loop(void *arg)
{
	(void)arg;
	CALL(event_base_loop(base, EVLOOP_NONBLOCK));
	CALL(event_base_loopexit(base, NULL));
	return NULL;
}

static void
on_start_thread(evutil_socket_t fd, short what, void *arg)
{
	pthread_t thread;

	on_role(fd, what, arg);
	must(!pthread_create(&thread, NULL, activate, NULL), "thread");
	pthread_join(thread, NULL);
	must(!pthread_create(&thread, NULL, run_second_loop, NULL), "thread");
	pthread_join(thread, NULL);
}

int
main(void)
{
	must(evthread_use_pthreads() == 0, "evthread_use_pthreads");
	event_set_log_callback(on_log_text);
	base = new_base();
	event_base_priority_init(base, 3);
	assign(&a, base, -1, 0, on_role);
	assign(&b, base, -1, 0, on_role);
	assign(&c, base, -1, 0, on_role);
	assign(&urgent, base, -1, 0, on_role);
	event_priority_set(&urgent.ev, 0);
	assign(&idle, base, -1, 0, on_start_thread);
	event_add(&idle.ev, ms(5));
	loop(base, 0);
	event_base_free(base);
	return 0;
}
