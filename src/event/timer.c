/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * timer.c - the pending timeouts of a base.
 *
 * A heap of {deadline, seq, id}; owners[id] is the event.  The heap never
 * touches an event, which keeps it small enough for the cache:
 *   - a later deadline is written to the event alone; its entry is put right
 *     when it comes to the top (a stale entry is early, never late);
 *   - a deleted event leaves a dead entry behind (owner 0), dropped when it
 *     comes to the top, or all at once when the dead outnumber the living.
 *
 * Always: the entry's {key, seq} <= the event's {deadline, seq}.  Equal
 * deadlines fire in the order in which they were set, by seq.
 */
#include "event/event.h"

#include <errno.h>

#include "base/base.h"
#include "base/mem.h"
#include "base/time.h"

#define OWNERS_MIN 16
#define DEAD_MIN 64		/* dead entries that nobody minds */
#define STALE_MAX 8		/* entries put right for one sleep */

/* owners[id]: an event, 0 for a dead entry, or a free id: next << 1 | 1. */

static inline struct event *
owner(const struct evi_event_timers *timers, uint32_t id)
{
	return (struct event *)timers->owners[id];
}

static inline struct evi_event_timer_pos
get_pos(const struct event *ev)
{
	struct evi_event_timer_pos pos;

	memcpy(&pos, &ev->ev_timeout_pos, sizeof(pos));
	return pos;
}

static inline void
set_pos(struct event *ev, struct evi_event_timer_pos pos)
{
	memcpy(&ev->ev_timeout_pos, &pos, sizeof(pos));
}

static inline struct evi_heap_entry
entry_of(const struct event *ev)
{
	struct evi_event_timer_pos pos = get_pos(ev);

	return (struct evi_heap_entry){ .key = evi_event_deadline(ev),
		.seq = pos.seq, .id = pos.id };
}

static inline int
is_stale(const struct evi_heap_entry *entry, const struct event *ev)
{
	return entry->seq != get_pos(ev).seq;
}

static int
reserve_owner(struct evi_event_timers *timers)
{
	if (timers->free_id || timers->owner_count < timers->owner_cap)
		return 0;

	uint32_t cap = timers->owner_cap ? timers->owner_cap * 2 : OWNERS_MIN;
	uintptr_t *owners = evi_mem_realloc_array(timers->owners, cap,
	    sizeof(*owners));
	if (!owners)
		return -ENOMEM;
	timers->owners = owners;
	timers->owner_cap = cap;
	return 0;
}

static uint32_t
take_id(struct evi_event_timers *timers, struct event *ev)
{
	uint32_t id;

	if (timers->free_id) {
		id = timers->free_id - 1;
		timers->free_id = (uint32_t)(timers->owners[id] >> 1);
	} else {
		id = timers->owner_count++;
	}
	timers->owners[id] = (uintptr_t)ev;
	return id;
}

static void
give_id(struct evi_event_timers *timers, uint32_t id)
{
	timers->owners[id] = (uintptr_t)timers->free_id << 1 | 1;
	timers->free_id = id + 1;
}

/* An empty heap gives its table of owners back. */
static void
reset_if_empty(struct evi_event_timers *timers)
{
	if (timers->heap.count || timers->owner_cap <= OWNERS_MIN)
		return;
	evi_mem_free(timers->owners);
	timers->owners = NULL;
	timers->owner_count = timers->owner_cap = 0;
	timers->free_id = 0;
}

static void
pop(struct evi_event_timers *timers)
{
	uint32_t id = timers->heap.entries[0].id;

	evi_heap_pop(&timers->heap);
	give_id(timers, id);
}

static int
keep_living(uint32_t id, void *arg)
{
	struct evi_event_timers *timers = arg;

	if (timers->owners[id])
		return 1;
	give_id(timers, id);
	return 0;
}

/* The entry of `id` has no event any more. */
static void
bury(struct evi_event_timers *timers, uint32_t id)
{
	timers->owners[id] = 0;
	if (evi_heap_drop_last(&timers->heap, id)) {
		give_id(timers, id);
	} else if (++timers->dead > DEAD_MIN &&
	    timers->dead > timers->heap.count / 2) {
		evi_heap_filter(&timers->heap, keep_living, timers);
		timers->dead = 0;
	}
	reset_if_empty(timers);
}

