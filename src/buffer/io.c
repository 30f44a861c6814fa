/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * io.c - bytes between a buffer and a descriptor, one system call a time.
 *
 * Reading: nobody is asked how much there is.  A chain of 16 KiB or more is
 * offered; when it comes back full the next one is larger, when it
 * comes back nearly empty the next one is smaller again.  So that a short
 * message does not hold a long chain, what fits the room of the last chain,
 * or is a small part of the new one, is copied there or into a chain of its
 * own size, and the long one goes back.
 *
 * Writing: all chains that are memory go into one writev, up to the limit of
 * iovecs; a file segment that is not in memory goes by sendfile, or is loaded
 * when the system cannot send it.
 *
 * Trap: memory is taken before the read, never after it: what was read must
 * have a place.
 *
 * Locks: public functions take the buffer's; the rest expect it.
 */
#include "buffer/buffer.h"

#include <limits.h>
#include <string.h>

#include "buffer/file_segment.h"
#include "buffer/list.h"
#include "event/deferred.h"
#include "os/socket.h"

/* The automatic sizes above EVI_BUFFER_READ_MIN: blocks of 64 and 256 KiB. */
#define READ_MID (65536u - (uint32_t)EVI_CHAIN_HEAD)
#define READ_MAX (262144u - (uint32_t)EVI_CHAIN_HEAD)

/* A read that fills less than this part of a new chain is copied out. */
#define SMALL_PART 8

/* No single write asks for more. */
#define WRITE_MAX ((size_t)INT_MAX)

/* Reading --------------------------------------------------------------- */

int
evbuffer_set_max_read(struct evbuffer *buf, size_t max)
{
	if (max > INT_MAX)
		return evi_err_public(-EINVAL);
	evi_buffer_acquire(buf);
	buf->flags &= (uint8_t)~EVI_BUFFER_READ_FIXED;
	buf->flags |= max ? EVI_BUFFER_READ_FIXED : 0;
	buf->read_size = max ? (uint32_t)max : EVI_BUFFER_READ_MIN;
	evi_buffer_release(buf);
	return 0;
}

size_t
evbuffer_get_max_read(struct evbuffer *buf)
{
	evi_buffer_acquire(buf);
	size_t max = buf->read_size;
	evi_buffer_release(buf);
	return max;
}

/* Learn from a read of `len` bytes where `want` were asked for. */
static void
adapt(struct evbuffer *buf, size_t len, size_t want)
{
	if (buf->flags & EVI_BUFFER_READ_FIXED)
		return;
	if (len == want && want == buf->read_size)
		buf->read_size = want == EVI_BUFFER_READ_MIN ? READ_MID
							     : READ_MAX;
	else if (len < EVI_BUFFER_READ_MIN / 2)
		buf->read_size = EVI_BUFFER_READ_MIN;
}

/* How much to ask for, at most `max` (negative: no limit). */
static size_t
read_size(const struct evbuffer *buf, ssize_t max)
{
	size_t want = buf->read_size;

	if (max >= 0 && (size_t)max < want)
		want = (size_t)max;
	if (evi_buffer_list_is_too_long(buf, want))
		want = EVI_BUFFER_LEN_MAX - buf->len;
	return want;
}

/* The spare chain for reading `want` bytes; NULL: no memory. */
static inline struct evi_chain *
read_spare(struct evbuffer *buf, size_t want)
{
	if (buf->base && !buf->spare && want <= EVI_BUFFER_READ_MIN)
		buf->spare = evi_event_block_take_scratch(buf->base);
	return buf->spare && buf->spare->cap >= want
	    ? buf->spare
	    : evi_buffer_space_spare(buf, want);
}

/* Give back what a read has not used: the base has the next one's. */
static inline void
return_spare(struct evbuffer *buf)
{
	struct evi_chain *spare = buf->spare;

	buf->spare = NULL;
	if (spare->cap != EVI_BUFFER_READ_MIN ||
	    !evi_event_block_give_scratch(buf->base, spare))
		evi_chain_unref(buf->base, spare);
}

/*
 * Room for `want` bytes: the last chain if it has it, else a spare one,
 * together with what the last has if that is worth a second extent.
 */
