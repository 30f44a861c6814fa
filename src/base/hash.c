/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * hash.c - the chained hash table of hash.h.
 *
 * The table doubles when there are as many nodes as buckets.  A doubling that
 * finds no memory is put off: chains grow longer, nothing fails.
 */
#include "base/hash.h"

#include <errno.h>

#include "base/base.h"
#include "base/mem.h"

#define BUCKETS_MIN 16

/* Where the chain of `key` begins. */
static struct evi_hash_node **
bucket_of(const struct evi_hash *hash, uint64_t key)
{
	uint64_t mixed = key * UINT64_C(0x9e3779b97f4a7c15);

	return &hash->buckets[(mixed >> 32) & (hash->bucket_count - 1)];
}

/* The pointer to the node with this key, or to the end of its chain. */
static struct evi_hash_node **
find_link(const struct evi_hash *hash, uint64_t key)
{
	struct evi_hash_node **link = bucket_of(hash, key);

	while (*link && (*link)->key != key)
		link = &(*link)->next;
	return link;
}

static int
grow(struct evi_hash *hash)
{
	struct evi_hash old = *hash;
	size_t count = old.bucket_count ? old.bucket_count * 2 : BUCKETS_MIN;
	struct evi_hash_node **buckets = evi_mem_zalloc(count,
	    sizeof(struct evi_hash_node *));

	if (!buckets)
		return -ENOMEM;
	hash->buckets = buckets;
	hash->bucket_count = count;
	for (size_t i = 0; i < old.bucket_count; i++) {
		struct evi_hash_node *node;

		while ((node = old.buckets[i])) {
			struct evi_hash_node **link = bucket_of(hash,
			    node->key);

			old.buckets[i] = node->next;
			node->next = *link;
			*link = node;
		}
	}
	evi_mem_free(old.buckets);
	return 0;
}

struct evi_hash_node *
evi_hash_find(const struct evi_hash *hash, uint64_t key)
{
	return hash->count ? *find_link(hash, key) : NULL;
}

int
evi_hash_add(struct evi_hash *hash, struct evi_hash_node *node)
{
	if (hash->count >= hash->bucket_count && grow(hash) < 0 &&
	    !hash->bucket_count)
		return -ENOMEM;

	struct evi_hash_node **link = bucket_of(hash, node->key);
	node->next = *link;
	*link = node;
	hash->count++;
	return 0;
}

struct evi_hash_node *
evi_hash_remove(struct evi_hash *hash, uint64_t key)
{
	if (!hash->count)
		return NULL;

	struct evi_hash_node **link = find_link(hash, key);
	struct evi_hash_node *node = *link;
	if (node) {
		*link = node->next;
		hash->count--;
	}
	return node;
}

struct evi_hash_node *
evi_hash_take(struct evi_hash *hash)
{
	for (size_t i = 0; hash->count && i < hash->bucket_count; i++) {
		struct evi_hash_node *node = hash->buckets[i];

		if (!node)
			continue;
		hash->buckets[i] = node->next;
		hash->count--;
		return node;
	}
	return NULL;
}

void
evi_hash_clear(struct evi_hash *hash)
{
	EVI_ASSERT(hash->count == 0);
	evi_mem_free(hash->buckets);
	*hash = (struct evi_hash){ 0 };
}
