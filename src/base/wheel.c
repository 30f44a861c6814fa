/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * wheel.c - the timing wheel of wheel.h.
 *
 * Level 0 cuts time into slices of 2^20 ns (about a millisecond), each level
 * above into slices 16 times as long.  A level keeps 256 slices ahead, each
 * an unordered array; an entry goes to the finest level that reaches it.
 * Slices before `open_end` are open: their entries are in one heap, in order.
 *
 * The first entry is the smallest of the levels' heaps, provided that no
 * closed slice begins before it; such a slice is opened first, by making a
 * heap of its array where it stands.  So nothing is ever moved down from
 * level to level, and finding the first entry allocates nothing.
 *
 * Always, in each level: closed slices are in (open_end - 1, open_end + 255];
 * a bit is set for each that is not empty.
 */
#include "base/wheel.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/base.h"
#include "base/mem.h"

#define SLICE_BITS 20
#define LEVEL_BITS 4
#define SLICES 256
#define WORD_BITS 64
#define WORDS (SLICES / WORD_BITS)

struct evi_wheel_level {
	int shift;			/* key >> shift is the slice */
	int64_t open_end;		/* slices before this one are open */
	uint32_t closed;		/* slices with a bit */
	uint64_t bits[WORDS];
	struct evi_heap open;
	struct evi_heap slices[SLICES];
};

/* The finest level that reaches `distance` nanoseconds ahead. */
static inline int
level_for(int64_t distance)
{
	int bits = 64 - __builtin_clzll((unsigned long long)distance | 1);
	int above = bits - (SLICE_BITS + 8 - 1);

	return above <= 0 ? 0 : (above + LEVEL_BITS - 1) / LEVEL_BITS;
}

static struct evi_wheel_level *
level_new(struct evi_wheel *wheel, int index)
{
	struct evi_wheel_level *level = evi_new(struct evi_wheel_level);

	if (!level)
		return NULL;
	level->shift = SLICE_BITS + index * LEVEL_BITS;
	level->open_end = wheel->now >> level->shift;
	wheel->levels[index] = level;
	return level;
}

/* An idle level follows the time, so that it reaches as far as it can. */
static inline void
catch_up(const struct evi_wheel *wheel, struct evi_wheel_level *level)
{
	int64_t now = wheel->now >> level->shift;

	if (!level->closed && level->open_end < now)
		level->open_end = now;
}

/* The level for `key`, made if need be; NULL without memory. */
static inline struct evi_wheel_level *
find_level(struct evi_wheel *wheel, int64_t key)
{
	int64_t distance = key > wheel->now ? key - wheel->now : 0;
	int index = level_for(distance);

	for (; index < EVI_WHEEL_LEVELS; index++) {
		struct evi_wheel_level *level = wheel->levels[index];

		if (EVI_UNLIKELY(!level))
			level = level_new(wheel, index);
		if (EVI_UNLIKELY(!level))
			return NULL;
		catch_up(wheel, level);
		if ((key >> level->shift) - level->open_end < SLICES)
			return level;
	}
	return NULL;	/* the last level reaches every key */
}

int
evi_wheel_add(struct evi_wheel *wheel, struct evi_heap_entry entry)
{
	struct evi_wheel_level *level = find_level(wheel, entry.key);

	if (!level)
		return -ENOMEM;
	int64_t slice = entry.key >> level->shift;
	if (slice < level->open_end) {
		if (evi_heap_reserve(&level->open) < 0)
			return -ENOMEM;
		evi_heap_push(&level->open, entry);
	} else {
		unsigned index = (unsigned)slice % SLICES;
		struct evi_heap *heap = &level->slices[index];

		if (evi_heap_reserve(heap) < 0)
			return -ENOMEM;
		if (!heap->count) {
			level->bits[index / WORD_BITS] |=
			    UINT64_C(1) << index % WORD_BITS;
			level->closed++;
		}
		evi_heap_append(heap, entry);
	}
	wheel->count++;
	return 0;
}

/* The first closed slice that is not empty; there is one. */
static int64_t
first_closed(const struct evi_wheel_level *level)
{
	unsigned start = (unsigned)level->open_end % SLICES;
	uint64_t word = level->bits[start / WORD_BITS] >> start % WORD_BITS;

	if (word)
		return level->open_end + __builtin_ctzll(word);
	for (unsigned i = 1; i <= WORDS; i++) {
		unsigned at = (start / WORD_BITS + i) % WORDS;

		if (!level->bits[at])
			continue;
		unsigned index = at * WORD_BITS +
		    (unsigned)__builtin_ctzll(level->bits[at]);
		return level->open_end + (index - start) % SLICES;
	}
	EVI_ASSERT(!"a bit is set");
	return 0;
}

