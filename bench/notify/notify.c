/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * notify.c - waking a loop: the two threads and their count.
 */
#include "notify/notify.h"
#include "common/bench.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

static const struct notify_calls *lib;
static long ops;
static atomic_long left;

long
notify_hit(void)
{
	return atomic_fetch_sub(&left, 1) - 1;
}

static void *
run_other_loop(void *arg)
{
	lib->loop(1);
	return arg;
}

static void *
ask_once(void *arg)
{
	for (long i = 0; i < ops; i++)
		lib->once();
	return arg;
}

/* Run loop 0 beside a thread that does `other`. */
static void
run_beside(void *(*other)(void *))
{
	pthread_t thread;

	bench_need(!pthread_create(&thread, NULL, other, NULL),
	    "pthread_create");
	lib->loop(0);
	pthread_join(thread, NULL);
}

static void
pingpong(void *arg)
{
	(void)arg;
	lib->kick(0);
	run_beside(run_other_loop);
}

static void
once(void *arg)
{
	(void)arg;
	run_beside(ask_once);
}

void
notify_run(char **argv, const struct notify_calls *calls)
{
	bool is_once = !strcmp(bench_word(argv, "what", "pingpong"), "once");

	lib = calls;
	ops = bench_long(argv, "ops", 100000);
	left = ops;
	bench_need(!is_once || lib->once, "finding one-time callbacks");
	bench_pin();
	bench_measure(is_once ? once : pingpong, NULL);
	bench_report(ops, (uint64_t)(ops - left));
}
