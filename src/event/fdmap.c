/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fdmap.c - descriptor -> its events, and what the backend is asked for.
 *
 * A directory of pages of 256 entries; a page never moves, since events (in
 * le_prev) and the backend (slots) point into it.  The newest event of a
 * descriptor is the first in its list and runs first.
 *
 * Always: `slot.wanted` is the union of the events' masks, and the backend has
 * been told.  All events of a descriptor agree about EV_ET.
 */
#include "event/event.h"

#include <errno.h>

#include "base/base.h"
#include "base/log.h"
#include "base/mem.h"
#include "os/socket.h"

#define PAGE_BITS 8
#define PAGE_SIZE (1 << PAGE_BITS)

/* In two arrays, since the second needs no padding alone. */
struct evi_event_fd_page {
	struct event *first[PAGE_SIZE];
	struct evi_backend_slot slots[PAGE_SIZE];
};

/* One descriptor's part of a page; both NULL: there is none. */
struct entry {
	struct event **first;
	struct evi_backend_slot *slot;
};

/* Stands for every page that is not there; nobody writes to it. */
static struct evi_event_fd_page no_page;

static inline int
is_in_directory(const struct event_base *base, int fd)
{
	return (unsigned)fd >> PAGE_BITS < (unsigned)base->fd_page_count;
}

/* The entry of such an `fd`, perhaps in no_page. */
static inline struct entry
entry_of(const struct event_base *base, int fd)
{
	struct evi_event_fd_page
	    *page = base->fd_pages[(unsigned)fd >> PAGE_BITS];
	unsigned index = (unsigned)fd % PAGE_SIZE;

	return (struct entry){ .first = &page->first[index],
		.slot = &page->slots[index] };
}

/* The entry of any `fd`; an empty one beyond the directory. */
static inline struct entry
find(const struct event_base *base, int fd)
{
	return EVI_LIKELY(is_in_directory(base, fd)) ? entry_of(base, fd)
						     : (struct entry){ 0 };
}

static int
grow_directory(struct event_base *base, int page)
{
	int count = base->fd_page_count ? base->fd_page_count : 1;

	while (count <= page)
		count *= 2;
	struct evi_event_fd_page **pages = evi_mem_realloc_array(base->fd_pages,
	    (size_t)count, sizeof(*pages));
	if (!pages)
		return -ENOMEM;
	for (int i = base->fd_page_count; i < count; i++)
		pages[i] = &no_page;
	base->fd_pages = pages;
	base->fd_page_count = count;
	return 0;
}

/*
 * The entry of `fd`, made if need be; an empty one without memory, or if the
 * directory would have to grow for a number that is not open.
 */
static struct entry
find_or_make(struct event_base *base, int fd)
{
	int page = fd >> PAGE_BITS;

	if (page >= base->fd_page_count &&
	    (!evi_os_socket_is_open(fd) || grow_directory(base, page) < 0))
		return (struct entry){ 0 };
	if (base->fd_pages[page] == &no_page) {
		struct evi_event_fd_page *made = evi_new(
		    struct evi_event_fd_page);

		if (!made)
			return (struct entry){ 0 };
		base->fd_pages[page] = made;
	}
	return find(base, fd);
}

/* Tell the backend; on failure the old interest stays. */
static int
set_wanted(struct event_base *base, int fd, struct entry entry, int wanted,
    int is_fresh)
{
	if (wanted == entry.slot->wanted)
		return 0;
	if (!base->backend_state)
		return -EBADF;

	int now = wanted | (is_fresh ? EVI_BACKEND_FRESH : 0);
	int r = base->backend->set(base->backend_state, fd, entry.slot,
	    entry.slot->wanted, now);
	if (r == 0)
		entry.slot->wanted = (uint8_t)wanted;
	return r;
}

