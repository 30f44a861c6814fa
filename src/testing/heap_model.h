/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heap_model.h - a plain array that is searched: what a heap or a wheel of
 * the same entries must agree with.  One for each program.
 */
#ifndef EVI_TESTING_HEAP_MODEL_H
#define EVI_TESTING_HEAP_MODEL_H

#include <stdint.h>

#include "base/heap.h"

#define MODEL_MAX 512

/* The entries, in no order. */
static struct evi_heap_entry model[MODEL_MAX];
static uint32_t model_count;

/* Where the smallest is. */
static inline uint32_t
model_first(void)
{
	uint32_t best = 0;

	for (uint32_t i = 1; i < model_count; i++)
		if (evi_heap_is_before(&model[i], &model[best]))
			best = i;
	return best;
}

static inline void
model_remove(uint32_t at)
{
	model[at] = model[--model_count];
}

/* An evi_heap_keep_fn. */
static inline uint32_t
keep_odd(struct evi_heap_entry *entries, uint32_t count, void *arg)
{
	uint32_t kept = 0;

	(void)arg;
	for (uint32_t i = 0; i < count; i++)
		if (entries[i].id & 1)
			entries[kept++] = entries[i];
	return kept;
}

static inline void
model_keep_odd(void)
{
	for (uint32_t i = model_count; i-- > 0;)
		if (!(model[i].id & 1))
			model_remove(i);
}

#endif
