/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * thread_loop_signal_waits.c - another thread calls something of a signal
 * event whose callback is running: which calls wait for the callback.
 */
#include <pthread.h>

#include <event2/thread.h>

#include "trace.h"

ROLE(sig);

static volatile int returned;
static int calls;

static void
on_final(struct event *ev, void *arg)
{
	(void)ev;
	(void)arg;
	trace("  finalizer");
}

static void
activate(void)
{
	event_active(&sig.ev, EV_SIGNAL, 2);
}

static void
add(void)
{
	event_add(&sig.ev, NULL);
}

static void
finalize(void)
{
	event_finalize(0, &sig.ev, on_final);
}

struct other {
	const char *name;
	void (*call)(void);
	pthread_t thread;
};

static void *
call_it(void *arg)
{
	((struct other *)arg)->call();
	__atomic_store_n(&returned, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void
on_sig(evutil_socket_t fd, short what, void *arg)
{
	struct other *other = arg;

	trace("  callback: fd %d, %s", fd == SIGUSR1, what_name(what));
	if (++calls > 1)
		return;
	must(!pthread_create(&other->thread, NULL, call_it, other), "thread");
	pass_ms(40);
	trace("  returned while the callback ran: %d",
	    __atomic_load_n(&returned, __ATOMIC_SEQ_CST));
}

/* Nothing tells in which of the two loops what comes after happens. */
static void
run(struct other *other, short flags)
{
	struct event_base *base = new_base();

	trace("-- %s%s", other->name, flags ? " of EV_FINALIZE" : "");
	returned = calls = 0;
	event_assign(&sig.ev, base, SIGUSR1, EV_SIGNAL | EV_PERSIST | flags,
	    on_sig, other);
	event_add(&sig.ev, NULL);
	raise(SIGUSR1);
	event_base_loop(base, EVLOOP_ONCE);
	pthread_join(other->thread, NULL);
	event_base_loop(base, EVLOOP_NONBLOCK);
	event_del(&sig.ev);
	event_base_free(base);
}

int
main(void)
{
	static struct other others[] = {
		{ .name = "event_active", .call = activate },
		{ .name = "event_add", .call = add },
		{ .name = "event_finalize", .call = finalize },
	};
	size_t i;

	must(evthread_use_pthreads() == 0, "evthread_use_pthreads");
	for (i = 0; i < sizeof(others) / sizeof(*others); i++) {
		run(&others[i], 0);
		run(&others[i], EV_FINALIZE);
	}
	return 0;
}
