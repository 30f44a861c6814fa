/* SPDX-License-Identifier: BSD-3-Clause */
/* loop_return.c - what event_base_loop returns with each flag, and when. */
/* backends: epoll poll select changelist */
#include "trace.h"

ROLE(io);
ROLE(timer);
ROLE(active);
ROLE(sig);

static const int all_flags[] = {
	0,
	EVLOOP_ONCE,
	EVLOOP_NONBLOCK,
	EVLOOP_ONCE | EVLOOP_NONBLOCK,
	EVLOOP_ONCE | EVLOOP_NO_EXIT_ON_EMPTY,
	EVLOOP_NONBLOCK | EVLOOP_NO_EXIT_ON_EMPTY,
};

#define FLAGS_COUNT (sizeof(all_flags) / sizeof(all_flags[0]))

/* Nothing to wait for; ONCE|NO_EXIT_ON_EMPTY would wait for ever. */
static void
empty(struct event_base *base)
{
	size_t i;

	trace("-- nothing pending");
	for (i = 0; i < FLAGS_COUNT; i++)
		if (all_flags[i] != (EVLOOP_ONCE | EVLOOP_NO_EXIT_ON_EMPTY))
			loop(base, all_flags[i]);
	CALL(event_base_dispatch(base));
}

static void
one_active(struct event_base *base)
{
	size_t i;

	trace("-- one event made active");
	assign(&active, base, -1, 0, on_role);
	for (i = 0; i < FLAGS_COUNT; i++) {
		event_active(&active.ev, EV_READ, 1);
		loop(base, all_flags[i]);
	}
}

static void
one_timer(struct event_base *base)
{
	size_t i;

	trace("-- one timer, not due yet");
	assign(&timer, base, -1, 0, on_role);
	for (i = 0; i < FLAGS_COUNT; i++) {
		event_add(&timer.ev, ms(10));
		loop(base, all_flags[i]);
		event_del(&timer.ev);
	}
}

/* A descriptor that stays readable: what ends the loop at all. */
static void
always_ready(struct event_base *base, evutil_socket_t fd)
{
	trace("-- always readable, persistent; a timer to end it");
	watch(&io, base, fd, EV_READ | EV_PERSIST, NULL);
	loop(base, EVLOOP_ONCE);
	loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	event_del(&io.ev);
	watch(&io, base, fd, EV_READ, NULL);
	loop(base, EVLOOP_NONBLOCK);
	loop(base, EVLOOP_NONBLOCK);
}

static void
only_signal(struct event_base *base)
{
	trace("-- a signal event keeps the loop alive");
	watch(&sig, base, SIGUSR1, EV_SIGNAL, NULL);
	loop(base, EVLOOP_NONBLOCK);
	watch(&timer, base, -1, 0, ms(10));
	loop(base, EVLOOP_ONCE);
	raise(SIGUSR1);
	loop(base, 0);
}

int
main(void)
{
	struct event_base *base = new_base();
	evutil_socket_t fd[2];

	open_pair(fd);
	put(fd[1]);
	empty(base);
	one_active(base);
	one_timer(base);
	always_ready(base, fd[0]);
	only_signal(base);
	close_pair(fd);
	event_base_free(base);
	return 0;
}
