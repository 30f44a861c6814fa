/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * limits_test.c - sizes that overflow, and what growing costs.
 *
 * Permanent guards for old wounds of buffers: lengths near SIZE_MAX that
 * wrapped (CVE-2014-6272, CVE-2015-6525), and a cure for them after which
 * blocks did not grow any more.
 */
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/util.h>

#include "test.h"

/* A new buffer, or the end of the test. */
static struct evbuffer *
buffer_new(void)
{
	struct evbuffer *buf = evbuffer_new();

	CHECK_NOTNULL(buf);
	return buf;
}

/* An evbuffer that makes trouble, of each kind there is. */
enum kind {
	EMPTY,
	ONE_BYTE,
	FROZEN,
	REFERENCE,
	SHARED,
	PART_OF_FILE,
	KINDS
};

/* A descriptor of a file of four bytes that has no name. */
static int
temporary_file(void)
{
	char path[] = "/tmp/limits_test.XXXXXX";
	int fd = mkstemp(path);

	CHECK_GE(fd, 0);
	CHECK_EQ(unlink(path), 0);
	CHECK_EQ(write(fd, "file", 4), 4);
	return fd;
}

static struct evbuffer *
buffer_of(enum kind kind)
{
	struct evbuffer *buf = buffer_new();
	struct evbuffer *other;

	CHECK_NOTNULL(buf);
	switch (kind) {
	case ONE_BYTE:
		CHECK_EQ(evbuffer_add(buf, "x", 1), 0);
		break;
	case FROZEN:
		CHECK_EQ(evbuffer_add(buf, "abc", 3), 0);
		evbuffer_freeze(buf, 0);
		evbuffer_freeze(buf, 1);
		break;
	case REFERENCE:
		CHECK_EQ(evbuffer_add_reference(buf, "refer", 5, NULL, NULL),
		    0);
		break;
	case PART_OF_FILE:
		evbuffer_set_flags(buf, EVBUFFER_FLAG_DRAINS_TO_FD);
		CHECK_EQ(evbuffer_add_file(buf, temporary_file(), 0, -1), 0);
		break;
	case SHARED:
		other = buffer_new();
		CHECK_EQ(evbuffer_add(other, "shared", 6), 0);
		CHECK_EQ(evbuffer_add_buffer_reference(buf, other), 0);
		evbuffer_free(other);
		break;
	default:
		break;
	}
	return buf;
}

/* Every call that takes a length, with one that cannot be. */
static void
refuse(struct evbuffer *buf, size_t huge)
{
	struct evbuffer_iovec vec[2];
	struct evbuffer_ptr pos, found;
	size_t len = evbuffer_get_length(buf);

	CHECK_EQ(evbuffer_expand(buf, huge), -1);
	CHECK_EQ(evbuffer_add(buf, "x", huge), -1);
	CHECK_EQ(evbuffer_prepend(buf, "x", huge), -1);
	CHECK_EQ(evbuffer_reserve_space(buf, (ev_ssize_t)huge, vec, 1), -1);
	CHECK_EQ(evbuffer_reserve_space(buf, (ev_ssize_t)huge, vec, 2), -1);
	vec[0].iov_base = (void *)"x";
	vec[0].iov_len = huge;
	CHECK_EQ(evbuffer_commit_space(buf, vec, 1), -1);
	CHECK_EQ(evbuffer_add_iovec(buf, vec, 1), 0);
	CHECK_EQ(evbuffer_ptr_set(buf, &pos, huge, EVBUFFER_PTR_SET), -1);
	CHECK_EQ(evbuffer_ptr_set(buf, &pos, 0, EVBUFFER_PTR_SET), 0);
	found = evbuffer_search(buf, "x", huge, &pos);
	CHECK_EQ(found.pos, -1);
	CHECK_EQ(evbuffer_ptr_set(buf, &pos, huge, EVBUFFER_PTR_ADD), -1);
	if (huge <= (size_t)EV_SSIZE_MAX)
		CHECK_NULL(evbuffer_pullup(buf, (ev_ssize_t)huge));
	CHECK_EQ(evbuffer_set_max_read(buf, huge), huge > INT_MAX ? -1 : 0);
	CHECK_EQ(evbuffer_get_length(buf), len);
}

/* Lengths at the edges of size_t are refused and change nothing. */
TEST(huge_lengths_are_refused)
{
	for (int kind = EMPTY; kind < KINDS; kind++) {
		struct evbuffer *buf = buffer_of((enum kind)kind);
		size_t len = evbuffer_get_length(buf);
		const size_t lens[] = { SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - len,
			(size_t)EV_SSIZE_MAX, (size_t)EV_SSIZE_MAX + 1,
			(size_t)EV_SSIZE_MAX - len, SIZE_MAX - 4096 };

		for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
			refuse(buf, lens[i]);
		evbuffer_free(buf);
	}
}

