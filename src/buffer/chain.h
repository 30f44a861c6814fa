/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * chain.h - the blocks of memory an evbuffer is made of.
 *
 * A chain holds `cap` bytes at `data`, of which [off, off + len) are live:
 * before them is headroom, after them room.  Always off + len <= cap, and
 * for all kinds but memory off + len == cap: nothing is ever written there.
 *
 * `refs` counts the list that the chain is in and every shared chain that
 * looks at its bytes, from whatever thread.  A chain with one holder is the
 * holder's alone (nobody else can make a second); with more, the bytes that
 * were live once must stay, and only room after them may be used.
 */
#ifndef EVI_BUFFER_CHAIN_H
#define EVI_BUFFER_CHAIN_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "event2/buffer.h"

struct event_base;

enum evi_chain_kind {
	EVI_CHAIN_MEMORY,    /* its own, follows the header */
	EVI_CHAIN_REFERENCE, /* the application's */
	EVI_CHAIN_SHARED,    /* another chain's */
	EVI_CHAIN_FILE       /* a file segment's; data NULL: not mapped */
};

struct evi_chain {
	struct evi_chain *next;
	unsigned char *data;
	size_t off;
	size_t len;
	size_t cap;
	atomic_uint refs;
	uint32_t kind;
};

/* A chain whose bytes belong to somebody else. */
struct evi_chain_foreign {
	struct evi_chain chain;
	union {
		struct {
			evbuffer_ref_cleanup_cb cleanup;
			void *arg;
		} reference;
		struct evi_chain *shared;
		struct evbuffer_file_segment *segment;
	} of;
};

/* Bytes of a block that the header takes. */
#define EVI_CHAIN_HEAD sizeof(struct evi_chain)

/*
 * An empty memory chain of `cap` bytes or more, from the base's blocks if
 * there is a base.  NULL: no memory.
 */
struct evi_chain *evi_chain_new(struct event_base *base, size_t cap);

/* A chain over `off + len` foreign bytes at `data`, `off` of them skipped. */
struct evi_chain_foreign *evi_chain_new_foreign(enum evi_chain_kind kind,
    const void *data, size_t off, size_t len);

/*
 * A new chain over `len` bytes from `off` within the live bytes of `chain`,
 * which must not be in a list yet.  Holds what it shares.  NULL: no memory.
 */
struct evi_chain *evi_chain_share(struct evi_chain *chain, size_t off,
    size_t len);

/*
 * Let go of a chain that is in no list any more; the last holder frees it
 * and calls whoever waits for that.  `base` (may be NULL) may keep the block.
 */
void evi_chain_unref(struct event_base *base, struct evi_chain *chain);

/* unref each chain from `chain` to the end of its list. */
void evi_chain_unref_list(struct event_base *base, struct evi_chain *chain);

/* The first live byte. */
static inline unsigned char *
evi_chain_start(const struct evi_chain *chain)
{
	return chain->data + chain->off;
}

/* Just after the last live byte. */
static inline unsigned char *
evi_chain_end(const struct evi_chain *chain)
{
	return chain->data + chain->off + chain->len;
}

/* Bytes that can be written at the end. */
static inline size_t
evi_chain_room(const struct evi_chain *chain)
{
	return chain->cap - chain->off - chain->len;
}

/* Is it plain memory with one holder, so that every byte may change? */
static inline int
evi_chain_is_own(const struct evi_chain *chain)
{
	return chain->kind == EVI_CHAIN_MEMORY &&
	    atomic_load_explicit(&chain->refs, memory_order_acquire) == 1;
}

#endif
