/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * thread_loop_unlocked.c - no locks were asked for, yet a callback makes
 * another thread call event_active and waits for it: this must work.
 */
#include <pthread.h>

#include "trace.h"

ROLE(starter);
ROLE(other);

static void *
activate(void *arg)
{
	(void)arg;
	event_active(&other.ev, EV_READ, 1);
	return NULL;
}

static void
on_start(evutil_socket_t fd, short what, void *arg)
{
	pthread_t thread;

	on_role(fd, what, arg);
	must(!pthread_create(&thread, NULL, activate, NULL), "thread");
	pthread_join(thread, NULL);
}

int
main(void)
{
	struct event_base *base = new_base();

	assign(&starter, base, -1, 0, on_start);
	assign(&other, base, -1, 0, on_role);
	event_add(&starter.ev, ms(0));
	loop(base, 0);
	event_base_free(base);
	return 0;
}
