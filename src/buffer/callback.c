/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * callback.c - telling the application, and the owner, that a buffer changed.
 *
 * This file makes all calls to evbuffer callbacks.  Entries are a list, the
 * newest first, and are called in that order.  What was added and deleted is
 * summed up in the watch until it has been told; plain callbacks are told
 * after every change, deferred ones from the loop, once for all changes.  A
 * base that is freed runs what waits as well, which then tells nobody.
 *
 * Callbacks may change the buffer (which calls them again, inside) and remove
 * each other: while any call is running, removed entries are only marked, and
 * freed by the outermost one.
 *
 * Locks: callbacks run with the buffer's lock held.  A queued deferred call
 * holds a reference of the buffer.
 */
#include "buffer/buffer.h"

#include "base/mem.h"
#include "buffer/list.h"
#include "buffer/callback.h"
#include "event/deferred.h"

/* Flags the application may use; those above are ours. */
#define FLAGS_USER 0xffffu
#define FLAG_REMOVED 0x10000u /* to be freed when nobody walks the list */

/* Which callbacks a walk calls: those where (flags & mask) == value. */
struct choice {
	uint32_t mask;
	uint32_t value;
};

static const struct choice choose_all = { EVBUFFER_CB_ENABLED | FLAG_REMOVED,
	EVBUFFER_CB_ENABLED };
static const struct choice choose_nodefer = { EVBUFFER_CB_ENABLED |
	    FLAG_REMOVED | EVI_BUFFER_CB_NODEFER,
	EVBUFFER_CB_ENABLED | EVI_BUFFER_CB_NODEFER };
static const struct choice choose_deferred = { EVBUFFER_CB_ENABLED |
	    FLAG_REMOVED | EVI_BUFFER_CB_NODEFER,
	EVBUFFER_CB_ENABLED };

struct evbuffer_cb_entry {
	struct evbuffer_cb_entry *next;
	evbuffer_cb_func fn;
	evbuffer_cb fn_compat; /* instead of fn, from evbuffer_setcb */
	void *arg;
	uint32_t flags;
};

struct evi_buffer_watch {
	struct evbuffer_cb_entry *first;
	size_t added, deleted;   /* not told yet */
	struct event_base *base; /* who runs deferred ones; NULL: none */
	struct evi_event_deferred deferred;
	unsigned running; /* walks of the list going on */
	int has_removed;  /* entries wait to be freed */
	int is_queued;    /* the deferred call, and it holds the buffer */
};

/* Calling --------------------------------------------------------------- */

/* Call one. */
static void
call(struct evbuffer *buf, struct evbuffer_cb_entry *entry,
    const struct evbuffer_cb_info *info)
{
	if (entry->fn_compat)
		entry->fn_compat(buf, info->orig_size,
		    info->orig_size + info->n_added - info->n_deleted,
		    entry->arg);
	else
		entry->fn(buf, info, entry->arg);
}

/* Free what was removed, now that no walk is going on. */
static void
sweep(struct evbuffer *buf)
{
	struct evi_buffer_watch *watch = buf->watch;
	struct evbuffer_cb_entry **link = &watch->first;

	while (*link) {
		struct evbuffer_cb_entry *entry = *link;

		if (entry->flags & FLAG_REMOVED) {
			*link = entry->next;
			evi_mem_free(entry);
		} else {
			link = &entry->next;
		}
	}
	watch->has_removed = 0;
	if (!watch->first)
		buf->state &= (uint8_t)~EVI_BUFFER_HAS_CB;
}

/* Tell the chosen ones of what is not told yet. */
static void
run(struct evbuffer *buf, struct choice choice, int keeps_sums)
{
	struct evi_buffer_watch *watch = buf->watch;
	struct evbuffer_cb_info info = { .orig_size = buf->len +
		    watch->deleted - watch->added,
		.n_added = watch->added,
		.n_deleted = watch->deleted };

	if (!info.n_added && !info.n_deleted)
		return;
	if (!keeps_sums) {
		watch->added = 0;
		watch->deleted = 0;
	}
	watch->running++;
	for (struct evbuffer_cb_entry *entry = watch->first; entry;
	     entry = entry->next)
		if ((entry->flags & choice.mask) == choice.value)
			call(buf, entry, &info);
	if (--watch->running == 0 && watch->has_removed)
		sweep(buf);
}

/*
 * The loop got to it; or the base is being freed, and the application, which
 * may have freed what its callbacks need, is not told.
 */
static void
on_deferred(void *arg)
{
	struct evbuffer *buf = arg;
	struct evi_buffer_watch *watch = buf->watch;

	evi_buffer_acquire(buf);
	watch->is_queued = 0;
	if (evi_event_loop_is_here(watch->base))
		run(buf, choose_deferred, 0);
	evi_buffer_release(buf);
	evi_buffer_unref(buf);
}

/* Tell the application, or see that it will be told. */
static void
tell_application(struct evbuffer *buf, size_t added, size_t deleted)
{
	struct evi_buffer_watch *watch = buf->watch;

	watch->added += added;
	watch->deleted += deleted;
	if (!watch->base) {
		run(buf, choose_all, 0);
		return;
	}
	if (!watch->added && !watch->deleted)
		return;
	if (!watch->is_queued) {
		watch->is_queued = 1;
		evi_buffer_ref(buf);
		evi_event_deferred_schedule(watch->base, &watch->deferred);
	}
	run(buf, choose_nodefer, 1);
}

