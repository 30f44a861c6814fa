/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * timer.c - the pending timeouts of a base.
 *
 * A wheel of {deadline, seq, id}; owners[id] is the event.  The wheel never
 * touches an event, which keeps it small enough for the cache:
 *   - a later deadline is written to the event alone; its entry is put right
 *     when it comes first (a stale entry is early, never late);
 *   - a deleted event leaves a dead entry behind (owner 0), dropped when it
 *     comes first, or all at once when many dead outnumber the living.
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
#define DEAD_MIN 64    /* dead entries that nobody minds */
#define DEAD_MANY 1024 /* nor beside living ones: 24 KiB */
#define STALE_MAX 8    /* entries put right for one sleep */

/* owners[id]: an event, 0 for a dead entry, or a free id: next << 1 | 1. */

static inline struct event *
owner(const struct evi_event_timers *timers, uint32_t id)
{
	return (struct event *)timers->owners[id];
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

/* The id that take_id() will give. */
static inline uint32_t
next_id(const struct evi_event_timers *timers)
{
	return timers->free_id ? timers->free_id - 1 : timers->owner_count;
}

static inline void
take_id(struct evi_event_timers *timers, uint32_t id, struct event *ev)
{
	if (timers->free_id)
		timers->free_id = (uint32_t)(timers->owners[id] >> 1);
	else
		timers->owner_count++;
	timers->owners[id] = (uintptr_t)ev;
}

static void
give_id(struct evi_event_timers *timers, uint32_t id)
{
	timers->owners[id] = (uintptr_t)timers->free_id << 1 | 1;
	timers->free_id = id + 1;
}

/* Without an entry, the table of owners goes back. */
static inline void
reset_if_empty(struct evi_event_timers *timers)
{
	if (timers->wheel.count || timers->owner_cap <= OWNERS_MIN)
		return;
	evi_mem_free(timers->owners);
	timers->owners = NULL;
	timers->owner_count = timers->owner_cap = 0;
	timers->free_id = 0;
}

/* Free the ids of dead entries; without jumps, which nobody could predict. */
static uint32_t
keep_living(struct evi_heap_entry *entries, uint32_t count, void *arg)
{
	struct evi_event_timers *timers = arg;
	uintptr_t *owners = timers->owners;
	uint32_t free_id = timers->free_id;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t id = entries[i].id;
		uintptr_t alive = owners[id];

		entries[kept] = entries[i];
		kept += alive != 0;
		owners[id] = alive ? alive : (uintptr_t)free_id << 1 | 1;
		free_id = alive ? free_id : id + 1;
	}
	timers->free_id = free_id;
	return kept;
}

/* Drop all dead entries. */
EVI_NOINLINE static void
sweep(struct evi_event_timers *timers)
{
	evi_wheel_filter(&timers->wheel, keep_living, timers);
	timers->dead = 0;
	reset_if_empty(timers);
}

/* The entry of `id` has no event any more. */
static inline void
bury(struct evi_event_timers *timers, uint32_t id)
{
	uint32_t count = timers->wheel.count;

	EVI_ASSERT(timers->owners != NULL);
	timers->owners[id] = 0;
	if (++timers->dead > DEAD_MIN && timers->dead > count / 2 &&
	    (timers->dead > DEAD_MANY || timers->dead == count))
		sweep(timers);
}

/* A new entry for `ev`.  Returns 0 or -ENOMEM with nothing changed. */
static inline int
enter(struct evi_event_timers *timers, struct event *ev, int64_t deadline_ns)
{
	if (reserve_owner(timers) < 0)
		return -ENOMEM;

	struct evi_event_timer_pos pos = { .id = next_id(timers),
		.seq = timers->seq };
	struct evi_heap_entry entry = { .key = deadline_ns,
		.seq = pos.seq,
		.id = pos.id };
	if (evi_wheel_add(&timers->wheel, entry) < 0)
		return -ENOMEM;
	timers->seq++;
	take_id(timers, pos.id, ev);
	evi_event_set_timer_pos(ev, pos);
	evi_event_set_deadline(ev, deadline_ns);
	if (deadline_ns < timers->earliest)
		timers->earliest = deadline_ns;
	return 0;
}

