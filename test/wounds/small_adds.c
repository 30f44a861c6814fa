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

enum way {
	AT_END,
	AT_FRONT,
	EXPANDED,
	RESERVED,
	WAYS
};

static const char *const ways[] = { "at the end", "at the front",
	"after evbuffer_expand", "into reserved space" };

static void
add(struct evbuffer *buf, enum way way, size_t len)
{
	static const char bytes[64];
	struct evbuffer_iovec vec;

	if (way == AT_FRONT) {
		CHECK_EQ(evbuffer_prepend(buf, bytes, len), 0);
		return;
	}
	if (way == RESERVED) {
		CHECK_EQ(evbuffer_reserve_space(buf, (ev_ssize_t)len, &vec, 1),
		    1);
		CHECK(vec.iov_len >= len);
		memset(vec.iov_base, 0, len);
		vec.iov_len = len;
		CHECK_EQ(evbuffer_commit_space(buf, &vec, 1), 0);
		return;
	}
	if (way == EXPANDED)
		CHECK_EQ(evbuffer_expand(buf, len), 0);
	CHECK_EQ(evbuffer_add(buf, bytes, len), 0);
}

/* Add one million bytes in pieces; a block takes a good part of a page. */
static void
add_million(enum way way, size_t piece)
{
	struct evbuffer *buf = evbuffer_new();
	size_t done;

	allocations = 0;
	for (done = 0; done < BYTES; done += piece)
		add(buf, way, piece);
	printf("%zu bytes at a time, %s: %ld allocations\n", piece, ways[way],
	    allocations);
	fflush(stdout);
	CHECK(allocations <= BYTES / 900);
	CHECK_EQ(evbuffer_get_length(buf), done);
	evbuffer_free(buf);
}

int
main(void)
{
	size_t piece;
	int way;

	event_set_mem_functions(counting_malloc, counting_realloc, free);
	for (way = 0; way < WAYS; way++)
		for (piece = 1; piece <= 64; piece *= 4)
			add_million(way, piece);
	return PASSED;
}
