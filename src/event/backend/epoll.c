/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * epoll.c - Linux's epoll.
 *
 * The kernel holds a mask for each descriptor; the slot's state is a copy.
 * The first interest in a descriptor goes to the kernel at once, so that an
 * error shows in event_add().  When it changes, the kernel hears of it in
 * prepare, if there is a difference left by then.  When it ends, the kernel
 * does not hear of it at all: it forgets a descriptor that is closed, and one
 * that stays open is deleted when it is reported and nobody wants to know
 * (stray).
 *
 * Interest that comes back without a system call is a suspect: the program may
 * have put another file under the same number meanwhile, which the kernel would
 * not report.  Suspects are in a list of their own and are settled by one
 * EPOLL_CTL_MOD each (ENOENT tells) before the loop really sleeps, or after
 * SUSPECT_PASSES passes that found work.  A freshly assigned event is settled
 * at once, and so is EV_ET, whose edge the addition has to raise anew.
 *
 * A duplicate of a closed descriptor keeps a registration alive that nobody
 * can delete any more.  Its reports carry an old generation (the tag in the
 * kernel's data); stray() then asks for a new epoll instance, and that one
 * deletes eagerly.
 *
 * With the changelist, every change waits until prepare and errors are
 * logged there.
 *
 * Locks: the base's, but for wait.
 */
#include "event/backend/backend.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "event2/event.h"
#include "base/base.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/time.h"

/* Not in every libc; NULL then. */
/* NOLINTNEXTLINE(readability-redundant-declaration) */
extern int epoll_pwait2(int, struct epoll_event *, int, const struct timespec *,
    const sigset_t *) __attribute__((weak));

#define EVENTS_MIN 256
#define EVENTS_MAX 4096
#define SUSPECT_PASSES 256

/* The slot's state: the kernel's mask and three bits it leaves. */
#define MASK (EV_READ | EV_WRITE | EV_CLOSED | EV_ET)
#define SLOT_QUEUED 0x01u      /* is in the list of changes */
#define SLOT_SUSPECT 0x08u     /* is in the list of suspects */
#define SLOT_MUST_SETTLE 0x10u /* though the masks are equal */

struct change {
	int fd;
	struct evi_backend_slot *slot;
};

struct change_list {
	struct change *changes;
	int count;
	int cap;
};

struct epoll {
	int fd;
	int timer_fd; /* -1: none */
	int is_precise;
	int is_eager;
	int is_changelist;
	int suspect_passes; /* since a suspect was first put off */
	int early;          /* reports that prepare has already taken */
	int cap;            /* of events and ready */
	struct epoll_event *events;
	struct evi_ready *ready;
	struct change_list changes;
	struct change_list suspects;
	unsigned wait_number;
	struct { /* a report that should not be */
		int fd;
		uint16_t tag;
		unsigned wait_number; /* when it came */
	} stale;
};

static inline int
kernel_mask(const struct evi_backend_slot *slot)
{
	return (int)(slot->state & MASK);
}

static inline void
set_kernel_mask(struct evi_backend_slot *slot, int mask)
{
	unsigned lists = slot->state & (SLOT_QUEUED | SLOT_SUSPECT);

	slot->state = (uint8_t)(lists | (unsigned)mask);
}

/* epoll's words for our mask. */
static uint32_t
to_epoll(int mask)
{
	return (mask & EV_READ ? EPOLLIN : 0u) |
	    (mask & EV_WRITE ? EPOLLOUT : 0u) |
	    (mask & EV_CLOSED ? EPOLLRDHUP : 0u) |
	    (mask & EV_ET ? EPOLLET : 0u);
}

/* Our words for a report of epoll's. */
static inline uint16_t
from_epoll(uint32_t events)
{
	static_assert(EPOLLIN * 2 == EV_READ && EPOLLOUT == EV_WRITE,
	    "EPOLLIN counted twice is EV_READ");
	if (EVI_LIKELY(!(events & ~(uint32_t)(EPOLLIN | EPOLLOUT))))
		return (uint16_t)(events + (events & EPOLLIN) + EV_ET);
	if (events & EPOLLERR)
		return EV_READ | EV_WRITE | EV_ET;
	if ((events & EPOLLHUP) && !(events & EPOLLRDHUP))
		return EV_READ | EV_WRITE | EV_ET;
	return (uint16_t)((events & EPOLLIN ? EV_READ : 0) |
	    (events & EPOLLOUT ? EV_WRITE : 0) |
	    (events & EPOLLRDHUP ? EV_CLOSED : 0) | EV_ET);
}

/* What the kernel keeps for us is the report, but for what is ready. */
static struct epoll_event
epoll_event_of(uint32_t events, int fd, uint16_t tag)
{
	struct evi_ready ready = { .fd = fd, .tag = tag };
	struct epoll_event event = { .events = events };

	static_assert(sizeof(ready) == sizeof(event.data), "it fits");
	memcpy(&event.data, &ready, sizeof(ready));
	return event;
}

static int
control(const struct epoll *epoll, int op, int fd, int mask, uint16_t tag)
{
	struct epoll_event event = epoll_event_of(to_epoll(mask), fd, tag);

	return epoll_ctl(epoll->fd, op, fd, &event) < 0 ? -errno : 0;
}

/* Register `fd` as something new. */
static int
add(const struct epoll *epoll, int fd, struct evi_backend_slot *slot, int mask)
{
	uint16_t tag = (uint16_t)(slot->tag + 1);
	int r = control(epoll, EPOLL_CTL_ADD, fd, mask, tag);

	if (r == -EEXIST)
		r = control(epoll, EPOLL_CTL_MOD, fd, mask, tag);
	if (r < 0)
		return r;
	slot->tag = tag;
	set_kernel_mask(slot, mask);
	return 0;
}

/*
 * Make the kernel watch for `mask` whatever is under the number now; a fresh
 * event's descriptor is probably a new one.
 */
static int
settle(const struct epoll *epoll, int fd, struct evi_backend_slot *slot,
    int mask, int is_fresh)
{
	int r = -ENOENT;

	if (kernel_mask(slot) && !is_fresh)
		r = control(epoll, EPOLL_CTL_MOD, fd, mask, slot->tag);
	if (r == -ENOENT)
		r = add(epoll, fd, slot, mask);
	else if (r == 0)
		set_kernel_mask(slot, mask);
	if (r == -EBADF)
		set_kernel_mask(slot, 0);
	return r;
}

/*
 * Put `fd` on a list, where SLOT_QUEUED or SLOT_SUSPECT says that it is; 0
 * when there is no memory for it.
 */
static int
enlist(struct change_list *list, int fd, struct evi_backend_slot *slot,
    uint8_t bit)
{
	if (slot->state & bit)
		return 1;
	if (list->count == list->cap) {
		int cap = list->cap ? list->cap * 2 : 16;
		struct change *changes = evi_mem_realloc_array(list->changes,
		    (size_t)cap, sizeof(*changes));

		if (!changes)
			return 0;
		list->changes = changes;
		list->cap = cap;
	}
	list->changes[list->count++] = (struct change){ .fd = fd,
		.slot = slot };
	slot->state |= bit;
	return 1;
}

static int
queue_change(struct epoll *epoll, int fd, struct evi_backend_slot *slot)
{
	return enlist(&epoll->changes, fd, slot, SLOT_QUEUED);
}

/* Nobody wants `fd` any more; the kernel is told only when eager. */
static void
drop_if_eager(const struct epoll *epoll, int fd, struct evi_backend_slot *slot)
{
	if (!epoll->is_eager || !kernel_mask(slot))
		return;

	int r = control(epoll, EPOLL_CTL_DEL, fd, 0, 0);

	if (r < 0) /* closed before it was deleted: done by the kernel */
		evi_log_debug("epoll: DEL of fd %d: %s", fd, strerror(-r));
	set_kernel_mask(slot, 0);
}

/* Can the change wait, because the kernel has what matters already? */
static int
put_off(struct epoll *epoll, int fd, struct evi_backend_slot *slot, int was,
    int mask)
{
	int kernel = kernel_mask(slot);

	if (!was && (mask & (~kernel | EV_ET)))
		return 0;
	if (mask != kernel && !queue_change(epoll, fd, slot))
		return 0;
	return was || enlist(&epoll->suspects, fd, slot, SLOT_SUSPECT);
}

static int
epoll_set(void *self, int fd, struct evi_backend_slot *slot, int was, int now)
{
	struct epoll *epoll = self;
	int mask = now & MASK;
	int is_fresh = now & EVI_BACKEND_FRESH;
	int r = 0;

	if (epoll->is_changelist && queue_change(epoll, fd, slot)) {
		if (mask && !was && kernel_mask(slot))
			slot->state |= SLOT_MUST_SETTLE;
	} else if (!mask) {
		drop_if_eager(epoll, fd, slot);
	} else if (!kernel_mask(slot) || is_fresh ||
	    !put_off(epoll, fd, slot, was, mask)) {
		r = settle(epoll, fd, slot, mask, is_fresh);
	}
	return r;
}

/*
 * Bring the kernel to the wanted mask, or ask it again if they are equal.  A
 * dead descriptor is left for `wait` as a report, so that its handlers find
 * out; there is room for one.
 */
static void
tell(struct epoll *epoll, int fd, struct evi_backend_slot *slot)
{
	int r = settle(epoll, fd, slot, slot->wanted, 0);

	if (r == 0)
		return;
	evi_log_warn_errno(-r, "epoll: cannot watch fd %d", fd);
	epoll->events[epoll->early++] = epoll_event_of(EPOLLERR, fd, slot->tag);
}

/* Keep what is in the list from `from` on. */
static void
keep_rest(struct change_list *list, int from)
{
	list->count -= from;
	if (list->count)
		memmove(list->changes, list->changes + from,
		    (size_t)list->count * sizeof(*list->changes));
}

/* What would not leave room for a report waits for the next pass. */
static void
apply_changes(struct epoll *epoll)
{
	struct change_list *list = &epoll->changes;
	int i;

	for (i = 0; i < list->count && epoll->early < epoll->cap; i++) {
		struct evi_backend_slot *slot = list->changes[i].slot;
		int mask = slot->wanted;

		slot->state &= (uint8_t)~SLOT_QUEUED;
		if (mask &&
		    (mask != kernel_mask(slot) ||
			slot->state & SLOT_MUST_SETTLE))
			tell(epoll, list->changes[i].fd, slot);
	}
	keep_rest(list, i);
}

static void
settle_suspects(struct epoll *epoll)
{
	struct change_list *list = &epoll->suspects;
	int i;

	for (i = 0; i < list->count && epoll->early < epoll->cap; i++) {
		struct evi_backend_slot *slot = list->changes[i].slot;

		slot->state &= (uint8_t)~SLOT_SUSPECT;
		if (slot->wanted)
			tell(epoll, list->changes[i].fd, slot);
	}
	keep_rest(list, i);
	epoll->suspect_passes = 0;
}

static int
has_arrays(struct epoll *epoll)
{
	if (!epoll->cap) {
		if (!epoll->events)
			epoll->events = evi_mem_zalloc(EVENTS_MIN,
			    sizeof(*epoll->events));
		if (!epoll->ready)
			epoll->ready = evi_mem_zalloc(EVENTS_MIN,
			    sizeof(*epoll->ready));
		if (epoll->events && epoll->ready)
			epoll->cap = EVENTS_MIN;
	}
	return epoll->cap > 0;
}

static void
epoll_prepare(void *self)
{
	struct epoll *epoll = self;

	if (!epoll->changes.count && !epoll->suspects.count)
		return;
	if (!has_arrays(epoll))
		return; /* wait fails for the same reason */
	apply_changes(epoll);
	if (!epoll->suspects.count || epoll->early)
		return;
	if (epoll->suspect_passes++ < SUSPECT_PASSES) {
		int n = epoll_wait(epoll->fd, epoll->events, epoll->cap, 0);

		epoll->early = n > 0 ? n : 0;
	}
	if (!epoll->early)
		settle_suspects(epoll);
}

/* Wait by a timerfd. */
static int
wait_timerfd(struct epoll *epoll, int64_t timeout_ns)
{
	struct itimerspec spec = { .it_value = {
				       .tv_sec = (time_t)(timeout_ns /
					   EVI_TIME_NS_PER_S),
				       .tv_nsec = (long)(timeout_ns %
					   EVI_TIME_NS_PER_S),
				   } };

	if (timerfd_settime(epoll->timer_fd, 0, &spec, NULL) < 0)
		return epoll_wait(epoll->fd, epoll->events, epoll->cap,
		    evi_backend_timeout_ms(timeout_ns));
	return epoll_wait(epoll->fd, epoll->events, epoll->cap, -1);
}

/* epoll_pwait2, or ENOSYS if the libc or the kernel has none. */
static int
wait_precise(int fd, struct epoll_event *events, int cap, int64_t timeout_ns)
{
	struct timespec timeout = {
		.tv_sec = (time_t)(timeout_ns / EVI_TIME_NS_PER_S),
		.tv_nsec = (long)(timeout_ns % EVI_TIME_NS_PER_S),
	};

	if (!epoll_pwait2) {
		errno = ENOSYS;
		return -1;
	}
	return epoll_pwait2(fd, events, cap, &timeout, NULL);
}

static int
wait_kernel(struct epoll *epoll, int64_t timeout_ns)
{
	if (epoll->is_precise && timeout_ns > 0) {
		int n = wait_precise(epoll->fd, epoll->events, epoll->cap,
		    timeout_ns);

		if (n >= 0 || errno != ENOSYS)
			return n;
		if (epoll->timer_fd >= 0)
			return wait_timerfd(epoll, timeout_ns);
	}
	return epoll_wait(epoll->fd, epoll->events, epoll->cap,
	    evi_backend_timeout_ms(timeout_ns));
}

/* The timerfd's report, of descriptor -1, is for nobody. */
static void
translate(struct epoll *epoll, int count)
{
	const struct epoll_event *event = epoll->events;
	struct evi_ready *ready = epoll->ready;

	for (const struct epoll_event *end = event + count; event < end;
	     event++, ready++) {
		memcpy(ready, &event->data, sizeof(*ready));
		ready->what = from_epoll(event->events);
	}
}

/* The arrays were full: make them larger for the next time. */
static void
grow(struct epoll *epoll)
{
	size_t cap = (size_t)epoll->cap * 2;
	void *events = evi_mem_realloc_array(epoll->events, cap,
	    sizeof(*epoll->events));

	if (!events)
		return;
	epoll->events = events;

	void *ready = evi_mem_realloc_array(epoll->ready, cap,
	    sizeof(*epoll->ready));
	if (!ready)
		return;
	epoll->ready = ready;
	epoll->cap = (int)cap;
}

static int
epoll_wait_ready(void *self, int64_t timeout_ns,
    const struct evi_ready **ret_ready)
{
	struct epoll *epoll = self;
	int n = epoll->early;

	if (EVI_UNLIKELY(!epoll->cap) && !has_arrays(epoll))
		return -ENOMEM;
	epoll->early = 0;
	epoll->wait_number++;
	if (!n)
		n = wait_kernel(epoll, timeout_ns);
	if (n < 0)
		return errno == EINTR ? 0 : -errno;

	translate(epoll, n);
	if (n == epoll->cap && epoll->cap < EVENTS_MAX)
		grow(epoll);
	*ret_ready = epoll->ready;
	return n;
}

/*
 * Does the report of a registration that we cannot delete come again and
 * again?  Once may be chance: another thread may have deleted and closed the
 * descriptor after the report was fetched.  A dup of it keeps reporting.
 */
static int
comes_again(struct epoll *epoll, struct evi_ready ready)
{
	unsigned age = epoll->wait_number - epoll->stale.wait_number;
	int is_same = epoll->stale.fd == ready.fd &&
	    epoll->stale.tag == ready.tag;

	if (is_same && age == 1)
		return 1;
	if (is_same || age > 1) {
		epoll->stale.fd = ready.fd;
		epoll->stale.tag = ready.tag;
		epoll->stale.wait_number = epoll->wait_number;
	}
	return 0;
}

static int
epoll_stray(void *self, struct evi_ready ready, struct evi_backend_slot *slot,
    int wanted)
{
	struct epoll *epoll = self;

	if (ready.tag != slot->tag)
		return comes_again(epoll, ready);
	if (!wanted) {
		/* Deleted, but nobody has told the kernel yet. */
		int r = control(epoll, EPOLL_CTL_DEL, ready.fd, 0, 0);

		set_kernel_mask(slot, 0);
		return r < 0 && comes_again(epoll, ready);
	}

	/* An error that nobody listens for: be told of it once more. */
	if (!(kernel_mask(slot) & EV_ET))
		(void)settle(epoll, ready.fd, slot, wanted | EV_ET, 0);
	return 0;
}

static void
epoll_forget(void *self, int fd, struct evi_backend_slot *slot)
{
	struct epoll *epoll = self;

	drop_if_eager(epoll, fd, slot);
	slot->state &= SLOT_QUEUED | SLOT_SUSPECT; /* stays in the lists */
}

static void
epoll_close(void *self)
{
	struct epoll *epoll = self;

	if (!epoll)
		return;
	if (epoll->fd >= 0)
		close(epoll->fd);
	if (epoll->timer_fd >= 0)
		close(epoll->timer_fd);
	evi_mem_free(epoll->events);
	evi_mem_free(epoll->ready);
	evi_mem_free(epoll->changes.changes);
	evi_mem_free(epoll->suspects.changes);
	evi_mem_free(epoll);
}

/* Without epoll_pwait2 (ENOSYS) a timerfd gives the precision. */
static void
open_timerfd(struct epoll *epoll)
{
	struct epoll_event event;

	if (wait_precise(epoll->fd, &event, 1, 0) == 0 || errno != ENOSYS)
		return;
	epoll->timer_fd = timerfd_create(CLOCK_MONOTONIC,
	    TFD_NONBLOCK | TFD_CLOEXEC);
	event = epoll_event_of(EPOLLIN | EPOLLET, -1, 0);
	if (epoll->timer_fd >= 0 &&
	    epoll_ctl(epoll->fd, EPOLL_CTL_ADD, epoll->timer_fd, &event) < 0) {
		close(epoll->timer_fd);
		epoll->timer_fd = -1;
	}
}

static int
open_with(int flags, int is_changelist, void **ret_self)
{
	struct epoll *epoll = evi_new(struct epoll);

	if (!epoll)
		return -ENOMEM;
	epoll->timer_fd = -1;
	epoll->stale.fd = -1;
	epoll->is_eager = (flags & EVI_BACKEND_EAGER) != 0;
	epoll->is_precise = (flags & EVI_BACKEND_PRECISE) != 0;
	epoll->is_changelist = is_changelist;
	epoll->fd = epoll_create1(EPOLL_CLOEXEC);
	if (epoll->fd < 0) {
		int err = errno;

		epoll_close(epoll);
		return -err;
	}
	if (epoll->is_precise && !(flags & EVI_BACKEND_NO_TIMERFD))
		open_timerfd(epoll);
	*ret_self = epoll;
	return 0;
}

static int
epoll_open(int flags, void **ret_self)
{
	return open_with(flags, 0, ret_self);
}

static int
changelist_open(int flags, void **ret_self)
{
	return open_with(flags, 1, ret_self);
}

const struct evi_backend evi_backend_epoll = {
	.name = "epoll",
	.env_off = "EVENT_NOEPOLL",
	.features = EV_FEATURE_ET | EV_FEATURE_O1 | EV_FEATURE_EARLY_CLOSE,
	.open = epoll_open,
	.set = epoll_set,
	.stray = epoll_stray,
	.prepare = epoll_prepare,
	.wait = epoll_wait_ready,
	.forget = epoll_forget,
	.close = epoll_close,
};

const struct evi_backend evi_backend_epoll_changelist = {
	.name = "epoll (with changelist)",
	.env_off = "EVENT_NOEPOLL",
	.features = EV_FEATURE_ET | EV_FEATURE_O1 | EV_FEATURE_EARLY_CLOSE,
	.open = changelist_open,
	.set = epoll_set,
	.stray = epoll_stray,
	.prepare = epoll_prepare,
	.wait = epoll_wait_ready,
	.forget = epoll_forget,
	.close = epoll_close,
};