int
evi_event_timer_add(struct event_base *base, struct event *ev,
    int64_t deadline_ns)
{
	struct evi_event_timers *timers = &base->timers;
	struct evi_event_timer_pos pos = evi_event_timer_pos(ev);
	int was_pending = evi_event_has(ev, EVLIST_TIMEOUT);

	if (was_pending && evi_event_timer_postpone(base, ev, deadline_ns))
		return 0;
	if (evi_event_timer_is_empty(base)) { /* nobody looked at the clock */
		timers->wheel.now = evi_event_base_now(base);
		timers->earliest = EVI_TIME_NEVER;
	}
	int is_first = deadline_ns < timers->earliest;

	if (enter(timers, ev, deadline_ns) < 0)
		return -ENOMEM;
	if (was_pending) {
		bury(timers, pos.id);
	} else {
		ev->ev_evcallback.evcb_flags |= EVLIST_TIMEOUT;
		evi_event_count_pending(base);
	}
	return is_first;
}

void
evi_event_timer_remove(struct event_base *base, struct event *ev)
{
	struct evi_event_timers *timers = &base->timers;

	EVI_ASSERT(evi_event_has(ev, EVLIST_TIMEOUT));
	ev->ev_evcallback.evcb_flags &= ~EVLIST_TIMEOUT;
	base->counts.pending--;
	if (evi_event_deadline(ev) <= timers->earliest)
		timers->must_look = 1;
	bury(timers, evi_event_timer_pos(ev).id);
}

static inline void
pop(struct evi_event_timers *timers, const struct evi_heap_entry *top)
{
	uint32_t id = top->id;

	evi_wheel_pop(&timers->wheel);
	give_id(timers, id);
}

/*
 * The event of the first entry `top`, if that is neither dead nor stale; else
 * puts the entry right and returns NULL.  Without memory for that, the entry
 * stays first and is_stuck is set: only a search finds the next timer then.
 */
static inline struct event *
settle(struct evi_event_timers *timers, const struct evi_heap_entry *top)
{
	struct event *ev = owner(timers, top->id);

	timers->is_stuck = 0;
	if (EVI_UNLIKELY(!ev)) {
		pop(timers, top);
		timers->dead--;
		return NULL;
	}

	struct evi_event_timer_pos pos = evi_event_timer_pos(ev);
	if (EVI_LIKELY(top->seq == pos.seq))
		return ev;

	struct evi_heap_entry entry = { .key = evi_event_deadline(ev),
		.seq = pos.seq,
		.id = pos.id };
	timers->is_stuck = evi_wheel_add(&timers->wheel, entry) < 0;
	if (!timers->is_stuck)
		evi_wheel_pop(&timers->wheel);
	return NULL;
}

/*
 * Only a loop that would wake for nothing puts entries right ahead of time:
 * one that is busy finds most of them refreshed or gone before they are due.
 */
/* The next event to expire, searched among all; NULL if there is none. */
static struct event *
search_first(const struct evi_event_timers *timers)
{
	struct event *first = NULL;

	for (uint32_t id = 0; id < timers->owner_count; id++) {
		struct event *ev = owner(timers, id);

		if (!ev || (timers->owners[id] & 1))
			continue; /* a dead entry, a free id */
		if (!first ||
		    evi_event_deadline(ev) < evi_event_deadline(first) ||
		    (evi_event_deadline(ev) == evi_event_deadline(first) &&
			(int32_t)(evi_event_timer_pos(ev).seq -
			    evi_event_timer_pos(first).seq) < 0))
			first = ev;
	}
	return first;
}

int64_t
evi_event_timer_next(struct event_base *base, int is_exact)
{
	struct evi_event_timers *timers = &base->timers;
	const struct evi_heap_entry *top;

	if (timers->dead == timers->wheel.count) {
		timers->earliest = EVI_TIME_NEVER;
		return EVI_TIME_NEVER;
	}
	if (timers->earliest > timers->wheel.now && !timers->must_look &&
	    !is_exact)
		return timers->earliest;
	for (int i = 0;; i++) {
		top = evi_wheel_first(&timers->wheel);
		if (!top || (i >= STALE_MAX && !is_exact) ||
		    settle(timers, top) || timers->is_stuck)
			break;
	}
	reset_if_empty(timers);
	timers->must_look = timers->is_stuck;
	timers->earliest = top ? top->key : EVI_TIME_NEVER;
	if (EVI_UNLIKELY(timers->is_stuck))
		timers->earliest = evi_event_deadline(search_first(timers));
	return timers->earliest;
}

