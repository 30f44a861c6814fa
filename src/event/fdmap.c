/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fdmap.c - descriptor -> its events, and what the backend is asked for.
 *
 * A directory of pages of 256 entries; a page never moves, since events (in
 * le_prev) and the backend (slots) point into it.  The newest event of a
 * descriptor is the first in its list and runs first.
 *
 * Always: `wanted` is the union of the events' masks, and the backend has
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

struct evi_event_fd {
	struct event *first;
	struct evi_backend_slot slot;
	uint16_t wanted;
};

static inline struct evi_event_fd *
find(const struct event_base *base, int fd)
{
	unsigned page = (unsigned)fd >> PAGE_BITS;

	if (page >= (unsigned)base->fd_page_count || !base->fd_pages[page])
		return NULL;
	return &base->fd_pages[page][fd & (PAGE_SIZE - 1)];
}

static int
grow_directory(struct event_base *base, int page)
{
	int count = base->fd_page_count ? base->fd_page_count : 1;

	while (count <= page)
		count *= 2;
	struct evi_event_fd **pages = evi_mem_realloc_array(base->fd_pages,
	    (size_t)count, sizeof(*pages));
	if (!pages)
		return -ENOMEM;
	for (int i = base->fd_page_count; i < count; i++)
		pages[i] = NULL;
	base->fd_pages = pages;
	base->fd_page_count = count;
	return 0;
}

/*
 * The entry of `fd`, made if need be; NULL without memory, or if the
 * directory would have to grow for a number that is not open.
 */
static struct evi_event_fd *
find_or_make(struct event_base *base, int fd)
{
	int page = fd >> PAGE_BITS;

	if (page >= base->fd_page_count &&
	    (!evi_os_socket_is_open(fd) || grow_directory(base, page) < 0))
		return NULL;
	if (!base->fd_pages[page])
		base->fd_pages[page] = evi_mem_zalloc(PAGE_SIZE,
		    sizeof(struct evi_event_fd));
	return base->fd_pages[page] ? find(base, fd) : NULL;
}

/* Tell the backend; on failure the old interest stays. */
static int
set_wanted(struct event_base *base, int fd, struct evi_event_fd *entry,
    int wanted, int is_fresh)
{
	if (wanted == entry->wanted)
		return 0;
	if (!base->backend_state)
		return -EBADF;

	int now = wanted | (is_fresh ? EVI_BACKEND_FRESH : 0);
	int r = base->backend->set(base->backend_state, fd, &entry->slot,
	    entry->wanted, now);
	if (r == 0)
		entry->wanted = (uint16_t)wanted;
	return r;
}

int
evi_event_fdmap_add(struct event_base *base, struct event *ev)
{
	int bits = ev->ev_events & (EVI_EVENT_IO | EV_ET);
	int fd = ev->ev_fd;

	if (fd < 0)
		return 0;	/* watches nothing; event_active() may run it */

	struct evi_event_fd *entry = find_or_make(base, fd);
	if (!entry)
		return evi_os_socket_is_open(fd) ? -ENOMEM : -EBADF;
	if (entry->first && (entry->wanted ^ bits) & EV_ET) {
		evi_log_warn("Tried to mix edge-triggered and "
		    "non-edge-triggered events on fd %d (event %p)", fd,
		    (void *)ev);
		return -EINVAL;
	}

	int r = set_wanted(base, fd, entry, entry->wanted | bits,
	    evi_event_has(ev, EVI_EVENT_FRESH));
	if (r < 0)
		return r;
	ev->ev_evcallback.evcb_flags &= ~EVI_EVENT_FRESH;
	LIST_INSERT_HEAD((struct event_dlist *)(void *)entry, ev,
	    ev_.ev_io.ev_io_next);
	return 1;
}

void
evi_event_fdmap_remove(struct event_base *base, struct event *ev)
{
	if (ev->ev_fd < 0)
		return;

	struct evi_event_fd *entry = find(base, ev->ev_fd);
	EVI_ASSERT(entry != NULL);
	LIST_REMOVE(ev, ev_.ev_io.ev_io_next);

	int wanted = 0;
	for (struct event *other = entry->first; other;
	    other = LIST_NEXT(other, ev_.ev_io.ev_io_next)) {
		wanted |= other->ev_events & (EVI_EVENT_IO | EV_ET);
		if (wanted == entry->wanted)
			return;
	}
	(void)set_wanted(base, ev->ev_fd, entry, wanted, 0);
}

int
evi_event_fdmap_watch(struct event_base *base, int fd, int events)
{
	struct evi_event_fd *entry = find_or_make(base, fd);

	if (!entry)
		return -ENOMEM;
	return set_wanted(base, fd, entry, events, 1);
}

void
evi_event_fdmap_unwatch(struct event_base *base, int fd)
{
	struct evi_event_fd *entry = find(base, fd);

	if (!entry)
		return;
	if (base->backend_state)
		base->backend->forget(base->backend_state, fd, &entry->slot);
	entry->wanted = 0;
}

/* A report that concerns no event: the loop's own descriptors, or a stray. */
static void
on_unclaimed(struct event_base *base, struct evi_ready ready,
    struct evi_event_fd *entry)
{
	if (base->is_notifiable && ready.fd == base->wake.fd_read) {
		evi_event_notify_on_readable(base);
		return;
	}
	if (evi_event_signal_is_fd(base, ready.fd)) {
		evi_event_signal_on_readable(base);
		return;
	}
	if (base->backend->stray(base->backend_state, ready, &entry->slot,
	    entry->wanted))
		base->must_renew = 1;
}

static inline int
activate(struct evi_event_fd *entry, int what)
{
	int count = 0;

	for (struct event *ev = entry->first; ev;
	    ev = LIST_NEXT(ev, ev_.ev_io.ev_io_next)) {
		int res = ev->ev_events & what;

		if (!(res & EVI_EVENT_IO))
			continue;
		evi_event_active_locked(ev, res, 1);
		count++;
	}
	return count;
}

void
evi_event_fdmap_fire(struct event_base *base, const struct evi_ready *ready,
    int count)
{
	for (int i = 0; i < count; i++) {
		struct evi_event_fd *entry = find(base, ready[i].fd);

		if (EVI_UNLIKELY(!entry))
			continue;
		if (EVI_UNLIKELY(ready[i].tag != entry->slot.tag) ||
		    EVI_UNLIKELY(!activate(entry, ready[i].what)))
			on_unclaimed(base, ready[i], entry);
	}
}

void
evi_event_fdmap_activate(struct event_base *base, int fd, int events)
{
	struct evi_event_fd *entry = fd < 0 ? NULL : find(base, fd);

	if (!entry)
		return;
	for (struct event *ev = entry->first; ev;
	    ev = LIST_NEXT(ev, ev_.ev_io.ev_io_next)) {
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
		struct evi_event_fd *entry = find(base, fd);

		if (!entry || !entry->wanted)
			continue;
		int wanted = entry->wanted;
		entry->wanted = 0;
		entry->slot.state = 0;
		int r = set_wanted(base, fd, entry, wanted, 1);
		if (r == 0)
			continue;
		entry->wanted = (uint16_t)wanted;
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
	struct evi_event_fd *entry = find(base, fd);

	return entry ? entry->first : NULL;
}

int
evi_event_close_fd(struct event_base *base, int fd)
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
		evi_mem_free(base->fd_pages[i]);
	evi_mem_free(base->fd_pages);
	base->fd_pages = NULL;
	base->fd_page_count = 0;
}
