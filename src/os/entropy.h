/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * entropy.h - random bytes from the system, and memory that a forked child
 * does not inherit.
 */
#ifndef EVI_OS_ENTROPY_H
#define EVI_OS_ENTROPY_H

#include <stddef.h>

#include "base/base.h"

/* Fill `data` from the system's secure source.  Returns 0 or -errno. */
int evi_os_entropy_fill(void *data, size_t len);

/*
 * `size` zeroed bytes that are zero again in every child process, or NULL
 * where the system cannot promise that (or has no memory).
 */
void *evi_os_entropy_page_new(size_t size);
void evi_os_entropy_page_free(void *page, size_t size);

#endif
