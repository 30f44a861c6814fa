/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * chain.c - making, sharing and freeing the blocks of an evbuffer.
 *
 * Blocks up to BLOCK_MAX come in powers of two, header included, which is
 * what a base keeps; larger ones in whole pages.
 *
 * This file calls the application: the cleanup of referenced memory, with
 * the chain already out of its list.  File segments do the same in theirs.
 *
 * Locks: none of its own; the count of holders is atomic, because sharers
 * may be in buffers with different locks.
 */
#include "buffer/chain.h"

#include "base/base.h"
#include "base/mem.h"
#include "buffer/file_segment.h"
#include "event/deferred.h"

#define BLOCK_MIN EVI_EVENT_BLOCK_LEAST
#define BLOCK_MAX 65536u
#define PAGE_SIZE_MIN 4096u

/* No system has memory for a longer chain; do not even ask. */
#define CAP_MAX ((size_t)EV_SSIZE_MAX / 2)

/* The size of a block for `cap` bytes; 0 if there is none. */
static size_t
block_size(size_t cap)
{
	size_t size = BLOCK_MIN;

	if (cap > CAP_MAX)
		return 0;
	cap += EVI_CHAIN_HEAD;
	if (cap > BLOCK_MAX)
		return (cap + PAGE_SIZE_MIN - 1) & ~(size_t)(PAGE_SIZE_MIN - 1);
	while (size < cap)
		size *= 2;
	return size;
}

/* A block of `size` bytes that the base has, or new; 0: too large. */
static EVI_NOINLINE struct evi_chain *
take_block(struct event_base *base, size_t size)
{
	struct evi_chain *chain = NULL;

	if (size)
		chain = evi_event_block_take(base, size);
	return chain ? chain : evi_mem_alloc(size);
}

struct evi_chain *
evi_chain_new(struct event_base *base, size_t cap)
{
	struct evi_chain *chain = NULL;
	size_t size = BLOCK_MIN;

	if (cap > BLOCK_MIN - EVI_CHAIN_HEAD)
		size = block_size(cap);
	else if (base)
		chain = evi_event_block_take_least(base);
	if (!chain)
		chain = take_block(base, size);
	if (!chain)
		return NULL;
	chain->next = NULL;
	chain->data = (unsigned char *)(chain + 1);
	chain->off = 0;
	chain->len = 0;
	chain->cap = size - EVI_CHAIN_HEAD;
	atomic_init(&chain->refs, 1);
	chain->kind = EVI_CHAIN_MEMORY;
	return chain;
}

struct evi_chain_foreign *
evi_chain_new_foreign(enum evi_chain_kind kind, const void *data, size_t off,
    size_t len)
{
	struct evi_chain_foreign *foreign = evi_mem_alloc(
	    sizeof(struct evi_chain_foreign));

	if (!foreign)
		return NULL;
	foreign->chain.next = NULL;
	foreign->chain.data = (unsigned char *)(uintptr_t)data;
	foreign->chain.off = off;
	foreign->chain.len = len;
	foreign->chain.cap = off + len;
	atomic_init(&foreign->chain.refs, 1);
	foreign->chain.kind = kind;
	return foreign;
}

struct evi_chain *
evi_chain_share(struct evi_chain *chain, size_t off, size_t len)
{
	struct evi_chain_foreign *from = (struct evi_chain_foreign *)chain;
	struct evi_chain_foreign *share;

	EVI_ASSERT(off <= chain->len && len <= chain->len - off);
	if (chain->kind == EVI_CHAIN_FILE) {
		share = evi_chain_new_foreign(EVI_CHAIN_FILE, chain->data,
		    chain->off + off, len);
		if (share) {
			share->of.segment = from->of.segment;
			evi_buffer_file_segment_ref(from->of.segment);
		}
	} else {
		struct evi_chain *root = chain->kind == EVI_CHAIN_SHARED
		    ? from->of.shared
		    : chain;

		share = evi_chain_new_foreign(EVI_CHAIN_SHARED, chain->data,
		    chain->off + off, len);
		if (share) {
			share->of.shared = root;
			atomic_fetch_add_explicit(&root->refs, 1,
			    memory_order_relaxed);
		}
	}
	return share ? &share->chain : NULL;
}

/* Take away one holder.  Was it the last? */
static int
drop_holder(struct evi_chain *chain)
{
	if (atomic_load_explicit(&chain->refs, memory_order_acquire) == 1)
		return 1;
	return atomic_fetch_sub_explicit(&chain->refs, 1,
		   memory_order_acq_rel) == 1;
}

/* Free a chain without holders; what it held itself comes back to let go. */
static struct evi_chain *
chain_free(struct event_base *base, struct evi_chain *chain)
{
	struct evi_chain_foreign *foreign = (struct evi_chain_foreign *)chain;
	struct evi_chain *shared = NULL;

	switch (chain->kind) {
	case EVI_CHAIN_MEMORY:
		if (base &&
		    evi_event_block_give(base, chain,
			chain->cap + EVI_CHAIN_HEAD))
			return NULL;
		break;
	case EVI_CHAIN_REFERENCE:
		if (foreign->of.reference.cleanup)
			foreign->of.reference.cleanup(chain->data, chain->cap,
			    foreign->of.reference.arg);
		break;
	case EVI_CHAIN_FILE:
		evbuffer_file_segment_free(foreign->of.segment);
		break;
	default:
		shared = foreign->of.shared;
		break;
	}
	evi_mem_free(chain);
	return shared;
}

/* evi_chain_unref() for all kinds. */
static EVI_NOINLINE void
unref_any(struct event_base *base, struct evi_chain *chain)
{
	while (chain && drop_holder(chain))
		chain = chain_free(base, chain);
}

void
evi_chain_unref(struct event_base *base, struct evi_chain *chain)
{
	if (!base || !chain || chain->cap != BLOCK_MIN - EVI_CHAIN_HEAD ||
	    !evi_chain_is_own(chain) ||
	    !evi_event_block_give_least(base, chain))
		unref_any(base, chain);
}

void
evi_chain_unref_list(struct event_base *base, struct evi_chain *chain)
{
	while (chain) {
		struct evi_chain *next = chain->next;

		evi_chain_unref(base, chain);
		chain = next;
	}
}
