/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * wheel.c - the timing wheel of wheel.h.
 *
 * Level 0 cuts time into slices of 2^20 ns (about a millisecond), each level
 * above into slices 16 times as long.  A level keeps 256 slices ahead, each
 * an unordered array; an entry goes to the finest level that reaches it.
 * Slices before `open_end` are open: the last one's array has been sorted and
 * is taken from the front, and what was added too late for that is in a heap.
 *
 * The first entry is the smallest of the levels' arrays and heaps, provided
 * that no closed slice begins before it; such a slice is opened first.  So
 * nothing ever moves from level to level, and finding the first entry
 * allocates nothing.
 *
 * Always, in each level: closed slices are in [open_end, open_end + 256); a
 * bit is set for each that is not empty.
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
#define RUN_CAP_MIN 4
#define SORT_BY_INSERTION 12

/* An array of entries, those from `head` on. */
struct run {
	struct evi_heap_entry *entries;
	uint32_t head;
	uint32_t count; /* with those before head */
	uint32_t cap;
};

struct evi_wheel_level {
	int shift;        /* key >> shift is the slice */
	int64_t open_end; /* slices before this one are open */
	uint32_t closed;  /* slices with a bit */
	uint64_t bits[WORDS];
	struct run open; /* ascending */
	struct evi_heap late;
	struct run slices[SLICES];
};

/* --- runs -------------------------------------------------------------- */

EVI_NOINLINE static int
run_grow(struct run *run)
{
	uint32_t cap = run->cap ? run->cap * 2 : RUN_CAP_MIN;
	struct evi_heap_entry *entries = evi_mem_realloc_array(run->entries,
	    cap, sizeof(*entries));

	if (!entries)
		return -ENOMEM;
	run->entries = entries;
	run->cap = cap;
	return 0;
}

static void
run_clear(struct run *run)
{
	evi_mem_free(run->entries);
	memset(run, 0, sizeof(*run));
}

static inline int
run_is_empty(const struct run *run)
{
	return run->head == run->count;
}

static int
is_sorted(const struct evi_heap_entry *entries, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++)
		if (evi_heap_is_before(&entries[i], &entries[i - 1]))
			return 0;
	return 1;
}

static void
sort_by_insertion(struct evi_heap_entry *entries, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++) {
		struct evi_heap_entry entry = entries[i];
		uint32_t at = i;

		for (; at > 0 && evi_heap_is_before(&entry, &entries[at - 1]);
		     at--)
			entries[at] = entries[at - 1];
		entries[at] = entry;
	}
}

static struct evi_heap_entry
median(const struct evi_heap_entry *a, const struct evi_heap_entry *b,
    const struct evi_heap_entry *c)
{
	if (evi_heap_is_before(b, a)) {
		const struct evi_heap_entry *swap = a;

		a = b;
		b = swap;
	}
	if (evi_heap_is_before(c, a))
		return *a;
	return evi_heap_is_before(c, b) ? *c : *b;
}

/* Split by a pivot: [0, result) <= [result, count); both are not empty. */
static uint32_t
partition(struct evi_heap_entry *entries, uint32_t count)
{
	struct evi_heap_entry pivot = median(&entries[0],
	    &entries[(count - 1) / 2], &entries[count - 1]);
	uint32_t left = 0;
	uint32_t right = count - 1;

	for (;;) {
		while (evi_heap_is_before(&entries[left], &pivot))
			left++;
		while (evi_heap_is_before(&pivot, &entries[right]))
			right--;
		if (left >= right)
			return right + 1;

		struct evi_heap_entry swap = entries[left];
		entries[left++] = entries[right];
		entries[right--] = swap;
	}
}

/* Quicksort; the smaller half by recursion, so its depth is log2(count). */
static void
sort(struct evi_heap_entry *entries, uint32_t count)
{
	while (count > SORT_BY_INSERTION) {
		uint32_t split = partition(entries, count);

		if (split < count - split) {
			sort(entries, split);
			entries += split;
			count -= split;
		} else {
			sort(entries + split, count - split);
			count = split;
		}
	}
	sort_by_insertion(entries, count);
}

/* --- levels ------------------------------------------------------------ */

/* The finest level that reaches `distance` nanoseconds ahead. */
static inline int
level_for(int64_t distance)
{
	int bits = 64 - __builtin_clzll((unsigned long long)distance | 1);
	int above = bits - (SLICE_BITS + 8 - 1);

	return above <= 0 ? 0 : (above + LEVEL_BITS - 1) / LEVEL_BITS;
}

