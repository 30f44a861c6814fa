/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * signal.c - signals as events.
 *
 *     signal		then: kill -USR1 PID, and Ctrl-C to end
 *
 * In a real signal handler hardly anything is allowed.  A signal event's
 * function is called from the loop instead, like any other, and may print,
 * allocate and change events.
 */
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

struct counter {
	struct event *user, *interrupt;
	int count;
};

/* SIGUSR1: fires every time. */
static void
on_user(evutil_socket_t signal_number, short what, void *arg)
{
	struct counter *counter = arg;

	(void)what;
	printf("signal %d, the %d. time\n", (int)signal_number,
	    ++counter->count);
	fflush(stdout);
}

/* SIGINT: delete both events; with none left the loop returns. */
static void
on_interrupt(evutil_socket_t signal_number, short what, void *arg)
{
	struct counter *counter = arg;

	(void)signal_number;
	(void)what;
	event_del(counter->user);
	event_del(counter->interrupt);
}

int
main(void)
{
	struct event_base *base = event_base_new();
	struct counter counter = { 0 };

	if (!base) {
		fprintf(stderr, "cannot make an event base\n");
		return 1;
	}
	counter.user = evsignal_new(base, SIGUSR1, on_user, &counter);
	counter.interrupt = evsignal_new(base, SIGINT, on_interrupt, &counter);
	event_add(counter.user, NULL);
	event_add(counter.interrupt, NULL);
	printf("waiting as process %ld\n", (long)getpid());
	fflush(stdout);
	event_base_dispatch(base);

	printf("%d signals\n", counter.count);
	event_free(counter.interrupt);
	event_free(counter.user);
	event_base_free(base);
	return 0;
}
