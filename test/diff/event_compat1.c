/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event_compat1.c - the calls of libevent 1.x: one current base, event_set,
 * event_once, and the timeout_* and signal_* macros.
 */
#include <event.h>

#include "trace.h"

ROLE(io);
ROLE(timer);
ROLE(sig);
ROLE(pre);

static void
on_name(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	trace("  callback %s: %s", (char *)arg, what_name(what));
}

static void
macros(evutil_socket_t fd)
{
	event_set(&io.ev, fd, EV_READ | EV_PERSIST, on_role, &io);
	timeout_set(&timer.ev, on_role, &timer);
	signal_set(&sig.ev, SIGUSR1, on_role, &sig);
	CALL(timeout_initialized(&timer.ev) != 0);
	CALL(signal_initialized(&sig.ev) != 0);
	CALL(event_add(&io.ev, NULL));
	CALL(timeout_add(&timer.ev, ms(10)));
	CALL(signal_add(&sig.ev, NULL));
	CALL(timeout_pending(&timer.ev, NULL));
	CALL(signal_pending(&sig.ev, NULL));
	CALL(EVENT_FD(&io.ev) == fd);
	CALL(EVENT_SIGNAL(&sig.ev) == SIGUSR1);
}

int
main(void)
{
	struct event_base *base, *other;
	evutil_socket_t fd[2];

	event_set_log_callback(on_log);
	open_pair(fd);
	put(fd[1]);
	event_set(&pre.ev, -1, 0, on_role, &pre);
	CALL_PTR(event_get_base(&pre.ev));
	base = event_init();
	must(base != NULL, "event_init");
	CALL(event_priority_init(3));
	CALL(event_base_get_npriorities(base));
	CALL(strcmp(event_get_method(), event_base_get_method(base)));
	macros(fd[0]);
	CALL(event_get_base(&io.ev) == base);
	CALL(event_get_priority(&io.ev));
	CALL(event_loop(EVLOOP_ONCE));
	CALL(event_del(&io.ev));
	raise(SIGUSR1);
	CALL(event_loop(EVLOOP_ONCE));
	CALL(timeout_del(&timer.ev));
	CALL(signal_del(&sig.ev));
	CALL(event_once(-1, EV_TIMEOUT, on_name, "once", ms(5)));
	CALL(event_loopexit(ms(15)));
	CALL(event_dispatch());
	CALL(event_loopbreak());
	CALL(event_dispatch());
	trace("-- moved to another base");
	other = new_base();
	event_set(&timer.ev, -1, 0, on_role, &timer);
	CALL(event_base_set(other, &timer.ev));
	CALL(event_get_base(&timer.ev) == other);
	CALL(event_get_priority(&timer.ev));
	CALL(event_add(&timer.ev, ms(0)));
	CALL(event_base_set(base, &timer.ev));
	loop(other, 0);
	CALL(event_base_set(base, &timer.ev));
	event_base_free(other);
	trace("-- event_init again, and the event set before it");
	other = event_init();
	event_set(&timer.ev, -1, 0, on_role, &timer);
	CALL(event_get_base(&timer.ev) == other);
	event_base_set(other, &pre.ev);
	CALL(event_add(&pre.ev, ms(0)));
	CALL(event_dispatch());
	event_base_free(other);
	event_base_free(base);
	close_pair(fd);
	return 0;
}
