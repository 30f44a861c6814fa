/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * move_test.c - moving, sharing and referencing.
 */
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>

#include "test.h"

/* A new buffer, or the end of the test. */
static struct evbuffer *
buffer_new(void)
{
	struct evbuffer *buf = evbuffer_new();

	CHECK_NOTNULL(buf);
	return buf;
}

/* What a cleanup was told. */
struct release {
	int count;
	const void *data;
	size_t len;
};

static void
on_release(const void *data, size_t len, void *arg)
{
	struct release *release = arg;

	release->count++;
	release->data = data;
	release->len = len;
}

/* The content of a buffer is this text. */
static void
check_text(struct evbuffer *buf, const char *text)
{
	size_t len = strlen(text);
	char out[256];

	CHECK_EQ(evbuffer_get_length(buf), len);
	CHECK_EQ(evbuffer_copyout(buf, out, sizeof(out)), len);
	CHECK_MEM(out, text, len);
}

/* add_buffer, prepend_buffer and remove_buffer put bytes where they say. */
TEST(moves_put_bytes_where_they_say)
{
	struct evbuffer *a = buffer_new();
	struct evbuffer *b = buffer_new();

	CHECK_EQ(evbuffer_add(a, "middle", 6), 0);
	CHECK_EQ(evbuffer_add(b, "-end", 4), 0);
	CHECK_EQ(evbuffer_add_buffer(a, b), 0);
	check_text(b, "");
	CHECK_EQ(evbuffer_add(b, "start-", 6), 0);
	CHECK_EQ(evbuffer_prepend_buffer(a, b), 0);
	check_text(a, "start-middle-end");
	CHECK_EQ(evbuffer_remove_buffer(a, b, 6), 6);
	check_text(a, "middle-end");
	check_text(b, "start-");
	CHECK_EQ(evbuffer_remove_buffer(a, b, 1000), 10);
	check_text(b, "start-middle-end");
	evbuffer_free(a);
	evbuffer_free(b);
}

/* A buffer moved into itself stays as it is; shared with itself is refused. */
TEST(moves_into_itself)
{
	struct evbuffer *a = buffer_new();

	CHECK_EQ(evbuffer_add_buffer_reference(a, a), 0);
	CHECK_EQ(evbuffer_add(a, "abc", 3), 0);
	CHECK_EQ(evbuffer_add_buffer(a, a), 0);
	CHECK_EQ(evbuffer_prepend_buffer(a, a), 0);
	CHECK_EQ(evbuffer_remove_buffer(a, a, 2), 0);
	CHECK_EQ(evbuffer_add_buffer_reference(a, a), -1);
	check_text(a, "abc");
	evbuffer_free(a);
}

/* A cleanup runs once, when the last byte is gone, with what was given. */
TEST(cleanup_runs_once_with_what_was_given)
{
	struct evbuffer *a = buffer_new();
	struct evbuffer *b = buffer_new();
	struct release release = { 0, NULL, 0 };
	static const char text[] = "0123456789";

	CHECK_EQ(evbuffer_add_reference(a, text, 10, on_release, &release), 0);
	CHECK_EQ(evbuffer_drain(a, 4), 0);
	CHECK_EQ(evbuffer_remove_buffer(a, b, 3), 3);
	CHECK_EQ(evbuffer_drain(a, 2), 0);
	CHECK_EQ(release.count, 0);
	CHECK_EQ(evbuffer_drain(a, 1), 0);
	CHECK_EQ(release.count, 1);
	CHECK_PTR(release.data, text);
	CHECK_EQ(release.len, 10);
	check_text(b, "456");
	evbuffer_free(a);
	evbuffer_free(b);
	CHECK_EQ(release.count, 1);
}

/* With an offset the cleanup still gets the start and the whole length. */
TEST(reference_with_offset)
{
	struct evbuffer *a = buffer_new();
	struct release release = { 0, NULL, 0 };
	static const char text[] = "0123456789";

	CHECK_EQ(evbuffer_add_reference_with_offset(a, text, 3, 5, on_release,
		     &release),
	    0);
	check_text(a, "34567");
	evbuffer_free(a);
	CHECK_EQ(release.count, 1);
	CHECK_PTR(release.data, text);
	CHECK_EQ(release.len, 8);
}

/* A reference to nothing is released at once; a NULL cleanup is allowed. */
TEST(empty_references_and_no_cleanup)
{
	struct evbuffer *a = buffer_new();
	struct release release = { 0, NULL, 0 };

	CHECK_EQ(evbuffer_add_reference(a, "x", 0, on_release, &release), 0);
	CHECK_EQ(release.count, 1);
	CHECK_EQ(evbuffer_add_reference(a, "x", 0, NULL, NULL), 0);
	CHECK_EQ(evbuffer_add_reference(a, "x", 1, NULL, NULL), 0);
	evbuffer_freeze(a, 0);
	CHECK_EQ(evbuffer_add_reference(a, "x", 0, on_release, &release), -1);
	CHECK_EQ(evbuffer_add_reference(a, "x", 1, on_release, &release), -1);
	CHECK_EQ(release.count, 1);
	check_text(a, "x");
	evbuffer_free(a);
}

