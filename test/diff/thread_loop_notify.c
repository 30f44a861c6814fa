/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * thread_loop_notify.c - which changes by another thread wake a loop that
 * waits: those it must hear of, and none besides.  A wake-up is seen as the
 * write to the base's own descriptor, counted in the thread that makes it.
 */
#include <pthread.h>
#include <sys/syscall.h>

#include <event2/thread.h>

#include "trace.h"

ROLE(idle);
ROLE(timer);
ROLE(hand);
ROLE(hand2);
ROLE(io);

static struct event_base *base;
static evutil_socket_t fd[2];
static __thread int is_counting, writes;

/* Both libraries call this one. */
ssize_t
write(int number, const void *bytes, size_t len)
{
	writes += is_counting;
	return syscall(SYS_write, number, bytes, len);
}

static int
add_later(void)
{
	return event_add(&timer.ev, ms(60000));
}

static int
add_sooner(void)
{
	return event_add(&timer.ev, ms(50000));
}

static int
del_timer(void)
{
	return event_del(&timer.ev);
}

static int
add_earlier(void)
{
	return event_add(&timer.ev, ms(10000));
}

static int
add_io(void)
{
	return event_add(&io.ev, NULL);
}

static int
del_io(void)
{
	return event_del(&io.ev);
}

static int
activate(void)
{
	event_active(&hand.ev, EV_READ, 1);
	return 0;
}

static int
activate_three_times(void)
{
	event_active(&hand.ev, EV_READ, 1);
	event_active(&hand2.ev, EV_READ, 1);
	event_active(&hand.ev, EV_WRITE, 1);
	return 0;
}

static int
leave(void)
{
	return event_base_loopexit(base, NULL);
}

static struct change {
	const char *name;
	int (*make)(void);
	int rc, writes;
} changes[] = {
	{ "a later timer", add_later, 0, 0 },
	{ "moved, but still later", add_sooner, 0, 0 },
	{ "deleted", del_timer, 0, 0 },
	{ "an earlier timer", add_earlier, 0, 0 },
	{ "deleted", del_timer, 0, 0 },
	{ "event_active", activate, 0, 0 },
	{ "a descriptor", add_io, 0, 0 },
	{ "deleted", del_io, 0, 0 },
	{ "loopexit", leave, 0, 0 },
};

#define CHANGES (sizeof(changes) / sizeof(changes[0]))

/* Return when the main thread sleeps: in its loop nothing else makes it. */
static void
await_sleep(void)
{
	char path[64], line[256];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)getpid());
	for (;;) {
		file = fopen(path, "r");
		must(file && fgets(line, sizeof(line), file), "stat");
		fclose(file);
		if (strstr(line, ") S "))
			return;
		pass_ms(1);
	}
}

static void
count(struct change *change)
{
	writes = 0;
	is_counting = 1;
	change->rc = change->make();
	is_counting = 0;
	change->writes = writes;
}

static void *
change_all(void *arg)
{
	size_t i;

	(void)arg;
	for (i = 0; i < CHANGES; i++) {
		await_sleep();
		count(&changes[i]);
	}
	return NULL;
}

static void *
change_in_callback(void *arg)
{
	count(arg);
	return NULL;
}

/* Several changes before the loop looks need one wake-up, if any. */
static void
on_busy(evutil_socket_t number, short what, void *arg)
{
	struct change change = { "", activate_three_times, 0, 0 };
	pthread_t thread;

	on_role(number, what, arg);
	must(!pthread_create(&thread, NULL, change_in_callback, &change),
	    "thread");
	pthread_join(thread, NULL);
	trace("  three made active, one wake-up at most: %d",
	    change.writes <= 1);
}

int
main(void)
{
	ROLE(busy);
	pthread_t thread;
	size_t i;

	must(evthread_use_pthreads() == 0, "evthread_use_pthreads");
	base = new_base();
	open_pair(fd);
	watch(&idle, base, -1, 0, ms(30000));
	assign(&timer, base, -1, 0, on_role);
	assign(&hand, base, -1, 0, on_role);
	assign(&hand2, base, -1, 0, on_role);
	assign(&io, base, fd[0], EV_READ, on_role);
	must(!pthread_create(&thread, NULL, change_all, NULL), "thread");
	loop(base, 0);
	pthread_join(thread, NULL);
	for (i = 0; i < CHANGES; i++)
		trace("%s: %d, wake-ups %d", changes[i].name, changes[i].rc,
		    changes[i].writes);
	assign(&busy, base, -1, 0, on_busy);
	event_add(&busy.ev, ms(0));
	loop(base, EVLOOP_ONCE);
	loop(base, EVLOOP_NONBLOCK);
	event_base_free(base);
	close_pair(fd);
	return 0;
}
