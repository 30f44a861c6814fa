/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rot13.c - a server of one line a connection: what all of them share.
 */
#include "rot13/rot13.h"
#include "common/bench.h"

#define WARM_LINES 4 /* of each client */

static int port;
static long clients;
static long lines; /* of each client, measured */
static long size;
static long closed;
static long target; /* connections closed at the end of this stage */

int
rot13_init(char **argv)
{
	bench_raise_fd_limit();
	clients = bench_long(argv, "n", 64);
	size = bench_long(argv, "size", 64);
	lines = bench_long(argv, "ops", 12800) / clients;
	return bench_listen(&port);
}

void
rot13_turn(char *line, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = line[i];

		if ((c >= 'a' && c <= 'm') || (c >= 'A' && c <= 'M'))
			line[i] = (char)(c + 13);
		else if ((c >= 'n' && c <= 'z') || (c >= 'N' && c <= 'Z'))
			line[i] = (char)(c - 13);
	}
}

bool
rot13_closed(void)
{
	return ++closed == target;
}

void
rot13_run(void (*run)(void *))
{
	bench_load_start("rot13", port, clients, lines + WARM_LINES, size);
	target = clients * WARM_LINES;
	run(NULL);
	target += clients * lines;
	bench_measure(run, NULL);
	bench_load_wait();
	bench_report(clients * lines, (uint64_t)closed);
}
