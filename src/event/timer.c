/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * timer.c - the pending timeouts of a base.
 *
 * What is far ahead is in far.c's lists.  What is near is in a wheel of
 * {deadline, seq, id}; owners[id] is the event.  The wheel never touches an
 * event, which keeps it small enough for the cache.
 *   - A later deadline is written to the event alone; its place is put right
 *     when it comes first (a stale place is early, never late).
 *   - An event deleted from the wheel leaves a dead entry behind (owner 0),
 *     dropped when it comes first, or all at once when many dead outnumber
 *     the living.
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

/* Is it too far ahead for the wheel? */
static inline int
is_far(const struct evi_event_timers *timers, int64_t deadline_ns)
{
	return evi_event_far_fits() &&
	    deadline_ns >= timers->wheel.now + EVI_EVENT_FAR_NS;
}

static inline int
is_in_far(struct evi_event_timer_pos pos)
{
	return (pos.id & EVI_EVENT_FAR_ID) != 0;
}

/* Let the wheel have `ev`.  Returns 0 or -ENOMEM with nothing changed. */
EVI_NOINLINE static int
enter_wheel(struct evi_event_timers *timers, struct event *ev,
    int64_t deadline_ns, uint32_t seq)
{
	if (reserve_owner(timers) < 0)
		return -ENOMEM;

	struct evi_event_timer_pos pos = { next_id(timers), seq };
	struct evi_heap_entry entry = { deadline_ns, seq, pos.id };
	if (evi_wheel_add(&timers->wheel, entry) < 0)
		return -ENOMEM;
	take_id(timers, pos.id, ev);
	evi_event_set_timer_pos(ev, pos);
	evi_event_set_deadline(ev, deadline_ns);
	return 0;
}

/* Find a place for `ev`.  Returns 0 or -ENOMEM with nothing changed. */
static inline int
enter(struct evi_event_timers *timers, struct event *ev, int64_t deadline_ns,
    uint32_t seq)
{
	if (is_far(timers, deadline_ns))
		return evi_event_far_add(&timers->far, ev, deadline_ns, seq,
		    timers->wheel.now);
	return enter_wheel(timers, ev, deadline_ns, seq);
}

/* The same for one that has a place. */
static int
move(struct evi_event_timers *timers, struct event *ev, int64_t deadline_ns)
{
	struct evi_event_timer_pos old = evi_event_timer_pos(ev);

	if (is_in_far(old))
		evi_event_far_remove(&timers->far, ev);
	int r = enter(timers, ev, deadline_ns, timers->seq);
	if (is_in_far(old)) {
		if (r < 0)
			evi_event_far_put_back(&timers->far, ev);
	} else if (r == 0) {
		bury(timers, old.id);
	}
	return r;
}

int
evi_event_timer_add(struct event_base *base, struct event *ev,
    int64_t deadline_ns)
{
	struct evi_event_timers *timers = &base->timers;
	int was_pending = evi_event_has(ev, EVLIST_TIMEOUT);

	if (was_pending && evi_event_timer_postpone(base, ev, deadline_ns))
		return 0;
	if (evi_event_timer_is_empty(base)) { /* nobody looked at the clock */
		timers->wheel.now = evi_event_base_now(base);
		timers->earliest = EVI_TIME_NEVER;
	}

	int r = was_pending ? move(timers, ev, deadline_ns)
			    : enter(timers, ev, deadline_ns, timers->seq);
	if (r < 0)
		return r;
	timers->seq++;
	if (!was_pending) {
		ev->ev_evcallback.evcb_flags |= EVLIST_TIMEOUT;
		evi_event_count_pending(base);
	}
	if (deadline_ns >= timers->earliest)
		return 0;
	timers->earliest = deadline_ns;
	return 1;
}

