/* SPDX-License-Identifier: BSD-3-Clause */
/* event_once.c - event_base_once: what it takes and when it runs. */
#include "trace.h"

static void
on_name(evutil_socket_t fd, short what, void *arg)
{
	trace("  callback %s: %s, fd %s", (char *)arg, what_name(what),
	    fd < 0 ? "none" : "socket");
}

int
main(void)
{
	struct event_base *base = new_base();
	evutil_socket_t fd[2];

	event_set_log_callback(on_log);
	open_pair(fd);
	CALL(event_base_once(base, -1, EV_TIMEOUT, on_name, "null", NULL));
	trace_counts(base);
	CALL(event_base_once(base, -1, EV_TIMEOUT, on_name, "zero", ms(0)));
	trace_counts(base);
	CALL(event_base_once(base, -1, EV_TIMEOUT, on_name, "20", ms(20)));
	CALL(event_base_once(base, -1, EV_TIMEOUT, on_name, "10", ms(10)));
	CALL(event_base_once(base, fd[0], EV_READ, on_name, "read", NULL));
	CALL(event_base_once(base, fd[0], EV_WRITE, on_name, "write", NULL));
	CALL(event_base_once(base, fd[0], EV_READ | EV_TIMEOUT, on_name,
	    "read or 30", ms(30)));
	trace_counts(base);
	CALL(event_base_once(base, fd[0], EV_READ | EV_PERSIST, on_name,
	    "persist", NULL));
	CALL(
	    event_base_once(base, SIGUSR1, EV_SIGNAL, on_name, "signal", NULL));
	CALL(event_base_once(base, -1, 0, on_name, "nothing", NULL));
	CALL(event_base_once(base, -1, EV_READ, on_name, "no fd", ms(10)));
	trace_counts(base);
	loop(base, EVLOOP_NONBLOCK);
	put(fd[1]);
	loop(base, EVLOOP_ONCE);
	loop(base, 0);
	trace_counts(base);
	trace("-- freed with the base");
	CALL(event_base_once(base, fd[0], EV_READ, on_name, "late", ms(500)));
	event_base_free(base);
	close_pair(fd);
	return 0;
}
