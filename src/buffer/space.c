/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * space.c - room at the end of a buffer, and looking at what is in it.
 *
 * Room is lent as one extent in the last chain, or the spare chain, or both.
 * The spare stays beside the list until something is committed into it, so
 * that the list never holds an empty chain and nothing has to be moved.
 *
 * Chains grow with the buffer: each new one is twice the size of the last,
 * up to GROW_MAX, so that adding byte by byte costs few allocations.
 *
 * Locks: public functions take the buffer's; the rest expect it.
 */
#include "buffer/buffer.h"

#include <limits.h>

#include "buffer/list.h"

/* Blocks do not double beyond this. */
#define GROW_MAX 16384u

size_t
evi_buffer_space_grown(const struct evbuffer *buf, size_t cap)
{
	const struct evi_chain *last = buf->last;

	if (!last || last->kind != EVI_CHAIN_MEMORY)
		return cap;

	size_t twice = (last->cap + EVI_CHAIN_HEAD) * 2;
	if (twice > GROW_MAX)
		twice = GROW_MAX;
	return twice - EVI_CHAIN_HEAD > cap ? twice - EVI_CHAIN_HEAD : cap;
}

struct evi_chain *
evi_buffer_space_spare(struct evbuffer *buf, size_t cap)
{
	struct evi_chain *chain = buf->spare;

	if (chain && chain->cap >= cap)
		return chain;
	chain = evi_chain_new(buf->base, evi_buffer_space_grown(buf, cap));
	if (!chain)
		return NULL;
	evi_chain_unref(buf->base, buf->spare);
	buf->spare = chain;
	return chain;
}

struct evi_chain *
evi_buffer_space_chain(struct evbuffer *buf, size_t cap)
{
	struct evi_chain *chain = evi_buffer_space_spare(buf, cap);

	if (chain)
		buf->spare = NULL;
	return chain;
}

int
evbuffer_expand(struct evbuffer *buf, size_t datlen)
{
	int r = 0;

	evi_buffer_acquire(buf);
	if (evi_buffer_list_is_too_long(buf, datlen) ||
	    (datlen > evi_buffer_list_room(buf) &&
		!evi_buffer_space_spare(buf, datlen)))
		r = -ENOMEM;
	evi_buffer_release(buf);
	return evi_buffer_list_result(r);
}

/* Reserve and commit ---------------------------------------------------- */

/* Fill in one extent. */
static inline void
set_extent(struct iovec *vec, unsigned char *data, size_t len)
{
	vec->iov_base = data;
	vec->iov_len = len;
}

int
evi_buffer_space_reserve(struct evbuffer *buf, size_t size, struct iovec *vec,
    int count_max)
{
	size_t room = evi_buffer_list_room(buf);

	EVI_ASSERT(evi_buffer_list_is_held(buf));
	if (evi_buffer_list_is_too_long(buf, size))
		return -ENOMEM;
	if (room && room >= size) {
		set_extent(vec, evi_chain_end(buf->last), room);
		return 1;
	}

	int used = count_max > 1 && room;
	struct evi_chain *spare = evi_buffer_space_spare(buf,
	    used ? size - room : size);

	if (!spare)
		return -ENOMEM;
	if (used)
		set_extent(vec, evi_chain_end(buf->last), room);
	set_extent(vec + used, spare->data, spare->cap);
	return used + 1;
}

/* evbuffer_reserve_space() the long way. */
static EVI_NOINLINE int
reserve_slowly(struct evbuffer *buf, ev_ssize_t size,
    struct evbuffer_iovec *vec, int n_vec)
{
	int r;

	if (n_vec < 1 || size < 0)
		return evi_err_public(-EINVAL);
	evi_buffer_acquire(buf);
	if (buf->state & EVI_BUFFER_FROZEN_END)
		r = -EPERM;
	else
		r = evi_buffer_space_reserve(buf, (size_t)size, vec, n_vec);
	evi_buffer_release(buf);
	return evi_buffer_list_result(r);
}

/* Where the room at the end is; NULL: none was made yet. */
static inline struct evi_chain *
tail_of(const struct evbuffer *buf)
{
	return buf->last ? buf->last : buf->spare;
}

int
evbuffer_reserve_space(struct evbuffer *buf, ev_ssize_t size,
    struct evbuffer_iovec *vec, int n_vec)
{
	struct evi_chain *tail;

	if (evi_buffer_list_is_quick(buf, EVI_BUFFER_FROZEN_END) &&
	    (tail = tail_of(buf)) && size > 0 &&
	    (size_t)size <= evi_chain_room(tail) && n_vec > 0 &&
	    !evi_buffer_list_is_too_long(buf, (size_t)size)) {
		set_extent(vec, evi_chain_end(tail), evi_chain_room(tail));
		return 1;
	}
	return reserve_slowly(buf, size, vec, n_vec);
}

/* Put the spare chain, now with `len` bytes, at the end of the list. */
static void
link_spare(struct evbuffer *buf, size_t len)
{
	struct evi_chain *chain = buf->spare;

	buf->spare = NULL;
	chain->len = len;
	evi_buffer_list_link(buf, chain, chain, len);
}

