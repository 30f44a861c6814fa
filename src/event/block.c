/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * block.c - memory blocks that a base keeps for its buffers.
 *
 * Blocks of 512 << class bytes in one list per class, linked through their
 * first word.  A base keeps BYTES_MAX at the most.
 */
#include "event/event.h"

#include "base/mem.h"

#define CLASS_0_SIZE 512u
#define BYTES_MAX (1024u * 1024u)

/* The class of a size, or -1 for sizes that are not kept. */
static int
class_of(size_t size)
{
	size_t class_size = CLASS_0_SIZE;

	for (int i = 0; i < EVI_EVENT_BLOCK_CLASSES; i++, class_size *= 2)
		if (size == class_size)
			return i;
	return -1;
}

void *
evi_event_block_take(struct event_base *base, size_t size)
{
	int class = base ? class_of(size) : -1;

	if (class < 0)
		return NULL;
	evi_lock_acquire(&base->lock);
	void **block = base->blocks.first[class];
	if (block) {
		base->blocks.first[class] = *block;
		base->blocks.bytes -= size;
	}
	evi_lock_release(&base->lock);
	return block;
}

int
evi_event_block_give(struct event_base *base, void *block, size_t size)
{
	int class = base ? class_of(size) : -1;

	if (class < 0)
		return 0;
	evi_lock_acquire(&base->lock);
	int is_kept = base->blocks.bytes + size <= BYTES_MAX;
	if (is_kept) {
		*(void **)block = base->blocks.first[class];
		base->blocks.first[class] = block;
		base->blocks.bytes += size;
	}
	evi_lock_release(&base->lock);
	return is_kept;
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