static int
read_room(struct evbuffer *buf, size_t want, struct iovec *vec)
{
	size_t room = evi_buffer_list_room(buf);
	int count = 0;

	if (room >= want || room > want / 4) {
		size_t n = room < want ? room : want;

		vec[count].iov_base = evi_chain_end(buf->last);
		vec[count++].iov_len = n;
		want -= n;
	}
	if (want) {
		struct evi_chain *spare = read_spare(buf, want);

		if (!spare)
			return -ENOMEM;
		vec[count].iov_base = spare->data;
		vec[count++].iov_len = want;
	}
	return count;
}

/* Add `len` bytes in a chain of their own, for `cap`; is there memory? */
static inline int
copy_out(struct evbuffer *buf, const unsigned char *data, size_t len,
    size_t cap)
{
	struct evi_chain *small = evi_chain_new(buf->base, cap);

	if (!small)
		return 0;
	memcpy(small->data, data, len);
	small->len = len;
	evi_buffer_list_link(buf, small, small, len);
	return 1;
}

/* `len` bytes are in the spare chain: add them to the list. */
static void
keep_spare(struct evbuffer *buf, size_t len)
{
	struct evi_chain *spare = buf->spare;
	struct evi_chain *last = buf->last;

	if (last && len <= evi_chain_room(last)) {
		memcpy(evi_chain_end(last), spare->data, len);
		last->len += len;
		buf->len += len;
		return;
	}
	if (len < spare->cap / SMALL_PART &&
	    copy_out(buf, spare->data, len, evi_buffer_space_grown(buf, len)))
		return;
	spare->len = len;
	buf->spare = NULL;
	evi_buffer_list_link(buf, spare, spare, len);
}

/* `len` bytes were read into the extents. */
static void
keep(struct evbuffer *buf, const struct iovec *vec, int count, size_t len)
{
	struct evi_chain *last = buf->last;
	size_t left = len;

	if (evi_buffer_list_room(buf) &&
	    vec[0].iov_base == evi_chain_end(last)) {
		size_t n = left < vec[0].iov_len ? left : vec[0].iov_len;

		last->len += n;
		buf->len += n;
		left -= n;
		EVI_ASSERT(left == 0 || count == 2);
	}
	if (left)
		keep_spare(buf, left);
}

/* Read into the room there is and a spare chain. */
static EVI_NOINLINE ssize_t
read_chains(struct evbuffer *buf, evutil_socket_t fd, size_t want)
{
	struct iovec vec[2];
	int count = read_room(buf, want, vec);

	if (count < 0)
		return count;

	ssize_t r = evi_os_socket_readv(fd, vec, count);
	if (r > 0)
		keep(buf, vec, count, (size_t)r);
	if (buf->base && buf->spare)
		return_spare(buf);
	return r;
}

/*
 * The same for an empty buffer, into a block that its base lends and only
 * loses if the bytes are too many to be copied out.
 */
static inline ssize_t
read_lent(struct evbuffer *buf, evutil_socket_t fd, size_t want,
    struct evi_chain *lent)
{
	struct iovec vec = { .iov_base = lent->data, .iov_len = want };
	ssize_t r = evi_os_socket_readv(fd, &vec, 1);

	size_t len = (size_t)r;

	if (r <= 0 ||
	    (len < EVI_BUFFER_READ_MIN / SMALL_PART &&
		copy_out(buf, lent->data, len, len)))
		return r;
	evi_event_block_take_scratch(buf->base);
	lent->len = len;
	evi_buffer_list_link(buf, lent, lent, len);
	return r;
}

ssize_t
evi_buffer_io_read(struct evbuffer *buf, evutil_socket_t fd, ssize_t max)
{
	struct evi_chain *lent = NULL;
	size_t want = read_size(buf, max);

	EVI_ASSERT(evi_buffer_list_is_held(buf));
	if (want == 0)
		return max == 0 ? 0 : -ENOMEM;
	if (buf->base && !buf->first && !buf->spare &&
	    want <= EVI_BUFFER_READ_MIN)
		lent = evi_event_block_lend_scratch(buf->base);

	ssize_t r = lent ? read_lent(buf, fd, want, lent)
			 : read_chains(buf, fd, want);
	if (r > 0) {
		adapt(buf, (size_t)r, want);
		evi_buffer_list_changed(buf, (size_t)r, 0);
	}
	return r;
}

