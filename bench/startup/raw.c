/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * startup/raw.c - make and free a loop that does nothing: an epoll
 * descriptor and some memory.
 */
#include "common/bench.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

static void
run(void *arg)
{
	long ops = *(long *)arg;

	for (long i = 0; i < ops; i++) {
		int fd = epoll_create1(EPOLL_CLOEXEC);
		void *volatile memory = malloc(1024);

		bench_need(fd >= 0, "epoll_create1");
		free(memory);
		close(fd);
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
