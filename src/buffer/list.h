/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * list.h - what the files of this folder share: a buffer as list of chains.
 *
 * Private to the folder.  The caller holds the buffer's lock.
 */
#ifndef EVI_BUFFER_LIST_H
#define EVI_BUFFER_LIST_H

#include <errno.h>

#include "base/err.h"
#include "buffer/buffer.h"
#include "buffer/chain.h"

/* Somebody is to be told of changes. */
#define EVI_BUFFER_LISTENERS \
	(EVI_BUFFER_HAS_CB | EVI_BUFFER_TELL_GREW | EVI_BUFFER_TELL_DRAINED)

/* A spare chain is kept up to this size (what the longest read takes). */
#define EVI_BUFFER_SPARE_MAX ((size_t)262144)

/* The automatic size of a read: what it starts with and comes back to. */
#define EVI_BUFFER_READ_MIN (32768u - (uint32_t)EVI_CHAIN_HEAD)

/* Tell the listeners of `buf` (callback.c); some are there. */
void evi_buffer_callback_tell(struct evbuffer *buf, size_t added,
    size_t deleted);

/* Take a deferred call back and free all callbacks (callback.c). */
void evi_buffer_callback_clear(struct evbuffer *buf);

/*
 * An empty chain of `cap` bytes or more for the end of the buffer: the spare
 * one if it will do, else a new one, larger than the last.  NULL: no memory.
 */
struct evi_chain *evi_buffer_space_chain(struct evbuffer *buf, size_t cap);

/* How large a new chain for `cap` bytes at the end had better be. */
size_t evi_buffer_space_grown(const struct evbuffer *buf, size_t cap);

/* As space_chain, left in buf->spare. */
struct evi_chain *evi_buffer_space_spare(struct evbuffer *buf, size_t cap);

/*
 * A chain has left the list: keep it as the spare one if it is larger than
 * that and the buffer has no base to give it to, else let go of it.
 */
void evi_buffer_retire(struct evbuffer *buf, struct evi_chain *chain);

/*
 * Check a position that the application hands in; NULL is the front.  Returns
 * 0 with *ret_pos good (its chain NULL only at the end), or -EINVAL when it
 * is invalid or beyond the end.
 */
int evi_buffer_search_start(const struct evbuffer *buf,
    const struct evbuffer_ptr *ptr, struct evbuffer_ptr *ret_pos);

/*
 * Give memory to every chain that is still only a piece of a file.  Called
 * when bytes are to be looked at.  Returns 0 or -errno.
 */
int evi_buffer_file_segment_load_all(struct evbuffer *buf);

/*
 * Is nothing in the way of a change made in a few instructions: no lock, no
 * listener, and not `frozen` (EVI_BUFFER_FROZEN_*)?  The public functions of
 * the fast path ask that first; what they cannot do goes the long way.
 */
static inline int
evi_buffer_list_is_quick(const struct evbuffer *buf, uint8_t frozen)
{
	return EVI_LIKELY(buf->lock == NULL) &&
	    EVI_LIKELY(!(buf->state & (EVI_BUFFER_LISTENERS | frozen)));
}

/* The same where an owner does not matter: evi_buffer_list_tell_owner(). */
static inline int
evi_buffer_list_is_private(const struct evbuffer *buf, uint8_t frozen)
{
	return EVI_LIKELY(buf->lock == NULL) &&
	    EVI_LIKELY(!(buf->state & (EVI_BUFFER_HAS_CB | frozen)));
}

/* For assertions: one test when there is no lock. */
static inline int
evi_buffer_list_is_held(const struct evbuffer *buf)
{
	if (!buf->lock)
		return 1;

	struct evi_lock lock = evi_buffer_get_lock(buf);

	return evi_lock_held(&lock);
}

/* Bytes that can be added without another chain. */
static inline size_t
evi_buffer_list_room(const struct evbuffer *buf)
{
	return buf->last ? evi_chain_room(buf->last) : 0;
}

/* Would `more` bytes be too many for one buffer? */
static inline int
evi_buffer_list_is_too_long(const struct evbuffer *buf, size_t more)
{
	return more > EVI_BUFFER_LEN_MAX - buf->len;
}

