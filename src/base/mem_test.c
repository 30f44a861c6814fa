/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mem_test.c - the allocator hooks and the checked calls.
 */
#include "base/mem.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "event2/event.h"
#include "test.h"

static int mallocs, reallocs, frees;

/* Dirty memory, so that whoever wants zeros must write them. */
static void *
count_malloc(size_t size)
{
	void *ptr = malloc(size);

	mallocs++;
	if (ptr)
		memset(ptr, 0xa5, size);
	return ptr;
}

static void *
count_realloc(void *ptr, size_t size)
{
	reallocs++;
	return realloc(ptr, size);
}

static void
count_free(void *ptr)
{
	frees++;
	free(ptr);
}

/* A hook out of memory that says nothing of errno. */
static void *
no_malloc(size_t size)
{
	(void)size;
	return NULL;
}

static void *
no_realloc(void *ptr, size_t size)
{
	(void)ptr;
	(void)size;
	return NULL;
}

/* Are all `len` bytes zero? */
static int
is_zero(const unsigned char *bytes, size_t len)
{
	while (len > 0 && bytes[len - 1] == 0)
		len--;
	return len == 0;
}

/* Every kind of call goes through the hooks; zalloc clears what they give. */
TEST_BARE(all_calls_use_the_hooks)
{
	event_set_mem_functions(count_malloc, count_realloc, count_free);

	char *a = evi_mem_alloc(10);
	unsigned char *b = evi_mem_zalloc(7, 3);
	char *c = evi_mem_strdup("text");

	CHECK_NOTNULL(a);
	CHECK(is_zero(b, 21));
	CHECK_STR(c, "text");
	CHECK_EQ(mallocs, 3);
	a = evi_mem_realloc(a, 100);
	a = evi_mem_realloc_array(a, 10, 20);
	CHECK_NOTNULL(a);
	CHECK_EQ(reallocs, 2);
	evi_mem_free(a);
	evi_mem_free(b);
	evi_mem_free(c);
	evi_mem_free(NULL);
	CHECK_EQ(frees, 3);
}

/* A hook that is NULL means the C library's function, one by one. */
TEST_BARE(null_hooks_mean_the_default)
{
	event_set_mem_functions(count_malloc, NULL, NULL);
	free(evi_mem_alloc(4));
	CHECK_EQ(mallocs, 1);
	evi_mem_free(evi_mem_realloc(NULL, 4));

	event_set_mem_functions(NULL, count_realloc, NULL);
	evi_mem_free(evi_mem_realloc(evi_mem_alloc(4), 8));
	CHECK_EQ(reallocs, 1);

	event_set_mem_functions(NULL, NULL, count_free);
	evi_mem_free(evi_mem_zalloc(1, 4));
	CHECK_EQ(frees, 1);

	event_set_mem_functions(NULL, NULL, NULL);
	evi_mem_free(evi_mem_strdup("x"));
	CHECK_EQ(mallocs, 1);
	CHECK_EQ(frees, 1);
}

/* Nothing asked for is nothing given, and no hook is called. */
TEST_BARE(size_zero_gives_null)
{
	event_set_mem_functions(count_malloc, count_realloc, count_free);
	CHECK_NULL(evi_mem_alloc(0));
	CHECK_NULL(evi_mem_zalloc(0, 8));
	CHECK_NULL(evi_mem_zalloc(8, 0));
	CHECK_EQ(mallocs, 0);
}

/* A product that overflows is out of memory; the old block stays. */
TEST_BARE(overflow_is_out_of_memory)
{
	char *kept = evi_mem_strdup("kept");

	for (int with_hooks = 0; with_hooks < 2; with_hooks++) {
		errno = 0;
		CHECK_NULL(evi_mem_zalloc(SIZE_MAX / 2 + 1, 2));
		CHECK_EQ(errno, ENOMEM);
		errno = 0;
		CHECK_NULL(evi_mem_realloc_array(kept, 3, SIZE_MAX / 2));
		CHECK_EQ(errno, ENOMEM);
		CHECK_STR(kept, "kept");
		event_set_mem_functions(count_malloc, count_realloc,
		    count_free);
	}
	CHECK_EQ(mallocs, 0);
	CHECK_EQ(reallocs, 0);
	evi_mem_free(kept);
}

/* errno is ENOMEM even if the hook did not say so. */
TEST_BARE(failing_hooks_mean_enomem)
{
	char *kept = evi_mem_strdup("kept");

	event_set_mem_functions(no_malloc, no_realloc, free);
	errno = 0;
	CHECK_NULL(evi_mem_alloc(1));
	CHECK_EQ(errno, ENOMEM);
	errno = 0;
	CHECK_NULL(evi_mem_zalloc(1, 1));
	CHECK_EQ(errno, ENOMEM);
	errno = 0;
	CHECK_NULL(evi_mem_strdup("x"));
	CHECK_EQ(errno, ENOMEM);
	errno = 0;
	CHECK_NULL(evi_mem_realloc(kept, 100));
	CHECK_EQ(errno, ENOMEM);
	CHECK_STR(kept, "kept");
	evi_mem_free(kept);
}

/* No string, no copy. */
TEST(strdup_of_null_is_einval)
{
	errno = 0;
	CHECK_NULL(evi_mem_strdup(NULL));
	CHECK_EQ(errno, EINVAL);
}

/* evi_new() gives a zeroed object of the type. */
TEST(new_is_zeroed)
{
	struct thing {
		long a;
		void *b;
	} *thing = evi_new(struct thing);

	CHECK_NOTNULL(thing);
	CHECK_EQ(thing->a, 0);
	CHECK_NULL(thing->b);
	evi_mem_free(thing);
}
