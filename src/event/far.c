/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * far.c - the far timeouts of far.h.
 *
 * Level 0 has what is 1 to 17 s ahead, each level above 16 times that; it is
 * cut into 64 slices that cover more than its reach.  A slice is a list in
 * no order, and a bound: no deadline in it is before `min`.  Nothing relies
 * on an event being in the slice of its deadline, which moves when a timeout
 * is put off, or is 64 slices on; it is only found there too soon.
 *
 * When the time comes to a slice its events are nearer than its level
 * begins, so each walk takes an event to a finer level or out of here.
 */
#include "event/far.h"

#include <errno.h>

#include "base/base.h"
#include "base/mem.h"
#include "event/event.h"

#define NEAR_BITS 30  /* EVI_EVENT_FAR_NS */
#define LEVEL_BITS 4  /* a level is 16 times the one before */
#define SLICE_BITS 2  /* by which a slice is finer than its level */
#define FEW_EVENTS 16 /* that are searched for a sleep */

struct slice {
	struct event *first;
	int64_t min;
};

struct evi_event_far_level {
	uint64_t used; /* a bit for each slice with events */
	struct slice slices[EVI_EVENT_FAR_SLICES];
};

static inline struct evi_event_far_links
links_of(const struct event *ev)
{
	struct evi_event_far_links links;

	memcpy(&links, (const char *)ev + evi_event_far_offset(),
	    sizeof(links));
	return links;
}

static inline void
set_links(struct event *ev, struct evi_event_far_links links)
{
	memcpy((char *)ev + evi_event_far_offset(), &links, sizeof(links));
}

static inline void
set_next(struct event *ev, struct event *next)
{
	memcpy((char *)ev + evi_event_far_offset() +
		offsetof(struct evi_event_far_links, next),
	    &next, sizeof(next));
}

static inline void
set_prev(struct event *ev, struct event *prev)
{
	memcpy((char *)ev + evi_event_far_offset() +
		offsetof(struct evi_event_far_links, prev),
	    &prev, sizeof(prev));
}

/* The next in its list; its own next will be asked for soon. */
static inline struct event *
next_of(const struct event *ev)
{
	struct event *next = links_of(ev).next;

	if (next) {
		EVI_PREFETCH((const char *)next + evi_event_far_offset());
		EVI_PREFETCH(&next->ev_timeout_pos);
	}
	return next;
}

/* Slices are numbered through all levels. */
static inline unsigned
slice_of(const struct event *ev)
{
	return evi_event_timer_pos(ev).id & ~EVI_EVENT_FAR_ID;
}

/* The slice for what is `ahead`. */
static inline unsigned
slice_for(int64_t deadline_ns, int64_t ahead)
{
	unsigned bits = 63u - (unsigned)__builtin_clzll((uint64_t)ahead);
	unsigned level = (bits - NEAR_BITS) / LEVEL_BITS;
	unsigned shift = NEAR_BITS - SLICE_BITS + level * LEVEL_BITS;

	return level * EVI_EVENT_FAR_SLICES +
	    (unsigned)(deadline_ns >> shift) % EVI_EVENT_FAR_SLICES;
}

static inline void
link_to(struct evi_event_far *far, struct event *ev, unsigned at,
    int64_t deadline_ns)
{
	struct evi_event_far_level
	    *level = far->levels[at / EVI_EVENT_FAR_SLICES];
	unsigned index = at % EVI_EVENT_FAR_SLICES;
	struct slice *slice = &level->slices[index];
	struct evi_event_far_links links = { .next = slice->first };

	if (links.next)
		set_prev(links.next, ev);
	if (!links.next || deadline_ns < slice->min)
		slice->min = deadline_ns;
	level->used |= UINT64_C(1) << index;
	slice->first = ev;
	set_links(ev, links);
	if (!far->count++ || deadline_ns < far->earliest)
		far->earliest = deadline_ns;
}

int
evi_event_far_add(struct evi_event_far *far, struct event *ev,
    int64_t deadline_ns, uint32_t seq, int64_t now)
{
	unsigned at = slice_for(deadline_ns, deadline_ns - now);
	struct evi_event_far_level *
	    *level = &far->levels[at / EVI_EVENT_FAR_SLICES];
	struct evi_event_timer_pos pos = { EVI_EVENT_FAR_ID | at, seq };

	if (EVI_UNLIKELY(!*level)) {
		*level = evi_new(struct evi_event_far_level);
		if (!*level)
			return -ENOMEM;
	}
	evi_event_set_timer_pos(ev, pos);
	evi_event_set_deadline(ev, deadline_ns);
	link_to(far, ev, at, deadline_ns);
	return 0;
}

void
evi_event_far_put_back(struct evi_event_far *far, struct event *ev)
{
	link_to(far, ev, slice_of(ev), evi_event_deadline(ev));
}

