/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * buffer.h - the door of the buffer folder: struct evbuffer, and what a
 * bufferevent needs of it beyond the public calls.
 *
 * A buffer is a list of chains (chain.h), none of them empty.  It stands
 * alone (evbuffer_new) or is embedded in another object (evi_buffer_init),
 * which is then its owner.
 *
 * Unless said otherwise the caller of a function here holds the buffer's
 * lock, and freezes are not looked at: those are for the application and are
 * checked by the public functions alone.  All results: 0 or more is success,
 * less is -errno, and then the buffer holds what it held before.
 */
#ifndef EVI_BUFFER_BUFFER_H
#define EVI_BUFFER_BUFFER_H

#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "event2/buffer.h"
#include "base/base.h"
#include "base/err.h"
#include "thread/lock.h"

struct event_base;
struct evi_buffer_watch;
struct evi_chain;

/*
 * What an owner is told, and how it is kept alive.  Constant; one for each
 * role of a buffer.  The owner finds itself with EVI_CONTAINER_OF(buf, ...).
 * Every member may be NULL.
 */
struct evi_buffer_owner {
	/*
	 * Bytes were added or removed.  Called with the buffer's lock held
	 * after the application's callbacks, never deferred.  May change the
	 * buffer.
	 */
	void (*on_grew)(struct evbuffer *buf);
	void (*on_drained)(struct evbuffer *buf);

	/*
	 * A deferred callback of the buffer is queued, or has run: hold the
	 * owner, or let go (which may free it; called without the lock).
	 */
	void (*ref)(struct evbuffer *buf);
	void (*unref)(struct evbuffer *buf);
};

/* Bits of evbuffer.state. */
#define EVI_BUFFER_FROZEN_START 1
#define EVI_BUFFER_FROZEN_END 2
#define EVI_BUFFER_HAS_CB 4    /* tell the application of changes */
#define EVI_BUFFER_TELL_GREW 8 /* the owner wants to know */
#define EVI_BUFFER_EMBEDDED 16 /* evbuffer_free() is not for it */
#define EVI_BUFFER_OWNS_LOCK 32
#define EVI_BUFFER_HAS_FILE 64      /* a chain may have no memory yet */
#define EVI_BUFFER_TELL_DRAINED 128 /* the owner wants to know */

/* A bit of evbuffer.flags: the read size is the program's, not automatic. */
#define EVI_BUFFER_READ_FIXED 128

/* 72 bytes; read `len`, leave the rest to this folder. */
struct evbuffer {
	struct evi_chain *first; /* NULL when empty */
	struct evi_chain *last;
	size_t len;              /* bytes in all, <= EVI_BUFFER_LEN_MAX */
	struct evi_chain *spare; /* an empty one for what comes next */
	void *lock;              /* a recursive one's impl, or NULL */
	struct evi_buffer_watch *watch; /* callbacks; NULL: never had any */
	const struct evi_buffer_owner *owner;
	struct event_base *base; /* whose blocks it recycles, or NULL */
	uint32_t read_size;      /* how much the next read asks for */
	uint8_t is_lock_debug;   /* set together with `lock` */
	uint8_t refs;  /* the program, a deferred call; 0 when embedded */
	uint8_t flags; /* EVBUFFER_FLAG_*, EVI_BUFFER_READ_FIXED */
	uint8_t state; /* EVI_BUFFER_* */
};

/* No buffer holds more, so that every position fits an ev_ssize_t. */
#define EVI_BUFFER_LEN_MAX ((size_t)EV_SSIZE_MAX)

/* Flag of evbuffer_cb_set_flags(): call at once even when deferred. */
#define EVI_BUFFER_CB_NODEFER 2

/* Life of an embedded buffer -------------------------------------------- */

/* Make an empty one in zeroed or used memory; cannot fail.  No lock needed. */
void evi_buffer_init(struct evbuffer *buf);

/*
 * Let go of everything: content, callbacks, a queued deferred callback (its
 * owner reference is not given back: the owner is going).  An own lock is
 * destroyed, a shared one forgotten.  No lock may be held but a shared one.
 */
void evi_buffer_clear(struct evbuffer *buf);

