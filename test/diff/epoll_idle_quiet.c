/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * epoll_idle_quiet.c - after event_del a readable or hung-up descriptor
 * must not wake the loop for nothing: processor time while waiting.
 */
/* backends: epoll poll select changelist */
#include <time.h>

#include "trace.h"

ROLE(reader);
ROLE(timer);

/* Wait for a timer; is hardly any processor time used meanwhile? */
static void
wait_quietly(struct event_base *base, const char *name)
{
	struct timespec start, end;
	long used_us;

	trace("-- %s", name);
	watch(&timer, base, -1, 0, ms(100));
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	loop(base, EVLOOP_ONCE);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	used_us = (end.tv_sec - start.tv_sec) * 1000000 +
	    (end.tv_nsec - start.tv_nsec) / 1000;
	trace("quiet: %d", used_us < 30000);
}

int
main(void)
{
	struct event_base *base = new_base();
	evutil_socket_t fd[2];

	open_pair(fd);
	watch(&reader, base, fd[0], EV_READ | EV_PERSIST, NULL);
	put(fd[1]);
	loop(base, EVLOOP_ONCE);
	event_del(&reader.ev);
	wait_quietly(base, "deleted, readable");
	watch(&reader, base, fd[0], EV_WRITE, NULL);
	loop(base, EVLOOP_ONCE);
	wait_quietly(base, "ran once, writable");
	close(fd[1]);
	wait_quietly(base, "hung up");
	event_base_free(base);
	close(fd[0]);
	return 0;
}