void
evi_event_timer_remove(struct event_base *base, struct event *ev)
{
	struct evi_event_timers *timers = &base->timers;
	struct evi_event_timer_pos pos = evi_event_timer_pos(ev);

	EVI_ASSERT(evi_event_has(ev, EVLIST_TIMEOUT));
	ev->ev_evcallback.evcb_flags &= ~EVLIST_TIMEOUT;
	base->counts.pending--;
	if (evi_event_deadline(ev) <= timers->earliest)
		timers->must_look = 1;
	if (is_in_far(pos))
		evi_event_far_remove(&timers->far, ev);
	else
		bury(timers, pos.id);
}

static inline void
pop(struct evi_event_timers *timers, const struct evi_heap_entry *top)
{
	uint32_t id = top->id;

	evi_wheel_pop(&timers->wheel);
	give_id(timers, id);
}

/* Put the entry `top` of `ev` where it belongs: 0 or -ENOMEM. */
EVI_NOINLINE static int
put_right(struct evi_event_timers *timers, struct event *ev,
    const struct evi_heap_entry *top)
{
	struct evi_heap_entry entry = { .key = evi_event_deadline(ev),
		.seq = evi_event_timer_pos(ev).seq,
		.id = top->id };

	if (is_far(timers, entry.key)) {
		if (evi_event_far_add(&timers->far, ev, entry.key, entry.seq,
			timers->wheel.now) < 0)
			return -ENOMEM;
		pop(timers, &entry);
		return 0;
	}
	if (evi_wheel_add(&timers->wheel, entry) < 0)
		return -ENOMEM;
	evi_wheel_pop(&timers->wheel);
	return 0;
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
	timers->is_stuck = put_right(timers, ev, top) < 0;
	return NULL;
}

/* Of the events with a timeout, the next to expire. */
struct first {
	struct event *ev; /* or NULL */
};

static int
is_before(const struct event *a, const struct event *b)
{
	if (evi_event_deadline(a) != evi_event_deadline(b))
		return evi_event_deadline(a) < evi_event_deadline(b);
	return (int32_t)(evi_event_timer_pos(a).seq -
		   evi_event_timer_pos(b).seq) < 0;
}

static int
keep_first(struct event *ev, void *arg)
{
	struct first *first = arg;

	if (!first->ev || is_before(ev, first->ev))
		first->ev = ev;
	return 0;
}

/* The next event to expire, searched among all; NULL if there is none. */
static struct event *
search_first(const struct evi_event_timers *timers)
{
	struct first first = { NULL };

	for (uint32_t id = 0; id < timers->owner_count; id++) {
		struct event *ev = owner(timers, id);

		if (ev && !(timers->owners[id] & 1)) /* not dead, nor free */
			(void)keep_first(ev, &first);
	}
	(void)evi_event_far_foreach(&timers->far, keep_first, &first);
	return first.ev;
}

/*
 * When the wheel has to be looked at.  Only a loop that would wake for nothing
 * puts entries right ahead of time: one that is busy finds most of them
 * refreshed or gone before they are due.
 */
static int64_t
next_in_wheel(struct evi_event_timers *timers, int is_exact)
{
	const struct evi_heap_entry *top;

	for (int i = 0;; i++) {
		top = evi_wheel_first(&timers->wheel);
		if (!top || (i >= STALE_MAX && !is_exact) ||
		    settle(timers, top) || timers->is_stuck)
			break;
	}
	if (EVI_UNLIKELY(timers->is_stuck))
		return evi_event_deadline(search_first(timers));
	return top ? top->key : EVI_TIME_NEVER;
}

