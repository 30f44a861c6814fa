/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * move.c - bytes from one buffer to another, and foreign memory into one.
 *
 * Moving hands over chains: its cost does not depend on the bytes.  Only
 * small amounts are copied, into room that is there already: that keeps the
 * receiver in one piece (one iovec to write) and lets the sender keep its
 * chain.  An empty receiver takes the chains and gives its spare one.  Where
 * a chain has to be cut, the part that goes is copied when it is small and
 * else shares the chain.
 *
 * Sharing (add_buffer_reference) gives each chain one more holder; see
 * chain.h for what that forbids.
 *
 * Locks: two buffers are locked in the order of their locks' addresses, so
 * that two threads moving opposite ways do not wait for each other.
 */
#include "buffer/buffer.h"

#include <limits.h>
#include <string.h>

#include "buffer/list.h"

/* A whole content up to this size is copied if it fits the room. */
#define COPY_WHOLE_MAX 128u

/* A part of a chain up to this size is copied, above it is shared. */
#define COPY_PART_MAX 4096u

/* Take both locks; they may be one, or the buffers one. */
static void
lock_two(struct evbuffer *a, struct evbuffer *b)
{
	int a_first = (uintptr_t)a->lock < (uintptr_t)b->lock;

	evi_buffer_acquire(a_first ? a : b);
	evi_buffer_acquire(a_first ? b : a);
}

/* Give both back. */
static void
unlock_two(struct evbuffer *a, struct evbuffer *b)
{
	evi_buffer_release(a);
	evi_buffer_release(b);
}

/* Whatever file chains `src` has may be in `dst` now. */
static inline void
carry_state(struct evbuffer *dst, const struct evbuffer *src)
{
	dst->state |= src->state & EVI_BUFFER_HAS_FILE;
}

/* Give the list to `dst`, which has none, for the spare chain of that. */
static inline void
hand_over(struct evbuffer *dst, struct evbuffer *src)
{
	dst->first = src->first;
	dst->last = src->last;
	dst->len = src->len;
	src->first = NULL;
	src->last = NULL;
	src->len = 0;
	if (!src->spare && !src->base) {
		src->spare = dst->spare;
		dst->spare = NULL;
	}
}

/*
 * Copy a small content into room that `dst`, which is not empty, has, if it
 * is in one chain that `src` can keep.  Was that done?  src is not empty and
 * not dst.  Tells nobody; files are not looked at.
 */
static int
copy_over(struct evbuffer *dst, struct evbuffer *src)
{
	size_t len = src->len;

	if (len > COPY_WHOLE_MAX || !evi_buffer_list_is_one_chain(src))
		return 0;

	const unsigned char *data = evi_chain_start(src->first);
	unsigned char *room = evi_buffer_list_grow_quickly(dst, len);

	if (!room)
		return 0;
	evi_buffer_list_empty_quickly(src);
	memcpy(room, data, len);
	return 1;
}

/* Move everything to the end, telling nobody.  Returns bytes or -errno. */
static ssize_t
move_all(struct evbuffer *dst, struct evbuffer *src)
{
	size_t len = src->len;

	if (evi_buffer_list_is_too_long(dst, len))
		return -ENOMEM;
	carry_state(dst, src);
	if (!dst->first)
		hand_over(dst, src);
	else if (!copy_over(dst, src))
		evi_buffer_list_link(dst, src->first, src->last, len);
	evi_buffer_list_set_empty(src);
	return (ssize_t)len;
}

/*
 * Make the first `len` bytes of `chain` a chain of their own for `dst`, or
 * put them into the room of `tail`, if there is one: then *ret_part is NULL.
 */
static int
cut(struct evbuffer *dst, struct evi_chain *chain, size_t len,
    struct evi_chain *tail, struct evi_chain **ret_part)
{
	struct evi_chain *part;

	*ret_part = NULL;
	if (!chain->data || len > COPY_PART_MAX) {
		part = evi_chain_share(chain, 0, len);
		*ret_part = part;
		return part ? 0 : -ENOMEM;
	}
	if (!tail || len > evi_chain_room(tail)) {
		tail = evi_buffer_space_chain(dst, len);
		if (!tail)
			return -ENOMEM;
		*ret_part = tail;
	}
	memcpy(evi_chain_end(tail), evi_chain_start(chain), len);
	tail->len += len;
	return 0;
}

