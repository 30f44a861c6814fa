/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * hash.h - a hash table of objects that carry their own node.
 *
 * The table stores and finds nodes by a 64-bit key; what a key means is the
 * owner's business, and so is the memory of the nodes.  No locks.
 */
#ifndef EVI_BASE_HASH_H
#define EVI_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct evi_hash_node {
	struct evi_hash_node *next; /* in the same bucket */
	uint64_t key;
};

struct evi_hash {
	struct evi_hash_node **buckets; /* a power of two of them, or NULL */
	size_t bucket_count;
	size_t count;
};

/* The node with this key, or NULL. */
struct evi_hash_node *evi_hash_find(const struct evi_hash *hash, uint64_t key);

/* Add a node whose key is set and not there yet.  Returns 0 or -ENOMEM. */
int evi_hash_add(struct evi_hash *hash, struct evi_hash_node *node);

/* Take out the node with this key and return it, or NULL. */
struct evi_hash_node *evi_hash_remove(struct evi_hash *hash, uint64_t key);

/* Take out some node, or NULL when the table is empty. */
struct evi_hash_node *evi_hash_take(struct evi_hash *hash);

/* Free the table's own memory; it is empty. */
void evi_hash_clear(struct evi_hash *hash);

#endif
