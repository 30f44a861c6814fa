/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * buffer.c - an evbuffer: its life, bytes in at the ends, bytes out at the
 * front.
 *
 * The model: a list of chains, none of them empty, and beside the list one
 * spare empty chain.  Room for more bytes is first what is left in the last
 * chain, then the spare.  A chain that is emptied becomes the spare if there
 * is none, so that a buffer that is filled and emptied allocates nothing.
 * With a base the emptied chain goes to the base instead, and an idle buffer
 * holds no memory.
 *
 * Always: len is the sum of the chains' lens; first and last are NULL when
 * len is 0; evi_buffer_check() (check.c) walks it all.
 *
 * Traps: letting go of a chain may call the application's cleanup, which may
 * use the buffer.  So chains leave the list, and the list is whole again,
 * before they are let go; listeners are told last.
 *
 * Locks: public functions take the buffer's lock once; the rest expect it.
 */
#include "buffer/buffer.h"

#include <limits.h>
#include <string.h>

#include "event2/thread.h"
#include "base/mem.h"
#include "buffer/list.h"

/* Live bytes up to this many are moved to the front of their chain to make
 * room at its end. */
#define REALIGN_MAX 2048u

/* What evbuffer_set_flags() may set; more means nothing. */
#define FLAGS_USER EVBUFFER_FLAG_DRAINS_TO_FD

/* Life ------------------------------------------------------------------ */

/* Make an empty buffer with `refs` holders of its own. */
static void
init(struct evbuffer *buf, uint8_t refs, uint8_t state)
{
	memset(buf, 0, sizeof(*buf));
	buf->refs = refs;
	buf->state = state;
	buf->read_size = EVI_BUFFER_READ_MIN;
}

void
evi_buffer_init(struct evbuffer *buf)
{
	init(buf, 0, EVI_BUFFER_EMBEDDED);
}

struct evbuffer *
evbuffer_new(void)
{
	struct evbuffer *buf = evi_mem_alloc(sizeof(struct evbuffer));

	if (buf)
		init(buf, 1, 0);
	return buf;
}

void
evi_buffer_clear(struct evbuffer *buf)
{
	struct evi_chain *gone = buf->first;

	evi_buffer_callback_clear(buf);
	buf->state &= (uint8_t)~EVI_BUFFER_LISTENERS;
	evi_buffer_list_set_empty(buf);
	evi_chain_unref_list(buf->base, gone);
	evi_chain_unref(buf->base, buf->spare);
	buf->spare = NULL;
	if (buf->state & EVI_BUFFER_OWNS_LOCK) {
		struct evi_lock lock = evi_buffer_get_lock(buf);

		evi_lock_clear(&lock);
	}
	buf->state &= (uint8_t)~EVI_BUFFER_OWNS_LOCK;
	buf->lock = NULL;
}

/* The last holder of a buffer of its own is gone. */
static void
destroy(struct evbuffer *buf)
{
	evi_buffer_clear(buf);
	evi_mem_free(buf);
}

void
evi_buffer_ref(struct evbuffer *buf)
{
	if (buf->owner && buf->owner->ref)
		buf->owner->ref(buf);
	else
		buf->refs++;
}

void
evi_buffer_unref(struct evbuffer *buf)
{
	if (buf->owner && buf->owner->unref) {
		buf->owner->unref(buf);
		return;
	}
	evi_buffer_acquire(buf);
	int is_last = --buf->refs == 0 && !(buf->state & EVI_BUFFER_EMBEDDED);
	evi_buffer_release(buf);
	if (is_last)
		destroy(buf);
}

void
evbuffer_free(struct evbuffer *buf)
{
	if (!buf)
		return;
	/* A deferred callback may be at work on the other bits. */
	evi_buffer_acquire(buf);
	int is_embedded = buf->state & EVI_BUFFER_EMBEDDED;
	evi_buffer_release(buf);
	if (!is_embedded)
		evi_buffer_unref(buf);
}

