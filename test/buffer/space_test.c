/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * space_test.c - expand, reserve and commit, peek, add_iovec.
 */
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

/* What is written into reserved room and committed is in the buffer. */
TEST(reserved_room_is_committed)
{
	struct evbuffer *buf = buffer_new();
	struct evbuffer_iovec vec[2];
	char out[2000];
	int n;

	CHECK_EQ(evbuffer_add(buf, "0123456789", 10), 0);
	n = evbuffer_reserve_space(buf, 1000, vec, 2);
	CHECK_EQ(n, 2);
	CHECK_GE(vec[0].iov_len + vec[1].iov_len, 1000);
	memset(vec[0].iov_base, 'a', vec[0].iov_len);
	memset(vec[1].iov_base, 'b', 5);
	size_t first = vec[0].iov_len;
	vec[1].iov_len = 5;
	CHECK_EQ(evbuffer_commit_space(buf, vec, 2), 0);
	CHECK_EQ(evbuffer_get_length(buf), 15 + first);
	CHECK_EQ(evbuffer_remove(buf, out, sizeof(out)), 15 + first);
	CHECK_MEM(out, "0123456789a", 11);
	CHECK_MEM(out + 9 + first, "abbbbb", 6);
	evbuffer_free(buf);
}

/* Reserving again gives the same room; less may be committed than given. */
TEST(reserving_again_gives_the_same)
{
	struct evbuffer *buf = buffer_new();
	struct evbuffer_iovec a, b;

	CHECK_EQ(evbuffer_reserve_space(buf, 100, &a, 1), 1);
	CHECK_EQ(evbuffer_reserve_space(buf, 100, &b, 1), 1);
	CHECK_PTR(a.iov_base, b.iov_base);
	CHECK_EQ(evbuffer_commit_space(buf, &a, 0), 0);
	CHECK_EQ(evbuffer_get_length(buf), 0);
	memcpy(a.iov_base, "xyz", 3);
	a.iov_len = 3;
	CHECK_EQ(evbuffer_commit_space(buf, &a, 1), 0);
	CHECK_EQ(evbuffer_get_length(buf), 3);
	evbuffer_free(buf);
}

/* Commit refuses what was not reserved, and then adds nothing. */
TEST(commit_refuses_strange_extents)
{
	struct evbuffer *buf = buffer_new();
	struct evbuffer_iovec vec[3];
	char mine[10];

	CHECK_EQ(evbuffer_add(buf, "abc", 3), 0);
	vec[0].iov_base = mine;
	vec[0].iov_len = 5;
	CHECK_EQ(evbuffer_commit_space(buf, vec, 1), -1);
	CHECK_EQ(evbuffer_reserve_space(buf, 1000, vec, 2), 2);
	vec[1].iov_len++;
	CHECK_EQ(evbuffer_commit_space(buf, vec, 2), -1);
	vec[1].iov_len--;
	vec[2] = vec[1];
	CHECK_EQ(evbuffer_commit_space(buf, vec, 3), -1);
	CHECK_EQ(evbuffer_commit_space(buf, vec, -1), -1);
	CHECK_EQ(evbuffer_get_length(buf), 3);
	CHECK_EQ(evbuffer_reserve_space(buf, 10, vec, 1), 1);
	CHECK_EQ(evbuffer_add(buf, "d", 1), 0);
	CHECK_EQ(evbuffer_commit_space(buf, vec, 1), -1);
	CHECK_EQ(evbuffer_get_length(buf), 4);
	CHECK_EQ(evbuffer_reserve_space(buf, -1, vec, 1), -1);
	CHECK_EQ(evbuffer_reserve_space(buf, 1, vec, 0), -1);
	evbuffer_free(buf);
}

/* After expand, adding that much allocates nothing. */
TEST(expanded_room_is_enough)
{
	static char data[9000];
	struct evbuffer *buf = buffer_new();

	CHECK_EQ(evbuffer_add(buf, data, 100), 0);
	CHECK_EQ(evbuffer_expand(buf, sizeof(data)), 0);
	size_t before = test_blocks_total();
	CHECK_EQ(evbuffer_add(buf, data, sizeof(data)), 0);
	CHECK_EQ(test_blocks_total(), before);
	CHECK_EQ(evbuffer_get_length(buf), 9100);
	evbuffer_free(buf);
}

/* Peek shows every byte in order, from any position, into few extents. */
TEST(peek_shows_the_bytes)
{
	static const char text[] = "0123456789abcdefghij";
	struct evbuffer *buf = buffer_new();
	struct evbuffer_iovec vec[8];
	struct evbuffer_ptr pos;

	for (int i = 0; i < 5; i++)
		CHECK_EQ(evbuffer_add_reference(buf, text + 4 * i, 4, NULL,
			     NULL),
		    0);
	CHECK_EQ(evbuffer_peek(buf, -1, NULL, NULL, 0), 5);
	CHECK_EQ(evbuffer_peek(buf, 9, NULL, vec, 8), 3);
	CHECK_MEM(vec[2].iov_base, "89ab", 4);
	CHECK_EQ(evbuffer_peek(buf, 20, NULL, vec, 2), 5);
	CHECK_EQ(evbuffer_peek(buf, -1, NULL, vec, 2), 2);
	CHECK_EQ(evbuffer_ptr_set(buf, &pos, 6, EVBUFFER_PTR_SET), 0);
	CHECK_EQ(evbuffer_peek(buf, 3, &pos, vec, 8), 2);
	CHECK_EQ(vec[0].iov_len, 2);
	CHECK_MEM(vec[0].iov_base, "67", 2);
	CHECK_EQ(evbuffer_ptr_set(buf, &pos, 20, EVBUFFER_PTR_SET), 0);
	CHECK_EQ(evbuffer_peek(buf, 3, &pos, vec, 8), 0);
	evbuffer_drain(buf, 10);
	CHECK_EQ(evbuffer_peek(buf, 3, &pos, vec, 8), -1);
	evbuffer_free(buf);
}

/* add_iovec adds all extents, the empty ones too. */
TEST(add_iovec_adds_all)
{
	struct evbuffer *buf = buffer_new();
	struct evbuffer_iovec vec[3] = { { (void *)"one", 3 }, { NULL, 0 },
		{ (void *)"three", 5 } };

	CHECK_EQ(evbuffer_add_iovec(buf, vec, 3), 8);
	CHECK_EQ(evbuffer_add_iovec(buf, vec, 0), 0);
	CHECK_NOTNULL(evbuffer_pullup(buf, -1));
	CHECK_MEM(evbuffer_pullup(buf, -1), "onethree", 8);
	evbuffer_freeze(buf, 0);
	CHECK_EQ(evbuffer_add_iovec(buf, vec, 3), 0);
	evbuffer_free(buf);
}
