/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * queue.h - the two list shapes that public structs embed.
 *
 * TAILQ: doubly linked with a tail pointer.  LIST: doubly linked, head only.
 * They work as BSD's <sys/queue.h> says of the same names without EVI_; not
 * every libc has that header.  The entries hold {next, address of the previous
 * next}: that layout is ABI.
 */
#ifndef EVI_BASE_QUEUE_H
#define EVI_BASE_QUEUE_H

#include <stddef.h>

#define EVI_TAILQ_HEAD(name, type) \
	struct name { \
		struct type *tqh_first, **tqh_last; \
	}

#define EVI_TAILQ_ENTRY(type) \
	struct { \
		struct type *tqe_next, **tqe_prev; \
	}

#define EVI_TAILQ_FIRST(head) ((head)->tqh_first)
#define EVI_TAILQ_EMPTY(head) ((head)->tqh_first == NULL)
#define EVI_TAILQ_NEXT(item, field) ((item)->field.tqe_next)

#define EVI_TAILQ_INIT(head) \
	do { \
		(head)->tqh_first = NULL; \
		(head)->tqh_last = &(head)->tqh_first; \
	} while (0)

/* What follows `item`, or the head if nothing does, points back to `to`. */
#define EVI_TAILQ_POINT_BACK(head, item, field, to) \
	do { \
		if ((item)->field.tqe_next) \
			(item)->field.tqe_next->field.tqe_prev = (to); \
		else \
			(head)->tqh_last = (to); \
	} while (0)

#define EVI_TAILQ_INSERT_HEAD(head, item, field) \
	do { \
		(item)->field.tqe_next = (head)->tqh_first; \
		EVI_TAILQ_POINT_BACK(head, item, field, \
		    &(item)->field.tqe_next); \
		(head)->tqh_first = (item); \
		(item)->field.tqe_prev = &(head)->tqh_first; \
	} while (0)

#define EVI_TAILQ_INSERT_TAIL(head, item, field) \
	do { \
		(item)->field.tqe_next = NULL; \
		(item)->field.tqe_prev = (head)->tqh_last; \
		*(head)->tqh_last = (item); \
		(head)->tqh_last = &(item)->field.tqe_next; \
	} while (0)

#define EVI_TAILQ_INSERT_AFTER(head, before, item, field) \
	do { \
		(item)->field.tqe_next = (before)->field.tqe_next; \
		EVI_TAILQ_POINT_BACK(head, item, field, \
		    &(item)->field.tqe_next); \
		(before)->field.tqe_next = (item); \
		(item)->field.tqe_prev = &(before)->field.tqe_next; \
	} while (0)

#define EVI_TAILQ_REMOVE(head, item, field) \
	do { \
		EVI_TAILQ_POINT_BACK(head, item, field, \
		    (item)->field.tqe_prev); \
		*(item)->field.tqe_prev = (item)->field.tqe_next; \
	} while (0)

#define EVI_TAILQ_FOREACH(var, head, field) \
	for ((var) = EVI_TAILQ_FIRST(head); (var); \
	     (var) = EVI_TAILQ_NEXT(var, field))

/* Walk and allow the removal of `var` itself; `next` is scratch. */
#define EVI_TAILQ_FOREACH_SAFE(var, head, field, next) \
	for ((var) = EVI_TAILQ_FIRST(head); \
	     (var) && ((next) = EVI_TAILQ_NEXT(var, field), 1); \
	     (var) = (next))

#define EVI_LIST_HEAD(name, type) \
	struct name { \
		struct type *lh_first; \
	}
#define EVI_LIST_ENTRY(type) \
	struct { \
		struct type *le_next, **le_prev; \
	}

#define EVI_LIST_INIT(head) ((head)->lh_first = NULL)
#define EVI_LIST_FIRST(head) ((head)->lh_first)
#define EVI_LIST_NEXT(item, field) ((item)->field.le_next)

#define EVI_LIST_INSERT_HEAD(head, item, field) \
	do { \
		if (((item)->field.le_next = (head)->lh_first) != NULL) \
			(head)->lh_first->field.le_prev = \
			    &(item)->field.le_next; \
		(head)->lh_first = (item); \
		(item)->field.le_prev = &(head)->lh_first; \
	} while (0)

#define EVI_LIST_REMOVE(item, field) \
	do { \
		if ((item)->field.le_next) \
			(item)->field.le_next->field.le_prev = \
			    (item)->field.le_prev; \
		*(item)->field.le_prev = (item)->field.le_next; \
	} while (0)

#define EVI_LIST_FOREACH(var, head, field) \
	for ((var) = EVI_LIST_FIRST(head); (var); \
	     (var) = EVI_LIST_NEXT(var, field))

#define EVI_LIST_FOREACH_SAFE(var, head, field, next) \
	for ((var) = EVI_LIST_FIRST(head); \
	     (var) && ((next) = EVI_LIST_NEXT(var, field), 1); (var) = (next))

#endif