/* Move `want` bytes, fewer than src has, telling nobody. */
static ssize_t
move_part(struct evbuffer *dst, struct evbuffer *src, size_t want)
{
	struct evi_chain *whole = NULL;       /* the last to go as it is */
	struct evi_chain *chain = src->first; /* the first to stay */
	struct evi_chain *part = NULL;
	size_t left = want;

	if (evi_buffer_list_is_too_long(dst, want))
		return -ENOMEM;
	for (; left >= chain->len; chain = chain->next) {
		left -= chain->len;
		whole = chain;
	}
	if (left) {
		int r = cut(dst, chain, left, whole ? whole : dst->last, &part);
		if (r < 0)
			return r;
		chain->off += left;
		chain->len -= left;
	}
	carry_state(dst, src);
	if (whole)
		evi_buffer_list_link(dst, src->first, whole, want - left);
	if (part)
		evi_buffer_list_link(dst, part, part, left);
	else
		dst->len += left;
	src->first = chain;
	src->len -= want;
	return (ssize_t)want;
}

ssize_t
evi_buffer_move_bytes(struct evbuffer *dst, struct evbuffer *src, size_t want)
{
	EVI_ASSERT(
	    evi_buffer_list_is_held(dst) && evi_buffer_list_is_held(src));
	if (dst == src || want == 0 || !src->first)
		return 0;
	if (want >= src->len) {
		ssize_t r = move_all(dst, src);

		if (r > 0) {
			evi_buffer_list_changed(src, 0, (size_t)r);
			evi_buffer_list_changed(dst, (size_t)r, 0);
		}
		return r;
	}

	ssize_t r = move_part(dst, src, want);
	if (r > 0) {
		evi_buffer_list_changed(dst, (size_t)r, 0);
		evi_buffer_list_changed(src, 0, (size_t)r);
	}
	return r;
}

/* evbuffer_add_buffer() the long way. */
static EVI_NOINLINE int
add_buffer_slowly(struct evbuffer *outbuf, struct evbuffer *inbuf)
{
	ssize_t r = 0;

	lock_two(outbuf, inbuf);
	if (inbuf->len && inbuf != outbuf) {
		if (outbuf->state & EVI_BUFFER_FROZEN_END ||
		    inbuf->state & EVI_BUFFER_FROZEN_START)
			r = -EPERM;
		else
			r = evi_buffer_move_bytes(outbuf, inbuf, SIZE_MAX);
	}
	unlock_two(outbuf, inbuf);
	return r < 0 ? evi_err_public((int)r) : 0;
}

/*
 * Move all of `src`, if it has not more than `max` bytes and that takes a few
 * instructions.  Returns the bytes, 0 when it is not that simple.
 */
static inline size_t
move_at_once(struct evbuffer *dst, struct evbuffer *src, size_t max)
{
	if (!evi_buffer_list_is_private(dst, EVI_BUFFER_FROZEN_END) ||
	    !evi_buffer_list_is_private(src,
		EVI_BUFFER_FROZEN_START | EVI_BUFFER_HAS_FILE))
		return 0;

	size_t len = src->len;

	if (!len || len > max || src == dst)
		return 0;
	if (!dst->first)
		hand_over(dst, src);
	else if (!copy_over(dst, src))
		return 0;
	evi_buffer_list_tell_owner(src, 0, len);
	evi_buffer_list_tell_owner(dst, len, 0);
	return len;
}

int
evbuffer_add_buffer(struct evbuffer *outbuf, struct evbuffer *inbuf)
{
	if (move_at_once(outbuf, inbuf, SIZE_MAX))
		return 0;
	return add_buffer_slowly(outbuf, inbuf);
}

/* evbuffer_remove_buffer() the long way. */
static EVI_NOINLINE int
remove_buffer_slowly(struct evbuffer *src, struct evbuffer *dst, size_t datlen)
{
	ssize_t r = 0;

	lock_two(src, dst);
	if (datlen && src != dst) {
		if (dst->state & EVI_BUFFER_FROZEN_END ||
		    src->state & EVI_BUFFER_FROZEN_START)
			r = -EPERM;
		else
			r = evi_buffer_move_bytes(dst, src, datlen);
	}
	unlock_two(src, dst);
	return evi_buffer_list_result((int)r);
}

int
evbuffer_remove_buffer(struct evbuffer *src, struct evbuffer *dst,
    size_t datlen)
{
	if (datlen > INT_MAX)
		datlen = INT_MAX;

	size_t len = move_at_once(dst, src, datlen);

	if (len)
		return (int)len;
	return remove_buffer_slowly(src, dst, datlen);
}

