/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * startup/event.c - make and free a loop that does nothing: the libevent
 * API.
 */
#include "common/bench.h"

#include <event2/event.h>

static void
run(void *arg)
{
	long ops = *(long *)arg;

	for (long i = 0; i < ops; i++) {
		struct event_base *base = event_base_new();

		bench_need(base != NULL, "event_base_new");
		event_base_free(base);
	}
}

int
main(int argc, char **argv)
{
	long ops = bench_long(argv, "ops", 100000);

	(void)argc;
	bench_measure(run, &ops);
	bench_report(ops, (uint64_t)ops);
	return 0;
}
