/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * echo.c - the stages of an echo server's life under load.
 */
#include "echo/echo.h"
#include "common/bench.h"

#define WARM_MESSAGES 4 /* of each connection */

static int port;
static long connections;
static long messages; /* of each connection, measured */
static long size;
static long closed;
static uint64_t moved;
static uint64_t target; /* bytes at the end of this stage */

int
echo_init(char **argv)
{
	bench_raise_fd_limit();
	connections = bench_long(argv, "n", 64);
	size = bench_long(argv, "size", 64);
	messages = bench_long(argv, "ops", 200000) / connections;
	return bench_listen(&port);
}

bool
echo_moved(size_t bytes)
{
	uint64_t before = moved;

	moved += bytes;
	return before < target && moved >= target;
}

bool
echo_closed(void)
{
	return ++closed == connections;
}

void
echo_run(void (*run)(void *))
{
	uint64_t a_message_each = (uint64_t)(connections * size);

	bench_load_start("echo", port, connections, messages + WARM_MESSAGES,
	    size);
	target = a_message_each * WARM_MESSAGES;
	run(NULL);
	target += a_message_each * (uint64_t)messages;
	bench_measure(run, NULL);
	if (closed < connections)
		run(NULL);
	bench_load_wait();
	bench_report(messages * connections, moved);
}