void
evi_event_far_remove(struct evi_event_far *far, struct event *ev)
{
	struct evi_event_far_links links = links_of(ev);

	far->count--;
	if (links.next)
		set_prev(links.next, links.prev);
	if (links.prev) {
		set_next(links.prev, links.next);
		return;
	}

	unsigned at = slice_of(ev);
	struct evi_event_far_level
	    *level = far->levels[at / EVI_EVENT_FAR_SLICES];
	unsigned index = at % EVI_EVENT_FAR_SLICES;

	EVI_ASSERT(level->slices[index].first == ev);
	level->slices[index].first = links.next;
	if (!links.next)
		level->used &= ~(UINT64_C(1) << index);
}

/* The slice with the smallest bound, or -1. */
static int
first_slice(const struct evi_event_far *far)
{
	int64_t best_min = EVI_TIME_NEVER;
	int best = -1;

	for (int i = 0; i < EVI_EVENT_FAR_LEVELS; i++) {
		const struct evi_event_far_level *level = far->levels[i];
		uint64_t used = level ? level->used : 0;

		for (; used; used &= used - 1) {
			int at = __builtin_ctzll(used);

			if (best >= 0 && level->slices[at].min >= best_min)
				continue;
			best_min = level->slices[at].min;
			best = i * EVI_EVENT_FAR_SLICES + at;
		}
	}
	return best;
}

static inline struct slice *
slice_at(const struct evi_event_far *far, int at)
{
	return &far->levels[at / EVI_EVENT_FAR_SLICES]
		    ->slices[at % EVI_EVENT_FAR_SLICES];
}

struct event *
evi_event_far_take(struct evi_event_far *far, int64_t now)
{
	int at = first_slice(far);

	if (at < 0)
		return NULL;
	struct slice *slice = slice_at(far, at);
	far->earliest = slice->min;
	if (slice->min > now)
		return NULL;
	struct event *list = slice->first;
	slice->first = NULL;
	far->levels[at / EVI_EVENT_FAR_SLICES]->used &= ~(
	    UINT64_C(1) << at % EVI_EVENT_FAR_SLICES);
	return list;
}

struct event *
evi_event_far_pull(struct evi_event_far *far, struct event **list)
{
	struct event *ev = *list;

	if (!ev)
		return NULL;
	*list = next_of(ev);
	far->count--;
	return ev;
}

/* Make the slice's bound a deadline.  Returns 0 if it was, or is too long. */
static int
search(struct slice *slice, int is_exact)
{
	int64_t min = EVI_TIME_NEVER;
	int left = FEW_EVENTS;

	for (const struct event *ev = slice->first; ev; ev = next_of(ev)) {
		if (!is_exact && left-- == 0)
			return 0;
		if (evi_event_deadline(ev) < min)
			min = evi_event_deadline(ev);
	}
	if (slice->min == min)
		return 0;
	slice->min = min;
	return 1;
}

void
evi_event_far_look(struct evi_event_far *far, int is_exact)
{
	int at;

	do {
		at = first_slice(far);
		if (at < 0)
			return;
	} while (search(slice_at(far, at), is_exact));
	far->earliest = slice_at(far, at)->min;
}

static int
foreach_in(const struct slice *slice, int (*fn)(struct event *ev, void *arg),
    void *arg)
{
	int r = 0;

	for (struct event *ev = slice->first; !r && ev; ev = next_of(ev))
		r = fn(ev, arg);
	return r;
}

int
evi_event_far_foreach(const struct evi_event_far *far,
    int (*fn)(struct event *ev, void *arg), void *arg)
{
	int r = 0;

	for (int i = 0; i < EVI_EVENT_FAR_LEVELS; i++) {
		const struct evi_event_far_level *level = far->levels[i];
		uint64_t used = level ? level->used : 0;

		for (; !r && used; used &= used - 1)
			r = foreach_in(&level->slices[__builtin_ctzll(used)],
			    fn, arg);
	}
	return r;
}

void
evi_event_far_clear(struct evi_event_far *far)
{
	for (int i = 0; i < EVI_EVENT_FAR_LEVELS; i++)
		evi_mem_free(far->levels[i]);
	memset(far, 0, sizeof(*far));
}

/* Is the list linked both ways, and nothing in it before the bounds? */
static int
check_slice(const struct evi_event_far *far, int at, uint32_t *count)
{
	const struct slice *slice = slice_at(far, at);
	const struct event *prev = NULL;

	for (const struct event *ev = slice->first; ev;
	     prev = ev, ev = next_of(ev)) {
		++*count;
		if (links_of(ev).prev != prev ||
		    evi_event_timer_pos(ev).id !=
			(EVI_EVENT_FAR_ID | (unsigned)at) ||
		    evi_event_deadline(ev) < slice->min ||
		    evi_event_deadline(ev) < far->earliest)
			return 0;
	}
	return 1;
}

int
evi_event_far_check(const struct evi_event_far *far)
{
	uint32_t count = 0;

	for (int at = 0; at < EVI_EVENT_FAR_LEVELS * EVI_EVENT_FAR_SLICES;
	     at++) {
		const struct evi_event_far_level
		    *level = far->levels[at / EVI_EVENT_FAR_SLICES];

		if (!level)
			continue;
		int bit = level->used >> at % EVI_EVENT_FAR_SLICES & 1;
		if (bit != (slice_at(far, at)->first != NULL) ||
		    !check_slice(far, at, &count))
			return 0;
	}
	return count == far->count;
}