void
evi_buffer_set_owner(struct evbuffer *buf, const struct evi_buffer_owner *owner)
{
	buf->owner = owner;
	buf->state &= (uint8_t) ~(
	    EVI_BUFFER_TELL_GREW | EVI_BUFFER_TELL_DRAINED);
	if (owner && owner->on_grew)
		buf->state |= EVI_BUFFER_TELL_GREW;
	if (owner && owner->on_drained)
		buf->state |= EVI_BUFFER_TELL_DRAINED;
}

void
evi_buffer_set_lock(struct evbuffer *buf, const struct evi_lock *lock)
{
	EVI_ASSERT(!(buf->state & EVI_BUFFER_OWNS_LOCK));
	buf->lock = lock->impl;
	buf->is_lock_debug = lock->is_debug != 0;
}

struct evi_lock
evi_buffer_get_lock(const struct evbuffer *buf)
{
	struct evi_lock lock = { .impl = buf->lock,
		.type = EVTHREAD_LOCKTYPE_RECURSIVE,
		.is_debug = buf->is_lock_debug };

	return lock;
}

void
evi_buffer_acquire_impl(const struct evbuffer *buf)
{
	struct evi_lock lock = evi_buffer_get_lock(buf);

	evi_lock_acquire_impl(&lock);
}

void
evi_buffer_release_impl(const struct evbuffer *buf)
{
	struct evi_lock lock = evi_buffer_get_lock(buf);

	evi_lock_release_impl(&lock);
}

void
evi_buffer_take_cache(struct evbuffer *buf, struct event_base *base)
{
	buf->base = base;
}

/* Locks, flags, freezes ------------------------------------------------- */

int
evbuffer_enable_locking(struct evbuffer *buf, void *lock)
{
	struct evi_lock own;

	if (buf->lock)
		return evi_err_public(-EEXIST);
	if (lock) {
		evi_lock_borrow(&own, lock);
		evi_buffer_set_lock(buf, &own);
		return 0;
	}
	int r = evi_lock_init(&own, 1);
	if (r == 0 && !own.impl)
		r = -ENOTSUP;
	if (r < 0)
		return evi_err_public(r);
	evi_buffer_set_lock(buf, &own);
	buf->state |= EVI_BUFFER_OWNS_LOCK;
	return 0;
}

void
evbuffer_lock(struct evbuffer *buf)
{
	evi_buffer_acquire(buf);
}

void
evbuffer_unlock(struct evbuffer *buf)
{
	evi_buffer_release(buf);
}

int
evbuffer_set_flags(struct evbuffer *buf, ev_uint64_t flags)
{
	evi_buffer_acquire(buf);
	buf->flags |= (uint8_t)(flags & FLAGS_USER);
	evi_buffer_release(buf);
	return 0;
}

int
evbuffer_clear_flags(struct evbuffer *buf, ev_uint64_t flags)
{
	evi_buffer_acquire(buf);
	buf->flags &= (uint8_t) ~(flags & FLAGS_USER);
	evi_buffer_release(buf);
	return 0;
}

/* Freeze or allow one end under the lock. */
static int
set_frozen(struct evbuffer *buf, int at_front, int frozen)
{
	evi_buffer_acquire(buf);
	evi_buffer_set_frozen(buf,
	    at_front ? EVI_BUFFER_FROZEN_START : EVI_BUFFER_FROZEN_END, frozen);
	evi_buffer_release(buf);
	return 0;
}

int
evbuffer_freeze(struct evbuffer *buf, int at_front)
{
	return set_frozen(buf, at_front, 1);
}

int
evbuffer_unfreeze(struct evbuffer *buf, int at_front)
{
	return set_frozen(buf, at_front, 0);
}

/* Sizes ----------------------------------------------------------------- */

/* evbuffer_get_length() of a buffer with a lock. */
static EVI_NOINLINE size_t
locked_length(const struct evbuffer *buf)
{
	evi_buffer_acquire(buf);
	size_t len = buf->len;
	evi_buffer_release(buf);
	return len;
}

size_t
evbuffer_get_length(const struct evbuffer *buf)
{
	return EVI_LIKELY(!buf->lock) ? buf->len : locked_length(buf);
}

