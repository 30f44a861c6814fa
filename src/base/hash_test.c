/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * hash_test.c - the hash table.
 */
#include "base/hash.h"

#include "test.h"

#define COUNT 1000

static struct evi_hash_node nodes[COUNT];

/* Add nodes 0 .. COUNT - 1; how many found memory. */
static size_t
add_all(struct evi_hash *hash)
{
	size_t added = 0;

	for (size_t i = 0; i < COUNT; i++) {
		nodes[i].key = i * 4096;
		if (evi_hash_add(hash, &nodes[i]) == 0)
			added++;
	}
	return added;
}

/* What was added is found, what was not is not. */
TEST(hash_finds_what_was_added)
{
	struct evi_hash hash = { 0 };

	CHECK_NULL(evi_hash_find(&hash, 0));
	CHECK_EQ(add_all(&hash), COUNT);
	for (size_t i = 0; i < COUNT; i++)
		CHECK_PTR(evi_hash_find(&hash, i * 4096), &nodes[i]);
	CHECK_NULL(evi_hash_find(&hash, 1));
	while (evi_hash_take(&hash))
		;
	CHECK_EQ(hash.count, 0);
	evi_hash_clear(&hash);
}

/* A node that was removed is gone, its neighbours stay. */
TEST(hash_removes_one_node)
{
	struct evi_hash hash = { 0 };

	CHECK_NULL(evi_hash_remove(&hash, 0));
	CHECK_EQ(add_all(&hash), COUNT);
	for (size_t i = 0; i < COUNT; i += 2)
		CHECK_PTR(evi_hash_remove(&hash, i * 4096), &nodes[i]);
	for (size_t i = 0; i < COUNT; i++)
		CHECK_PTR(evi_hash_find(&hash, i * 4096),
		    i % 2 ? &nodes[i] : NULL);
	CHECK_NULL(evi_hash_remove(&hash, 0));
	CHECK_EQ(hash.count, COUNT / 2);
	while (evi_hash_take(&hash))
		;
	CHECK_NULL(evi_hash_take(&hash));
	evi_hash_clear(&hash);
}
