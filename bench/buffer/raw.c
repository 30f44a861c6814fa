/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * buffer/raw.c - the operations of buffer/event.c on plain arrays.
 *
 * A buffer here is one block that slides back to its start when it is
 * empty; only as much is checked as a careful program would.
 */
#include "common/bench.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE "abcdefghijklmnopqrstuvwxyz0123456789ABCD\r\n"
#define LINES 1000
#define PEEK_ADDS 1400
#define PULLUP_ADDS 8
#define PULLUP_SIZE 4096
#define IO_SIZE 16384
#define ROOM 131072

struct plain {
	size_t start;
	size_t len;
	char bytes[ROOM];
};

static struct plain buf, other;
static char data[IO_SIZE];
static int pair[2];
static long ops;
static uint64_t check;
static int failed;

/* Room for `len` bytes at the end, NULL if there is none. */
static char *
plain_room(struct plain *plain, size_t len)
{
	if (len > ROOM - plain->start - plain->len)
		return NULL;
	return plain->bytes + plain->start + plain->len;
}

__attribute__((noinline)) static int
plain_add(struct plain *plain, const char *bytes, size_t len)
{
	char *room = plain_room(plain, len);

	if (!room)
		return -1;
	memcpy(room, bytes, len);
	plain->len += len;
	return 0;
}

__attribute__((noinline)) static void
plain_drain(struct plain *plain, size_t len)
{
	plain->start += len;
	plain->len -= len;
	if (!plain->len)
		plain->start = 0;
}

static void
add(void *arg)
{
	(void)arg;
	for (long i = 0; i < ops; i++) {
		failed |= plain_add(&buf, data, 64);
		plain_drain(&buf, 64);
	}
}

static void
move(void *arg)
{
	(void)arg;
	for (long i = 0; i < ops; i++) {
		failed |= plain_add(&buf, data, 64);
		failed |= plain_add(&other, buf.bytes + buf.start, buf.len);
		plain_drain(&buf, buf.len);
		plain_drain(&other, 64);
	}
}

static void
reserve(void *arg)
{
	(void)arg;
	for (long i = 0; i < ops; i++) {
		failed |= !plain_room(&buf, 2048);
		buf.len += 2048;
		plain_drain(&buf, 2048);
	}
}

/* The next line as a string of its own, NULL if there is none. */
__attribute__((noinline)) static char *
plain_readln(struct plain *plain, size_t *ret_len)
{
	char *start = plain->bytes + plain->start;
	char *end = memchr(start, '\n', plain->len);
	char *line;

	if (!end)
		return NULL;
	*ret_len = (size_t)(end - start);
	if (*ret_len && end[-1] == '\r')
		--*ret_len;
	line = malloc(*ret_len + 1);
	memcpy(line, start, *ret_len);
	line[*ret_len] = '\0';
	plain_drain(plain, (size_t)(end - start) + 1);
	return line;
}

static void
readln(void *arg)
{
	(void)arg;
	for (long i = 0; i < LINES; i++) {
		size_t len;
		char *line = plain_readln(&buf, &len);

		check += len + (uint64_t)line[len - 1];
		free(line);
	}
}

static void
readln_all(void)
{
	for (long done = 0; done < ops; done += LINES) {
		for (int i = 0; i < LINES; i++)
			plain_add(&buf, LINE, sizeof(LINE) - 1);
		bench_measure(readln, NULL);
	}
}

__attribute__((noinline)) static size_t
plain_peek(struct plain *plain, char **ret_bytes)
{
	*ret_bytes = plain->bytes + plain->start;
	return plain->len;
}

static void
peek(void *arg)
{
	(void)arg;
	for (long i = 0; i < ops; i++) {
		char *bytes;

		failed |= !plain_peek(&buf, &bytes);
	}
}

static void
pullup(void *arg)
{
	(void)arg;
	for (long i = 0; i < ops; i++) {
		char *bytes;

		for (int n = 0; n < PULLUP_ADDS; n++)
			failed |= plain_add(&buf, data, PULLUP_SIZE);
		failed |= plain_peek(&buf, &bytes) != PULLUP_ADDS * PULLUP_SIZE;
		plain_drain(&buf, PULLUP_ADDS * PULLUP_SIZE);
	}
}

static void
plain_write(struct plain *plain, int fd)
{
	ssize_t len = write(fd, plain->bytes + plain->start, plain->len);

	bench_need(len > 0, "write");
	plain_drain(plain, (size_t)len);
}

static void
plain_read(struct plain *plain, int fd)
{
	ssize_t len = read(fd, plain->bytes + plain->len, ROOM - plain->len);

	bench_need(len > 0, "read");
	plain->len += (size_t)len;
}

static void
io(void *arg)
{
	(void)arg;
	for (long i = 0; i < ops; i++) {
		plain_add(&buf, data, IO_SIZE);
		while (buf.len)
			plain_write(&buf, pair[0]);
		while (other.len < IO_SIZE)
			plain_read(&other, pair[1]);
		plain_drain(&other, IO_SIZE);
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
	bench_socketpair(pair);
	if (!strcmp(what, "peek")) {
		for (int i = 0; i < PEEK_ADDS; i++)
			plain_add(&buf, data, 64);
		bench_measure(peek, NULL);
	} else if (!strcmp(what, "readln")) {
		readln_all();
	}
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]);
	     i++) {
		if (!strcmp(what, operations[i].name))
			bench_measure(operations[i].run, NULL);
	}
	check += buf.len + other.len;
	bench_need(!failed, what);
	bench_report(ops, check);
	return 0;
}
