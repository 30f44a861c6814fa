/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mem.c - the three allocator hooks and the checked calls on top of them.
 *
 * A hook that is NULL means the C library's function.  The hooks must be set
 * before anything else is called, because a block is freed by whatever hook
 * is in place then; so they are plain variables without a lock.
 *
 * Trap: the application frees some of what it gets (evbuffer_readln and
 * friends) with plain free(), so the defaults stay malloc's own and no block
 * carries a header.
 */
#include "base/mem.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "event2/event.h"

static struct {
	void *(*alloc)(size_t size);
	void *(*realloc)(void *ptr, size_t size);
	void (*free)(void *ptr);
} hooks;

void
event_set_mem_functions(void *(*malloc_fn)(size_t sz),
    void *(*realloc_fn)(void *ptr, size_t sz), void (*free_fn)(void *ptr))
{
	hooks.alloc = malloc_fn;
	hooks.realloc = realloc_fn;
	hooks.free = free_fn;
}

/* A hook need not set errno; its callers rely on it. */
static void *
check(void *ptr)
{
	if (!ptr)
		errno = ENOMEM;
	return ptr;
}

void *
evi_mem_alloc(size_t size)
{
	if (size == 0)
		return NULL;
	return check(hooks.alloc ? hooks.alloc(size) : malloc(size));
}

void *
evi_mem_zalloc(size_t count, size_t size)
{
	if (count == 0 || size == 0)
		return NULL;
	if (count > SIZE_MAX / size)
		return check(NULL);
	if (!hooks.alloc)
		return check(calloc(count, size));

	void *ptr = hooks.alloc(count * size);

	if (ptr)
		memset(ptr, 0, count * size);
	return check(ptr);
}

void *
evi_mem_realloc(void *ptr, size_t size)
{
	EVI_ASSERT(size != 0);
	return check(
	    hooks.realloc ? hooks.realloc(ptr, size) : realloc(ptr, size));
}

void *
evi_mem_realloc_array(void *ptr, size_t count, size_t size)
{
	EVI_ASSERT(size != 0);
	if (count > SIZE_MAX / size)
		return check(NULL);
	return evi_mem_realloc(ptr, count * size);
}

char *
evi_mem_strdup(const char *str)
{
	if (!str) {
		errno = EINVAL;
		return NULL;
	}
	size_t size = strlen(str) + 1;
	char *copy = evi_mem_alloc(size);

	if (copy)
		memcpy(copy, str, size);
	return copy;
}

void
evi_mem_free(void *ptr)
{
	if (!ptr)
		return;
	if (hooks.free)
		hooks.free(ptr);
	else
		free(ptr);
}
