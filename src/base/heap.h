/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heap.h - a 4-ary min-heap of small values.
 *
 * An entry is {key, seq, id}: smallest key first, equal keys by seq (compared
 * as a running number that may wrap).  The heap knows nothing of what an id
 * stands for and never calls back while it moves entries, so a push or a pop
 * touches the heap's own memory alone.  Four children share one cache line.
 * No locks; the owner holds its own.
 */
#ifndef EVI_BASE_HEAP_H
#define EVI_BASE_HEAP_H

#include <stdint.h>

#include "base/base.h"

struct evi_heap_entry {
	int64_t key;
	uint32_t seq;
	uint32_t id;
};

struct evi_heap {
	struct evi_heap_entry *entries; /* [0, count), root first */
	void *block;                    /* what entries were cut from */
	uint32_t count;
	uint32_t cap;
};

/*
 * Moves those of the `count` entries that shall stay to the front, in their
 * order, and returns how many they are.
 */
typedef uint32_t (*evi_heap_keep_fn)(struct evi_heap_entry *entries,
    uint32_t count, void *arg);

/* Does `a` come before `b`? */
static inline int
evi_heap_is_before(const struct evi_heap_entry *a,
    const struct evi_heap_entry *b)
{
	if (EVI_UNLIKELY(a->key == b->key))
		return (int32_t)(a->seq - b->seq) < 0;
	return a->key < b->key;
}

/* Make room for one more.  Returns 0 or -ENOMEM with nothing changed. */
int evi_heap_reserve(struct evi_heap *heap);

/* Add an entry; evi_heap_reserve() has just succeeded. */
void evi_heap_push(struct evi_heap *heap, struct evi_heap_entry entry);

/* Remove the smallest; the heap is not empty. */
void evi_heap_pop(struct evi_heap *heap);

/* Replace the smallest by `entry` and put that in its place. */
void evi_heap_replace_top(struct evi_heap *heap, struct evi_heap_entry entry);

/* Keep the entries that keep() keeps; O(count). */
void evi_heap_filter(struct evi_heap *heap, evi_heap_keep_fn keep, void *arg);

/* Free the memory; an empty heap remains. */
void evi_heap_clear(struct evi_heap *heap);

/* Is every parent no larger than its children?  For tests. */
int evi_heap_check(const struct evi_heap *heap);

#endif