int
evi_event_fdmap_add(struct event_base *base, struct event *ev)
{
	int bits = ev->ev_events & (EVI_EVENT_IO | EV_ET);
	int fd = ev->ev_fd;

	if (fd < 0)
		return 0; /* watches nothing; event_active() may run it */

	struct entry entry = find_or_make(base, fd);
	if (!entry.slot)
		return evi_os_socket_is_open(fd) ? -ENOMEM : -EBADF;
	if (*entry.first && (entry.slot->wanted ^ bits) & EV_ET) {
		evi_log_warn("Tried to mix edge-triggered and "
			     "non-edge-triggered events on fd %d (event %p)",
		    fd, (void *)ev);
		return -EINVAL;
	}

	int r = set_wanted(base, fd, entry, entry.slot->wanted | bits,
	    evi_event_has(ev, EVI_EVENT_FRESH));
	if (r < 0)
		return r;
	ev->ev_evcallback.evcb_flags &= ~EVI_EVENT_FRESH;
	EVI_LIST_INSERT_HEAD((struct event_dlist *)(void *)entry.first, ev,
	    ev_.ev_io.ev_io_next);
	return 1;
}

void
evi_event_fdmap_remove(struct event_base *base, struct event *ev)
{
	if (ev->ev_fd < 0)
		return;

	struct entry entry = find(base, ev->ev_fd);
	EVI_ASSERT(entry.slot != NULL);
	EVI_LIST_REMOVE(ev, ev_.ev_io.ev_io_next);

	int wanted = 0;
	for (struct event *other = *entry.first; other;
	     other = EVI_LIST_NEXT(other, ev_.ev_io.ev_io_next)) {
		wanted |= other->ev_events & (EVI_EVENT_IO | EV_ET);
		if (wanted == entry.slot->wanted)
			return;
	}
	(void)set_wanted(base, ev->ev_fd, entry, wanted, 0);
}

int
evi_event_fdmap_watch(struct event_base *base, int fd, int events)
{
	struct entry entry = find_or_make(base, fd);

	if (!entry.slot)
		return -ENOMEM;
	return set_wanted(base, fd, entry, events, 1);
}

void
evi_event_fdmap_unwatch(struct event_base *base, int fd)
{
	struct entry entry = find(base, fd);

	if (!entry.slot)
		return;
	if (base->backend_state)
		base->backend->forget(base->backend_state, fd, entry.slot);
	entry.slot->wanted = 0;
}

/* A report that concerns no event: the loop's own descriptors, or a stray. */
EVI_NOINLINE static void
on_unclaimed(struct event_base *base, struct evi_ready ready)
{
	struct entry entry = entry_of(base, ready.fd);

	if (base->is_notifiable && ready.fd == base->wake.fd_read) {
		evi_event_notify_on_readable(base);
		return;
	}
	if (evi_event_signal_is_fd(base, ready.fd)) {
		evi_event_signal_on_readable(base);
		return;
	}
	if (base->backend->stray(base->backend_state, ready, entry.slot,
		entry.slot->wanted))
		base->must_renew = 1;
}

/*
 * Callbacks on their way into the queue of the usual priority.  The queue's
 * end is kept here, and written back only when somebody else looks.
 */
struct joining {
	struct event_base *base;
	struct event_callback **end;
	uint8_t pri;
};

static inline struct event_callback **
queue_end(const struct event_base *base, uint8_t pri)
{
	return base->queues[pri].tqh_last;
}

static inline void
set_queue_end(struct event_base *base, uint8_t pri, struct event_callback **end)
{
	*end = NULL;
	base->queues[pri].tqh_last = end;
}

/* Activate an event of another priority, or one that is active already. */
EVI_NOINLINE static struct event_callback **
activate(struct event *ev, int res, uint8_t pri, struct event_callback **end)
{
	set_queue_end(ev->ev_base, pri, end);
	evi_event_active_locked(ev, res, 1);
	return queue_end(ev->ev_base, pri);
}

static inline void
join(struct joining *joining, struct event *ev, int res)
{
	struct event_callback *cb = &ev->ev_evcallback;

	if (EVI_UNLIKELY(cb->evcb_pri != joining->pri ||
		evi_event_has(ev,
		    EVLIST_ACTIVE | EVLIST_ACTIVE_LATER | EVLIST_FINALIZING))) {
		joining->end = activate(ev, res, joining->pri, joining->end);
		return;
	}
	ev->ev_res = (short)res;
	cb->evcb_flags |= EVLIST_ACTIVE;
	cb->evcb_active_next.tqe_prev = joining->end;
	*joining->end = cb;
	joining->end = &cb->evcb_active_next.tqe_next;
	joining->base->counts.active++;
}

