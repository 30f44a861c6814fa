/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * churn.c - the sockets whose watchers come and go.
 */
#include "churn/churn.h"
#include "common/bench.h"

#include <string.h>
#include <unistd.h>

static bool is_toggle;
static int hot[CHURN_TOGGLES];
static int cold[CHURN_PAIRS];
static long ops;
static long left;

void
churn_init(char **argv)
{
	int pair[2];

	is_toggle = !strcmp(bench_word(argv, "what", "pairs"), "toggle");
	ops = bench_long(argv, "ops", 100000);
	for (int i = 0; i < churn_hot_count(); i++) {
		bench_socketpair(pair);
		hot[i] = pair[0];
		bench_need(write(pair[1], "x", 1) == 1, "write");
	}
	for (int i = 0; i < CHURN_PAIRS; i++) {
		bench_socketpair(pair);
		cold[i] = pair[0];
	}
}

bool
churn_is_toggle(void)
{
	return is_toggle;
}

int
churn_hot_count(void)
{
	return is_toggle ? CHURN_TOGGLES : 1;
}

int
churn_hot_fd(int i)
{
	return hot[i];
}

int
churn_cold_fd(int i)
{
	return cold[i];
}

bool
churn_done(long count)
{
	left -= count;
	return left <= 0;
}

void
churn_run(void (*run)(void *))
{
	left = 1000;
	run(NULL);
	left = ops;
	bench_measure(run, NULL);
	bench_report(ops, (uint64_t)(ops - left));
}
