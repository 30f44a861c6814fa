/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * timer.c - the three kinds of timer.
 *
 *     timer [COUNT [INTERVAL_MS]]
 *
 * An event without a descriptor fires when its time is over: once, or (with
 * EV_PERSIST) again and again until it is deleted.  This program ticks COUNT
 * times, says how late each tick came, and has two more timers: one that
 * fires once in the middle, and one that is deleted before it can.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

struct clock {
	struct event *tick, *half_time, *never;
	struct timeval start;
	int interval_ms;
	int count; /* ticks so far */
	int count_max;
};

static double
ms_since(const struct timeval *start)
{
	struct timeval now, passed;

	evutil_gettimeofday(&now, NULL);
	evutil_timersub(&now, start, &passed);
	return (double)passed.tv_sec * 1e3 + (double)passed.tv_usec / 1e3;
}

static struct timeval
from_ms(int ms)
{
	struct timeval tv = { .tv_sec = ms / 1000,
		.tv_usec = ms % 1000 * 1000 };

	return tv;
}

/* EV_PERSIST: fires until it is deleted. */
static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct clock *clock = arg;
	double now_ms = ms_since(&clock->start);

	(void)fd;
	(void)what;
	clock->count++;
	printf("tick %d after %.1f ms, %.1f ms late\n", clock->count, now_ms,
	    now_ms - clock->count * clock->interval_ms);
	if (clock->count < clock->count_max)
		return;
	/* With no event left to wait for, the loop returns. */
	event_del(clock->tick);
	event_del(clock->never);
}

/* Fires once, and could be added again. */
static void
on_half_time(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	printf("half time\n");
}

static void
on_never(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	printf("this should have been deleted\n");
}

int
main(int argc, char **argv)
{
	struct event_base *base = event_base_new();
	struct clock clock = { .count_max = argc > 1 ? atoi(argv[1]) : 5,
		.interval_ms = argc > 2 ? atoi(argv[2]) : 200 };
	int whole_ms = clock.count_max * clock.interval_ms;
	struct timeval interval = from_ms(clock.interval_ms);
	struct timeval half = from_ms(whole_ms / 2);
	struct timeval later = from_ms(whole_ms + 60 * 1000);

	if (!base || whole_ms <= 0) {
		fprintf(stderr, "usage: timer [COUNT [INTERVAL_MS]]\n");
		return 2;
	}
	clock.tick = event_new(base, -1, EV_PERSIST, on_tick, &clock);
	clock.half_time = evtimer_new(base, on_half_time, &clock);
	clock.never = evtimer_new(base, on_never, &clock);
	evutil_gettimeofday(&clock.start, NULL);
	event_add(clock.tick, &interval);
	event_add(clock.half_time, &half);
	event_add(clock.never, &later);
	event_base_dispatch(base);

	printf("done\n");
	event_free(clock.never);
	event_free(clock.half_time);
	event_free(clock.tick);
	event_base_free(base);
	return 0;
}
