/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * timer.c - what is done with many timers, whoever keeps them.
 */
#include "timer/timer.h"
#include "common/bench.h"

#include <stdlib.h>
#include <string.h>

static const struct timer_calls *lib;
static const char *what;
static long n;
static long rounds;
static long fired;
static uint64_t check;
static uint32_t *spans; /* of each timer, ms */

void
timer_init(char **argv)
{
	what = bench_word(argv, "what", "add");
	n = bench_long(argv, "n", 1000);
	rounds = bench_long(argv, "ops", 1000000) / n;
	if (rounds < 1)
		rounds = 1;
	spans = timer_alloc(sizeof(spans[0]));
}

void *
timer_alloc(size_t size)
{
	void *room = calloc((size_t)n, size);

	bench_need(room != NULL, "calloc");
	return room;
}

long
timer_count(void)
{
	return n;
}

bool
timer_is_common(void)
{
	return !strcmp(what, "common");
}

void
timer_fired(void *index)
{
	fired++;
	check += (uint64_t)(uintptr_t)index;
}

/* Prepare one call for each timer in turn; the times are drawn. */
static void
draw(uint32_t least, uint32_t spread)
{
	for (long i = 0; i < n; i++) {
		spans[i] = least + bench_random(spread);
		lib->prepare(i, i, spans[i]);
		check += spans[i];
	}
}

/* Prepare as many refreshes of timers drawn at random. */
static void
draw_refreshes(long round)
{
	for (long i = 0; i < n; i++) {
		uint32_t timer = bench_random((uint32_t)n);
		uint32_t ms = spans[timer];

		if (!strcmp(what, "refresh"))
			ms += 10 * (uint32_t)(round + 1);
		else if (!strcmp(what, "move"))
			ms = 10000 + bench_random(60000);
		lib->prepare(i, timer, ms);
		check += ms;
	}
}

/* What the library says must agree with what was asked of it. */
static void
check_pending(void)
{
	for (long i = 0; i < n; i++)
		check += (uint64_t)lib->is_pending(i);
}

/* Add, delete: both are done in every round, one of them is measured. */
static void
stage_add_delete(void)
{
	bool is_add = !strcmp(what, "add");

	for (long round = 0; round < rounds; round++) {
		draw(10000, 60000);
		if (is_add)
			bench_measure(lib->add, NULL);
		else
			lib->add(NULL);
		check_pending();
		if (is_add)
			lib->cancel(NULL);
		else
			bench_measure(lib->cancel, NULL);
		check_pending();
	}
}

static void
stage_refresh(void)
{
	draw(timer_is_common() ? TIMER_COMMON_MS : 10000,
	    timer_is_common() ? 1 : 60000);
	lib->add(NULL);
	for (long round = 0; round < rounds; round++) {
		draw_refreshes(round);
		bench_measure(lib->add, NULL);
	}
	check_pending();
	draw(1, 1);
	lib->cancel(NULL);
}

static void
stage_fire(void)
{
	draw(1, n < 10000 ? 10 : (uint32_t)(n / 1000));
	lib->add(NULL);
}

void
timer_stage(void)
{
	if (!strcmp(what, "fire"))
		stage_fire();
	else if (!strcmp(what, "add") || !strcmp(what, "delete"))
		stage_add_delete();
	else
		stage_refresh();
}

/* Let all timers come due, then fire them in as many passes as it takes. */
static void
run_fire(void)
{
	for (long round = 0; round < rounds; round++) {
		fired = 0;
		lib->enter();
		bench_sleep_ms(2 + (n < 10000 ? 10 : n / 1000));
		while (fired < n)
			bench_measure(lib->turn, NULL);
	}
}

void
timer_run(const struct timer_calls *calls)
{
	lib = calls;
	if (!strcmp(what, "fire"))
		run_fire();
	else
		lib->enter();
	bench_report(rounds * n, check);
}
