/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * base.h - the few words that every file of the library uses.
 *
 * Nothing here needs an operating system: attributes, container_of, array
 * length, and the assertion that is always on.
 */
#ifndef EVI_BASE_BASE_H
#define EVI_BASE_BASE_H

#include <stddef.h>
#include <stdint.h>

#define EVI_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* The structure of type `type` whose member `member` `ptr` points to. */
#define EVI_CONTAINER_OF(ptr, type, member) \
	((type *)(void *)((char *)(ptr)-offsetof(type, member)))

#if defined(__GNUC__)
#define EVI_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define EVI_NORETURN __attribute__((noreturn))
/* Keeps what is seldom needed out of the quick path that calls it. */
#define EVI_NOINLINE __attribute__((noinline))
#define EVI_LIKELY(cond) __builtin_expect(!!(cond), 1)
#define EVI_UNLIKELY(cond) __builtin_expect(!!(cond), 0)
#define EVI_PREFETCH(ptr) __builtin_prefetch(ptr)
/* The long way, kept out of line so that the short way needs no stack. */
#define EVI_NOINLINE __attribute__((noinline))
/* Exported for the sibling libraries only; no public header names it. */
#define EVI_CROSS __attribute__((visibility("default")))
#else
#define EVI_PRINTF(fmt, args)
#define EVI_NORETURN
#define EVI_NOINLINE
#define EVI_LIKELY(cond) (cond)
#define EVI_UNLIKELY(cond) (cond)
#define EVI_PREFETCH(ptr) ((void)(ptr))
#define EVI_NOINLINE
#define EVI_CROSS
#endif

/*
 * A mistake of ours, never the user's or the network's.  Always on: keep the
 * condition O(1).  A false one goes to the log at level ERR and to the fatal
 * callback, then aborts.
 */
#define EVI_ASSERT(cond) \
	(EVI_LIKELY(cond) \
		? (void)0 \
		: evi_assert_failed(__FILE__, __LINE__, __func__, #cond))

EVI_CROSS EVI_NORETURN void evi_assert_failed(const char *file, int line,
    const char *func, const char *cond);

#endif