size_t
evbuffer_get_contiguous_space(const struct evbuffer *buf)
{
	evi_buffer_acquire(buf);
	size_t len = buf->first ? buf->first->len : 0;
	evi_buffer_release(buf);
	return len;
}

/* Adding ---------------------------------------------------------------- */

/* Copy to the end where there is room; did that do?  Tells nobody. */
static inline int
add_quickly(struct evbuffer *buf, const void *data, size_t len)
{
	unsigned char *room = evi_buffer_list_grow_quickly(buf, len);

	if (room)
		memcpy(room, data, len);
	return room != NULL;
}

/* Move the live bytes of a chain to its front, if that is cheap and makes
 * room for `len` more.  Returns whether there is room now. */
static int
realign(struct evi_chain *chain, size_t len)
{
	if (chain->len > REALIGN_MAX || chain->len > chain->cap / 2 ||
	    len > chain->cap - chain->len || !evi_chain_is_own(chain))
		return 0;
	memmove(chain->data, evi_chain_start(chain), chain->len);
	chain->off = 0;
	return 1;
}

/* Copy to the end, into the room there is and another chain. */
static int
add_chain(struct evbuffer *buf, const unsigned char *data, size_t len)
{
	struct evi_chain *last = buf->last;

	if (evi_buffer_list_is_too_long(buf, len))
		return -ENOMEM;
	if (len == 0 ||
	    (last && realign(last, len) && add_quickly(buf, data, len)))
		return 0;

	size_t room = evi_buffer_list_room(buf);
	struct evi_chain *chain = evi_buffer_space_chain(buf, len - room);

	if (!chain)
		return -ENOMEM;
	if (room)
		add_quickly(buf, data, room);
	memcpy(chain->data, data + room, len - room);
	chain->len = len - room;
	evi_buffer_list_link(buf, chain, chain, len - room);
	return 0;
}

int
evi_buffer_add(struct evbuffer *buf, const void *data, size_t len)
{
	int r = 0;

	EVI_ASSERT(evi_buffer_list_is_held(buf));
	if (!add_quickly(buf, data, len))
		r = add_chain(buf, data, len);
	if (r == 0)
		evi_buffer_list_changed(buf, len, 0);
	return r;
}

/* evbuffer_add() the long way. */
static EVI_NOINLINE int
add_slowly(struct evbuffer *buf, const void *data, size_t len)
{
	int r = -EPERM;

	evi_buffer_acquire(buf);
	if (!(buf->state & EVI_BUFFER_FROZEN_END))
		r = evi_buffer_add(buf, data, len);
	evi_buffer_release(buf);
	return evi_buffer_list_result(r);
}

int
evbuffer_add(struct evbuffer *buf, const void *data, size_t datlen)
{
	if (evi_buffer_list_is_quick(buf, EVI_BUFFER_FROZEN_END) &&
	    add_quickly(buf, data, datlen))
		return 0;
	return add_slowly(buf, data, datlen);
}

/* Copy to the front: into the headroom, and before it a new chain. */
static int
prepend(struct evbuffer *buf, const unsigned char *data, size_t len)
{
	struct evi_chain *first = buf->first;
	size_t head = first && evi_chain_is_own(first) ? first->off : 0;

	if (evi_buffer_list_is_too_long(buf, len))
		return -ENOMEM;
	if (head > len)
		head = len;
	if (len > head) {
		struct evi_chain *chain = evi_buffer_space_chain(buf,
		    len - head);

		if (!chain)
			return -ENOMEM;
		chain->off = chain->cap - (len - head);
		chain->len = len - head;
		memcpy(evi_chain_start(chain), data, len - head);
		chain->next = first;
		buf->first = chain;
		if (!buf->last)
			buf->last = chain;
	}
	if (head) {
		first->off -= head;
		first->len += head;
		memcpy(evi_chain_start(first), data + len - head, head);
	}
	buf->len += len;
	return 0;
}

int
evbuffer_prepend(struct evbuffer *buf, const void *data, size_t datlen)
{
	int r = 0;

	if (datlen == 0)
		return 0;
	evi_buffer_acquire(buf);
	if (buf->state & EVI_BUFFER_FROZEN_START)
		r = -EPERM;
	else
		r = prepend(buf, data, datlen);
	if (r == 0)
		evi_buffer_list_changed(buf, datlen, 0);
	evi_buffer_release(buf);
	return evi_buffer_list_result(r);
}