EVI_NOINLINE static struct evi_wheel_level *
level_new(struct evi_wheel *wheel, int index)
{
	struct evi_wheel_level *level = evi_new(struct evi_wheel_level);

	if (!level)
		return NULL;
	level->shift = SLICE_BITS + index * LEVEL_BITS;
	level->open_end = wheel->now >> level->shift;
	wheel->levels[index] = level;
	wheel->used[wheel->used_count++] = level;
	return level;
}

/* Does the level reach the slice of `key`?  An idle one follows the time. */
static inline int
reaches(const struct evi_wheel *wheel, struct evi_wheel_level *level,
    int64_t key)
{
	int64_t slice = key >> level->shift;

	if (EVI_LIKELY(slice - level->open_end < SLICES))
		return 1;

	int64_t now = wheel->now >> level->shift;
	if (!level->closed && level->open_end < now)
		level->open_end = now;
	return slice - level->open_end < SLICES;
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
		if (reaches(wheel, level, key))
			return level;
	}
	EVI_ASSERT(!"the last level reaches every key");
	return NULL;
}

static inline void
set_bit(struct evi_wheel_level *level, unsigned index)
{
	level->bits[index / WORD_BITS] |= UINT64_C(1) << index % WORD_BITS;
	level->closed++;
}

static inline void
clear_bit(struct evi_wheel_level *level, unsigned index)
{
	level->bits[index / WORD_BITS] &= ~(UINT64_C(1) << index % WORD_BITS);
	level->closed--;
}

/* Add an entry whose slice is open already. */
EVI_NOINLINE static int
add_late(struct evi_wheel_level *level, struct evi_heap_entry entry)
{
	if (evi_heap_reserve(&level->late) < 0)
		return -ENOMEM;
	evi_heap_push(&level->late, entry);
	return 0;
}

static inline int
add_to_slice(struct evi_wheel_level *level, unsigned index,
    struct evi_heap_entry entry)
{
	struct run *run = &level->slices[index];

	if (EVI_UNLIKELY(run->count == run->cap) && run_grow(run) < 0)
		return -ENOMEM;
	if (!run->count)
		set_bit(level, index);
	run->entries[run->count++] = entry;
	return 0;
}