/* Move everything to the front, telling both. */
static int
prepend_all(struct evbuffer *dst, struct evbuffer *src)
{
	size_t len = src->len;

	if (evi_buffer_list_is_too_long(dst, len))
		return -ENOMEM;
	carry_state(dst, src);
	src->last->next = dst->first;
	dst->first = src->first;
	if (!dst->last)
		dst->last = src->last;
	dst->len += len;
	evi_buffer_list_set_empty(src);
	evi_buffer_list_changed(src, 0, len);
	evi_buffer_list_changed(dst, len, 0);
	return 0;
}

int
evbuffer_prepend_buffer(struct evbuffer *outbuf, struct evbuffer *inbuf)
{
	int r = 0;

	lock_two(outbuf, inbuf);
	if (inbuf->len && inbuf != outbuf) {
		if ((outbuf->state | inbuf->state) & EVI_BUFFER_FROZEN_START)
			r = -EPERM;
		else
			r = prepend_all(outbuf, inbuf);
	}
	unlock_two(outbuf, inbuf);
	return evi_buffer_list_result(r);
}

/* Sharing --------------------------------------------------------------- */

/* Append shares of all chains of `src`: all or none. */
static int
share_all(struct evbuffer *dst, struct evbuffer *src)
{
	struct evi_chain *first = NULL, *last = NULL;

	if (evi_buffer_list_is_too_long(dst, src->len))
		return -ENOMEM;
	for (struct evi_chain *chain = src->first; chain; chain = chain->next) {
		struct evi_chain *share = evi_chain_share(chain, 0, chain->len);

		if (!share) {
			evi_chain_unref_list(dst->base, first);
			return -ENOMEM;
		}
		if (last)
			last->next = share;
		else
			first = share;
		last = share;
	}
	carry_state(dst, src);
	evi_buffer_list_link(dst, first, last, src->len);
	evi_buffer_list_changed(dst, src->len, 0);
	return 0;
}

int
evbuffer_add_buffer_reference(struct evbuffer *outbuf, struct evbuffer *inbuf)
{
	int r = 0;

	lock_two(outbuf, inbuf);
	if (inbuf->len) {
		if (inbuf == outbuf)
			r = -EINVAL;
		else if (outbuf->state & EVI_BUFFER_FROZEN_END)
			r = -EPERM;
		else
			r = share_all(outbuf, inbuf);
	}
	unlock_two(outbuf, inbuf);
	return evi_buffer_list_result(r);
}

/* Append `len` > 0 bytes from data + offset, looked at in place. */
static int
add_reference(struct evbuffer *buf, const void *data, size_t offset, size_t len,
    struct evi_chain_foreign **ret_foreign)
{
	struct evi_chain_foreign *foreign;

	if (buf->state & EVI_BUFFER_FROZEN_END)
		return -EPERM;
	if (evi_buffer_list_is_too_long(buf, len) || offset > SIZE_MAX - len)
		return -ENOMEM;
	foreign = evi_chain_new_foreign(EVI_CHAIN_REFERENCE, data, offset, len);
	if (!foreign)
		return -ENOMEM;
	evi_buffer_list_link(buf, &foreign->chain, &foreign->chain, len);
	*ret_foreign = foreign;
	return 0;
}

int
evbuffer_add_reference_with_offset(struct evbuffer *outbuf, const void *data,
    size_t offset, size_t datlen, evbuffer_ref_cleanup_cb cleanupfn,
    void *cleanupfn_arg)
{
	struct evi_chain_foreign *foreign = NULL;
	int r = 0;

	evi_buffer_acquire(outbuf);
	if (datlen)
		r = add_reference(outbuf, data, offset, datlen, &foreign);
	else if (outbuf->state & EVI_BUFFER_FROZEN_END)
		r = -EPERM;
	if (foreign) {
		foreign->of.reference.cleanup = cleanupfn;
		foreign->of.reference.arg = cleanupfn_arg;
		evi_buffer_list_changed(outbuf, datlen, 0);
	} else if (r == 0 && cleanupfn) {
		cleanupfn(data, offset, cleanupfn_arg);
	}
	evi_buffer_release(outbuf);
	return evi_buffer_list_result(r);
}

int
evbuffer_add_reference(struct evbuffer *outbuf, const void *data, size_t datlen,
    evbuffer_ref_cleanup_cb cleanupfn, void *cleanupfn_arg)
{
	return evbuffer_add_reference_with_offset(outbuf, data, 0, datlen,
	    cleanupfn, cleanupfn_arg);
}
