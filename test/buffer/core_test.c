/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * core_test.c - bytes in at the ends, bytes out at the front.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/buffer_compat.h>

#include "test.h"

/* A new buffer, or the end of the test. */
static struct evbuffer *
buffer_new(void)
{
	struct evbuffer *buf = evbuffer_new();

	CHECK_NOTNULL(buf);
	return buf;
}

/* Draining more than there is empties the buffer and is not an error. */
TEST(drain_past_the_end_empties)
{
	struct evbuffer *buf = buffer_new();

	CHECK_EQ(evbuffer_add(buf, "abc", 3), 0);
	CHECK_EQ(evbuffer_drain(buf, 100), 0);
	CHECK_EQ(evbuffer_get_length(buf), 0);
	CHECK_EQ(evbuffer_drain(buf, 100), 0);
	evbuffer_free(buf);
}

/* What goes in at both ends comes out in order. */
TEST(bytes_keep_their_order)
{
	struct evbuffer *buf = buffer_new();
	char out[32];

	CHECK_EQ(evbuffer_add(buf, "cde", 3), 0);
	CHECK_EQ(evbuffer_prepend(buf, "ab", 2), 0);
	CHECK_EQ(evbuffer_add_printf(buf, "%c%d", 'f', 7), 2);
	CHECK_EQ(evbuffer_remove(buf, out, sizeof(out)), 7);
	CHECK_MEM(out, "abcdef7", 7);
	evbuffer_free(buf);
}

/* Lengths over any block boundary survive adding and taking. */
TEST(every_length_survives)
{
	static unsigned char data[70000], out[70000];
	struct evbuffer *buf = buffer_new();

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)(i * 7 + i / 251);
	for (size_t len = 0; len < sizeof(data); len = len * 2 + 1) {
		size_t cut = len / 3;

		CHECK_EQ(evbuffer_add(buf, data, cut), 0);
		CHECK_EQ(evbuffer_add(buf, data + cut, len - cut), 0);
		CHECK_EQ(evbuffer_copyout(buf, out, sizeof(out)), len);
		CHECK_MEM(out, data, len);
		memset(out, 0, len);
		CHECK_EQ(evbuffer_remove(buf, out, len), len);
		CHECK_MEM(out, data, len);
		CHECK_EQ(evbuffer_get_length(buf), 0);
	}
	evbuffer_free(buf);
}

/* Pullup gives contiguous bytes, never more than there are. */
TEST(pullup_is_contiguous_or_null)
{
	struct evbuffer *buf = buffer_new();
	static char block[1000];

	CHECK_NULL(evbuffer_pullup(buf, -1));
	CHECK_NULL(evbuffer_pullup(buf, 1));
	for (int i = 0; i < 20; i++) {
		memset(block, 'a' + i, sizeof(block));
		CHECK_EQ(evbuffer_add_reference(buf, block, 0, NULL, NULL), 0);
		CHECK_EQ(evbuffer_add(buf, block, sizeof(block)), 0);
	}
	CHECK_NULL(evbuffer_pullup(buf, 20001));
	CHECK_NULL(evbuffer_pullup(buf, 0));
	unsigned char *data = evbuffer_pullup(buf, 1500);
	CHECK_NOTNULL(data);
	CHECK_EQ(data[1499], 'b');
	CHECK_GE(evbuffer_get_contiguous_space(buf), 1500);
	data = evbuffer_pullup(buf, -1);
	CHECK_NOTNULL(data);
	for (int i = 0; i < 20; i++)
		CHECK_EQ(data[i * 1000 + 999], 'a' + i);
	CHECK_PTR(evbuffer_pullup(buf, 20000), data);
	CHECK_EQ(evbuffer_get_length(buf), 20000);
	evbuffer_free(buf);
}

