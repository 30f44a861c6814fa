/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * select.c - POSIX select(), with bitmaps of our own that hold any descriptor.
 *
 * Four bitmaps in one block: what to read and what to write, and wait's
 * copies of both, which the system overwrites.  They grow with the largest
 * descriptor.  select() refuses the whole set when one descriptor is dead;
 * wait then finds the dead ones and reports those as ready, once, so that
 * their handlers learn of it.  Set asks the system about each new descriptor.
 *
 * Locks: the base's, but for wait.
 */
#include "event/backend/backend.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <sys/select.h>
#include <time.h>

#include "event2/event.h"
#include "base/base.h"
#include "base/mem.h"
#include "base/time.h"

#define WORD_BITS ((int)(sizeof(unsigned long) * CHAR_BIT))

struct bitmaps {
	int word_count;
	unsigned long *reads;
	unsigned long *writes;
};

struct selector {
	struct bitmaps wanted;
	struct bitmaps copy; /* wait's own */
	int is_starved;      /* no memory for the copy: wait fails */
	int has_dead;        /* the copy shows dead descriptors alone */
	struct evi_ready *ready;
	int ready_cap;
};

static inline int
test_bit(const unsigned long *map, int bit)
{
	return map[bit / WORD_BITS] >> (bit % WORD_BITS) & 1;
}

static inline void
put_bit(unsigned long *map, int bit, int value)
{
	unsigned long mask = 1ul << (bit % WORD_BITS);

	if (value)
		map[bit / WORD_BITS] |= mask;
	else
		map[bit / WORD_BITS] &= ~mask;
}

static void
clear_bitmaps(struct bitmaps *maps)
{
	evi_mem_free(maps->reads);
	evi_mem_free(maps->writes);
}

/* Room for `word_count` words, the new ones 0. */
static int
grow_bitmaps(struct bitmaps *maps, int word_count)
{
	unsigned long *reads = evi_mem_zalloc((size_t)word_count,
	    sizeof(unsigned long));
	unsigned long *writes = evi_mem_zalloc((size_t)word_count,
	    sizeof(unsigned long));

	if (!reads || !writes) {
		evi_mem_free(reads);
		evi_mem_free(writes);
		return -ENOMEM;
	}
	if (maps->word_count) {
		size_t len = (size_t)maps->word_count * sizeof(unsigned long);

		memcpy(reads, maps->reads, len);
		memcpy(writes, maps->writes, len);
	}
	clear_bitmaps(maps);
	maps->reads = reads;
	maps->writes = writes;
	maps->word_count = word_count;
	return 0;
}

static int
select_set(void *self, int fd, struct evi_backend_slot *slot, int was, int now)
{
	struct selector *selector = self;
	struct bitmaps *wanted = &selector->wanted;
	int words = fd / WORD_BITS + 1;

	(void)slot;
	if (!was && now && fcntl(fd, F_GETFD) < 0)
		return -errno;
	if (words > wanted->word_count) {
		if (!now)
			return 0;
		int doubled = wanted->word_count * 2;
		int r = grow_bitmaps(wanted, words > doubled ? words : doubled);
		if (r < 0)
			return r;
	}
	put_bit(wanted->reads, fd, now & EV_READ);
	put_bit(wanted->writes, fd, now & EV_WRITE);
	return 0;
}

static int
select_stray(void *self, struct evi_ready ready, struct evi_backend_slot *slot,
    int wanted)
{
	/* Another thread lost interest during wait: nothing will come again. */
	(void)self, (void)ready, (void)slot, (void)wanted;
	return 0;
}

static int
is_dead(int fd)
{
	return fcntl(fd, F_GETFD) < 0 && errno == EBADF;
}

/* Watch no more what wait has reported dead. */
static void
remove_dead(struct selector *selector)
{
	const struct bitmaps *copy = &selector->copy;

	for (int fd = 0; fd < copy->word_count * WORD_BITS; fd++) {
		int was_dead = test_bit(copy->reads, fd) ||
		    test_bit(copy->writes, fd);

		if (!was_dead || !is_dead(fd))
			continue;
		put_bit(selector->wanted.reads, fd, 0);
		put_bit(selector->wanted.writes, fd, 0);
	}
	selector->has_dead = 0;
}

