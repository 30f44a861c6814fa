/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heap/event.c - bytes of heap an idle thing costs: the libevent API.
 *
 * `--what event`: `--ops` read events on as many descriptors, added.
 * `--what timer`: as many timers, pending.
 * `--what bufferevent`: as many bufferevents, each of which has read and
 * written a message of 64 bytes and waits for the next.
 *
 * Counted is what malloc has given out, its heads included, beyond what it
 * had given before the first of them.
 */
#include "common/bench.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <string.h>
#include <unistd.h>

static struct event_base *base;
static long count;
static int *fds;
static int *peers;

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
}

static void
on_readable(struct bufferevent *bev, void *arg)
{
	(void)arg;
	bufferevent_write_buffer(bev, bufferevent_get_input(bev));
}

static void
add_events(void)
{
	for (long i = 0; i < count; i++) {
		struct event *ev = event_new(base, fds[i], EV_READ | EV_PERSIST,
		    on_event, NULL);

		event_add(ev, NULL);
	}
}

static void
add_timers(void)
{
	for (long i = 0; i < count; i++) {
		struct timeval span = { 1000 + i % 100, 0 };
		struct event *ev = event_new(base, -1, 0, on_event, NULL);

		event_add(ev, &span);
	}
}

static void
add_bufferevents(void)
{
	char message[64] = "";

	for (long i = 0; i < count; i++) {
		struct bufferevent *bev = bufferevent_socket_new(base, fds[i],
		    0);

		bufferevent_setcb(bev, on_readable, NULL, NULL, NULL);
		bufferevent_enable(bev, EV_READ | EV_WRITE);
		bench_need(write(peers[i], message, 64) == 64, "write");
	}
	for (int pass = 0; pass < 4 * count / 16; pass++)
		event_base_loop(base, EVLOOP_NONBLOCK);
	for (long i = 0; i < count; i++)
		bench_need(read(peers[i], message, 64) == 64, "an echo");
}

int
main(int argc, char **argv)
{
	const char *what = bench_word(argv, "what", "event");
	uint64_t before;

	(void)argc;
	count = bench_long(argv, "ops", 10000);
	base = event_base_new();
	if (strcmp(what, "timer"))
		count = bench_many_pairs(count, &fds, &peers);
	before = bench_heap();
	if (!strcmp(what, "timer"))
		add_timers();
	else if (!strcmp(what, "event"))
		add_events();
	else
		add_bufferevents();
	bench_report_bytes(count, bench_heap() - before);
	return 0;
}