void
evi_buffer_callback_tell(struct evbuffer *buf, size_t added, size_t deleted)
{
	EVI_ASSERT(evi_buffer_list_is_held(buf));
	if (buf->state & EVI_BUFFER_HAS_CB)
		tell_application(buf, added, deleted);
	if (added && (buf->state & EVI_BUFFER_TELL_GREW))
		buf->owner->on_grew(buf);
	if (deleted && (buf->state & EVI_BUFFER_TELL_DRAINED))
		buf->owner->on_drained(buf);
}

/* The list -------------------------------------------------------------- */

/* The watch, made when first needed; NULL: no memory. */
static struct evi_buffer_watch *
watch_of(struct evbuffer *buf)
{
	if (!buf->watch)
		buf->watch = evi_new(struct evi_buffer_watch);
	return buf->watch;
}

/* Add an entry to the front of the list; one function is NULL. */
static struct evbuffer_cb_entry *
entry_new(struct evbuffer *buf, evbuffer_cb_func fn, evbuffer_cb fn_compat,
    void *arg)
{
	struct evi_buffer_watch *watch = watch_of(buf);
	struct evbuffer_cb_entry *entry = watch
	    ? evi_new(struct evbuffer_cb_entry)
	    : NULL;

	if (!entry)
		return NULL;
	entry->fn = fn;
	entry->fn_compat = fn_compat;
	entry->arg = arg;
	entry->flags = EVBUFFER_CB_ENABLED;
	entry->next = watch->first;
	watch->first = entry;
	if (!(buf->state & EVI_BUFFER_HAS_CB)) {
		/* Changes nobody listened to are nobody's. */
		watch->added = 0;
		watch->deleted = 0;
		buf->state |= EVI_BUFFER_HAS_CB;
	}
	return entry;
}

/* Take an entry out, now or when the walk is over. */
static void
entry_remove(struct evbuffer *buf, struct evbuffer_cb_entry *entry)
{
	entry->flags |= FLAG_REMOVED;
	buf->watch->has_removed = 1;
	if (!buf->watch->running)
		sweep(buf);
}

struct evbuffer_cb_entry *
evbuffer_add_cb(struct evbuffer *buffer, evbuffer_cb_func cb, void *cbarg)
{
	evi_buffer_acquire(buffer);
	struct evbuffer_cb_entry *entry = entry_new(buffer, cb, NULL, cbarg);
	evi_buffer_release(buffer);
	return entry;
}

int
evbuffer_remove_cb_entry(struct evbuffer *buffer, struct evbuffer_cb_entry *ent)
{
	evi_buffer_acquire(buffer);
	entry_remove(buffer, ent);
	evi_buffer_release(buffer);
	return 0;
}

int
evbuffer_remove_cb(struct evbuffer *buffer, evbuffer_cb_func cb, void *cbarg)
{
	int r = -ENOENT;

	evi_buffer_acquire(buffer);
	struct evbuffer_cb_entry *entry = buffer->watch ? buffer->watch->first
							: NULL;

	while (entry &&
	    (entry->fn != cb || entry->arg != cbarg ||
		entry->flags & FLAG_REMOVED))
		entry = entry->next;
	if (entry) {
		entry_remove(buffer, entry);
		r = 0;
	}
	evi_buffer_release(buffer);
	return evi_buffer_list_result(r);
}

int
evi_buffer_callback_replace(struct evbuffer *buf, evbuffer_cb fn, void *arg)
{
	struct evbuffer_cb_entry *entry = buf->watch ? buf->watch->first : NULL;

	if (fn && !entry_new(buf, NULL, fn, arg))
		return -ENOMEM;
	for (; entry; entry = entry->next)
		entry->flags |= FLAG_REMOVED;
	if (buf->watch) {
		buf->watch->has_removed = 1;
		if (!buf->watch->running)
			sweep(buf);
	}
	return 0;
}

int
evbuffer_cb_set_flags(struct evbuffer *buffer, struct evbuffer_cb_entry *cb,
    ev_uint32_t flags)
{
	evi_buffer_acquire(buffer);
	cb->flags |= flags & FLAGS_USER;
	evi_buffer_release(buffer);
	return 0;
}

int
evbuffer_cb_clear_flags(struct evbuffer *buffer, struct evbuffer_cb_entry *cb,
    ev_uint32_t flags)
{
	evi_buffer_acquire(buffer);
	cb->flags &= ~(flags & FLAGS_USER);
	evi_buffer_release(buffer);
	return 0;
}

int
evbuffer_defer_callbacks(struct evbuffer *buffer, struct event_base *base)
{
	int r = 0;

	evi_buffer_acquire(buffer);
	struct evi_buffer_watch *watch = watch_of(buffer);

	if (!watch) {
		r = -ENOMEM;
	} else if (!watch->base) {
		evi_event_deferred_init_final(&watch->deferred,
		    evi_event_deferred_priority(base), on_deferred, buffer);
		watch->base = base;
	}
	evi_buffer_release(buffer);
	return evi_buffer_list_result(r);
}

void
evi_buffer_callback_clear(struct evbuffer *buf)
{
	struct evi_buffer_watch *watch = buf->watch;

	if (!watch)
		return;
	/* With nothing queued the base may be gone already. */
	if (watch->is_queued)
		evi_event_deferred_cancel(watch->base, &watch->deferred);
	while (watch->first) {
		struct evbuffer_cb_entry *entry = watch->first;

		watch->first = entry->next;
		evi_mem_free(entry);
	}
	evi_mem_free(watch);
	buf->watch = NULL;
}
