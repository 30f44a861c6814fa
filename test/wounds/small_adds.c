/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * small_adds.c - blocks grow with what is added (#340: after the repair of
 * CVE-2014-6272 they did not, and each small add cost an allocation).
 *
 * debian: passes
 */
#include <event2/buffer.h>

#include "wound.h"

#define BYTES 1000000

static long allocations;

static void *
counting_malloc(size_t len)
{
	allocations++;
	return malloc(len);
}

static void *
counting_realloc(void *old, size_t len)
{
	allocations++;
	return realloc(old, len);
}

/* Add one million bytes in pieces; a block takes a good part of a page. */
static void
add(size_t piece, int at_front)
{
	struct evbuffer *buf = evbuffer_new();
	char bytes[64] = { 0 };
	size_t done;

	allocations = 0;
	for (done = 0; done < BYTES; done += piece)
		CHECK_EQ(at_front ? evbuffer_prepend(buf, bytes, piece)
				  : evbuffer_add(buf, bytes, piece),
		    0);
	printf("%zu bytes at a time, %s: %ld allocations\n", piece,
	    at_front ? "at the front" : "at the end", allocations);
	fflush(stdout);
	CHECK(allocations <= BYTES / (at_front ? 900 : 2000));
	CHECK_EQ(evbuffer_get_length(buf), done);
	evbuffer_free(buf);
}

int
main(void)
{
	size_t piece;

	event_set_mem_functions(counting_malloc, counting_realloc, free);
	for (piece = 1; piece <= 64; piece *= 4) {
		add(piece, 0);
		add(piece, 1);
	}
	return PASSED;
}
