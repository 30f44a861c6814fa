/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * debug.c - event_enable_debug_mode(): name a misuse of events and abort.
 *
 * A table of every event that was set up and not torn down, with what it was
 * when added.  An event used without setting it up, set up again while it is
 * added, or changed while it is added, is named in the message.
 *
 * Locks: one of its own, for events of all bases.
 */
#include "event/event.h"

#include "base/base.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/spin.h"

struct known {
	struct evi_hash_node node; /* key: the event's address */
	int is_added;
	int fd; /* as added */
	int events;
};

int evi_event_debug_on;
atomic_int evi_event_debug_late;

static atomic_flag debug_spin = ATOMIC_FLAG_INIT;
static struct evi_hash known_events;
static int has_failed; /* no memory: nothing is known for sure */

static uint64_t
key_of(const struct event *ev)
{
	return (uint64_t)(uintptr_t)ev;
}

static struct known *
known_of(struct evi_hash_node *node)
{
	return node ? EVI_CONTAINER_OF(node, struct known, node) : NULL;
}

static struct known *
find(const struct event *ev)
{
	return known_of(evi_hash_find(&known_events, key_of(ev)));
}

/* The entry of `ev`, made if need be; NULL without memory. */
static struct known *
find_or_make(const struct event *ev)
{
	struct known *known = find(ev);

	if (known)
		return known;
	known = evi_new(struct known);
	if (known) {
		known->node.key = key_of(ev);
		if (evi_hash_add(&known_events, &known->node) == 0)
			return known;
		evi_mem_free(known);
	}
	has_failed = 1;
	return NULL;
}

EVI_NORETURN static void
accuse(const char *func, const char *what, const struct event *ev)
{
	evi_log_abort("%s called on %s event %p "
		      "(events: 0x%x, fd: %d, flags: 0x%x)",
	    func, what, (const void *)ev, (unsigned)ev->ev_events, ev->ev_fd,
	    (unsigned)evi_event_has(ev, EVLIST_ALL));
}

void
event_enable_debug_mode(void)
{
	if (evi_event_debug_on)
		evi_log_fatal(1, "%s was called twice!", __func__);
	if (evi_event_debug_late)
		evi_log_fatal(1,
		    "%s must be called *before* creating any "
		    "events or event_bases",
		    __func__);
	evi_event_debug_on = 1;
}

void
evi_event_debug_note(const struct event *ev, int is_added)
{
	evi_spin_acquire(&debug_spin);
	struct known *known = is_added < 0 ? find_or_make(ev) : find(ev);
	if (known) {
		known->is_added = is_added > 0;
		known->fd = ev->ev_fd;
		known->events = ev->ev_events;
	}
	evi_spin_release(&debug_spin);
}

void
evi_event_debug_forget(const struct event *ev)
{
	evi_spin_acquire(&debug_spin);
	evi_mem_free(known_of(evi_hash_remove(&known_events, key_of(ev))));
	evi_spin_release(&debug_spin);
}

void
evi_event_debug_check(const struct event *ev, int must_not_be_added,
    const char *func)
{
	evi_spin_acquire(&debug_spin);
	const struct known *known = find(ev);
	int is_unknown = !known && !has_failed;
	int is_added = known && known->is_added;
	int is_changed = is_added &&
	    (known->fd != ev->ev_fd || known->events != ev->ev_events);
	evi_spin_release(&debug_spin);
	if (must_not_be_added) {
		if (is_added)
			accuse(func, "an already added", ev);
		return;
	}
	if (is_unknown)
		accuse(func, "a non-initialized", ev);
	if (is_changed)
		accuse(func, "a changed while added", ev);
}

void
evi_event_debug_global_shutdown(void)
{
	struct evi_hash_node *node;

	while ((node = evi_hash_take(&known_events)))
		evi_mem_free(known_of(node));
	evi_hash_clear(&known_events);
	evi_event_debug_on = 0;
	has_failed = 0;
}
