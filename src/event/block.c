/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * block.c - memory blocks that a base keeps for its buffers.
 *
 * Blocks of 512 << class bytes in one list per class, linked through their
 * first word.  A base keeps BYTES_MAX at the most.
 *
 * Each message takes and gives some: without a lock that is a few
 * instructions, so the locked ways stand apart.
 */
#include "event/event.h"

#include <stdint.h>

#include "base/mem.h"

#define CLASS_0_SIZE ((size_t)512)
#define BYTES_MAX ((size_t)1024 * 1024)

/*
 * The class of a size, or -1 for sizes that are not kept.  Each message asks
 * four times, so by a table: in units of 512 bytes and then of 8 KiB.
 */
static int
class_of(size_t size)
{
	static const int8_t classes[] = {
		-1,
		0,
		1,
		-1,
		2,
		-1,
		-1,
		-1,
		3,
	};
	size_t units = size / CLASS_0_SIZE;
	int more = 0;

	if (size % CLASS_0_SIZE)
		return -1;
	if (units > 8) {
		if (units % 16)
			return -1;
		units /= 16;
		more = 4;
	}
	return units > 8 || classes[units] < 0 ? -1 : classes[units] + more;
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

void
evi_event_block_clear(struct event_base *base)
{
	for (int i = 0; i < EVI_EVENT_BLOCK_CLASSES; i++) {
		void **block;

		while ((block = base->blocks.first[i])) {
			base->blocks.first[i] = *block;
			evi_mem_free(block);
		}
	}
	base->blocks.bytes = 0;
}
