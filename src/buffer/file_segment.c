/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * file_segment.c - parts of files as content of buffers.
 *
 * A segment is held by its maker and by each chain that shows a part of it;
 * the last one to let go unmaps it, closes the descriptor if it is to, and
 * tells the application.
 *
 * Its bytes get memory (mapped, or read where that cannot be) only when they
 * are needed: at once if sendfile is not wanted, else when it is added to a
 * buffer that is not going to a descriptor, else when somebody looks at the
 * bytes after all.  Until then its chains have data NULL and the buffer has
 * EVI_BUFFER_HAS_FILE.
 *
 * Traps: a map of more than the file has would raise SIGBUS, so the size is
 * asked first, and a file that is too short (or has no size, like those of
 * /proc) is read instead, which fails cleanly if the bytes are not there.  A
 * file that shrinks later cannot be helped.
 *
 * Locks: the segment's own (unless made with EVBUF_FS_DISABLE_LOCKING) guards
 * the loading; holders are counted atomically; the rest never changes.
 */
#include "buffer/file_segment.h"

#include <stdatomic.h>
#include <stdint.h>

#include "base/mem.h"
#include "buffer/list.h"
#include "os/file.h"

struct evbuffer_file_segment {
	struct evi_lock lock;
	atomic_uint refs;
	unsigned flags; /* EVBUF_FS_* */
	int fd;
	int64_t offset; /* in the file */
	size_t len;
	const unsigned char *data; /* the bytes; NULL: no memory yet */
	struct evi_os_mapping map;
	void *copy; /* what was read, or NULL */
	evbuffer_file_segment_cleanup_cb cleanup;
	void *cleanup_arg;
};

/* Making and freeing ---------------------------------------------------- */

void
evi_buffer_file_segment_ref(struct evbuffer_file_segment *seg)
{
	atomic_fetch_add_explicit(&seg->refs, 1, memory_order_relaxed);
}

void
evbuffer_file_segment_free(struct evbuffer_file_segment *seg)
{
	if (!seg ||
	    atomic_fetch_sub_explicit(&seg->refs, 1, memory_order_acq_rel) != 1)
		return;
	evi_os_file_unmap(&seg->map);
	evi_mem_free(seg->copy);
	if (seg->flags & EVBUF_FS_CLOSE_ON_FREE)
		evi_os_file_close(seg->fd);
	if (seg->cleanup)
		seg->cleanup(seg, (int)seg->flags, seg->cleanup_arg);
	evi_lock_clear(&seg->lock);
	evi_mem_free(seg);
}

/* Read the whole segment into memory of its own. */
static int
load_copy(struct evbuffer_file_segment *seg)
{
	unsigned char *copy = evi_mem_alloc(seg->len);
	size_t done = 0;
	ssize_t r = 0;

	if (!copy)
		return -ENOMEM;
	while (done < seg->len) {
		r = evi_os_file_read_at(seg->fd, copy + done, seg->len - done,
		    seg->offset + (int64_t)done);
		if (r <= 0)
			break;
		done += (size_t)r;
	}
	if (done < seg->len) {
		evi_mem_free(copy);
		return r < 0 ? (int)r : -EIO;
	}
	seg->copy = copy;
	seg->data = copy;
	return 0;
}

/* Map the whole segment, if the file has that much. */
static int
load_map(struct evbuffer_file_segment *seg)
{
	int64_t size = evi_os_file_size(seg->fd);

	if (size < 0)
		return (int)size;
	if (seg->offset > size || (int64_t)seg->len > size - seg->offset)
		return -EIO;

	int r = evi_os_file_map(seg->fd, seg->offset, seg->len, &seg->map);

	seg->data = seg->map.data;
	return r;
}

/* See that the segment has memory.  Returns 0 or -errno. */
static int
load(struct evbuffer_file_segment *seg)
{
	int r = 0;

	evi_lock_acquire(&seg->lock);
	if (!seg->data && !(seg->flags & EVBUF_FS_DISABLE_MMAP))
		r = load_map(seg);
	if (!seg->data)
		r = load_copy(seg);
	evi_lock_release(&seg->lock);
	return r;
}

/* The length of a segment that goes to the end of the file, or -errno. */
static int64_t
length_to_end(int fd, int64_t offset)
{
	int64_t size = evi_os_file_size(fd);

	if (size < 0)
		return size;
	return offset > size ? -EINVAL : size - offset;
}

