/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heap/uv.c - bytes of heap an idle thing costs: libuv.
 *
 * Handles of the user are counted as he would allocate them, one by one.
 */
#include "common/bench.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static uv_loop_t loop;

static void
on_poll(uv_poll_t *poll, int status, int what)
{
	(void)poll;
	(void)status;
	(void)what;
}

static void
on_timeout(uv_timer_t *timer)
{
	(void)timer;
}

static void
add_polls(long count, const int *fds)
{
	for (long i = 0; i < count; i++) {
		uv_poll_t *poll = malloc(sizeof(*poll));

		uv_poll_init(&loop, poll, fds[i]);
		uv_poll_start(poll, UV_READABLE, on_poll);
	}
}

static void
add_timers(long count)
{
	for (long i = 0; i < count; i++) {
		uv_timer_t *timer = malloc(sizeof(*timer));

		uv_timer_init(&loop, timer);
		uv_timer_start(timer, on_timeout,
		    (uint64_t)(1000 + i % 100) * 1000, 0);
	}
}

int
main(int argc, char **argv)
{
	bool is_timer = !strcmp(bench_word(argv, "what", "event"), "timer");
	long count = bench_long(argv, "ops", 10000);
	uint64_t before;
	int *fds, *peers;

	(void)argc;
	uv_loop_init(&loop);
	if (!is_timer)
		count = bench_many_pairs(count, &fds, &peers);
	before = bench_heap();
	if (is_timer)
		add_timers(count);
	else
		add_polls(count, fds);
	bench_report_bytes(count, bench_heap() - before);
	return 0;
}
