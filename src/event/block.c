/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * block.c - memory blocks that a base keeps for its buffers.
 *
 * Blocks of 512 << class bytes in one list per class, linked through their
 * first word.  A base keeps BYTES_MAX at the most, and besides one block for
 * the next read (scratch), where there is no lock.
 *
 * Each message takes and gives some: without a lock that is a few
 * instructions, so the locked ways stand apart.
 */
#include "event/event.h"

#include <stdint.h>

#include "base/mem.h"

#define BYTES_MAX ((size_t)1024 * 1024)

/* The class of a size, or -1 for sizes that are not kept. */
static inline int
class_of(size_t size)
{
	/* By units of 512 bytes, from 1; 0: none. */
	static const int8_t classes[129] = {
		[1] = 1,
		[2] = 2,
		[4] = 3,
		[8] = 4,
		[16] = 5,
		[32] = 6,
		[64] = 7,
		[128] = 8,
	};
	size_t units = size / EVI_EVENT_BLOCK_LEAST;

	return size % EVI_EVENT_BLOCK_LEAST || units >= sizeof(classes)
	    ? -1
	    : classes[units] - 1;
}

static inline void *
take(struct event_base *base, size_t size)
{
	int class = class_of(size);
	void **block = class < 0 ? NULL : base->blocks.first[class];

	if (block) {
		base->blocks.first[class] = *block;
		base->blocks.bytes -= size;
	}
	return block;
}

EVI_NOINLINE static void *
take_locked(struct event_base *base, size_t size)
{
	evi_lock_acquire(&base->lock);
	void *block = take(base, size);
	evi_lock_release(&base->lock);
	return block;
}

void *
evi_event_block_take(struct event_base *base, size_t size)
{
	if (EVI_UNLIKELY(!base))
		return NULL;
	return EVI_UNLIKELY(base->lock.impl != NULL) ? take_locked(base, size)
						     : take(base, size);
}

static inline int
give(struct event_base *base, void *block, size_t size)
{
	int class = class_of(size);

	if (class < 0 || base->blocks.bytes + size > BYTES_MAX)
		return 0;
	*(void **)block = base->blocks.first[class];
	base->blocks.first[class] = block;
	base->blocks.bytes += size;
	return 1;
}

EVI_NOINLINE static int
give_locked(struct event_base *base, void *block, size_t size)
{
	evi_lock_acquire(&base->lock);
	int is_kept = give(base, block, size);
	evi_lock_release(&base->lock);
	return is_kept;
}

int
evi_event_block_give(struct event_base *base, void *block, size_t size)
{
	if (EVI_UNLIKELY(!base))
		return 0;
	return EVI_UNLIKELY(base->lock.impl != NULL)
	    ? give_locked(base, block, size)
	    : give(base, block, size);
}

void *
evi_event_block_take_least(struct event_base *base)
{
	if (EVI_UNLIKELY(base->lock.impl != NULL))
		return NULL;

	void **block = base->blocks.first[0];

	if (!block)
		return NULL;
	base->blocks.first[0] = *block;
	base->blocks.bytes -= EVI_EVENT_BLOCK_LEAST;
	return block;
}

int
evi_event_block_give_least(struct event_base *base, void *block)
{
	if (EVI_UNLIKELY(base->lock.impl != NULL) ||
	    base->blocks.bytes > BYTES_MAX - EVI_EVENT_BLOCK_LEAST)
		return 0;
	*(void **)block = base->blocks.first[0];
	base->blocks.first[0] = block;
	base->blocks.bytes += EVI_EVENT_BLOCK_LEAST;
	return 1;
}

void *
evi_event_block_take_scratch(struct event_base *base)
{
	void *block = base->blocks.scratch;

	if (EVI_UNLIKELY(base->lock.impl != NULL))
		return NULL;
	base->blocks.scratch = NULL;
	return block;
}

int
evi_event_block_give_scratch(struct event_base *base, void *block)
{
	if (EVI_UNLIKELY(base->lock.impl != NULL) || base->blocks.scratch)
		return 0;
	base->blocks.scratch = block;
	return 1;
}

void *
evi_event_block_lend_scratch(struct event_base *base)
{
	return EVI_UNLIKELY(base->lock.impl != NULL) ? NULL
						     : base->blocks.scratch;
}

void
evi_event_block_clear(struct event_base *base)
{
	evi_mem_free(base->blocks.scratch);
	base->blocks.scratch = NULL;
	for (int i = 0; i < EVI_EVENT_BLOCK_CLASSES; i++) {
		void **block;

		while ((block = base->blocks.first[i])) {
			base->blocks.first[i] = *block;
			evi_mem_free(block);
		}
	}
	base->blocks.bytes = 0;
}
