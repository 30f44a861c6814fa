/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * timer_persist.c - when a persistent event with a timeout comes due next:
 * by its plan if it timed out, from now if it was active for another
 * reason, and without a burst after a long sleep.
 */
#include "trace.h"

ROLE(ticker);
ROLE(watcher);

static struct timeval origin;

/*
 * Milliseconds from `origin` to the event's next time, rounded down to
 * intervals of 80, with 8 for a coarse clock: a busy machine is late.
 */
static int
next_in(const struct event *ev)
{
	struct timeval due, left;

	if (!event_pending(ev, EV_TIMEOUT, &due))
		return -1;
	timersub(&due, &origin, &left);
	return (int)((left.tv_sec * 1000 + left.tv_usec / 1000 + 8) / 80) * 80;
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	trace("  next at %d ms", next_in(&ticker.ev));
}

static void
on_slow_tick(evutil_socket_t fd, short what, void *arg)
{
	static int calls;

	if (what & EV_READ)
		drain(fd);
	on_tick(fd, what, arg);
	if (++calls == 1)
		pass_ms(240);
}

int
main(void)
{
	struct event_base *base = new_base();
	evutil_socket_t fd[2];

	open_pair(fd);
	trace("-- on time: planned from the last plan");
	assign(&ticker, base, -1, EV_PERSIST, on_tick);
	gettimeofday(&origin, NULL);
	event_add(&ticker.ev, ms(80));
	loop(base, EVLOOP_ONCE);
	loop(base, EVLOOP_ONCE);
	event_del(&ticker.ev);
	trace("-- a slow callback: no burst");
	assign(&ticker, base, -1, EV_PERSIST, on_slow_tick);
	gettimeofday(&origin, NULL);
	event_add(&ticker.ev, ms(80));
	loop(base, EVLOOP_ONCE);
	loop(base, EVLOOP_ONCE);
	event_del(&ticker.ev);
	trace("-- activity restarts the timeout");
	assign(&ticker, base, fd[0], EV_READ | EV_PERSIST, on_slow_tick);
	gettimeofday(&origin, NULL);
	event_add(&ticker.ev, ms(160));
	watch(&watcher, base, -1, 0, ms(80));
	loop(base, EVLOOP_ONCE);
	put(fd[1]);
	loop(base, EVLOOP_ONCE);
	event_active(&ticker.ev, EV_WRITE, 1);
	loop(base, EVLOOP_ONCE);
	event_del(&ticker.ev);
	close_pair(fd);
	event_base_free(base);
	return 0;
}