/* evbuffer_file_segment_new() with -errno in *ret_err. */
static struct evbuffer_file_segment *
segment_new(int fd, int64_t offset, int64_t length, unsigned flags,
    int *ret_err)
{
	struct evbuffer_file_segment *seg;

	if (offset < 0 || length < -1)
		length = -EINVAL;
	else if (length == -1)
		length = length_to_end(fd, offset);
	else if (length > INT64_MAX - offset)
		length = -EOVERFLOW;
	if (length > EV_SSIZE_MAX)
		length = -EOVERFLOW;
	*ret_err = length < 0 ? (int)length : -ENOMEM;
	if (length < 0)
		return NULL;

	seg = evi_new(struct evbuffer_file_segment);
	if (!seg)
		return NULL;
	/* Until it is whole, failure must leave the descriptor open. */
	seg->flags = flags & ~(unsigned)EVBUF_FS_CLOSE_ON_FREE;
	atomic_init(&seg->refs, 1);
	seg->fd = fd;
	seg->offset = offset;
	seg->len = (size_t)length;
	if (!(flags & EVBUF_FS_DISABLE_LOCKING))
		*ret_err = evi_lock_init(&seg->lock, 0);
	else
		*ret_err = 0;
	if (*ret_err == 0 && length && flags & EVBUF_FS_DISABLE_SENDFILE)
		*ret_err = load(seg);
	if (*ret_err < 0) {
		evbuffer_file_segment_free(seg);
		return NULL;
	}
	seg->flags = flags;
	return seg;
}

struct evbuffer_file_segment *
evbuffer_file_segment_new(int fd, ev_off_t offset, ev_off_t length,
    unsigned flags)
{
	int r = 0;
	struct evbuffer_file_segment *seg = segment_new(fd, offset, length,
	    flags, &r);

	if (!seg)
		evi_err_public(r);
	return seg;
}

void
evbuffer_file_segment_add_cleanup_cb(struct evbuffer_file_segment *seg,
    evbuffer_file_segment_cleanup_cb cb, void *arg)
{
	seg->cleanup = cb;
	seg->cleanup_arg = arg;
}

/* In buffers ------------------------------------------------------------ */

ssize_t
evi_buffer_file_segment_send(struct evbuffer_file_segment *seg,
    evutil_socket_t fd, size_t off, size_t len)
{
	ssize_t r = evi_os_file_send(fd, seg->fd, seg->offset + (int64_t)off,
	    len);

	return r == 0 ? -EIO : r;
}

int
evi_buffer_file_segment_load_all(struct evbuffer *buf)
{
	for (struct evi_chain *chain = buf->first; chain; chain = chain->next) {
		struct evi_chain_foreign *foreign = (struct evi_chain_foreign *)
		    chain;

		if (chain->data)
			continue;

		int r = load(foreign->of.segment);
		if (r < 0)
			return r;
		chain->data = (unsigned char *)(uintptr_t)
				  foreign->of.segment->data;
	}
	buf->state &= (uint8_t)~EVI_BUFFER_HAS_FILE;
	return 0;
}

/* Append `len` > 0 bytes from `off` of the segment. */
static int
add_part(struct evbuffer *buf, struct evbuffer_file_segment *seg, size_t off,
    size_t len)
{
	int by_fd = buf->flags & EVBUFFER_FLAG_DRAINS_TO_FD &&
	    !(seg->flags & EVBUF_FS_DISABLE_SENDFILE);
	int r = by_fd ? 0 : load(seg);
	struct evi_chain_foreign *foreign;

	if (r < 0)
		return r;
	if (evi_buffer_list_is_too_long(buf, len))
		return -ENOMEM;
	foreign = evi_chain_new_foreign(EVI_CHAIN_FILE,
	    by_fd ? NULL : seg->data, off, len);
	if (!foreign)
		return -ENOMEM;
	foreign->of.segment = seg;
	evi_buffer_file_segment_ref(seg);
	if (by_fd)
		buf->state |= EVI_BUFFER_HAS_FILE;
	evi_buffer_list_link(buf, &foreign->chain, &foreign->chain, len);
	return 0;
}

/* evbuffer_add_file_segment() under the lock. */
static int
add_segment(struct evbuffer *buf, struct evbuffer_file_segment *seg,
    int64_t offset, int64_t length)
{
	if (buf->state & EVI_BUFFER_FROZEN_END)
		return -EPERM;
	if (offset < 0 || (uint64_t)offset > seg->len || length < -1)
		return -EINVAL;

	size_t off = (size_t)offset;
	size_t len = length < 0 ? seg->len - off : (size_t)length;

	if (length > 0 && (uint64_t)length > seg->len - off)
		return -EINVAL;
	if (len == 0)
		return 0;

	int r = add_part(buf, seg, off, len);
	if (r == 0)
		evi_buffer_list_changed(buf, len, 0);
	return r;
}

int
evbuffer_add_file_segment(struct evbuffer *buf,
    struct evbuffer_file_segment *seg, ev_off_t offset, ev_off_t length)
{
	evi_buffer_acquire(buf);
	int r = add_segment(buf, seg, offset, length);
	evi_buffer_release(buf);
	return evi_buffer_list_result(r);
}

int
evbuffer_add_file(struct evbuffer *outbuf, int fd, ev_off_t offset,
    ev_off_t length)
{
	struct evbuffer_file_segment *seg;
	int r = 0;

	seg = segment_new(fd, offset, length, EVBUF_FS_CLOSE_ON_FREE, &r);
	if (!seg)
		return evi_err_public(r);
	evi_buffer_acquire(outbuf);
	r = add_segment(outbuf, seg, 0, -1);
	evi_buffer_release(outbuf);
	if (r < 0)
		seg->flags &= ~(unsigned)EVBUF_FS_CLOSE_ON_FREE;
	evbuffer_file_segment_free(seg);
	return evi_buffer_list_result(r);
}
