/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * startup/uv.c - make and free a loop that does nothing: libuv.
 */
#include "common/bench.h"

#include <uv.h>

static void
run(void *arg)
{
	long ops = *(long *)arg;

	for (long i = 0; i < ops; i++) {
		uv_loop_t loop;

		bench_need(!uv_loop_init(&loop), "uv_loop_init");
		bench_need(!uv_loop_close(&loop), "uv_loop_close");
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
