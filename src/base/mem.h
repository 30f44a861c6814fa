/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mem.h - every allocation of the library, through the hooks that
 * event_set_mem_functions() installs.  Defaults are malloc, realloc, free.
 *
 * All return NULL (errno = ENOMEM) on failure or when a size computation
 * overflows; nobody aborts.  Thread-safe as far as the hooks are.
 */
#ifndef EVI_BASE_MEM_H
#define EVI_BASE_MEM_H

#include <stddef.h>

#include "base/base.h"

/* `size` bytes, not initialised; size 0 gives NULL. */
void *evi_mem_alloc(size_t size);

/* `count` * `size` zeroed bytes; NULL on overflow or when either is 0. */
EVI_CROSS void *evi_mem_zalloc(size_t count, size_t size);

/* realloc(); `size` must not be 0.  On NULL the old block is untouched. */
void *evi_mem_realloc(void *ptr, size_t size);

/* realloc() to `count` * `size` bytes with the product checked. */
void *evi_mem_realloc_array(void *ptr, size_t count, size_t size);

/* A copy of `str`, or NULL (also when str is NULL: errno = EINVAL). */
char *evi_mem_strdup(const char *str);

/* Free; NULL is fine. */
EVI_CROSS void evi_mem_free(void *ptr);

/* A zeroed object of the type, or NULL. */
#define evi_new(type) ((type *)evi_mem_zalloc(1, sizeof(type)))

#endif