/* Taking ---------------------------------------------------------------- */

void
evi_buffer_retire(struct evbuffer *buf, struct evi_chain *chain)
{
	struct evi_chain *spare = buf->spare;

	if (!buf->base && (!spare || chain->cap > spare->cap) &&
	    chain->cap <= EVI_BUFFER_SPARE_MAX && evi_chain_is_own(chain)) {
		chain->next = NULL;
		chain->off = 0;
		chain->len = 0;
		buf->spare = chain;
		chain = spare;
	}
	evi_chain_unref(buf->base, chain);
}

/* Take `len` bytes and with them at least the first chain off the front. */
static void
drain_chains(struct evbuffer *buf, size_t len)
{
	struct evi_chain *gone = buf->first;
	struct evi_chain *chain = gone;
	size_t left = len;

	while (chain && left >= chain->len) {
		left -= chain->len;
		chain = chain->next;
	}
	if (chain) {
		chain->off += left;
		chain->len -= left;
		buf->first = chain;
		buf->len -= len;
	} else {
		evi_buffer_list_set_empty(buf);
	}
	while (gone != chain) {
		struct evi_chain *next = gone->next;

		evi_buffer_retire(buf, gone);
		gone = next;
	}
}

/* Drop `len` bytes of a buffer that has as many and is not empty, if that
 * is simple; was it?  Tells nobody. */
static inline int
drain_quickly(struct evbuffer *buf, size_t len)
{
	struct evi_chain *first = buf->first;

	if (len >= first->len) {
		if (len < buf->len || !evi_buffer_list_is_one_chain(buf))
			return 0;
		evi_buffer_list_empty_quickly(buf);
		return 1;
	}
	first->off += len;
	first->len -= len;
	buf->len -= len;
	return 1;
}

/* evi_buffer_drain() without telling anybody; len <= buf->len, not empty. */
static inline void
drain_quietly(struct evbuffer *buf, size_t len)
{
	if (len == buf->len && evi_buffer_list_is_one_of_base(buf))
		evi_buffer_list_drop_only_chain(buf);
	else if (!drain_quickly(buf, len))
		drain_chains(buf, len);
}

void
evi_buffer_drain(struct evbuffer *buf, size_t len)
{
	EVI_ASSERT(evi_buffer_list_is_held(buf));
	if (!buf->first)
		return;
	if (len > buf->len)
		len = buf->len;
	drain_quietly(buf, len);
	evi_buffer_list_changed(buf, 0, len);
}

/* evbuffer_drain() the long way. */
static EVI_NOINLINE int
drain_slowly(struct evbuffer *buf, size_t len)
{
	int r = 0;

	evi_buffer_acquire(buf);
	if (buf->state & EVI_BUFFER_FROZEN_START && buf->first)
		r = -EPERM;
	else
		evi_buffer_drain(buf, len);
	evi_buffer_release(buf);
	return evi_buffer_list_result(r);
}

int
evbuffer_drain(struct evbuffer *buf, size_t len)
{
	if (evi_buffer_list_is_quick(buf, EVI_BUFFER_FROZEN_START) &&
	    buf->first && drain_quickly(buf, len))
		return 0;
	return drain_slowly(buf, len);
}

/* Copy `len` bytes, which are there, from `off` within `chain` on. */
static void
copy(const struct evi_chain *chain, size_t off, unsigned char *data, size_t len)
{
	while (len) {
		size_t n = chain->len - off;

		if (n > len)
			n = len;
		memcpy(data, evi_chain_start(chain) + off, n);
		data += n;
		len -= n;
		off = 0;
		chain = chain->next;
	}
}

