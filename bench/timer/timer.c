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
static uint32_t *spans;		/* drawn before they are measured, */
static uint32_t *turns;		/* and so are the timers to refresh */

void
timer_init(char **argv)
{
	what = bench_word(argv, "what", "add");
	n = bench_long(argv, "n", 1000);
	rounds = bench_long(argv, "ops", 1000000) / n;
	if (rounds < 1)
		rounds = 1;
	spans = timer_alloc(sizeof(spans[0]));
	turns = timer_alloc(sizeof(turns[0]));
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

/* Draw a time for each timer, from `least` up to `least + spread`, in ms. */
static void
draw(uint32_t least, uint32_t spread)
{
	for (long i = 0; i < n; i++) {
		spans[i] = least + bench_random(spread);
		check += spans[i];
	}
}

static void
add_all(void *arg)
{
	(void)arg;
	for (long i = 0; i < n; i++)
		lib->add(i, spans[i]);
}

static void
refresh_all(void *arg)
{
	(void)arg;
	for (long i = 0; i < n; i++)
		lib->refresh(turns[i], spans[i]);
}

static void
delete_all(void *arg)
{
	(void)arg;
	for (long i = 0; i < n; i++)
		lib->delete(i);
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
			bench_measure(add_all, NULL);
		else
			add_all(NULL);
		check_pending();
		if (is_add)
			delete_all(NULL);
		else
			bench_measure(delete_all, NULL);
		check_pending();
	}
}

static void
stage_refresh(void)
{
	bool is_common = timer_is_common();

	draw(is_common ? TIMER_COMMON_MS : 10000, is_common ? 1 : 60000);
	add_all(NULL);
	for (long round = 0; round < rounds; round++) {
		if (!is_common)
			draw(10000, 60000);
		for (long i = 0; i < n; i++)
			turns[i] = bench_random((uint32_t)n);
		bench_measure(refresh_all, NULL);
	}
	check_pending();
	delete_all(NULL);
}

static void
stage_fire(void)
{
	uint32_t spread = n < 10000 ? 10 : (uint32_t)(n / 1000);

	draw(1, spread);
	add_all(NULL);
}

void
timer_stage(void)
{
	if (!strcmp(what, "fire"))
		stage_fire();
	else if (!strcmp(what, "refresh") || timer_is_common())
		stage_refresh();
	else
		stage_add_delete();
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
