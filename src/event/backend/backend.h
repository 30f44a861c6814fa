/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * backend.h - the seam between the loop and the system's readiness call.
 *
 * A backend reports; the loop decides.  It sees descriptors and interest
 * masks (EV_READ, EV_WRITE, EV_CLOSED, EV_ET), never events, timers or
 * callbacks.  set, stray and prepare run under the base's lock; wait runs
 * without it, so another thread may call set meanwhile: what wait reads must
 * be fixed by prepare.
 *
 * The loop keeps a slot for the backend with each descriptor; it starts as 0
 * and its address never changes.  The loop drops a report whose tag differs
 * from the slot's (a backend that cannot report a descriptor of the past
 * leaves both 0).
 */
#ifndef EVI_EVENT_BACKEND_BACKEND_H
#define EVI_EVENT_BACKEND_BACKEND_H

#include <stdint.h>

struct evi_backend_slot {
	uint16_t tag;   /* generation of the descriptor */
	uint8_t wanted; /* the loop's: what it has asked for */
	uint8_t state;  /* the backend's own */
};

struct evi_ready {
	int fd;
	uint16_t what; /* EV_READ | EV_WRITE | EV_CLOSED | EV_ET */
	uint16_t tag;
};

/* In `now` of set: the descriptor may be another one than before. */
#define EVI_BACKEND_FRESH 0x4000

/* Flags of open. */
#define EVI_BACKEND_PRECISE 1    /* wait to the nanosecond */
#define EVI_BACKEND_NO_TIMERFD 2 /* but not by a timerfd */
#define EVI_BACKEND_EAGER 4      /* never put off a deletion */

struct evi_backend {
	const char *name;    /* as event_base_get_method() says */
	const char *env_off; /* EVENT_NO<this> switches it off */
	int features;        /* EV_FEATURE_* */

	/* A new state with nothing watched.  Returns 0 or -errno. */
	int (*open)(int flags, void **ret_self);

	/*
	 * Watch `fd` for `now` instead of `was`; either may be 0.  Returns 0,
	 * or -errno with the old interest kept.  Cannot fail when now is 0.
	 */
	int (*set)(void *self, int fd, struct evi_backend_slot *slot, int was,
	    int now);

	/*
	 * A report came that nobody waits for: see that it does not come
	 * again and again.  `wanted` is what fd is watched for, `tag` the
	 * report's.  Returns 1 if only a new state can stop it (the loop then
	 * closes this one and opens another, EAGER), else 0.
	 */
	int (*stray)(void *self, struct evi_ready ready,
	    struct evi_backend_slot *slot, int wanted);

	/* Get ready to wait: what wait will look at is fixed now. */
	void (*prepare)(void *self);

	/*
	 * Wait at most timeout_ns (-1: for ever), never returning early but
	 * for a report or a signal.  *ret_ready lists what is ready, valid
	 * until the next call.  Returns the count, 0 on EINTR, or -errno.
	 */
	int (*wait)(void *self, int64_t timeout_ns,
	    const struct evi_ready **ret_ready);

	/* `fd` is about to be closed by the library: forget it. */
	void (*forget)(void *self, int fd, struct evi_backend_slot *slot);

	void (*close)(void *self);
};

extern const struct evi_backend evi_backend_epoll;
extern const struct evi_backend evi_backend_epoll_changelist;
extern const struct evi_backend evi_backend_poll;
extern const struct evi_backend evi_backend_select;

/* The backends of this build, the preferred first; NULL after the last. */
const struct evi_backend *evi_backend_at(int index);

/* Their names in the same order, NULL after the last. */
const char **evi_backend_names(void);

/* The same backend with a changelist, or itself if it has none. */
const struct evi_backend *evi_backend_changelist(
    const struct evi_backend *backend);

/*
 * Whole milliseconds for `timeout_ns`, rounded up so that nobody wakes early
 * and cut to what int holds; -1 stays -1.
 */
int evi_backend_timeout_ms(int64_t timeout_ns);

#endif