int
evbuffer_remove(struct evbuffer *buf, void *data, size_t datlen)
{
	int r = 0;

	evi_buffer_acquire(buf);
	if (datlen > buf->len)
		datlen = buf->len;
	if (datlen > INT_MAX)
		datlen = INT_MAX;
	if (datlen) {
		if (buf->state & EVI_BUFFER_FROZEN_START)
			r = -EPERM;
		else
			r = evi_buffer_list_load(buf);
	}
	if (datlen && r == 0) {
		copy(buf->first, 0, data, datlen);
		drain_quietly(buf, datlen);
		evi_buffer_list_changed(buf, 0, datlen);
		r = (int)datlen;
	}
	evi_buffer_release(buf);
	return evi_buffer_list_result(r);
}

/* evbuffer_copyout_from() under the lock.  Bytes or -errno. */
static ssize_t
copyout(struct evbuffer *buf, const struct evbuffer_ptr *ptr, void *data,
    size_t len)
{
	struct evbuffer_ptr pos;
	int r = evi_buffer_search_start(buf, ptr, &pos);

	if (r < 0)
		return r;
	if (len > buf->len - (size_t)pos.pos)
		len = buf->len - (size_t)pos.pos;
	if (len == 0)
		return 0;
	if (buf->state & EVI_BUFFER_FROZEN_START)
		return -EPERM;
	r = evi_buffer_list_load(buf);
	if (r < 0)
		return r;
	copy(pos.internal_.chain, pos.internal_.pos_in_chain, data, len);
	return (ssize_t)len;
}

ev_ssize_t
evbuffer_copyout_from(struct evbuffer *buf, const struct evbuffer_ptr *pos,
    void *data_out, size_t datlen)
{
	evi_buffer_acquire(buf);
	ssize_t r = copyout(buf, pos, data_out, datlen);
	evi_buffer_release(buf);
	if (r < 0)
		return evi_err_public((int)r);
	return r;
}

ev_ssize_t
evbuffer_copyout(struct evbuffer *buf, void *data_out, size_t datlen)
{
	return evbuffer_copyout_from(buf, NULL, data_out, datlen);
}

/* Pullup ---------------------------------------------------------------- */

/*
 * The chain that is to hold the first `len` bytes: the first one if it can,
 * else a new one with its bytes, which takes its place in the list.
 */
static struct evi_chain *
pullup_target(struct evbuffer *buf, size_t len)
{
	struct evi_chain *first = buf->first;

	if (len - first->len <= evi_chain_room(first))
		return first;
	if (len <= first->cap && evi_chain_is_own(first)) {
		memmove(first->data, evi_chain_start(first), first->len);
		first->off = 0;
		return first;
	}

	struct evi_chain *chain = evi_buffer_space_chain(buf, len);
	if (!chain)
		return NULL;
	chain->next = first;
	buf->first = chain;
	return chain;
}

unsigned char *
evi_buffer_pullup(struct evbuffer *buf, size_t len)
{
	struct evi_chain *first = buf->first;

	EVI_ASSERT(evi_buffer_list_is_held(buf));
	if (!first || len > buf->len || evi_buffer_list_load(buf) < 0)
		return NULL;
	if (len <= first->len)
		return evi_chain_start(first);

	struct evi_chain *target = pullup_target(buf, len);
	if (!target)
		return NULL;

	struct evi_chain *gone = target->next;
	struct evi_chain *chain = gone;

	while (target->len < len) {
		size_t want = len - target->len;
		size_t n = chain->len < want ? chain->len : want;

		memcpy(evi_chain_end(target), evi_chain_start(chain), n);
		target->len += n;
		chain->off += n;
		chain->len -= n;
		if (chain->len == 0)
			chain = chain->next;
	}
	target->next = chain;
	if (!chain)
		buf->last = target;
	while (gone != chain) {
		struct evi_chain *next = gone->next;

		evi_buffer_retire(buf, gone);
		gone = next;
	}
	/* Somebody's cleanup may have drained it. */
	return buf->first == target ? evi_chain_start(target) : NULL;
}

unsigned char *
evbuffer_pullup(struct evbuffer *buf, ev_ssize_t size)
{
	evi_buffer_acquire(buf);
	size_t len = size < 0 ? buf->len : (size_t)size;
	unsigned char *data = len ? evi_buffer_pullup(buf, len) : NULL;
	evi_buffer_release(buf);
	return data;
}
