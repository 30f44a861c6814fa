/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heap_test.c - the heap against a plain array that is searched.
 */
#include "base/heap.h"

#include <stdlib.h>

#include "base/base.h"
#include "test.h"
#include "testing/heap_model.h"

static uint32_t
random_below(uint32_t limit)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32) % limit;
}

/* A key of few values, so that many are equal, or an extreme one. */
static int64_t
random_key(void)
{
	switch (random_below(8)) {
	case 0:
		return INT64_MAX;
	case 1:
		return INT64_MIN;
	default:
		return (int64_t)random_below(20) - 10;
	}
}

static void
filter_both(struct evi_heap *heap)
{
	evi_heap_filter(heap, keep_odd, NULL);
	model_keep_odd();
}

/* One random operation on both. */
static void
step(struct evi_heap *heap, uint32_t number)
{
	uint32_t seq = UINT32_MAX - 500 + number; /* wraps */
	struct evi_heap_entry entry = { random_key(), seq, number };
	uint32_t what = random_below(100);

	if (what < 55 && model_count < MODEL_MAX) {
		CHECK_EQ(evi_heap_reserve(heap), 0);
		evi_heap_push(heap, entry);
		model[model_count++] = entry;
	} else if (what < 85 && model_count) {
		model_remove(model_first());
		evi_heap_pop(heap);
	} else if (what < 98 && model_count) {
		model[model_first()] = entry;
		evi_heap_replace_top(heap, entry);
	} else if (what == 98) {
		filter_both(heap);
	}
}

/* Whatever is done to it, the heap's first entry is the smallest. */
TEST(any_operation_leaves_the_smallest_first)
{
	struct evi_heap heap = { 0 };

	for (uint32_t i = 0; i < 4000; i++) {
		step(&heap, i);
		CHECK(evi_heap_check(&heap));
		CHECK_EQ(heap.count, model_count);
		if (!model_count)
			continue;
		struct evi_heap_entry first = model[model_first()];
		CHECK_EQ(heap.entries[0].key, first.key);
		CHECK_EQ(heap.entries[0].id, first.id);
	}
	evi_heap_clear(&heap);
}

/* Equal keys come out in the order of seq, over its wrap. */
TEST(equal_keys_come_out_by_seq)
{
	struct evi_heap heap = { 0 };

	for (uint32_t i = 0; i < 1000; i++) {
		uint32_t at = i * 367 % 1000; /* every one, out of order */
		struct evi_heap_entry entry = { 7, UINT32_MAX - 499 + at, at };

		CHECK_EQ(evi_heap_reserve(&heap), 0);
		evi_heap_push(&heap, entry);
	}
	for (uint32_t i = 0; i < 1000; i++) {
		CHECK_EQ(heap.entries[0].id, i);
		evi_heap_pop(&heap);
	}
	CHECK_EQ(heap.count, 0);
	evi_heap_clear(&heap);
}

/* Four children share a cache line. */
TEST(children_share_a_cache_line)
{
	struct evi_heap heap = { 0 };

	for (int i = 0; i < 12; i++) {
		while (heap.count < heap.cap)
			evi_heap_push(&heap,
			    (struct evi_heap_entry){ 0, 0, 0 });
		CHECK_EQ(evi_heap_reserve(&heap), 0);
		CHECK_EQ((uintptr_t)&heap.entries[1] % 64, 0);
	}
	evi_heap_clear(&heap);
	CHECK_EQ(test_blocks_live(), 0);
}

/* Popped empty, a heap keeps next to nothing of its memory. */
TEST(memory_is_given_back)
{
	struct evi_heap heap = { 0 };

	for (uint32_t i = 0; i < 100000; i++) {
		CHECK_EQ(evi_heap_reserve(&heap), 0);
		evi_heap_push(&heap, (struct evi_heap_entry){ i, i, i });
	}
	CHECK_GE(heap.cap, 100000);
	while (heap.count) {
		evi_heap_pop(&heap);
		CHECK(heap.cap <= 16 || heap.count > heap.cap / 8);
	}
	CHECK_LE(heap.cap, 16);
	evi_heap_clear(&heap);
	CHECK_EQ(heap.cap, 0);
}
