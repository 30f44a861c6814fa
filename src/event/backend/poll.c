/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * poll.c - POSIX poll().
 *
 * `polls` is a dense array; `places` tells where in it a descriptor is.  wait
 * uses a copy, since another thread may call set meanwhile; it is taken anew
 * only after a change.  poll() never objects to a dead descriptor, so set asks
 * the system about each new one; one that dies later is reported once, then no
 * longer polled.
 *
 * Locks: the base's, but for wait.
 */
#include "event/backend/backend.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "event2/event.h"
#include "base/base.h"
#include "base/mem.h"
#include "base/time.h"

#define CAP_MIN 32

struct poller {
	int is_changed; /* since the copy was taken */
	int is_starved; /* no memory for the copy: wait fails */
	int has_dead;   /* the copy shows a POLLNVAL */
	int count;
	int cap;
	struct pollfd *polls;
	int *places; /* by descriptor: index plus one, 0: nowhere */
	int place_count;
	struct pollfd *copy; /* copy_cap long */
	struct evi_ready *ready;
	int copy_count;
	int copy_cap;
};

/* Room for one more. */
static int
grow_polls(struct poller *poller)
{
	size_t cap = poller->cap ? (size_t)poller->cap * 2 : CAP_MIN;
	void *polls = evi_mem_realloc_array(poller->polls, cap,
	    sizeof(*poller->polls));

	if (!polls)
		return -ENOMEM;
	poller->polls = polls;
	poller->cap = (int)cap;
	return 0;
}

/* A place for `fd`. */
static int
grow_places(struct poller *poller, int fd)
{
	int count = poller->place_count ? poller->place_count : CAP_MIN;

	while (count <= fd)
		count *= 2;
	int *places = evi_mem_realloc_array(poller->places, (size_t)count,
	    sizeof(*places));
	if (!places)
		return -ENOMEM;
	memset(places + poller->place_count, 0,
	    (size_t)(count - poller->place_count) * sizeof(*places));
	poller->places = places;
	poller->place_count = count;
	return 0;
}

/* Where `fd` is in polls, or -1. */
static int
index_of(const struct poller *poller, int fd)
{
	return fd < poller->place_count ? poller->places[fd] - 1 : -1;
}

static void
remove_at(struct poller *poller, int index)
{
	struct pollfd last = poller->polls[--poller->count];

	poller->places[poller->polls[index].fd] = 0;
	if (index < poller->count) {
		poller->polls[index] = last;
		poller->places[last.fd] = index + 1;
	}
	poller->is_changed = 1;
}

static int
append(struct poller *poller, int fd)
{
	if (fcntl(fd, F_GETFD) < 0)
		return -errno;
	if (poller->count == poller->cap && grow_polls(poller) < 0)
		return -ENOMEM;
	if (fd >= poller->place_count && grow_places(poller, fd) < 0)
		return -ENOMEM;
	poller->polls[poller->count] = (struct pollfd){ .fd = fd };
	poller->places[fd] = ++poller->count;
	return 0;
}

static int
poll_set(void *self, int fd, struct evi_backend_slot *slot, int was, int now)
{
	struct poller *poller = self;
	int index = index_of(poller, fd);

	(void)slot, (void)was;
	if (!(now & (EV_READ | EV_WRITE | EV_CLOSED))) {
		if (index >= 0)
			remove_at(poller, index);
		return 0;
	}
	if (index < 0) {
		int r = append(poller, fd);

		if (r < 0)
			return r;
		index = poller->count - 1;
	}
	poller->polls[index].events = (short)((now & EV_READ ? POLLIN : 0) |
	    (now & EV_WRITE ? POLLOUT : 0) | (now & EV_CLOSED ? POLLRDHUP : 0));
	poller->is_changed = 1;
	return 0;
}

static int
poll_stray(void *self, struct evi_ready ready, struct evi_backend_slot *slot,
    int wanted)
{
	struct poller *poller = self;
	int index = index_of(poller, ready.fd);

	/* An error that nobody listens for would come back for ever. */
	(void)slot;
	if (wanted && index >= 0)
		remove_at(poller, index);
	return 0;
}

