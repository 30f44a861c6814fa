/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * wheel.h - a priority queue for deadlines: entries come out in the order of
 * {key, seq}, and adding one far ahead costs no more than an append.
 *
 * Keys are nanoseconds.  No locks; the owner holds its own.
 */
#ifndef EVI_BASE_WHEEL_H
#define EVI_BASE_WHEEL_H

#include <stdint.h>

#include "base/heap.h"

#define EVI_WHEEL_LEVELS 10

struct evi_wheel_level;

struct evi_wheel {
	struct evi_wheel_level *levels[EVI_WHEEL_LEVELS]; /* or NULL */
	struct evi_wheel_level *used[EVI_WHEEL_LEVELS];   /* the others */
	int used_count;
	int first_is_late; /* where evi_wheel_first() found it */
	struct evi_wheel_level *first_level;
	int64_t now; /* what distances are measured from */
	uint32_t count;
};

/* Add an entry.  Returns 0 or -ENOMEM with nothing changed. */
int evi_wheel_add(struct evi_wheel *wheel, struct evi_heap_entry entry);

/*
 * The first entry, or NULL if there is none; valid until the wheel is
 * changed.  The three functions below are about it.
 */
const struct evi_heap_entry *evi_wheel_first(struct evi_wheel *wheel);

/* Remove the first entry. */
void evi_wheel_pop(struct evi_wheel *wheel);

/* An entry that will probably be first `distance` pops from now, or NULL. */
const struct evi_heap_entry *evi_wheel_ahead(const struct evi_wheel *wheel,
    uint32_t distance);

/* Keep the entries that keep(), called several times, keeps; O(count). */
void evi_wheel_filter(struct evi_wheel *wheel, evi_heap_keep_fn keep,
    void *arg);

/* Call fn(id, arg) for each entry, in no order, until it is not 0. */
int evi_wheel_foreach(const struct evi_wheel *wheel,
    int (*fn)(uint32_t id, void *arg), void *arg);

/* Free the memory; an empty wheel remains. */
void evi_wheel_clear(struct evi_wheel *wheel);

/* Is everything in its place?  For tests. */
int evi_wheel_check(const struct evi_wheel *wheel);

#endif
