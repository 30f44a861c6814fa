/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lock_debug.h - between lock.c and its debugging wrapper.
 *
 * Private to thread/.
 */
#ifndef EVI_THREAD_LOCK_DEBUG_H
#define EVI_THREAD_LOCK_DEBUG_H

#include "event2/thread.h"
#include "base/base.h"

struct evi_lock_debug;

/* Was evthread_enable_lock_debugging() called? */
int evi_lock_debug_on(void);

/* A watched lock of the type, made by `cbs`; NULL when out of memory. */
struct evi_lock_debug *evi_lock_debug_new(unsigned type,
    const struct evthread_lock_callbacks *cbs);
void evi_lock_debug_free(struct evi_lock_debug *debug,
    const struct evthread_lock_callbacks *cbs);

/* As the callbacks, and abort on misuse.  acquire: 0 if it was taken. */
int evi_lock_debug_acquire(struct evi_lock_debug *debug, unsigned mode,
    const struct evthread_lock_callbacks *cbs);
void evi_lock_debug_release(struct evi_lock_debug *debug,
    const struct evthread_lock_callbacks *cbs);
void evi_lock_debug_wait(struct evi_lock_debug *debug, void *cond,
    const struct evthread_condition_callbacks *cbs);

/* Does this thread hold it? */
int evi_lock_debug_held(const struct evi_lock_debug *debug);

#endif
