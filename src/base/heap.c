/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heap.c - the 4-ary min-heap of heap.h.
 *
 * Entry i has the children 4i+1 .. 4i+4.  The array begins 16 bytes before a
 * 64-byte boundary, so that those four lie in one cache line.  The array
 * doubles when full and halves when three quarters of it are empty.
 */
#include "base/heap.h"

#include <errno.h>
#include <string.h>

#include "base/base.h"
#include "base/mem.h"

#define ARITY 4
#define CACHE_LINE 64
#define CAP_MIN 16

/* Move the array to a block for `cap` entries. */
static int
resize(struct evi_heap *heap, uint32_t cap)
{
	size_t entry = sizeof(struct evi_heap_entry);
	size_t bytes = (size_t)cap * entry + CACHE_LINE;
	char *block = evi_mem_alloc(bytes);

	if (!block)
		return -ENOMEM;

	/* The first multiple of 64 that leaves room for the root before it. */
	uintptr_t second = (uintptr_t)block + entry;
	second = (second + CACHE_LINE - 1) & ~(uintptr_t)(CACHE_LINE - 1);

	struct evi_heap_entry *entries = (void *)(second - entry);
	if (heap->count)
		memcpy(entries, heap->entries, heap->count * entry);
	evi_mem_free(heap->block);
	heap->block = block;
	heap->entries = entries;
	heap->cap = cap;
	return 0;
}

int
evi_heap_reserve(struct evi_heap *heap)
{
	if (heap->count < heap->cap)
		return 0;
	if (heap->cap > UINT32_MAX / 2)
		return -ENOMEM;
	return resize(heap, heap->cap ? heap->cap * 2 : CAP_MIN);
}

/* Give memory back once three quarters of it are empty. */
static void
shrink(struct evi_heap *heap)
{
	/* Failing is harmless. */
	if (heap->cap > CAP_MIN && heap->count <= heap->cap / 4)
		(void)resize(heap, heap->cap / 2);
}

/* Put `entry` at or above the hole `at`. */
static void
sift_up(struct evi_heap *heap, uint32_t at, struct evi_heap_entry entry)
{
	struct evi_heap_entry *entries = heap->entries;

	while (at > 0) {
		uint32_t parent = (at - 1) / ARITY;

		if (!evi_heap_is_before(&entry, &entries[parent]))
			break;
		entries[at] = entries[parent];
		at = parent;
	}
	entries[at] = entry;
}

/* The smallest of `count` entries from `first` on: 1 to 4. */
static inline uint32_t
smallest_of(const struct evi_heap_entry *entries, uint32_t first,
    uint32_t count)
{
	if (EVI_LIKELY(count == ARITY)) { /* without a jump */
		uint32_t left = first +
		    (uint32_t)evi_heap_is_before(&entries[first + 1],
			&entries[first]);
		uint32_t right = first + 2 +
		    (uint32_t)evi_heap_is_before(&entries[first + 3],
			&entries[first + 2]);
		uint32_t is_right = (uint32_t)
		    evi_heap_is_before(&entries[right], &entries[left]);

		return left + (right - left) * is_right;
	}

	uint32_t best = first;
	for (uint32_t i = first + 1; i < first + count; i++)
		if (evi_heap_is_before(&entries[i], &entries[best]))
			best = i;
	return best;
}

/* Put `entry` at or below the hole `at`. */
static void
sift_down(struct evi_heap *heap, uint32_t at, struct evi_heap_entry entry)
{
	struct evi_heap_entry *entries = heap->entries;

	for (;;) {
		uint64_t first = (uint64_t)at * ARITY + 1;

		if (first >= heap->count)
			break;
		uint32_t left = heap->count - (uint32_t)first;
		uint32_t child = smallest_of(entries, (uint32_t)first,
		    left < ARITY ? left : ARITY);
		if (!evi_heap_is_before(&entries[child], &entry))
			break;
		entries[at] = entries[child];
		at = child;
	}
	entries[at] = entry;
}

void
evi_heap_push(struct evi_heap *heap, struct evi_heap_entry entry)
{
	EVI_ASSERT(heap->count < heap->cap);
	sift_up(heap, heap->count++, entry);
}

void
evi_heap_pop(struct evi_heap *heap)
{
	EVI_ASSERT(heap->count > 0);
	struct evi_heap_entry last = heap->entries[--heap->count];

	if (heap->count)
		sift_down(heap, 0, last);
	shrink(heap);
}

void
evi_heap_replace_top(struct evi_heap *heap, struct evi_heap_entry entry)
{
	EVI_ASSERT(heap->count > 0);
	sift_down(heap, 0, entry);
}

/* Make a heap of entries in any order. */
static void
order(struct evi_heap *heap)
{
	if (heap->count < 2)
		return;
	for (uint32_t i = (heap->count - 2) / ARITY + 1; i-- > 0;)
		sift_down(heap, i, heap->entries[i]);
}

void
evi_heap_filter(struct evi_heap *heap, evi_heap_keep_fn keep, void *arg)
{
	heap->count = keep(heap->entries, heap->count, arg);
	order(heap);
	shrink(heap);
}

void
evi_heap_clear(struct evi_heap *heap)
{
	evi_mem_free(heap->block);
	memset(heap, 0, sizeof(*heap));
}

int
evi_heap_check(const struct evi_heap *heap)
{
	for (uint32_t i = 1; i < heap->count; i++)
		if (evi_heap_is_before(&heap->entries[i],
			&heap->entries[(i - 1) / ARITY]))
			return 0;
	return heap->count <= heap->cap;
}
