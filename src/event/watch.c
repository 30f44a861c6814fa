/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * watch.c - evwatch: hooks before the loop waits and after it has waited.
 *
 * The lock is released around a hook, which may free its own watcher or any
 * other.  A pointer to the next one could dangle, so a run marks its place in
 * the queue by a watcher that nobody calls.
 */
#include "event/event.h"

#include <errno.h>

#include "event2/watch.h"
#include "base/base.h"
#include "base/mem.h"
#include "base/time.h"

struct evwatch {
	EVI_TAILQ_ENTRY(evwatch) next;
	struct event_base *base;
	struct evi_event_watch_queue *queue;
	evwatch_prepare_cb on_prepare; /* either this */
	evwatch_check_cb on_check;     /* or that; none: a run's marker */
	void *arg;
};

struct evwatch_prepare_cb_info {
	int64_t timeout_ns; /* -1: none */
};

struct evwatch_check_cb_info {
	int unused;
};

/* Takes the half-filled watcher into its queue. */
static struct evwatch *
watch_new(struct event_base *base, struct evi_event_watch_queue *queue,
    struct evwatch content)
{
	struct evwatch *watch = evi_new(struct evwatch);

	if (!watch)
		return NULL;
	*watch = content;
	watch->base = base;
	watch->queue = queue;
	evi_lock_acquire(&base->lock);
	EVI_TAILQ_INSERT_TAIL(queue, watch, next);
	evi_lock_release(&base->lock);
	return watch;
}

struct evwatch *
evwatch_prepare_new(struct event_base *base, evwatch_prepare_cb callback,
    void *arg)
{
	if (!base || !callback) {
		errno = EINVAL;
		return NULL;
	}
	return watch_new(base, &base->prepare_watchers,
	    (struct evwatch){ .on_prepare = callback, .arg = arg });
}

struct evwatch *
evwatch_check_new(struct event_base *base, evwatch_check_cb callback, void *arg)
{
	if (!base || !callback) {
		errno = EINVAL;
		return NULL;
	}
	return watch_new(base, &base->check_watchers,
	    (struct evwatch){ .on_check = callback, .arg = arg });
}

struct event_base *
evwatch_base(struct evwatch *watch)
{
	return watch->base;
}

void
evwatch_free(struct evwatch *watch)
{
	if (!watch)
		return;

	struct event_base *base = watch->base;
	evi_lock_acquire(&base->lock);
	EVI_TAILQ_REMOVE(watch->queue, watch, next);
	evi_lock_release(&base->lock);
	evi_mem_free(watch);
}

int
evwatch_prepare_get_timeout(const struct evwatch_prepare_cb_info *info,
    struct timeval *timeout)
{
	if (info->timeout_ns < 0)
		return 0;
	evi_time_to_timeval(info->timeout_ns, timeout);
	return 1;
}

/* Call each watcher of the queue once. */
static void
run(struct event_base *base, struct evi_event_watch_queue *queue,
    int64_t timeout_ns)
{
	struct evwatch_prepare_cb_info prepare = { .timeout_ns = timeout_ns };
	struct evwatch_check_cb_info check = { 0 };
	struct evwatch marker = { .base = base };
	struct evwatch *watch;

	/* cppcheck-suppress autoVariables; it leaves the list below. */
	EVI_TAILQ_INSERT_HEAD(queue, &marker, next);
	while ((watch = EVI_TAILQ_NEXT(&marker, next))) {
		EVI_TAILQ_REMOVE(queue, &marker, next);
		/* cppcheck-suppress autoVariables */
		EVI_TAILQ_INSERT_AFTER(queue, watch, &marker, next);
		evi_lock_release(&base->lock);
		if (watch->on_prepare)
			watch->on_prepare(watch, &prepare, watch->arg);
		else
			watch->on_check(watch, &check, watch->arg);
		evi_lock_acquire(&base->lock);
	}
	EVI_TAILQ_REMOVE(queue, &marker, next);
}

void
evi_event_watch_run_prepare(struct event_base *base, int64_t timeout_ns)
{
	run(base, &base->prepare_watchers, timeout_ns);
}

void
evi_event_watch_run_check(struct event_base *base)
{
	run(base, &base->check_watchers, -1);
}

static void
clear(struct evi_event_watch_queue *queue)
{
	struct evwatch *watch;

	while ((watch = EVI_TAILQ_FIRST(queue))) {
		EVI_TAILQ_REMOVE(queue, watch, next);
		evi_mem_free(watch);
	}
}

void
evi_event_watch_clear(struct event_base *base)
{
	clear(&base->prepare_watchers);
	clear(&base->check_watchers);
}
