/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * far.h - timeouts that are far ahead: lists through the events themselves.
 *
 * Most timeouts of a server never expire: they are put off or deleted first.
 * Until one is near it needs no memory but its event, and no order but that
 * of its slice of time.  timer.c takes them out when they come near.
 *
 * All is under the base's lock.
 */
#ifndef EVI_EVENT_FAR_H
#define EVI_EVENT_FAR_H

#include <stdint.h>

struct event;

#define EVI_EVENT_FAR_LEVELS 9
#define EVI_EVENT_FAR_SLICES 64

/* No event nearer than this is kept here. */
#define EVI_EVENT_FAR_NS (INT64_C(1) << 30)

/* What is in evi_event_timer_pos.id of such an event, above its slice. */
#define EVI_EVENT_FAR_ID UINT32_C(0x80000000)

struct evi_event_far_level;

/* Its neighbours in the list of its slice, or NULL. */
struct evi_event_far_links {
	struct event *next;
	struct event *prev;
};

struct evi_event_far {
	struct evi_event_far_level *levels[EVI_EVENT_FAR_LEVELS]; /* or NULL */
	int64_t earliest; /* no deadline is before; if count */
	uint32_t count;
};

/*
 * Keep `ev` until `deadline_ns`, EVI_EVENT_FAR_NS or more after `now`.  Sets
 * its deadline and pos.  Returns 0, or -ENOMEM with nothing changed.
 */
int evi_event_far_add(struct evi_event_far *far, struct event *ev,
    int64_t deadline_ns, uint32_t seq, int64_t now);

/* Forget `ev`, which is kept here. */
void evi_event_far_remove(struct evi_event_far *far, struct event *ev);

/* Put `ev`, the last to be removed or pulled, back; needs no memory. */
void evi_event_far_put_back(struct evi_event_far *far, struct event *ev);

/*
 * Take off all events of a slice that may have one due at `now`: a list to
 * be pulled to its end.  NULL if there is no such slice.
 */
struct event *evi_event_far_take(struct evi_event_far *far, int64_t now);

/* Take off the list and return its first event, NULL if it is empty. */
struct event *evi_event_far_pull(struct evi_event_far *far,
    struct event **list);

/*
 * Make `earliest` a deadline, not just a bound.  Unless `is_exact` only
 * slices of a few events are searched for that.
 */
void evi_event_far_look(struct evi_event_far *far, int is_exact);

/* Call fn for each event until it returns other than 0. */
int evi_event_far_foreach(const struct evi_event_far *far,
    int (*fn)(struct event *ev, void *arg), void *arg);

/* Free the memory; an empty one remains, and events are not touched. */
void evi_event_far_clear(struct evi_event_far *far);

/* Is everything in its place?  For tests. */
int evi_event_far_check(const struct evi_event_far *far);

#endif