int
evbuffer_read(struct evbuffer *buffer, evutil_socket_t fd, int howmuch)
{
	ssize_t r = -EPERM;

	evi_buffer_acquire(buffer);
	if (!(buffer->state & EVI_BUFFER_FROZEN_END))
		r = evi_buffer_io_read(buffer, fd, howmuch);
	evi_buffer_release(buffer);
	return evi_buffer_list_result((int)r);
}

/* Writing --------------------------------------------------------------- */

/* Write what is memory, from the front, at most `max` bytes. */
static EVI_NOINLINE ssize_t
write_memory(struct evbuffer *buf, evutil_socket_t fd, size_t max)
{
	struct iovec vec[EVI_OS_SOCKET_IOV_MAX];
	int count = 0;

	for (struct evi_chain *chain = buf->first;
	     chain && chain->data && max && count < EVI_OS_SOCKET_IOV_MAX;
	     chain = chain->next) {
		size_t n = chain->len < max ? chain->len : max;

		vec[count].iov_base = evi_chain_start(chain);
		vec[count++].iov_len = n;
		max -= n;
	}
	return evi_os_socket_writev(fd, vec, count);
}

/* Can the system not send this kind of file to this kind of descriptor? */
static int
cannot_send(ssize_t r)
{
	return r == -EINVAL || r == -ENOSYS || r == -ENOTSUP;
}

/* Write the file segment in front, at most `max` bytes. */
static ssize_t
write_file(struct evbuffer *buf, evutil_socket_t fd, size_t max)
{
	struct evi_chain *first = buf->first;
	struct evi_chain_foreign *foreign = (struct evi_chain_foreign *)first;
	ssize_t r = evi_buffer_file_segment_send(foreign->of.segment, fd,
	    first->off, first->len < max ? first->len : max);

	if (!cannot_send(r))
		return r;
	r = evi_buffer_list_load(buf);
	return r < 0 ? r : write_memory(buf, fd, max);
}

/* Write all, which is in one chain, and drain what was taken. */
static ssize_t
write_only_chain(struct evbuffer *buf, evutil_socket_t fd)
{
	struct iovec vec = { .iov_base = evi_chain_start(buf->first),
		.iov_len = buf->len };
	ssize_t r = evi_os_socket_writev(fd, &vec, 1);

	if (r <= 0)
		return r;
	if ((size_t)r == buf->len && evi_buffer_list_is_one_of_base(buf)) {
		evi_buffer_list_drop_only_chain(buf);
		evi_buffer_list_changed(buf, 0, (size_t)r);
	} else {
		evi_buffer_drain(buf, (size_t)r);
	}
	return r;
}

ssize_t
evi_buffer_io_write(struct evbuffer *buf, evutil_socket_t fd, ssize_t max)
{
	size_t want = (size_t)max < WRITE_MAX ? (size_t)max : WRITE_MAX;
	struct evi_chain *first = buf->first;

	EVI_ASSERT(evi_buffer_list_is_held(buf));
	if (want == 0 || !first)
		return 0;
	if (first == buf->last && first->data && first->len <= want)
		return write_only_chain(buf, fd);

	ssize_t r = first->data ? write_memory(buf, fd, want)
				: write_file(buf, fd, want);
	if (r > 0)
		evi_buffer_drain(buf, (size_t)r);
	return r;
}

int
evbuffer_write_atmost(struct evbuffer *buffer, evutil_socket_t fd,
    ev_ssize_t howmuch)
{
	ssize_t r = -EPERM;

	evi_buffer_acquire(buffer);
	if (!(buffer->state & EVI_BUFFER_FROZEN_START)) {
		r = evi_buffer_io_write(buffer, fd, howmuch);
		if (r == 0)
			r = -EAGAIN;
	}
	evi_buffer_release(buffer);
	return evi_buffer_list_result((int)r);
}

int
evbuffer_write(struct evbuffer *buffer, evutil_socket_t fd)
{
	return evbuffer_write_atmost(buffer, fd, -1);
}
