/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * thread_loop_wake.c - another thread changes a base whose loop waits:
 * which changes wake it at once, and what the loop returns.
 */
#include <pthread.h>
#include <time.h>

#include <event2/thread.h>

#include "trace.h"

ROLE(idle);
ROLE(timer);
ROLE(hand);
ROLE(io);
ROLE(silent);

static struct event_base *base;
static evutil_socket_t fd[2];

static int
do_active(void)
{
	event_active(&hand.ev, EV_READ, 1);
	return 0;
}

static int
do_add_timer(void)
{
	return event_add(&timer.ev, ms(10));
}

static int
do_add_io(void)
{
	return event_add(&io.ev, NULL);
}

static int
do_del_timer(void)
{
	return event_del(&idle.ev);
}

static int
do_del_io(void)
{
	return event_del(&silent.ev);
}

static int
do_exit(void)
{
	return event_base_loopexit(base, NULL);
}

static int
do_exit_soon(void)
{
	return event_base_loopexit(base, ms(10));
}

static int
do_break(void)
{
	return event_base_loopbreak(base);
}

struct change {
	int (*make)(void);
	int rc;
};

static void *
change_later(void *arg)
{
	struct change *change = arg;

	pass_ms(20);
	change->rc = change->make();
	return NULL;
}

/* Run the loop while another thread makes the change. */
static void
run(const char *name, int (*make)(void), int flags)
{
	struct change change = { make, 0 };
	struct timespec start, end;
	pthread_t thread;
	int rc;

	trace("-- %s", name);
	clock_gettime(CLOCK_MONOTONIC, &start);
	must(!pthread_create(&thread, NULL, change_later, &change), "thread");
	rc = event_base_loop(base, flags);
	clock_gettime(CLOCK_MONOTONIC, &end);
	pthread_join(thread, NULL);
	trace("change = %d, loop = %d, exit %d, break %d", change.rc, rc,
	    event_base_got_exit(base) != 0, event_base_got_break(base) != 0);
	trace("woke in time: %d",
	    (end.tv_sec - start.tv_sec) * 1000 +
		    (end.tv_nsec - start.tv_nsec) / 1000000 <
		900);
}

int
main(void)
{
	CALL(evthread_use_pthreads());
	base = new_base();
	open_pair(fd);
	put(fd[1]);
	assign(&hand, base, -1, 0, on_role);
	assign(&timer, base, -1, 0, on_role);
	assign(&io, base, fd[0], EV_READ, on_role);
	watch(&idle, base, -1, 0, ms(1200));
	run("event_active", do_active, EVLOOP_ONCE);
	event_add(&idle.ev, ms(1200));
	run("event_add of an earlier timer", do_add_timer, EVLOOP_ONCE);
	event_add(&idle.ev, ms(1200));
	run("event_add of a ready descriptor", do_add_io, EVLOOP_ONCE);
	event_add(&idle.ev, ms(1200));
	run("loopexit", do_exit, 0);
	event_add(&idle.ev, ms(1200));
	run("loopexit soon", do_exit_soon, 0);
	event_add(&idle.ev, ms(1200));
	run("loopbreak", do_break, 0);
	event_add(&idle.ev, ms(1200));
	run("event_del of the last event, a timer", do_del_timer, 0);
	watch(&silent, base, fd[1], EV_READ, NULL);
	alarm(5);
	run("event_del of the last event, a descriptor", do_del_io, 0);
	alarm(0);
	run("loopexit, nothing pending", do_exit, EVLOOP_NO_EXIT_ON_EMPTY);
	run("event_active, nothing pending", do_active,
	    EVLOOP_NO_EXIT_ON_EMPTY | EVLOOP_ONCE);
	close_pair(fd);
	event_base_free(base);
	return 0;
}
