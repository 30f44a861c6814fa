/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * share_into_empty.c - evbuffer_add_buffer_reference() to an empty buffer that
 * has memory all the same (CVE-2026-63381).
 *
 * debian: passes
 * debian before 2.1.12-stable-8+deb12u1: crashes (SIGSEGV)
 */
#include "content.h"

/* Ways to be empty. */
static const char *const ways[] = { "new", "no bytes", "drained", "expanded",
	"reference to nothing", "emptied by a move", "emptied at the front" };

#define WAYS (sizeof(ways) / sizeof(ways[0]))

static struct evbuffer *
empty_buffer(size_t way)
{
	struct evbuffer *buf = evbuffer_new(), *other = evbuffer_new();
	char out[3];

	if (way == 1)
		evbuffer_add(buf, "", 0);
	else if (way == 2 && !evbuffer_add(buf, "abc", 3))
		evbuffer_drain(buf, 3);
	else if (way == 3)
		evbuffer_expand(buf, 10000);
	else if (way == 4)
		evbuffer_add_reference(buf, "", 0, NULL, NULL);
	else if (way == 5 && !evbuffer_add(buf, "abc", 3))
		evbuffer_add_buffer(other, buf);
	else if (way == 6 && !evbuffer_prepend(buf, "abc", 3))
		evbuffer_remove(buf, out, 3);
	CHECK_EQ(evbuffer_get_length(buf), 0);
	evbuffer_free(other);
	return buf;
}

/* Share, change both, and free one before the other. */
static void
share(size_t way, int source_first)
{
	struct evbuffer *buf = empty_buffer(way), *from = evbuffer_new();
	struct evbuffer_ptr at;

	printf("%s, the source freed %s\n", ways[way],
	    source_first ? "first" : "last");
	fflush(stdout);
	evbuffer_add_reference(from, "shared", 6, on_release, NULL);
	evbuffer_add(from, " copy", 5);
	CHECK_EQ(evbuffer_add_buffer_reference(buf, from), 0);
	CHECK_EQ(evbuffer_add(buf, " tail", 5), 0);
	CHECK_EQ(evbuffer_prepend(buf, "head ", 5), 0);
	CHECK_EQ(evbuffer_add(from, "!", 1), 0);
	check_content(buf, "head shared copy tail");
	check_content(from, "shared copy!");
	at = evbuffer_search(buf, "copy t", 6, NULL);
	CHECK_EQ(at.pos, 12);
	CHECK_EQ(evbuffer_drain(from, 3), 0);
	if (source_first)
		evbuffer_free(from);
	check_content(buf, "head shared copy tail");
	CHECK(evbuffer_pullup(buf, -1) != NULL);
	evbuffer_free(buf);
	if (!source_first)
		evbuffer_free(from);
}

int
main(void)
{
	size_t way;

	wound_watch();
	for (way = 0; way < WAYS; way++) {
		share(way, 0);
		share(way, 1);
		CHECK_EQ(released, 2 * (way + 1));
	}
	return wound_end();
}