/* Open the slices up to `slice`, which is the first that is not empty. */
static void
open_slice(struct evi_wheel_level *level, int64_t slice)
{
	unsigned index = (unsigned)slice % SLICES;

	EVI_ASSERT(level->open.count == 0);
	evi_heap_clear(&level->open);
	level->open = level->slices[index];
	memset(&level->slices[index], 0, sizeof(level->slices[index]));
	level->bits[index / WORD_BITS] &= ~(UINT64_C(1) << index % WORD_BITS);
	level->closed--;
	level->open_end = slice + 1;
	evi_heap_order(&level->open);
}

/* Can the level hold nothing before `key`?  Opens a slice to find out. */
static inline int
has_before(struct evi_wheel_level *level,
    const struct evi_heap_entry *best)
{
	if (!level->open.count && level->closed) {
		int64_t slice = first_closed(level);

		if (best && slice > best->key >> level->shift)
			return 0;
		open_slice(level, slice);
	}
	return level->open.count && (!best ||
	    evi_heap_is_before(&level->open.entries[0], best));
}

const struct evi_heap_entry *
evi_wheel_first(struct evi_wheel *wheel, struct evi_heap **ret_heap)
{
	const struct evi_heap_entry *best = NULL;

	if (!wheel->count)
		return NULL;
	for (int i = 0; i < EVI_WHEEL_LEVELS; i++) {
		struct evi_wheel_level *level = wheel->levels[i];

		if (!level || !has_before(level, best))
			continue;
		best = &level->open.entries[0];
		*ret_heap = &level->open;
	}
	return best;
}

void
evi_wheel_pop(struct evi_wheel *wheel, struct evi_heap *heap)
{
	evi_heap_pop(heap);
	wheel->count--;
}

void
evi_wheel_filter(struct evi_wheel *wheel,
    int (*keep)(uint32_t id, void *arg), void *arg)
{
	wheel->count = 0;
	for (int i = 0; i < EVI_WHEEL_LEVELS; i++) {
		struct evi_wheel_level *level = wheel->levels[i];

		if (!level)
			continue;
		evi_heap_filter(&level->open, keep, arg);
		evi_heap_order(&level->open);
		wheel->count += level->open.count;
		for (unsigned at = 0; at < SLICES; at++) {
			struct evi_heap *heap = &level->slices[at];

			if (!heap->count)
				continue;
			evi_heap_filter(heap, keep, arg);
			wheel->count += heap->count;
			if (heap->count)
				continue;
			level->closed--;
			level->bits[at / WORD_BITS] &=
			    ~(UINT64_C(1) << at % WORD_BITS);
		}
	}
}

static int
foreach_in(const struct evi_heap *heap, int (*fn)(uint32_t id, void *arg),
    void *arg)
{
	int r = 0;

	for (uint32_t i = 0; !r && i < heap->count; i++)
		r = fn(heap->entries[i].id, arg);
	return r;
}

int
evi_wheel_foreach(const struct evi_wheel *wheel,
    int (*fn)(uint32_t id, void *arg), void *arg)
{
	int r = 0;

	for (int i = 0; !r && i < EVI_WHEEL_LEVELS; i++) {
		const struct evi_wheel_level *level = wheel->levels[i];

		if (!level)
			continue;
		r = foreach_in(&level->open, fn, arg);
		for (unsigned at = 0; !r && at < SLICES; at++)
			r = foreach_in(&level->slices[at], fn, arg);
	}
	return r;
}

void
evi_wheel_clear(struct evi_wheel *wheel)
{
	for (int i = 0; i < EVI_WHEEL_LEVELS; i++) {
		struct evi_wheel_level *level = wheel->levels[i];

		if (!level)
			continue;
		evi_heap_clear(&level->open);
		for (unsigned at = 0; at < SLICES; at++)
			evi_heap_clear(&level->slices[at]);
		evi_mem_free(level);
		wheel->levels[i] = NULL;
	}
	wheel->count = 0;
}

/* Are the closed slices of the level where their entries belong? */
static int
check_slices(const struct evi_wheel_level *level, uint32_t *count)
{
	uint32_t closed = 0;

	for (unsigned at = 0; at < SLICES; at++) {
		const struct evi_heap *heap = &level->slices[at];
		int bit = level->bits[at / WORD_BITS] >> at % WORD_BITS & 1;

		if (bit != (heap->count > 0))
			return 0;
		closed += heap->count > 0;
		*count += heap->count;
		for (uint32_t i = 0; i < heap->count; i++) {
			int64_t slice = heap->entries[i].key >> level->shift;

			if ((unsigned)slice % SLICES != at ||
			    slice < level->open_end ||
			    slice >= level->open_end + SLICES)
				return 0;
		}
	}
	return closed == level->closed;
}

int
evi_wheel_check(const struct evi_wheel *wheel)
{
	uint32_t count = 0;

	for (int i = 0; i < EVI_WHEEL_LEVELS; i++) {
		const struct evi_wheel_level *level = wheel->levels[i];

		if (!level)
			continue;
		count += level->open.count;
		if (!evi_heap_check(&level->open) ||
		    !check_slices(level, &count))
			return 0;
	}
	return count == wheel->count;
}