/* Taking a huge length takes what there is. */
TEST(huge_takes_are_cut)
{
	struct evbuffer *buf = buffer_new();
	struct evbuffer *dst = buffer_new();
	char out[8];

	CHECK_EQ(evbuffer_add(buf, "abcdef", 6), 0);
	CHECK_EQ(evbuffer_copyout(buf, out, SIZE_MAX), 6);
	CHECK_EQ(evbuffer_remove_buffer(buf, dst, SIZE_MAX), 6);
	CHECK_EQ(evbuffer_remove(dst, out, SIZE_MAX), 6);
	CHECK_MEM(out, "abcdef", 6);
	CHECK_EQ(evbuffer_drain(dst, SIZE_MAX), 0);
	evbuffer_free(buf);
	evbuffer_free(dst);
}

/* Referenced memory counts too: the sum never passes EV_SSIZE_MAX. */
TEST(references_cannot_overflow_the_sum)
{
	struct evbuffer *buf = buffer_new();
	struct evbuffer *other = buffer_new();
	size_t half = (size_t)EV_SSIZE_MAX / 2 + 1;

	CHECK_EQ(evbuffer_add_reference(buf, "x", half, NULL, NULL), 0);
	CHECK_EQ(evbuffer_add_reference(buf, "x", half, NULL, NULL), -1);
	CHECK_EQ(evbuffer_add_reference_with_offset(buf, "x", SIZE_MAX, 2, NULL,
		     NULL),
	    -1);
	CHECK_EQ(evbuffer_add_reference(other, "x", half, NULL, NULL), 0);
	CHECK_EQ(evbuffer_add_buffer(buf, other), -1);
	CHECK_EQ(evbuffer_prepend_buffer(buf, other), -1);
	CHECK_EQ(evbuffer_add_buffer_reference(buf, other), -1);
	CHECK_EQ(evbuffer_add_reference(buf, "x", half - 2, NULL, NULL), 0);
	CHECK_EQ(evbuffer_get_length(buf), (size_t)EV_SSIZE_MAX - 1);
	CHECK_EQ(evbuffer_add(buf, "y", 1), 0);
	CHECK_EQ(evbuffer_add(buf, "y", 1), -1);
	CHECK_EQ(evbuffer_prepend(buf, "y", 1), -1);
	CHECK_EQ(evbuffer_drain(buf, 1), 0);
	CHECK_EQ(evbuffer_add(buf, "y", 1), 0);
	evbuffer_free(buf);
	evbuffer_free(other);
}

/* Adding byte by byte costs few allocations, and each is larger. */
TEST(single_bytes_cost_few_allocations)
{
	struct evbuffer *buf = buffer_new();
	size_t before = test_blocks_total();

	for (int i = 0; i < 1000000; i++)
		if (evbuffer_add(buf, "x", 1) < 0)
			break;
	CHECK_EQ(evbuffer_get_length(buf), 1000000);
	/* 1,000,000 bytes in blocks that grow to 16 KiB: about 65. */
	CHECK_LE(test_blocks_total() - before, 80);
	evbuffer_free(buf);
}

/* A buffer that is filled and emptied again allocates nothing. */
TEST(steady_use_allocates_nothing)
{
	struct evbuffer *buf = buffer_new();
	struct evbuffer *dst = buffer_new();
	struct evbuffer_iovec vec;
	char out[64];
	size_t before = 0;

	memset(out, 'x', sizeof(out));
	for (int i = 0; i < 1000; i++) {
		if (i == 10)
			before = test_blocks_total();
		CHECK_EQ(evbuffer_add(buf, out, 64), 0);
		CHECK_EQ(evbuffer_add_buffer(dst, buf), 0);
		CHECK_EQ(evbuffer_remove_buffer(dst, buf, 64), 64);
		CHECK_EQ(evbuffer_remove(buf, out, 64), 64);
		CHECK_EQ(evbuffer_reserve_space(dst, 400, &vec, 1), 1);
		vec.iov_len = 400;
		CHECK_EQ(evbuffer_commit_space(dst, &vec, 1), 0);
		CHECK_EQ(evbuffer_drain(dst, 400), 0);
	}
	CHECK_EQ(test_blocks_total() - before, 0);
	evbuffer_free(buf);
	evbuffer_free(dst);
}

/* A queue that always holds a few bytes stays in one block. */
TEST(a_short_queue_stays_in_one_block)
{
	struct evbuffer *buf = buffer_new();
	size_t before = 0;

	CHECK_EQ(evbuffer_add(buf, "0123456789", 10), 0);
	for (int i = 0; i < 10000; i++) {
		if (i == 10)
			before = test_blocks_total();
		CHECK_EQ(evbuffer_add(buf, "0123456789", 10), 0);
		CHECK_EQ(evbuffer_drain(buf, 10), 0);
	}
	CHECK_EQ(test_blocks_total() - before, 0);
	evbuffer_free(buf);
}
