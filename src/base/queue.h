/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * queue.h - the two list shapes that public structs embed, by the names that
 * BSD's <sys/queue.h> gives them.
 *
 * TAILQ: doubly linked with a tail pointer.  LIST: doubly linked, head only.
 * The entries hold {next, address of the previous next}: that layout is ABI.
 */
#ifndef EVI_BASE_QUEUE_H
#define EVI_BASE_QUEUE_H

#include <sys/queue.h>

/* Walk and allow the removal of `var` itself; `next` is scratch. */
#define EVI_TAILQ_FOREACH_SAFE(var, head, field, next) \
	for ((var) = TAILQ_FIRST(head); \
	     (var) && ((next) = TAILQ_NEXT(var, field), 1); (var) = (next))

#define EVI_LIST_FOREACH_SAFE(var, head, field, next) \
	for ((var) = LIST_FIRST(head); \
	     (var) && ((next) = LIST_NEXT(var, field), 1); (var) = (next))

#endif