int
evi_buffer_space_commit(struct evbuffer *buf, const struct iovec *vec,
    int count)
{
	struct evi_chain *last = buf->last;
	size_t room = evi_buffer_list_room(buf);
	size_t in_last = 0, in_spare = 0;
	int i = 0;

	EVI_ASSERT(evi_buffer_list_is_held(buf));
	if (i < count && room && vec[i].iov_base == evi_chain_end(last)) {
		in_last = vec[i++].iov_len;
		if (in_last > room)
			return -EINVAL;
	}
	if (i < count && buf->spare && vec[i].iov_base == buf->spare->data) {
		in_spare = vec[i++].iov_len;
		if (in_spare > buf->spare->cap)
			return -EINVAL;
	}
	if (i < count)
		return -EINVAL;
	if (evi_buffer_list_is_too_long(buf, in_last + in_spare))
		return -ENOMEM;
	if (in_last) {
		last->len += in_last;
		buf->len += in_last;
	}
	if (in_spare)
		link_spare(buf, in_spare);
	evi_buffer_list_changed(buf, in_last + in_spare, 0);
	return 0;
}

/* evbuffer_commit_space() the long way. */
static EVI_NOINLINE int
commit_slowly(struct evbuffer *buf, struct evbuffer_iovec *vec, int n_vecs)
{
	int r;

	evi_buffer_acquire(buf);
	if (buf->state & EVI_BUFFER_FROZEN_END)
		r = -EPERM;
	else if (n_vecs < 0)
		r = -EINVAL;
	else
		r = evi_buffer_space_commit(buf, vec, n_vecs);
	evi_buffer_release(buf);
	return evi_buffer_list_result(r);
}

int
evbuffer_commit_space(struct evbuffer *buf, struct evbuffer_iovec *vec,
    int n_vecs)
{
	struct evi_chain *tail;

	if (evi_buffer_list_is_quick(buf, EVI_BUFFER_FROZEN_END) &&
	    (tail = tail_of(buf)) && n_vecs == 1 && evi_chain_room(tail) &&
	    vec->iov_base == evi_chain_end(tail) &&
	    evi_buffer_list_grow_quickly(buf, vec->iov_len))
		return 0;
	return commit_slowly(buf, vec, n_vecs);
}

size_t
evbuffer_add_iovec(struct evbuffer *buffer, struct evbuffer_iovec *vec,
    int n_vec)
{
	size_t sum = 0;

	evi_buffer_acquire(buffer);
	for (int i = 0; i < n_vec; i++) {
		if (buffer->state & EVI_BUFFER_FROZEN_END ||
		    evi_buffer_add(buffer, vec[i].iov_base, vec[i].iov_len) < 0)
			break;
		sum += vec[i].iov_len;
	}
	evi_buffer_release(buffer);
	return sum;
}

/* Peek ------------------------------------------------------------------ */

/* Show what fits into the extents, from `off` within `chain` on. */
static inline int
peek_all(const struct evi_chain *chain, size_t off, struct iovec *vec,
    int count_max)
{
	struct iovec *next = vec;

	while (chain && count_max-- > 0) {
		set_extent(next++, evi_chain_start(chain), chain->len);
		chain = chain->next;
	}
	if (off && next != vec)
		set_extent(vec, (unsigned char *)vec->iov_base + off,
		    vec->iov_len - off);
	return (int)(next - vec);
}

/*
 * Show `len` bytes (negative: as many as fit) from `off` within `chain` on;
 * returns how many extents that takes.
 */
static int
peek(const struct evi_chain *chain, size_t off, ev_ssize_t len,
    struct iovec *vec, int count_max)
{
	size_t want = len < 0 ? SIZE_MAX : (size_t)len;
	size_t shown = 0;
	int count = 0;

	if (len < 0 && count_max > 0)
		return peek_all(chain, off, vec, count_max);
	while (chain && count < INT_MAX && shown < want) {
		if (count < count_max)
			set_extent(vec + count, evi_chain_start(chain) + off,
			    chain->len - off);
		shown += chain->len - off;
		off = 0;
		chain = chain->next;
		count++;
	}
	return count;
}

int
evi_buffer_space_peek(struct evbuffer *buf, size_t len, struct iovec *vec,
    int count_max)
{
	EVI_ASSERT(evi_buffer_list_is_held(buf));
	if (len > buf->len)
		len = buf->len;

	int r = evi_buffer_list_load(buf);
	if (r < 0)
		return r;
	r = peek(buf->first, 0, (ev_ssize_t)len, vec, count_max);
	return r < count_max ? r : count_max;
}

/* Peek from a position: where it points always counts as one extent. */
static int
peek_from(const struct evbuffer *buf, ev_ssize_t len,
    const struct evbuffer_ptr *ptr, struct iovec *vec, int count_max)
{
	struct evbuffer_ptr pos;
	int r = evi_buffer_search_start(buf, ptr, &pos);

	if (r < 0)
		return r;
	return peek(pos.internal_.chain, pos.internal_.pos_in_chain,
	    len == 0 ? 1 : len, vec, count_max);
}

/* evbuffer_peek() the long way. */
static EVI_NOINLINE int
peek_slowly(struct evbuffer *buf, ev_ssize_t len,
    const struct evbuffer_ptr *ptr, struct iovec *vec, int count_max)
{
	evi_buffer_acquire(buf);
	int r = evi_buffer_list_load(buf);
	if (r == 0 && ptr)
		r = peek_from(buf, len, ptr, vec, count_max);
	else if (r == 0)
		r = peek(buf->first, 0, len, vec, count_max);
	evi_buffer_release(buf);
	return evi_buffer_list_result(r);
}

int
evbuffer_peek(struct evbuffer *buffer, ev_ssize_t len,
    struct evbuffer_ptr *start_at, struct evbuffer_iovec *vec_out, int n_vec)
{
	if (len < 0 && n_vec > 0 && !start_at && !buffer->lock &&
	    !(buffer->state & EVI_BUFFER_HAS_FILE))
		return peek_all(buffer->first, 0, vec_out, n_vec);
	return peek_slowly(buffer, len, start_at, vec_out, n_vec);
}
