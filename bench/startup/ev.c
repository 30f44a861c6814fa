/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * startup/ev.c - make and free a loop that does nothing: libev.
 */
#include "common/bench.h"

#include <ev.h>

static void
run(void *arg)
{
	long ops = *(long *)arg;

	for (long i = 0; i < ops; i++) {
		struct ev_loop *loop = ev_loop_new(EVBACKEND_EPOLL);

		bench_need(loop != NULL, "ev_loop_new");
		ev_loop_destroy(loop);
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