/* A frozen front refuses what takes; a frozen end refuses what adds. */
TEST(frozen_ends_refuse)
{
	struct evbuffer *buf = buffer_new();
	char out[4];

	CHECK_EQ(evbuffer_add(buf, "line\n", 5), 0);
	CHECK_EQ(evbuffer_freeze(buf, 1), 0);
	CHECK_EQ(evbuffer_drain(buf, 1), -1);
	CHECK_EQ(evbuffer_remove(buf, out, 1), -1);
	CHECK_EQ(evbuffer_copyout(buf, out, 1), -1);
	CHECK_EQ(evbuffer_prepend(buf, "x", 1), -1);
	CHECK_NULL(evbuffer_readln(buf, NULL, EVBUFFER_EOL_LF));
	CHECK_EQ(evbuffer_add(buf, "x", 1), 0);
	CHECK_EQ(evbuffer_unfreeze(buf, 1), 0);
	CHECK_EQ(evbuffer_freeze(buf, 0), 0);
	CHECK_EQ(evbuffer_add(buf, "x", 1), -1);
	CHECK_EQ(evbuffer_add_printf(buf, "x"), -1);
	CHECK_EQ(evbuffer_add_reference(buf, "x", 1, NULL, NULL), -1);
	CHECK_EQ(evbuffer_drain(buf, 1), 0);
	CHECK_EQ(evbuffer_unfreeze(buf, 0), 0);
	CHECK_EQ(evbuffer_get_length(buf), 5);
	evbuffer_free(buf);
}

/* Copying from a position inside, at and beyond the end. */
TEST(copyout_from_a_position)
{
	struct evbuffer *buf = buffer_new();
	struct evbuffer_ptr pos;
	char out[8];

	CHECK_EQ(evbuffer_add(buf, "0123", 4), 0);
	CHECK_EQ(evbuffer_add_reference(buf, "456789", 6, NULL, NULL), 0);
	CHECK_EQ(evbuffer_ptr_set(buf, &pos, 3, EVBUFFER_PTR_SET), 0);
	CHECK_EQ(evbuffer_copyout_from(buf, &pos, out, 3), 3);
	CHECK_MEM(out, "345", 3);
	CHECK_EQ(evbuffer_copyout_from(buf, &pos, out, 8), 7);
	CHECK_EQ(evbuffer_ptr_set(buf, &pos, 10, EVBUFFER_PTR_SET), 0);
	CHECK_EQ(evbuffer_copyout_from(buf, &pos, out, 8), 0);
	/* A position that was the end goes on when more is added. */
	CHECK_EQ(evbuffer_add(buf, "more", 4), 0);
	CHECK_EQ(evbuffer_copyout_from(buf, &pos, out, 8), 4);
	CHECK_MEM(out, "more", 4);
	evbuffer_drain(buf, 8);
	CHECK_EQ(evbuffer_copyout_from(buf, &pos, out, 8), -1);
	evbuffer_free(buf);
}

/* Formatted text of any length arrives whole. */
TEST(printf_of_any_length)
{
	struct evbuffer *buf = buffer_new();

	for (int width = 1; width < 20000; width = width * 3 + 1) {
		CHECK_EQ(evbuffer_add_printf(buf, "%*d", width, 7), width);
		CHECK_EQ(evbuffer_get_length(buf), width);
		unsigned char *data = evbuffer_pullup(buf, -1);
		CHECK_NOTNULL(data);
		CHECK_EQ(data[width - 1], '7');
		CHECK_EQ(evbuffer_drain(buf, (size_t)width), 0);
	}
	CHECK_EQ(evbuffer_add_printf(buf, "%s", ""), 0);
	evbuffer_free(buf);
}

/* Freeing nothing is fine; a lock of its own needs thread support. */
TEST(free_and_locks)
{
	struct evbuffer *buf = buffer_new();

	evbuffer_free(NULL);
	int has_lock = evbuffer_enable_locking(buf, NULL) == 0;
	evbuffer_lock(buf);
	evbuffer_lock(buf);
	CHECK_EQ(evbuffer_add(buf, "x", 1), 0);
	CHECK_EQ(evbuffer_get_length(buf), 1);
	evbuffer_unlock(buf);
	evbuffer_unlock(buf);
	if (has_lock)
		CHECK_EQ(evbuffer_enable_locking(buf, NULL), -1);
	evbuffer_free(buf);
}

/* The macros of the 1.x API. */
TEST(compat_macros)
{
	struct evbuffer *buf = buffer_new();

	CHECK_EQ(evbuffer_add(buf, "abc", 3), 0);
	CHECK_EQ(EVBUFFER_LENGTH(buf), 3);
	CHECK_NOTNULL(EVBUFFER_DATA(buf));
	CHECK_MEM(EVBUFFER_DATA(buf), "abc", 3);
	evbuffer_free(buf);
}