int
evi_wheel_add(struct evi_wheel *wheel, struct evi_heap_entry entry)
{
	struct evi_wheel_level *level = find_level(wheel, entry.key);

	if (EVI_UNLIKELY(!level))
		return -ENOMEM;
	int64_t slice = entry.key >> level->shift;
	int r = slice < level->open_end
	    ? add_late(level, entry)
	    : add_to_slice(level, (unsigned)slice % SLICES, entry);
	wheel->count += r == 0;
	return r;
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

/* Open the slices up to `slice`, the first that is not empty. */
static void
open_slice(struct evi_wheel_level *level, int64_t slice)
{
	unsigned index = (unsigned)slice % SLICES;
	struct run *run = &level->slices[index];

	EVI_ASSERT(run_is_empty(&level->open));
	run_clear(&level->open);
	level->open = *run;
	memset(run, 0, sizeof(*run));
	clear_bit(level, index);
	level->open_end = slice + 1;
	if (!is_sorted(level->open.entries, level->open.count))
		sort(level->open.entries, level->open.count);
}

/* The smaller of `best` (may be NULL) and the level's first. */
static inline const struct evi_heap_entry *
first_of(struct evi_wheel *wheel, struct evi_wheel_level *level,
    const struct evi_heap_entry *best)
{
	const struct evi_heap_entry *first;

	if (level->late.count) {
		first = &level->late.entries[0];
		if (!best || evi_heap_is_before(first, best)) {
			best = first;
			wheel->first_level = level;
			wheel->first_is_late = 1;
		}
	}
	if (run_is_empty(&level->open) && level->closed) {
		int64_t slice = first_closed(level);

		if (best && slice > best->key >> level->shift)
			return best;
		open_slice(level, slice);
	}
	if (run_is_empty(&level->open))
		return best;
	first = &level->open.entries[level->open.head];
	if (!best || evi_heap_is_before(first, best)) {
		best = first;
		wheel->first_level = level;
		wheel->first_is_late = 0;
	}
	return best;
}

const struct evi_heap_entry *
evi_wheel_first(struct evi_wheel *wheel)
{
	const struct evi_heap_entry *best = NULL;

	if (!wheel->count)
		return NULL;
	for (int i = 0; i < wheel->used_count; i++)
		best = first_of(wheel, wheel->used[i], best);
	return best;
}

void
evi_wheel_pop(struct evi_wheel *wheel)
{
	struct evi_wheel_level *level = wheel->first_level;

	wheel->count--;
	if (wheel->first_is_late)
		evi_heap_pop(&level->late);
	else if (++level->open.head == level->open.count)
		run_clear(&level->open);
}

const struct evi_heap_entry *
evi_wheel_ahead(const struct evi_wheel *wheel, uint32_t distance)
{
	const struct run *open = &wheel->first_level->open;

	return open->count - open->head > distance
	    ? &open->entries[open->head + distance]
	    : NULL;
}

/* --- all of them ------------------------------------------------------- */

static void
run_filter(struct run *run, evi_heap_keep_fn keep, void *arg)
{
	if (run_is_empty(run))
		return;
	run->count = run->head +
	    keep(run->entries + run->head, run->count - run->head, arg);
	if (run_is_empty(run))
		run_clear(run);
}

/* The same for all closed slices; returns how many entries they keep. */
static uint32_t
filter_slices(struct evi_wheel_level *level, evi_heap_keep_fn keep, void *arg)
{
	uint32_t count = 0;

	for (unsigned word = 0; word < WORDS; word++) {
		uint64_t bits = level->bits[word];

		for (; bits; bits &= bits - 1) {
			unsigned index = word * WORD_BITS +
			    (unsigned)__builtin_ctzll(bits);
			struct run *run = &level->slices[index];

			run_filter(run, keep, arg);
			count += run->count;
			if (!run->count)
				clear_bit(level, index);
		}
	}
	return count;
}

void
evi_wheel_filter(struct evi_wheel *wheel, evi_heap_keep_fn keep, void *arg)
{
	wheel->count = 0;
	for (int i = 0; i < wheel->used_count; i++) {
		struct evi_wheel_level *level = wheel->used[i];

		evi_heap_filter(&level->late, keep, arg);
		run_filter(&level->open, keep, arg);
		wheel->count += level->late.count + level->open.count -
		    level->open.head + filter_slices(level, keep, arg);
	}
}

static int
foreach_in(const struct evi_heap_entry *entries, uint32_t count,
    int (*fn)(uint32_t id, void *arg), void *arg)
{
	int r = 0;

	for (uint32_t i = 0; !r && i < count; i++)
		r = fn(entries[i].id, arg);
	return r;
}

int
evi_wheel_foreach(const struct evi_wheel *wheel,
    int (*fn)(uint32_t id, void *arg), void *arg)
{
	int r = 0;

	for (int i = 0; !r && i < wheel->used_count; i++) {
		const struct evi_wheel_level *level = wheel->used[i];
		const struct run *open = &level->open;

		r = foreach_in(level->late.entries, level->late.count, fn, arg);
		if (!r && !run_is_empty(open))
			r = foreach_in(open->entries + open->head,
			    open->count - open->head, fn, arg);
		for (unsigned at = 0; !r && at < SLICES; at++)
			r = foreach_in(level->slices[at].entries,
			    level->slices[at].count, fn, arg);
	}
	return r;
}

void
evi_wheel_clear(struct evi_wheel *wheel)
{
	for (int i = 0; i < wheel->used_count; i++) {
		struct evi_wheel_level *level = wheel->used[i];

		evi_heap_clear(&level->late);
		run_clear(&level->open);
		for (unsigned at = 0; at < SLICES; at++)
			run_clear(&level->slices[at]);
		evi_mem_free(level);
	}
	memset(wheel, 0, sizeof(*wheel));
}

/* Are the closed slices of the level where their entries belong? */
static int
check_slices(const struct evi_wheel_level *level, uint32_t *count)
{
	uint32_t closed = 0;

	for (unsigned at = 0; at < SLICES; at++) {
		const struct run *run = &level->slices[at];
		int bit = level->bits[at / WORD_BITS] >> at % WORD_BITS & 1;

		if (bit != (run->count > 0))
			return 0;
		closed += run->count > 0;
		*count += run->count;
		for (uint32_t i = 0; i < run->count; i++) {
			int64_t slice = run->entries[i].key >> level->shift;

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

	for (int i = 0; i < wheel->used_count; i++) {
		const struct evi_wheel_level *level = wheel->used[i];
		const struct run *open = &level->open;

		count += level->late.count + open->count - open->head;
		if (!evi_heap_check(&level->late) ||
		    !check_slices(level, &count) ||
		    (!run_is_empty(open) &&
			!is_sorted(open->entries + open->head,
			    open->count - open->head)))
			return 0;
	}
	return count == wheel->count;
}
