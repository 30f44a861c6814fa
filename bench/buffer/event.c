/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * buffer/event.c - single evbuffer operations: the libevent API.
 *
 * `--what` is:
 *
 *   add      add 64 bytes, drain them
 *   move     add 64 bytes to one buffer, move them to another by
 *            evbuffer_add_buffer(), drain them there
 *   reserve  reserve room for 2048 bytes in at most two pieces, commit
 *            2048, drain them
 *   readln   take a line of 40 bytes and CRLF out of a thousand, free it
 *   peek     find the pieces of a buffer of 1400 adds of 64 bytes
 *   pullup   add 4 KiB eight times, make one piece of it, drain it
 *   io       write 16 KiB to a socket, read it all from the other end
 *
 * The check value is what came out as lines and what is left at the end.
 * buffer/raw.c does the same in plain C.
 */
#include "common/bench.h"

#include <event2/buffer.h>
#include <stdlib.h>
#include <string.h>

#define LINE "abcdefghijklmnopqrstuvwxyz0123456789ABCD\r\n"
#define LINES 1000
#define PEEK_ADDS 1400
#define PULLUP_ADDS 8
#define PULLUP_SIZE 4096
#define IO_SIZE 16384

static struct evbuffer *buf, *other;
static char data[IO_SIZE];
static int pair[2];
static long ops;
static uint64_t check;
static int failed;

static void
add(void *arg)
{
	(void)arg;
	for (long i = 0; i < ops; i++) {
		failed |= evbuffer_add(buf, data, 64);
		failed |= evbuffer_drain(buf, 64);
	}
}

static void
move(void *arg)
{
	(void)arg;
	for (long i = 0; i < ops; i++) {
		failed |= evbuffer_add(buf, data, 64);
		failed |= evbuffer_add_buffer(other, buf);
		failed |= evbuffer_drain(other, 64);
	}
}

static void
reserve(void *arg)
{
	struct evbuffer_iovec pieces[2];

	(void)arg;
	for (long i = 0; i < ops; i++) {
		int count = evbuffer_reserve_space(buf, 2048, pieces, 2);

		if (pieces[0].iov_len >= 2048)
			count = 1;
		pieces[0].iov_len = 2048;
		failed |= evbuffer_commit_space(buf, pieces, count);
		failed |= evbuffer_drain(buf, 2048);
	}
}

static void
readln(void *arg)
{
	(void)arg;
	for (long i = 0; i < LINES; i++) {
		size_t len;
		char *line = evbuffer_readln(buf, &len, EVBUFFER_EOL_CRLF);

		check += len + (uint64_t)line[len - 1];
		free(line);
	}
}

static void
readln_all(void)
{
	for (long done = 0; done < ops; done += LINES) {
		for (int i = 0; i < LINES; i++)
			evbuffer_add(buf, LINE, sizeof(LINE) - 1);
		bench_measure(readln, NULL);
	}
}

static void
peek(void *arg)
{
	struct evbuffer_iovec pieces[64];

	(void)arg;
	for (long i = 0; i < ops; i++) {
		failed |= evbuffer_peek(buf, -1, NULL, pieces, 64) < 1;
	}
}

static void
pullup(void *arg)
{
	(void)arg;
	for (long i = 0; i < ops; i++) {
		for (int n = 0; n < PULLUP_ADDS; n++)
			failed |= evbuffer_add(buf, data, PULLUP_SIZE);
		failed |= !evbuffer_pullup(buf, -1);
		failed |= evbuffer_drain(buf, PULLUP_ADDS * PULLUP_SIZE);
	}
}

static void
io(void *arg)
{
	(void)arg;
	for (long i = 0; i < ops; i++) {
		evbuffer_add(buf, data, IO_SIZE);
		while (evbuffer_get_length(buf))
			evbuffer_write(buf, pair[0]);
		while (evbuffer_get_length(other) < IO_SIZE)
			evbuffer_read(other, pair[1], -1);
		failed |= evbuffer_drain(other, IO_SIZE);
	}
}

/* What `--what` names, other than readln_all() and peek(). */
static const struct operation {
	const char *name;
	void (*run)(void *);
} operations[] = { { "add", add }, { "move", move }, { "reserve", reserve },
	{ "pullup", pullup }, { "io", io } };

int
main(int argc, char **argv)
{
	const char *what = bench_word(argv, "what", "add");

	(void)argc;
	ops = bench_long(argv, "ops", 1000000);
	buf = evbuffer_new();
	other = evbuffer_new();
	bench_socketpair(pair);
	if (!strcmp(what, "peek")) {
		for (int i = 0; i < PEEK_ADDS; i++)
			evbuffer_add(buf, data, 64);
		bench_measure(peek, NULL);
	} else if (!strcmp(what, "readln")) {
		readln_all();
	}
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]);
	     i++) {
		if (!strcmp(what, operations[i].name))
			bench_measure(operations[i].run, NULL);
	}
	check += evbuffer_get_length(buf) + evbuffer_get_length(other);
	bench_need(!failed, what);
	bench_report(ops, check);
	return 0;
}