/* Append the list from `first` to `last`, `len` bytes in all. */
static inline void
evi_buffer_list_link(struct evbuffer *buf, struct evi_chain *first,
    struct evi_chain *last, size_t len)
{
	EVI_ASSERT(first && last);
	last->next = NULL;
	if (buf->last)
		buf->last->next = first;
	else
		buf->first = first;
	buf->last = last;
	buf->len += len;
}

/*
 * Count `len` bytes at the end, where there is room for them already (in the
 * last chain, or in an empty buffer in the spare one).  Returns where they
 * go; NULL if there is no such room, or len is 0.
 */
static inline unsigned char *
evi_buffer_list_grow_quickly(struct evbuffer *buf, size_t len)
{
	struct evi_chain *last = buf->last;
	size_t sum = buf->len + len;

	/* The subtraction makes 0 bytes too many for any room. */
	if (last) {
		if (len - 1 >= evi_chain_room(last) || sum > EVI_BUFFER_LEN_MAX)
			return NULL;
	} else {
		last = buf->spare;
		if (!last || len - 1 >= last->cap)
			return NULL;
		buf->spare = NULL;
		buf->first = last;
		buf->last = last;
	}

	unsigned char *data = evi_chain_end(last);

	last->len += len;
	buf->len = sum;
	return data;
}

/* Are all bytes, and there are some, in one chain that can be the spare? */
static inline int
evi_buffer_list_is_one_chain(const struct evbuffer *buf)
{
	const struct evi_chain *chain = buf->first;

	return chain == buf->last && !buf->spare && !buf->base &&
	    chain->cap <= EVI_BUFFER_SPARE_MAX && evi_chain_is_own(chain);
}

/* Empty a buffer of one chain. */
static inline void
evi_buffer_list_empty_quickly(struct evbuffer *buf)
{
	struct evi_chain *chain = buf->first;

	chain->off = 0;
	chain->len = 0;
	buf->spare = chain;
	buf->first = NULL;
	buf->last = NULL;
	buf->len = 0;
}

/* The list is gone: to another buffer, or to be freed. */
static inline void
evi_buffer_list_set_empty(struct evbuffer *buf)
{
	buf->first = NULL;
	buf->last = NULL;
	buf->len = 0;
	buf->state &= (uint8_t)~EVI_BUFFER_HAS_FILE;
}

/* Are all bytes, and there are some, in one chain that goes to a base? */
static inline int
evi_buffer_list_is_one_of_base(const struct evbuffer *buf)
{
	return buf->base && buf->first == buf->last;
}

/* Let go of that chain. */
static inline void
evi_buffer_list_drop_only_chain(struct evbuffer *buf)
{
	struct evi_chain *gone = buf->first;

	evi_buffer_list_set_empty(buf);
	evi_chain_unref(buf->base, gone);
}

/* To be called once after every change: one test when nobody listens. */
static inline void
evi_buffer_list_changed(struct evbuffer *buf, size_t added, size_t deleted)
{
	int listeners = EVI_BUFFER_HAS_CB | (added ? EVI_BUFFER_TELL_GREW : 0) |
	    (deleted ? EVI_BUFFER_TELL_DRAINED : 0);

	if (EVI_UNLIKELY(buf->state & listeners))
		evi_buffer_callback_tell(buf, added, deleted);
}

/* The same where there are no callbacks. */
static inline void
evi_buffer_list_tell_owner(struct evbuffer *buf, size_t added, size_t deleted)
{
	if (added && EVI_UNLIKELY(buf->state & EVI_BUFFER_TELL_GREW))
		buf->owner->on_grew(buf);
	if (deleted && EVI_UNLIKELY(buf->state & EVI_BUFFER_TELL_DRAINED))
		buf->owner->on_drained(buf);
}

/* Make all bytes readable.  One test when there are no files. */
static inline int
evi_buffer_list_load(struct evbuffer *buf)
{
	if (EVI_LIKELY(!(buf->state & EVI_BUFFER_HAS_FILE)))
		return 0;
	return evi_buffer_file_segment_load_all(buf);
}

/* A public function's result, with no call on the good path. */
static inline int
evi_buffer_list_result(int r)
{
	return EVI_LIKELY(r >= 0) ? r : evi_err_public(r);
}

#endif