static int
grow_copy(struct poller *poller)
{
	size_t cap = (size_t)poller->cap;
	void *copy = evi_mem_realloc_array(poller->copy, cap,
	    sizeof(*poller->copy));

	if (!copy)
		return -ENOMEM;
	poller->copy = copy;

	void *ready = evi_mem_realloc_array(poller->ready, cap,
	    sizeof(*poller->ready));
	if (!ready)
		return -ENOMEM;
	poller->ready = ready;
	poller->copy_cap = (int)cap;
	return 0;
}

/* Poll no more what wait found dead, unless it has changed since. */
static void
remove_dead(struct poller *poller)
{
	for (int i = poller->copy_count; i-- > 0;) {
		if (!(poller->copy[i].revents & POLLNVAL))
			continue;
		if (i < poller->count &&
		    poller->polls[i].fd == poller->copy[i].fd)
			remove_at(poller, i);
	}
	poller->has_dead = 0;
}

static void
poll_prepare(void *self)
{
	struct poller *poller = self;

	if (poller->has_dead)
		remove_dead(poller);
	if (!poller->is_changed)
		return;
	poller->is_starved = poller->copy_cap < poller->count &&
	    grow_copy(poller) < 0;
	if (poller->is_starved)
		return;
	if (poller->count)
		memcpy(poller->copy, poller->polls,
		    (size_t)poller->count * sizeof(*poller->copy));
	poller->copy_count = poller->count;
	poller->is_changed = 0;
}

static uint16_t
from_poll(short events)
{
	if (events & (POLLERR | POLLHUP | POLLNVAL))
		events |= POLLIN | POLLOUT;
	return (uint16_t)((events & POLLIN ? EV_READ : 0) |
	    (events & POLLOUT ? EV_WRITE : 0) |
	    (events & POLLRDHUP ? EV_CLOSED : 0));
}

static int
poll_wait_ready(void *self, int64_t timeout_ns,
    const struct evi_ready **ret_ready)
{
	struct poller *poller = self;
	struct timespec timeout = {
		.tv_sec = (time_t)(timeout_ns / EVI_TIME_NS_PER_S),
		.tv_nsec = (long)(timeout_ns % EVI_TIME_NS_PER_S),
	};

	if (poller->is_starved)
		return -ENOMEM;
	int n = ppoll(poller->copy, (nfds_t)poller->copy_count,
	    timeout_ns < 0 ? NULL : &timeout, NULL);
	if (n < 0)
		return errno == EINTR ? 0 : -errno;

	int count = 0;
	for (int i = 0; count < n && i < poller->copy_count; i++) {
		const struct pollfd *entry = &poller->copy[i];

		if (!entry->revents)
			continue;
		poller->has_dead |= entry->revents & POLLNVAL;
		poller->ready[count++] = (struct evi_ready){
			.fd = entry->fd,
			.what = from_poll(entry->revents),
		};
	}
	*ret_ready = poller->ready;
	return count;
}

static void
poll_forget(void *self, int fd, struct evi_backend_slot *slot)
{
	(void)poll_set(self, fd, slot, 0, 0);
}

static void
poll_close(void *self)
{
	struct poller *poller = self;

	evi_mem_free(poller->polls);
	evi_mem_free(poller->places);
	evi_mem_free(poller->copy);
	evi_mem_free(poller->ready);
	evi_mem_free(poller);
}

static int
poll_open(int flags, void **ret_self)
{
	(void)flags;
	*ret_self = evi_new(struct poller);
	return *ret_self ? 0 : -ENOMEM;
}

const struct evi_backend evi_backend_poll = {
	.name = "poll",
	.env_off = "EVENT_NOPOLL",
	.features = EV_FEATURE_FDS | EV_FEATURE_EARLY_CLOSE,
	.open = poll_open,
	.set = poll_set,
	.stray = poll_stray,
	.prepare = poll_prepare,
	.wait = poll_wait_ready,
	.forget = poll_forget,
	.close = poll_close,
};