int64_t
evi_event_timer_next(struct event_base *base, int is_exact)
{
	struct evi_event_timers *timers = &base->timers;

	if (timers->dead == timers->wheel.count && !timers->far.count) {
		timers->earliest = EVI_TIME_NEVER;
		return EVI_TIME_NEVER;
	}
	if (timers->earliest > timers->wheel.now && !timers->must_look &&
	    !is_exact)
		return timers->earliest;
	timers->is_stuck = 0;
	timers->earliest = next_in_wheel(timers, is_exact);
	timers->must_look = timers->is_stuck;
	if (timers->far.count && timers->far.earliest < timers->earliest)
		evi_event_far_look(&timers->far, is_exact);
	if (timers->far.count && timers->far.earliest < timers->earliest)
		timers->earliest = timers->far.earliest;
	reset_if_empty(timers);
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

/*
 * Many events that come due at once are spread over the memory.  Returns the
 * address of one to fire soon, or no address at all: for a prefetch only.
 */
static inline uintptr_t
prefetch_ahead(const struct evi_event_timers *timers)
{
	const struct evi_heap_entry *far = evi_wheel_ahead(&timers->wheel, 16);
	const struct evi_heap_entry *near = evi_wheel_ahead(&timers->wheel, 8);

	if (far)
		EVI_PREFETCH(&timers->owners[far->id]);
	if (!near)
		return 0;

	uintptr_t ev = timers->owners[near->id];
	EVI_PREFETCH((const void *)ev);
	EVI_PREFETCH((const void *)(ev + offsetof(struct event, ev_base)));
	return ev;
}

/* Without memory to put the wheel right, activate what is due all the same. */
static void
expire_by_search(struct event_base *base, int64_t now)
{
	struct evi_event_timers *timers = &base->timers;
	struct event *ev;

	while ((ev = search_first(timers)) && evi_event_deadline(ev) <= now) {
		evi_event_timer_remove(base, ev);
		evi_event_set_ahead(ev, 0);
		fire(base, ev);
	}
}

/* Find new places for the events of slices whose time has come. */
static int
bring_near(struct evi_event_timers *timers)
{
	struct evi_event_far *far = &timers->far;
	struct event *list;
	struct event *ev;
	int r = 0;

	while (r == 0 && (list = evi_event_far_take(far, timers->wheel.now)))
		while ((ev = evi_event_far_pull(far, &list))) {
			if (r == 0)
				r = enter(timers, ev, evi_event_deadline(ev),
				    evi_event_timer_pos(ev).seq);
			if (r < 0)
				evi_event_far_put_back(far, ev);
		}
	return r;
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
	if (timers->far.count && timers->far.earliest <= now &&
	    bring_near(timers) < 0)
		expire_by_search(base, now);
	while ((top = evi_wheel_first(&timers->wheel)) && top->key <= now) {
		uintptr_t ahead = prefetch_ahead(timers);
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
		evi_event_set_ahead(ev, ahead);
		fire(base, ev);
	}
	reset_if_empty(timers);
}

/* A walk over the events of both. */
struct walk {
	struct event_base *base;
	event_base_foreach_event_cb fn;
	void *arg;
};

static int
visit(struct event *ev, void *arg)
{
	const struct walk *walk = arg;

	return walk->fn(walk->base, ev, walk->arg);
}

static int
visit_entry(uint32_t id, void *arg)
{
	const struct walk *walk = arg;
	struct event *ev = owner(&walk->base->timers, id);

	return ev ? visit(ev, arg) : 0;
}

int
evi_event_timer_foreach(struct event_base *base, event_base_foreach_event_cb fn,
    void *arg)
{
	struct walk walk = { .base = base, .fn = fn, .arg = arg };
	int r = evi_wheel_foreach(&base->timers.wheel, visit_entry, &walk);

	return r ? r : evi_event_far_foreach(&base->timers.far, visit, &walk);
}

static int
take_any(struct event *ev, void *arg)
{
	struct first *first = arg;

	first->ev = ev;
	return 1;
}

struct event *
evi_event_timer_first(struct event_base *base)
{
	struct evi_event_timers *timers = &base->timers;
	const struct evi_heap_entry *top;
	struct first any = { NULL };

	while (!any.ev && (top = evi_wheel_first(&timers->wheel))) {
		any.ev = owner(timers, top->id);
		if (!any.ev) {
			pop(timers, top);
			timers->dead--;
		}
	}
	if (!any.ev)
		(void)evi_event_far_foreach(&timers->far, take_any, &any);
	return any.ev;
}

void
evi_event_timer_clear(struct event_base *base)
{
	evi_wheel_clear(&base->timers.wheel);
	evi_event_far_clear(&base->timers.far);
	evi_mem_free(base->timers.owners);
	memset(&base->timers, 0, sizeof(base->timers));
}