static void
select_prepare(void *self)
{
	struct selector *selector = self;
	struct bitmaps *wanted = &selector->wanted;
	struct bitmaps *copy = &selector->copy;

	if (selector->has_dead)
		remove_dead(selector);
	selector->is_starved = copy->word_count < wanted->word_count &&
	    grow_bitmaps(copy, wanted->word_count) < 0;
	if (selector->is_starved || !wanted->word_count)
		return;
	size_t len = (size_t)wanted->word_count * sizeof(unsigned long);
	memcpy(copy->reads, wanted->reads, len);
	memcpy(copy->writes, wanted->writes, len);
}

/* select() said EBADF: leave only the bits of dead descriptors. */
static void
keep_dead(struct selector *selector)
{
	const struct bitmaps *copy = &selector->copy;

	selector->has_dead = 1;
	for (int fd = 0; fd < copy->word_count * WORD_BITS; fd++) {
		int reads = test_bit(copy->reads, fd);
		int writes = test_bit(copy->writes, fd);

		if ((!reads && !writes) || is_dead(fd))
			continue;
		put_bit(copy->reads, fd, 0);
		put_bit(copy->writes, fd, 0);
	}
}

/* One more report; 0 when there is no memory for it. */
static int
append_ready(struct selector *selector, int count, int fd, uint16_t what)
{
	if (count == selector->ready_cap) {
		int cap = selector->ready_cap ? selector->ready_cap * 2 : 64;
		void *ready = evi_mem_realloc_array(selector->ready,
		    (size_t)cap, sizeof(*selector->ready));

		if (!ready)
			return 0;
		selector->ready = ready;
		selector->ready_cap = cap;
	}
	selector->ready[count] = (struct evi_ready){ .fd = fd, .what = what };
	return 1;
}

/* What does not fit for lack of memory is reported by the next wait. */
static int
collect(struct selector *selector)
{
	const struct bitmaps *copy = &selector->copy;
	int count = 0;

	for (int i = 0; i < copy->word_count; i++) {
		unsigned long rest = copy->reads[i] | copy->writes[i];

		for (int fd = i * WORD_BITS; rest; fd++, rest >>= 1) {
			if (!(rest & 1))
				continue;
			int what = (test_bit(copy->reads, fd) ? EV_READ : 0) |
			    (test_bit(copy->writes, fd) ? EV_WRITE : 0);
			if (!append_ready(selector, count, fd, (uint16_t)what))
				return count ? count : -ENOMEM;
			count++;
		}
	}
	return count;
}

static int
select_wait_ready(void *self, int64_t timeout_ns,
    const struct evi_ready **ret_ready)
{
	struct selector *selector = self;
	struct bitmaps *copy = &selector->copy;
	struct timespec timeout = {
		.tv_sec = (time_t)(timeout_ns / EVI_TIME_NS_PER_S),
		.tv_nsec = (long)(timeout_ns % EVI_TIME_NS_PER_S),
	};

	if (selector->is_starved)
		return -ENOMEM;
	int n = pselect(copy->word_count * WORD_BITS,
	    (fd_set *)(void *)copy->reads, (fd_set *)(void *)copy->writes, NULL,
	    timeout_ns < 0 ? NULL : &timeout, NULL);
	if (n < 0 && errno == EBADF)
		keep_dead(selector);
	else if (n < 0)
		return errno == EINTR ? 0 : -errno;
	if (n == 0)
		return 0;

	n = collect(selector);
	*ret_ready = selector->ready;
	return n;
}

static void
select_forget(void *self, int fd, struct evi_backend_slot *slot)
{
	(void)select_set(self, fd, slot, 0, 0);
}

static void
select_close(void *self)
{
	struct selector *selector = self;

	clear_bitmaps(&selector->wanted);
	clear_bitmaps(&selector->copy);
	evi_mem_free(selector->ready);
	evi_mem_free(selector);
}

static int
select_open(int flags, void **ret_self)
{
	(void)flags;
	*ret_self = evi_new(struct selector);
	return *ret_self ? 0 : -ENOMEM;
}

const struct evi_backend evi_backend_select = {
	.name = "select",
	.env_off = "EVENT_NOSELECT",
	.features = EV_FEATURE_FDS,
	.open = select_open,
	.set = select_set,
	.stray = select_stray,
	.prepare = select_prepare,
	.wait = select_wait_ready,
	.forget = select_forget,
	.close = select_close,
};
