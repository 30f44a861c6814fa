/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * buffer_pointers.c - pointers into a buffer: which calls leave them valid.
 * Also: memory that the library hands out comes from its malloc function.
 */
/* backends: epoll */
#include <event2/buffer.h>

#include "trace.h"

static int allocations;

static void *
count_malloc(size_t size)
{
	allocations++;
	return malloc(size);
}

/* A buffer of one long block and a reference. */
static struct evbuffer *
filled(const char *reference)
{
	static char bytes[3000];
	struct evbuffer *buf = evbuffer_new();

	memset(bytes, 'b', sizeof(bytes));
	evbuffer_add(buf, bytes, sizeof(bytes));
	evbuffer_add_reference(buf, reference, 10, NULL, NULL);
	return buf;
}

/* Where the bytes from `at` on lie now. */
static void *
peek(struct evbuffer *buf, size_t at)
{
	struct evbuffer_iovec vec;
	struct evbuffer_ptr pos;

	must(evbuffer_ptr_set(buf, &pos, at, EVBUFFER_PTR_SET) == 0, "ptr");
	must(evbuffer_peek(buf, 1, &pos, &vec, 1) == 1, "peek");
	return vec.iov_base;
}

static void
moving(const char *reference)
{
	struct evbuffer *from = filled(reference), *to = filled("0123456789");
	void *block = peek(from, 0), *mid = peek(from, 100);

	trace("-- moving to another buffer, front and back");
	CALL(peek(from, 3000) == reference);
	CALL(evbuffer_add_buffer(to, from));
	CALL(peek(to, 3010) == block);
	CALL(peek(to, 3110) == mid);
	CALL(peek(to, 6010) == reference);
	CALL(evbuffer_prepend_buffer(from, to));
	CALL(peek(from, 3010) == block);
	CALL(peek(from, 6010) == reference);
	trace("-- a whole block by evbuffer_remove_buffer");
	CALL(evbuffer_remove_buffer(from, to, 3010));
	CALL(evbuffer_remove_buffer(from, to, 3000));
	CALL(peek(to, 3010) == block);
	CALL(peek(from, 0) == reference);
	evbuffer_free(from);
	evbuffer_free(to);
}

static void
linear(const char *reference)
{
	struct evbuffer *buf = filled(reference);
	void *block = peek(buf, 0);

	trace("-- pulling up what is in one piece already; draining");
	CALL(evbuffer_pullup(buf, 3000) == block);
	CALL(evbuffer_pullup(buf, 0) == block);
	CALL(evbuffer_drain(buf, 7));
	CALL(evbuffer_pullup(buf, 5) == (unsigned char *)block + 7);
	CALL(evbuffer_pullup(buf, -1) == peek(buf, 0));
	CALL(memcmp(evbuffer_pullup(buf, -1) + 2993, reference, 10));
	evbuffer_free(buf);
}

static void
handed_out(void)
{
	struct evbuffer *buf = evbuffer_new();
	char *line;
	int before;

	trace("-- a line is the library's malloc's");
	evbuffer_add(buf, "one\ntwo\n", 8);
	before = allocations;
	line = evbuffer_readln(buf, NULL, EVBUFFER_EOL_LF);
	CALL(allocations - before);
	trace("line %s", line);
	free(line);
	evbuffer_free(buf);
}

int
main(void)
{
	static const char reference[] = "abcdefghij";

	event_set_mem_functions(count_malloc, realloc, free);
	moving(reference);
	linear(reference);
	handed_out();
	return 0;
}