/* Name the owner's hooks; NULL takes them away. */
void evi_buffer_set_owner(struct evbuffer *buf,
    const struct evi_buffer_owner *owner);

/* Use the owner's lock (recursive; may be a NULL one) from now on. */
void evi_buffer_set_lock(struct evbuffer *buf, const struct evi_lock *lock);

/* The lock that the buffer uses, put together again: the one given. */
struct evi_lock evi_buffer_get_lock(const struct evbuffer *buf);

/* The slow halves of acquire and release: there is a lock. */
void evi_buffer_acquire_impl(const struct evbuffer *buf);
void evi_buffer_release_impl(const struct evbuffer *buf);

static inline void
evi_buffer_acquire(const struct evbuffer *buf)
{
	if (EVI_UNLIKELY(buf->lock != NULL))
		evi_buffer_acquire_impl(buf);
}

static inline void
evi_buffer_release(const struct evbuffer *buf)
{
	if (EVI_UNLIKELY(buf->lock != NULL))
		evi_buffer_release_impl(buf);
}

/*
 * Take blocks from, and give them back to, the cache of `base` (NULL: none).
 * An idle buffer then holds no memory.  The base must outlive the buffer or
 * be taken away first.
 */
void evi_buffer_take_cache(struct evbuffer *buf, struct event_base *base);

/* Hold the buffer: the owner's ref hook, or a count of its own.  unref is
 * called WITHOUT the lock and may free the buffer. */
void evi_buffer_ref(struct evbuffer *buf);
void evi_buffer_unref(struct evbuffer *buf);

/* Bytes ----------------------------------------------------------------- */

/*
 * Read once from `fd`, at most `max` bytes (negative: no limit but the
 * stream's own).  Returns bytes, 0 at the end of the stream or if max is 0,
 * or -errno.
 */
ssize_t evi_buffer_io_read(struct evbuffer *buf, evutil_socket_t fd,
    ssize_t max);

/*
 * Write once to `fd`, at most `max` bytes (negative: no limit), and drain
 * what was taken.  Returns bytes, 0 if there is nothing to write, or -errno;
 * -EIO if a file in front has become shorter than its segment.
 */
ssize_t evi_buffer_io_write(struct evbuffer *buf, evutil_socket_t fd,
    ssize_t max);

/* Append a copy.  Returns 0 or -ENOMEM. */
int evi_buffer_add(struct evbuffer *buf, const void *data, size_t len);

/* Drop up to `len` bytes from the front. */
void evi_buffer_drain(struct evbuffer *buf, size_t len);

/*
 * Move up to `want` bytes from the front of `src` to the end of `dst`.  Whole
 * chains change owner; of the last a part is copied or shared.  Both locks
 * are held (the two may be one).
 *
 * Returns the bytes moved, or -ENOMEM with both buffers unchanged.
 */
ssize_t evi_buffer_move_bytes(struct evbuffer *dst, struct evbuffer *src,
    size_t want);

/*
 * evbuffer_reserve_space() and evbuffer_commit_space() without freezes.
 * reserve returns how many extents (1 or 2) hold `size` bytes or more.
 */
int evi_buffer_space_reserve(struct evbuffer *buf, size_t size,
    struct iovec *vec, int count_max);
int evi_buffer_space_commit(struct evbuffer *buf, const struct iovec *vec,
    int count);

/* evbuffer_peek() from the front: fills at most `count_max` extents with the
 * first bytes and returns how many. */
int evi_buffer_space_peek(struct evbuffer *buf, size_t len, struct iovec *vec,
    int count_max);

/* evbuffer_pullup(): the first `len` bytes in one piece, or NULL. */
unsigned char *evi_buffer_pullup(struct evbuffer *buf, size_t len);

/* Freeze or allow one end, as evbuffer_freeze() does. */
static inline void
evi_buffer_set_frozen(struct evbuffer *buf, uint8_t which, int frozen)
{
	buf->state = frozen ? buf->state | which
			    : (uint8_t)(buf->state & ~which);
}

/* Tests ----------------------------------------------------------------- */

/* Walk every invariant; asserts.  For tests: costs the length of the list. */
void evi_buffer_check(const struct evbuffer *buf);

#endif