/* What a cleanup may do to the buffer it is called from. */
static void
on_release_use(const void *data, size_t len, void *arg)
{
	struct evbuffer *buf = arg;

	(void)data;
	(void)len;
	evbuffer_add(buf, "new", 3);
	evbuffer_drain(buf, 1);
}

/* A cleanup that uses its own buffer finds it whole. */
TEST(cleanup_may_use_the_buffer)
{
	struct evbuffer *a = buffer_new();

	CHECK_EQ(evbuffer_add_reference(a, "one", 3, on_release_use, a), 0);
	CHECK_EQ(evbuffer_add_reference(a, "two", 3, on_release_use, a), 0);
	CHECK_EQ(evbuffer_add(a, "tail", 4), 0);
	CHECK_EQ(evbuffer_drain(a, 7), 0);
	check_text(a, "lnewnew");
	evbuffer_free(a);
}

/* Shared bytes do not change whatever becomes of their source. */
TEST(shared_bytes_do_not_change)
{
	struct evbuffer *source = buffer_new();
	struct evbuffer *copies[3];
	struct release release = { 0, NULL, 0 };

	CHECK_EQ(evbuffer_add(source, "hello ", 6), 0);
	CHECK_EQ(evbuffer_add_reference(source, "world", 5, on_release,
		     &release),
	    0);
	for (int i = 0; i < 3; i++) {
		copies[i] = buffer_new();
		CHECK_EQ(evbuffer_add_buffer_reference(copies[i], source), 0);
	}
	CHECK_EQ(evbuffer_drain(source, 3), 0);
	CHECK_EQ(evbuffer_prepend(source, "JUNK", 4), 0);
	CHECK_EQ(evbuffer_add(source, "!", 1), 0);
	CHECK_NOTNULL(evbuffer_pullup(source, -1));
	CHECK_EQ(evbuffer_drain(source, 100), 0);
	CHECK_EQ(evbuffer_add(source, "overwritten", 11), 0);
	evbuffer_free(source);
	for (int i = 0; i < 3; i++) {
		CHECK_EQ(release.count, 0);
		check_text(copies[i], "hello world");
		CHECK_EQ(evbuffer_add(copies[i], "?", 1), 0);
		CHECK_NOTNULL(evbuffer_pullup(copies[i], -1));
		check_text(copies[i], "hello world?");
		evbuffer_free(copies[i]);
	}
	CHECK_EQ(release.count, 1);
}

/* A share can be shared again, and outlives what it came from. */
TEST(shares_of_shares)
{
	struct evbuffer *a = buffer_new();
	struct evbuffer *b = buffer_new();
	struct evbuffer *c = buffer_new();

	CHECK_EQ(evbuffer_add(a, "bytes", 5), 0);
	CHECK_EQ(evbuffer_add_buffer_reference(b, a), 0);
	evbuffer_free(a);
	CHECK_EQ(evbuffer_add_buffer_reference(c, b), 0);
	evbuffer_free(b);
	check_text(c, "bytes");
	evbuffer_free(c);
}

/*
 * Old wound CVE-2026-63381: sharing into a buffer whose first block is
 * empty (from a reference to nothing) left dangling pointers.
 */
TEST(sharing_after_an_empty_reference)
{
	struct evbuffer *a = buffer_new();
	struct evbuffer *b = buffer_new();

	CHECK_EQ(evbuffer_add_reference(b, "", 0, NULL, NULL), 0);
	CHECK_EQ(evbuffer_expand(b, 100), 0);
	CHECK_EQ(evbuffer_add(a, "content", 7), 0);
	CHECK_EQ(evbuffer_add_buffer_reference(b, a), 0);
	CHECK_EQ(evbuffer_add(b, "more", 4), 0);
	check_text(b, "contentmore");
	CHECK_EQ(evbuffer_prepend(b, "and ", 4), 0);
	check_text(b, "and contentmore");
	evbuffer_free(a);
	check_text(b, "and contentmore");
	evbuffer_free(b);
}

/* Large parts are shared, small parts copied: both arrive. */
TEST(parts_of_large_blocks)
{
	static char data[100000];
	static char out[100000];
	struct evbuffer *a = buffer_new();
	struct evbuffer *b = buffer_new();
	struct release release = { 0, NULL, 0 };

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)(i % 127);
	CHECK_EQ(evbuffer_add_reference(a, data, sizeof(data), on_release,
		     &release),
	    0);
	CHECK_EQ(evbuffer_remove_buffer(a, b, 100), 100);
	CHECK_EQ(evbuffer_remove_buffer(a, b, 50000), 50000);
	evbuffer_free(a);
	CHECK_EQ(release.count, 0);
	CHECK_EQ(evbuffer_remove(b, out, sizeof(out)), 50100);
	CHECK_MEM(out, data, 50100);
	CHECK_EQ(release.count, 1);
	evbuffer_free(b);
}