/*
 * A timeout ends what else the event waited for: it is deleted, and unless
 * the base keeps readiness, a report of this turn is lost to EV_TIMEOUT.
 */
static inline void
fire(struct event_base *base, struct event *ev)
{
	int kept = 0;

	if (evi_event_has(ev,
		EVLIST_INSERTED | EVLIST_ACTIVE | EVLIST_ACTIVE_LATER)) {
		if (base->flags & EVENT_BASE_FLAG_TIMEOUT_KEEPS_IO &&
		    evi_event_has(ev, EVLIST_ACTIVE))
			kept = ev->ev_res & EVI_EVENT_IO;
		(void)evi_event_del_locked(ev, EVI_DEL_NOBLOCK);
	} else {
		evi_event_debug_note_del(ev);
	}
	evi_event_active_locked(ev, EV_TIMEOUT | kept, 1);
}

/* Many events that come due at once are spread over the memory. */
static inline void
prefetch_ahead(const struct evi_event_timers *timers)
{
	const struct evi_heap_entry *far = evi_wheel_ahead(&timers->wheel, 16);
	const struct evi_heap_entry *near = evi_wheel_ahead(&timers->wheel, 8);

	if (far)
		EVI_PREFETCH(&timers->owners[far->id]);
	if (near) {
		const char *ev = (const char *)timers->owners[near->id];

		EVI_PREFETCH(ev);
		EVI_PREFETCH(ev + offsetof(struct event, ev_base));
	}
}

/* Without memory to put the wheel right, activate what is due all the same. */
static void
expire_by_search(struct event_base *base, int64_t now)
{
	struct evi_event_timers *timers = &base->timers;
	struct event *ev;

	while ((ev = search_first(timers)) && evi_event_deadline(ev) <= now) {
		evi_event_timer_remove(base, ev);
		fire(base, ev);
	}
}

void
evi_event_timer_expire(struct event_base *base)
{
	struct evi_event_timers *timers = &base->timers;
	const struct evi_heap_entry *top;

	int64_t now = evi_event_base_now(base);
	timers->wheel.now = now;
	if (timers->earliest > now)
		return;
	while ((top = evi_wheel_first(&timers->wheel)) && top->key <= now) {
		prefetch_ahead(timers);
		struct event *ev = settle(timers, top);
		if (EVI_UNLIKELY(timers->is_stuck)) {
			expire_by_search(base, now);
			break;
		}
		if (!ev)
			continue;
		pop(timers, top);
		ev->ev_evcallback.evcb_flags &= ~EVLIST_TIMEOUT;
		base->counts.pending--;
		fire(base, ev);
	}
	reset_if_empty(timers);
}

/* A walk over the events behind the entries. */
struct walk {
	struct event_base *base;
	event_base_foreach_event_cb fn;
	void *arg;
};

static int
visit(uint32_t id, void *arg)
{
	const struct walk *walk = arg;
	const struct event *ev = owner(&walk->base->timers, id);

	return ev ? walk->fn(walk->base, ev, walk->arg) : 0;
}

int
evi_event_timer_foreach(struct event_base *base, event_base_foreach_event_cb fn,
    void *arg)
{
	struct walk walk = { .base = base, .fn = fn, .arg = arg };

	return evi_wheel_foreach(&base->timers.wheel, visit, &walk);
}

struct event *
evi_event_timer_first(struct event_base *base)
{
	struct evi_event_timers *timers = &base->timers;
	const struct evi_heap_entry *top;
	struct event *ev = NULL;

	while (!ev && (top = evi_wheel_first(&timers->wheel))) {
		ev = owner(timers, top->id);
		if (!ev) {
			pop(timers, top);
			timers->dead--;
		}
	}
	return ev;
}

void
evi_event_timer_clear(struct event_base *base)
{
	evi_wheel_clear(&base->timers.wheel);
	evi_mem_free(base->timers.owners);
	memset(&base->timers, 0, sizeof(base->timers));
}
