/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * thread_loop_signal_active.c - event_active from another thread on a
 * signal event whose callback is running waits for that callback.
 */
#include <pthread.h>

#include <event2/thread.h>

#include "trace.h"

ROLE(sig);

static pthread_t thread;
static volatile int returned;

static void *
activate(void *arg)
{
	(void)arg;
	event_active(&sig.ev, EV_SIGNAL, 2);
	__atomic_store_n(&returned, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void
on_sig(evutil_socket_t fd, short what, void *arg)
{
	static int calls;

	on_role(fd, what, arg);
	if (++calls > 1)
		return;
	must(!pthread_create(&thread, NULL, activate, NULL), "thread");
	pass_ms(40);
	trace("  returned while the callback ran: %d",
	    __atomic_load_n(&returned, __ATOMIC_SEQ_CST));
}

int
main(void)
{
	struct event_base *base;

	must(evthread_use_pthreads() == 0, "evthread_use_pthreads");
	base = new_base();
	assign(&sig, base, SIGUSR1, EV_SIGNAL | EV_PERSIST, on_sig);
	event_add(&sig.ev, NULL);
	raise(SIGUSR1);
	loop(base, EVLOOP_ONCE);
	pthread_join(thread, NULL);
	loop(base, EVLOOP_NONBLOCK);
	event_del(&sig.ev);
	event_base_free(base);
	return 0;
}
