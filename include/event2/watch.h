/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event2/watch.h - hooks before and after a loop waits.
 *
 * In each turn a loop calls its "prepare" watchers just before it asks the
 * kernel for events, and its "check" watchers just after, before callbacks
 * of events run.  They serve to measure a loop and to put another event
 * system into it.  Watchers of one kind run in the order in which they were
 * made.
 *
 * They run in the thread in the loop, without the base's lock, and may call
 * everything, evwatch_free() on themselves and on others too.  They do not
 * keep a loop alive.
 */
#ifndef EVENT2_WATCH_H_INCLUDED_
#define EVENT2_WATCH_H_INCLUDED_

#include <event2/visibility.h>

#ifdef __cplusplus
extern "C" {
#endif

struct event_base;
struct timeval;

/* A hook on a base. */
struct evwatch;

/* What a callback may ask about; good until it returns. */
struct evwatch_prepare_cb_info;
struct evwatch_check_cb_info;

/* Called before the loop waits, and after it has waited. */
typedef void (*evwatch_prepare_cb)(struct evwatch *watcher,
    const struct evwatch_prepare_cb_info *info, void *arg);

typedef void (*evwatch_check_cb)(struct evwatch *watcher,
    const struct evwatch_check_cb_info *info, void *arg);

/*
 * A new watcher, in effect at once.  Freed by evwatch_free() or with its
 * base.  NULL if base or callback is (EINVAL) or memory is out.
 */
EVENT2_EXPORT_SYMBOL
struct evwatch *evwatch_prepare_new(struct event_base *base,
    evwatch_prepare_cb callback, void *arg);

EVENT2_EXPORT_SYMBOL
struct evwatch *evwatch_check_new(struct event_base *base,
    evwatch_check_cb callback, void *arg);

/* The watcher's base. */
EVENT2_EXPORT_SYMBOL
struct event_base *evwatch_base(struct evwatch *watcher);

/*
 * Remove and free a watcher; NULL is fine.  From another thread than the
 * loop's it does not wait for a callback of the watcher that is running.
 */
EVENT2_EXPORT_SYMBOL
void evwatch_free(struct evwatch *watcher);

/*
 * How long the loop is going to wait if nothing happens, into *timeout.
 * Returns 1, or 0 if it would wait without end; then *timeout is unchanged.
 */
EVENT2_EXPORT_SYMBOL
int evwatch_prepare_get_timeout(const struct evwatch_prepare_cb_info *info,
    struct timeval *timeout);

#ifdef __cplusplus
}
#endif

#endif /* EVENT2_WATCH_H_INCLUDED_ */