/*
 * Activate what waits for the report.  The loop is between callbacks: nothing
 * runs whose turn this could end.
 */
static inline void
fire(struct joining *joining, const struct evi_event_fd_page *page,
    const struct evi_ready *ready)
{
	unsigned index = (unsigned)ready->fd % PAGE_SIZE;
	const struct evi_backend_slot *slot = &page->slots[index];
	struct event *ev = page->first[index];

	if (EVI_UNLIKELY(!ev || ready->tag != slot->tag)) {
		on_unclaimed(joining->base, *ready);
		return;
	}
	for (; ev; ev = EVI_LIST_NEXT(ev, ev_.ev_io.ev_io_next)) {
		int res = ev->ev_events & ready->what;

		if (EVI_LIKELY(res & EVI_EVENT_IO)) {
			join(joining, ev, res);
		} else if (!(slot->wanted & ready->what & EVI_EVENT_IO)) {
			/* nor does another wait for it */
			on_unclaimed(joining->base, *ready);
			return;
		}
	}
}

void
evi_event_fdmap_fire(struct event_base *base, const struct evi_ready *ready,
    int count)
{
	uint8_t pri = (uint8_t)(base->queue_count / 2);
	struct joining joining = { .base = base,
		.pri = pri,
		.end = queue_end(base, pri) };

	for (const struct evi_ready *end = ready + count; ready < end;
	     ready++) {
		if (EVI_LIKELY(is_in_directory(base, ready->fd)))
			fire(&joining,
			    base->fd_pages[(unsigned)ready->fd >> PAGE_BITS],
			    ready);
	}
	set_queue_end(base, pri, joining.end);
	evi_event_count_active(base, 0);
}

void
evi_event_fdmap_activate(struct event_base *base, int fd, int events)
{
	struct entry entry = find(base, fd);

	if (!entry.slot)
		return;
	for (struct event *ev = *entry.first; ev;
	     ev = EVI_LIST_NEXT(ev, ev_.ev_io.ev_io_next)) {
		int res = ev->ev_events & events & EVI_EVENT_IO;

		/* What else is ready is of no account to a timeout. */
		if ((events & EV_TIMEOUT) && evi_event_has(ev, EVLIST_TIMEOUT))
			res = EV_TIMEOUT;
		if (res)
			evi_event_active_locked(ev, res, 1);
	}
}

int
evi_event_fdmap_restore(struct event_base *base)
{
	int first_error = 0;

	for (int fd = 0; fd < evi_event_fdmap_limit(base); fd++) {
		struct entry entry = find(base, fd);
		int wanted = entry.slot->wanted;

		if (entry.slot->state)
			entry.slot->state = 0;
		if (!wanted)
			continue;
		entry.slot->wanted = 0;
		int r = set_wanted(base, fd, entry, wanted, 1);
		if (r == 0)
			continue;
		entry.slot->wanted = (uint8_t)wanted;
		if (!first_error)
			first_error = r;
	}
	return first_error;
}

int
evi_event_fdmap_limit(const struct event_base *base)
{
	return base->fd_page_count * PAGE_SIZE;
}

struct event *
evi_event_fdmap_first(const struct event_base *base, int fd)
{
	struct entry entry = find(base, fd);

	return entry.slot ? *entry.first : NULL;
}

int
evi_event_fdmap_close(struct event_base *base, int fd)
{
	if (base) {
		evi_lock_acquire(&base->lock);
		evi_event_fdmap_unwatch(base, fd);
		evi_event_base_unlock(base);
	}
	return evi_os_socket_close(fd);
}

void
evi_event_fdmap_clear(struct event_base *base)
{
	for (int i = 0; i < base->fd_page_count; i++)
		if (base->fd_pages[i] != &no_page)
			evi_mem_free(base->fd_pages[i]);
	evi_mem_free(base->fd_pages);
	base->fd_pages = NULL;
	base->fd_page_count = 0;
}