int
evi_event_timer_add(struct event_base *base, struct event *ev,
    int64_t deadline_ns)
{
	struct evi_event_timers *timers = &base->timers;
	struct evi_event_timer_pos pos = get_pos(ev);
	int was_pending = evi_event_has(ev, EVLIST_TIMEOUT);
	uint32_t old_id = pos.id;

	if (was_pending && deadline_ns >= evi_event_deadline(ev)) {
		pos.seq = timers->seq++;
		set_pos(ev, pos);
		evi_event_set_deadline(ev, deadline_ns);
		return 0;
	}
	if (evi_heap_reserve(&timers->heap) < 0 || reserve_owner(timers) < 0)
		return -ENOMEM;
	pos.id = take_id(timers, ev);
	pos.seq = timers->seq++;
	set_pos(ev, pos);
	evi_event_set_deadline(ev, deadline_ns);
	evi_heap_push(&timers->heap, entry_of(ev));
	if (was_pending) {
		bury(timers, old_id);
	} else {
		ev->ev_evcallback.evcb_flags |= EVLIST_TIMEOUT;
		evi_event_count_up(&base->added);
	}
	return timers->heap.entries[0].id == pos.id;
}

void
evi_event_timer_remove(struct event_base *base, struct event *ev)
{
	EVI_ASSERT(evi_event_has(ev, EVLIST_TIMEOUT));
	ev->ev_evcallback.evcb_flags &= ~EVLIST_TIMEOUT;
	base->added.now--;
	bury(&base->timers, get_pos(ev).id);
}

/*
 * Put the top right if it is dead or stale.  Returns its event if it was
 * neither, else NULL.
 */
static struct event *
settle_top(struct evi_event_timers *timers)
{
	struct evi_heap_entry *top = &timers->heap.entries[0];
	struct event *ev = owner(timers, top->id);

	if (!ev) {
		pop(timers);
		timers->dead--;
		return NULL;
	}
	if (is_stale(top, ev)) {
		evi_heap_replace_top(&timers->heap, entry_of(ev));
		return NULL;
	}
	return ev;
}

int64_t
evi_event_timer_next(struct event_base *base)
{
	struct evi_event_timers *timers = &base->timers;

	for (int i = 0; timers->heap.count && i < STALE_MAX; i++)
		if (settle_top(timers))
			break;
	reset_if_empty(timers);
	return timers->heap.count ? timers->heap.entries[0].key :
	    EVI_TIME_NEVER;
}

/*
 * A timeout ends what else the event waited for: it is deleted, and unless
 * the base keeps readiness, a report of this turn is lost to EV_TIMEOUT.
 */
static void
fire(struct event_base *base, struct event *ev)
{
	int kept = 0;

	if (base->flags & EVENT_BASE_FLAG_TIMEOUT_KEEPS_IO &&
	    evi_event_has(ev, EVLIST_ACTIVE))
		kept = ev->ev_res & EVI_EVENT_IO;
	(void)evi_event_del_locked(ev, EVI_DEL_NOBLOCK);
	evi_event_active_locked(ev, EV_TIMEOUT | kept, 1);
}

void
evi_event_timer_expire(struct event_base *base)
{
	struct evi_event_timers *timers = &base->timers;

	if (!timers->heap.count)
		return;

	int64_t now = evi_event_base_now(base);
	while (timers->heap.count && timers->heap.entries[0].key <= now) {
		struct event *ev = settle_top(timers);

		if (!ev)
			continue;
		pop(timers);
		ev->ev_evcallback.evcb_flags &= ~EVLIST_TIMEOUT;
		base->added.now--;
		fire(base, ev);
	}
	reset_if_empty(timers);
}

struct event *
evi_event_timer_at(const struct event_base *base, uint32_t index)
{
	return owner(&base->timers, base->timers.heap.entries[index].id);
}

struct event *
evi_event_timer_first(struct event_base *base)
{
	struct event *ev = NULL;

	while (base->timers.heap.count && !ev)
		ev = settle_top(&base->timers);
	return ev;
}

void
evi_event_timer_clear(struct event_base *base)
{
	evi_heap_clear(&base->timers.heap);
	evi_mem_free(base->timers.owners);
	memset(&base->timers, 0, sizeof(base->timers));
}
