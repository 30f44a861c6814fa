/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event2/buffer.h - evbuffers: queues of bytes for network input and output.
 *
 * An evbuffer is a queue: bytes are added at the end and taken from the
 * front.  Inside it is a list of memory blocks, so that growing never copies
 * what is already there and moving from one evbuffer to another moves blocks
 * and not bytes.  Where contiguous memory is wanted, ask for it with
 * evbuffer_pullup(); where a list of extents will do, evbuffer_peek() and
 * evbuffer_reserve_space() need no copy at all.
 *
 * Errors: unless its comment says otherwise a function returns -1 (or NULL)
 * on failure with errno set, and then the buffer holds what it held before.
 * ENOMEM: no memory, or the buffer would hold more than EV_SSIZE_MAX bytes.
 * EPERM: that end of the buffer is frozen (see evbuffer_freeze()).
 * EINVAL: an argument makes no sense.
 *
 * Pointers into a buffer (from pullup, peek, reserve_space, or kept inside an
 * evbuffer_ptr) stay good until the next call that changes the buffer.
 *
 * Threads: a buffer may be used by one thread at a time, unless
 * evbuffer_enable_locking() gave it a lock.  Then every function below takes
 * that lock for its own duration; to keep several calls together hold it with
 * evbuffer_lock().  The lock is recursive, and is held while callbacks run.
 */
#ifndef EVENT2_BUFFER_H_INCLUDED_
#define EVENT2_BUFFER_H_INCLUDED_

#include <event2/visibility.h>

#ifdef __cplusplus
extern "C" {
#endif

#include <event2/event-config.h>
#include <stdarg.h>
#ifdef EVENT__HAVE_SYS_TYPES_H
#include <sys/types.h>
#endif
#ifdef EVENT__HAVE_SYS_UIO_H
#include <sys/uio.h>
#endif
#include <event2/util.h>

/** A queue of bytes; its inside is not visible. */
struct evbuffer
#ifdef EVENT_IN_DOXYGEN_
{
}
#endif
;

/**
 * A position in a buffer, from the first byte to just after the last.
 *
 * Made by evbuffer_ptr_set() and the searches; `pos` is the distance from the
 * front in bytes, -1 when a search found nothing.  Every change of the buffer
 * makes it stale.  Do not touch internal_.
 */
struct evbuffer_ptr {
	ev_ssize_t pos;

	struct {
		void *chain;
		size_t pos_in_chain;
	} internal_;
};

/** An extent of memory: start and length.  struct iovec where that exists. */
#ifdef EVENT__HAVE_SYS_UIO_H
#define evbuffer_iovec iovec
#define EVBUFFER_IOVEC_IS_NATIVE_
#else
struct evbuffer_iovec {
	void *iov_base;
	size_t iov_len;
};
#endif

/* Life ------------------------------------------------------------------ */

/** A new, empty buffer without a lock; NULL when there is no memory. */
EVENT2_EXPORT_SYMBOL
struct evbuffer *evbuffer_new(void);

/**
 * Give up a buffer and everything in it; NULL is fine.
 *
 * Cleanup callbacks of referenced memory run from here, unless other buffers
 * share it.  If deferred callbacks are waiting, the buffer lives on, unseen,
 * until they have run.  Not for the buffers of a bufferevent, which it frees
 * itself, and not from a callback of the same buffer.
 */
EVENT2_EXPORT_SYMBOL
void evbuffer_free(struct evbuffer *buf);

/* Locks ----------------------------------------------------------------- */

/**
 * Let several threads use the buffer.
 *
 * @param lock a recursive lock made by the callbacks that were installed
 *   with evthread_set_lock_callbacks(), and which stays the caller's; or NULL
 *   to have the buffer make its own.
 * @return 0; -1 if there is a lock already, or with NULL if thread support is
 *   not on or there is no memory.
 */
EVENT2_EXPORT_SYMBOL
int evbuffer_enable_locking(struct evbuffer *buf, void *lock);

/** Take the buffer's lock (recursive); nothing if it has none. */
EVENT2_EXPORT_SYMBOL
void evbuffer_lock(struct evbuffer *buf);

/** Release the buffer's lock; nothing if it has none. */
EVENT2_EXPORT_SYMBOL
void evbuffer_unlock(struct evbuffer *buf);

/* Flags and limits ------------------------------------------------------ */

/**
 * The data leaves by evbuffer_write() and is not looked at: file segments may
 * then be sent without being mapped.  (Looking at them all the same works and
 * maps them late.)  The output of a socket bufferevent has it.
 */
#define EVBUFFER_FLAG_DRAINS_TO_FD 1

/** Set the flags in `flags`, leave the others.  Returns 0. */
EVENT2_EXPORT_SYMBOL
int evbuffer_set_flags(struct evbuffer *buf, ev_uint64_t flags);

/** Clear the flags in `flags`, leave the others.  Returns 0. */
EVENT2_EXPORT_SYMBOL
int evbuffer_clear_flags(struct evbuffer *buf, ev_uint64_t flags);

/**
 * Limit what one evbuffer_read() takes to `max` bytes (1 to INT_MAX).
 *
 * Until this is called the size of a read follows the stream: at least 16 KiB
 * and more while reads come back full.  0 returns to that.
 *
 * @return 0, or -1 if max is above INT_MAX.
 */
EVENT2_EXPORT_SYMBOL
int evbuffer_set_max_read(struct evbuffer *buf, size_t max);

/**
 * The most bytes that one evbuffer_read() would take now: the limit that was
 * set, else the present size of the automatic one.
 */
EVENT2_EXPORT_SYMBOL
size_t evbuffer_get_max_read(struct evbuffer *buf);

/* Sizes and room -------------------------------------------------------- */

/** The number of bytes in the buffer. */
EVENT2_EXPORT_SYMBOL
size_t evbuffer_get_length(const struct evbuffer *buf);

/** The number of bytes in the first extent: pullup up to it never copies. */
EVENT2_EXPORT_SYMBOL
size_t evbuffer_get_contiguous_space(const struct evbuffer *buf);

/**
 * Make room so that adding `datlen` more bytes allocates nothing.
 *
 * The content does not change, whatever the result.
 *
 * @return 0, or -1 (ENOMEM).
 */
EVENT2_EXPORT_SYMBOL
int evbuffer_expand(struct evbuffer *buf, size_t datlen);

/**
 * Borrow room at the end of the buffer to write into directly.
 *
 * Nothing is added until evbuffer_commit_space().  Asking again before that
 * gives the same room again.  Any other change of the buffer in between makes
 * the extents stale.
 *
 * @param size bytes wanted; the extents may hold more together.
 * @param vec array for the extents.
 * @param n_vec its length, at least 1; with 2 or more the room left at the
 *   end of the last block can be used, with 1 the room is contiguous.
 * @return how many extents were filled in (1 or 2), or -1: frozen end, no
 *   memory, negative size, n_vec below 1.
 */
EVENT2_EXPORT_SYMBOL
int evbuffer_reserve_space(struct evbuffer *buf, ev_ssize_t size,
    struct evbuffer_iovec *vec, int n_vec);

/**
 * Add what was written into room from evbuffer_reserve_space().
 *
 * Lower iov_len where less was written; leave the pointers alone.  Passing
 * fewer extents than were given leaves the rest out.
 *
 * @return 0, or -1 (EINVAL) with nothing added: the extents are not those of
 *   the last reservation, or longer; EPERM if the end is frozen.
 */
EVENT2_EXPORT_SYMBOL
int evbuffer_commit_space(struct evbuffer *buf, struct evbuffer_iovec *vec,
    int n_vecs);

/* Adding ---------------------------------------------------------------- */

/** Copy `datlen` bytes to the end.  Returns 0, or -1 (ENOMEM, EPERM). */
EVENT2_EXPORT_SYMBOL
int evbuffer_add(struct evbuffer *buf, const void *data, size_t datlen);

/** Copy `datlen` bytes to the front.  Returns 0, or -1 (ENOMEM, EPERM). */
EVENT2_EXPORT_SYMBOL
int evbuffer_prepend(struct evbuffer *buf, const void *data, size_t datlen);

/**
 * Copy the extents vec[0] to vec[n_vec - 1] to the end, in order.
 *
 * @return the bytes added: all, or fewer when memory ran out on the way or
 *   the end is frozen.
 */
EVENT2_EXPORT_SYMBOL
size_t evbuffer_add_iovec(struct evbuffer *buffer, struct evbuffer_iovec *vec,
    int n_vec);

/**
 * Add text formatted as by printf() to the end.
 *
 * @return the number of bytes added (without a NUL), or -1.
 */
EVENT2_EXPORT_SYMBOL
int evbuffer_add_printf(struct evbuffer *buf, const char *fmt, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 2, 3)))
#endif
    ;

/** The same as evbuffer_add_printf() with a va_list. */
EVENT2_EXPORT_SYMBOL
int evbuffer_add_vprintf(struct evbuffer *buf, const char *fmt, va_list ap)
#ifdef __GNUC__
    __attribute__((format(printf, 2, 0)))
#endif
    ;

/* Moving and sharing ---------------------------------------------------- */

/**
 * Move everything in `inbuf` to the end of `outbuf`, leaving inbuf empty.
 *
 * Blocks change owner; only small amounts are copied instead.  The same
 * buffer twice, or an empty inbuf, changes nothing.
 *
 * @return 0; -1 if outbuf's end or inbuf's front is frozen.
 */
EVENT2_EXPORT_SYMBOL
int evbuffer_add_buffer(struct evbuffer *outbuf, struct evbuffer *inbuf);

/** As evbuffer_add_buffer(), to the front (and outbuf's front may not be
 * frozen). */
EVENT2_EXPORT_SYMBOL
int evbuffer_prepend_buffer(struct evbuffer *outbuf, struct evbuffer *inbuf);

/**
 * Add the content of `inbuf` to the end of `outbuf`, leaving inbuf as it is.
 *
 * The bytes are shared, not copied; they live until the last buffer that has
 * them is done.  One message can go to many buffers that way.  The buffers
 * may belong to different threads afterwards.
 *
 * @return 0; -1 if the two are the same buffer, outbuf's end is frozen, or
 *   there is no memory.
 */
EVENT2_EXPORT_SYMBOL
int evbuffer_add_buffer_reference(struct evbuffer *outbuf,
    struct evbuffer *inbuf);

/**
 * Move up to `datlen` bytes from the front of `src` to the end of `dst`.
 *
 * Whole blocks change owner; of the last one a part is copied or shared.
 *
 * @return the bytes moved: fewer than datlen if src has fewer, 0 if src is
 *   dst; -1 if src's front or dst's end is frozen or there is no memory.  At
 *   most INT_MAX are moved by one call.
 */
EVENT2_EXPORT_SYMBOL
int evbuffer_remove_buffer(struct evbuffer *src, struct evbuffer *dst,
    size_t datlen);

/**
 * What is called when memory added by reference is no longer needed.
 *
 * It gets the pointer as it was given and the length of the memory from
 * there.  It runs on the thread that drops the last byte, with the lock of
 * the buffer held (unless evbuffer_free() drops it), after the bytes have
 * left the buffer, which it may use.
 */
typedef void (
    *evbuffer_ref_cleanup_cb)(const void *data, size_t datalen, void *extra);

/**
 * Add memory to the end without copying it.
 *
 * The memory must not change until `cleanupfn` has been called, which happens
 * exactly once if this returns 0: when its last byte has been drained and no
 * buffer shares it, or at once when datlen is 0.  On failure it is not called.
 *
 * @param cleanupfn may be NULL: then nobody is told.
 * @return 0 or -1.
 */
EVENT2_EXPORT_SYMBOL
int evbuffer_add_reference(struct evbuffer *outbuf, const void *data,
    size_t datlen, evbuffer_ref_cleanup_cb cleanupfn, void *cleanupfn_arg);

/**
 * As evbuffer_add_reference(), for `datlen` bytes from data + offset.
 *
 * The cleanup gets `data` itself and offset + datlen.
 */
EVENT2_EXPORT_SYMBOL
int evbuffer_add_reference_with_offset(struct evbuffer *outbuf,
    const void *data, size_t offset, size_t datlen,
    evbuffer_ref_cleanup_cb cleanupfn, void *cleanupfn_arg);

/* Taking ---------------------------------------------------------------- */

/**
 * Drop `len` bytes from the front; all of them if there are fewer.
 *
 * @return 0; -1 if the front is frozen and there is something to drop.
 */
EVENT2_EXPORT_SYMBOL
int evbuffer_drain(struct evbuffer *buf, size_t len);

/**
 * Copy up to `datlen` bytes from the front to `data` and drop them.
 *
 * @return the bytes taken, at most INT_MAX; -1 if the front is frozen.
 */
EVENT2_EXPORT_SYMBOL
int evbuffer_remove(struct evbuffer *buf, void *data, size_t datlen);

/**
 * Copy up to `datlen` bytes from the front to `data_out`, leaving them.
 *
 * @return the bytes copied; -1 if the front is frozen.
 */
EVENT2_EXPORT_SYMBOL
ev_ssize_t evbuffer_copyout(struct evbuffer *buf, void *data_out,
    size_t datlen);

/** As evbuffer_copyout() from the position `pos`; NULL means the front. */
EVENT2_EXPORT_SYMBOL
ev_ssize_t evbuffer_copyout_from(struct evbuffer *buf,
    const struct evbuffer_ptr *pos, void *data_out, size_t datlen);

/**
 * Make the first `size` bytes contiguous; all of them if size is negative.
 *
 * @return the first byte; NULL if there are fewer than size, the buffer is
 *   empty, or there is no memory.
 */
EVENT2_EXPORT_SYMBOL
unsigned char *evbuffer_pullup(struct evbuffer *buf, ev_ssize_t size);

/**
 * Look at the bytes where they lie.
 *
 * @param len how many bytes are wanted; negative: as many as vec_out can show.
 * @param start_at where to begin; NULL means the front.
 * @param vec_out array for the extents, may be NULL if n_vec is 0.  The last
 *   extent may show more than was asked for.
 * @return how many extents hold len bytes (or all there are); when that is
 *   more than n_vec, only n_vec were filled in.  With a negative len and
 *   n_vec above 0 never more than n_vec.  0 if there is nothing there.  -1 if
 *   the position is beyond the end or file content cannot be mapped.
 */
EVENT2_EXPORT_SYMBOL
int evbuffer_peek(struct evbuffer *buffer, ev_ssize_t len,
    struct evbuffer_ptr *start_at, struct evbuffer_iovec *vec_out, int n_vec);

/* Positions and searching ----------------------------------------------- */

/** How evbuffer_ptr_set() moves a position. */
enum evbuffer_ptr_how {
	/** to this many bytes from the front */
	EVBUFFER_PTR_SET,
	/** by this many bytes forward from where it is */
	EVBUFFER_PTR_ADD
};

/**
 * Set or advance a position.
 *
 * @return 0; -1 if that is beyond the end of the buffer, and then the
 *   position is invalid (pos is -1).
 */
EVENT2_EXPORT_SYMBOL
int evbuffer_ptr_set(struct evbuffer *buffer, struct evbuffer_ptr *ptr,
    size_t position, enum evbuffer_ptr_how how);

/**
 * Find the first `len` bytes equal to `what`, from `start` (NULL: the front).
 *
 * @return their position; pos is -1 if there are none or len is above
 *   EV_SSIZE_MAX.  With len 0 the start itself.
 */
EVENT2_EXPORT_SYMBOL
struct evbuffer_ptr evbuffer_search(struct evbuffer *buffer, const char *what,
    size_t len, const struct evbuffer_ptr *start);

/** As evbuffer_search(), for matches that end at or before `end` (NULL: the
 * end of the buffer). */
EVENT2_EXPORT_SYMBOL
struct evbuffer_ptr evbuffer_search_range(struct evbuffer *buffer,
    const char *what, size_t len, const struct evbuffer_ptr *start,
    const struct evbuffer_ptr *end);

/** What ends a line. */
enum evbuffer_eol_style {
	/** any run of CR and LF, as far as it is in the buffer: when CR and
	 * LF arrive one by one they count as two ends */
	EVBUFFER_EOL_ANY,
	/** LF, with or without a CR before it: for text protocols */
	EVBUFFER_EOL_CRLF,
	/** CR then LF, nothing else */
	EVBUFFER_EOL_CRLF_STRICT,
	/** LF */
	EVBUFFER_EOL_LF,
	/** a byte 0 */
	EVBUFFER_EOL_NUL
};

/**
 * Find the first end of a line, from `start` (NULL: the front).
 *
 * @param eol_len_out if not NULL, gets the length of the end (0 if none).
 * @return its position; pos is -1 if there is none.
 */
EVENT2_EXPORT_SYMBOL
struct evbuffer_ptr evbuffer_search_eol(struct evbuffer *buffer,
    struct evbuffer_ptr *start, size_t *eol_len_out,
    enum evbuffer_eol_style eol_style);

/**
 * Take one line from the front.
 *
 * @param n_read_out if not NULL, gets the length of the line without its end
 *   and without the NUL (0 when there is none): lines may contain NULs.
 * @return the line without its end, NUL-terminated, for the caller to free();
 *   NULL if no whole line is there, the front is frozen, or there is no
 *   memory, and the buffer is unchanged.
 */
EVENT2_EXPORT_SYMBOL
char *evbuffer_readln(struct evbuffer *buffer, size_t *n_read_out,
    enum evbuffer_eol_style eol_style);

/* Descriptors ----------------------------------------------------------- */

/**
 * Read from `fd` to the end of the buffer, by one system call.
 *
 * @param howmuch at most so many bytes; negative: as many as suits the stream
 *   (see evbuffer_set_max_read(), which limits both).
 * @return bytes read, 0 at the end of the stream (or if howmuch is 0), -1 on
 *   error with errno of the call (EAGAIN: nothing there now).
 */
EVENT2_EXPORT_SYMBOL
int evbuffer_read(struct evbuffer *buffer, evutil_socket_t fd, int howmuch);

/**
 * Write from the front of the buffer to `fd` and drop what was written, by
 * one system call: writev, or sendfile when a file segment is in front.
 *
 * On a broken socket memory raises no SIGPIPE, but sendfile does, and so does
 * everything on a pipe: programs should ignore that signal.
 *
 * @return bytes written; -1 on error with errno of the call, EAGAIN also if
 *   the buffer is empty or nothing is to be written, EPERM if the front is
 *   frozen, EIO if a file in front has become shorter than its segment.
 */
EVENT2_EXPORT_SYMBOL
int evbuffer_write(struct evbuffer *buffer, evutil_socket_t fd);

/** As evbuffer_write(), at most `howmuch` bytes; negative: no limit. */
EVENT2_EXPORT_SYMBOL
int evbuffer_write_atmost(struct evbuffer *buffer, evutil_socket_t fd,
    ev_ssize_t howmuch);

/* Files ----------------------------------------------------------------- */

/**
 * Part of a file, for adding to any number of buffers any number of times.
 *
 * Sent with sendfile where it can be, else mapped, else read into memory.
 * The file must not shrink while it is in use: touching mapped bytes beyond
 * its new end raises SIGBUS.  (With sendfile it is an error EIO; a copy made
 * with EVBUF_FS_DISABLE_MMAP and _SENDFILE is safe.)
 *
 * Buffers of different threads may share one, unless it was made with
 * EVBUF_FS_DISABLE_LOCKING.
 */
struct evbuffer_file_segment;

/** Close the descriptor when the segment's last user is gone. */
#define EVBUF_FS_CLOSE_ON_FREE 0x01
/** Do not map the file. */
#define EVBUF_FS_DISABLE_MMAP 0x02
/** Do not use sendfile. */
#define EVBUF_FS_DISABLE_SENDFILE 0x04
/** One thread only: no lock. */
#define EVBUF_FS_DISABLE_LOCKING 0x08

/** What is called when a segment's last user is gone: after unmapping and
 * closing.  `flags` are those of evbuffer_file_segment_new(). */
typedef void (
    *evbuffer_file_segment_cleanup_cb)(struct evbuffer_file_segment const *seg,
    int flags, void *arg);

/**
 * Make a segment of `length` bytes from `offset` of the file `fd`.
 *
 * @param length -1: to the end of the file, which must be a regular one.
 * @param flags a set of EVBUF_FS_*.
 * @return the segment, which the caller frees; NULL on failure, and then the
 *   descriptor stays open.  EINVAL: a negative offset, a length below -1, or
 *   an offset beyond the end with length -1.  A length that the file does not
 *   have is an error (EIO) when the bytes are needed: here with
 *   EVBUF_FS_DISABLE_SENDFILE, else when they are added or sent.
 */
EVENT2_EXPORT_SYMBOL
struct evbuffer_file_segment *evbuffer_file_segment_new(int fd, ev_off_t offset,
    ev_off_t length, unsigned flags);

/** Give up the caller's hold; buffers that use it keep it alive. */
EVENT2_EXPORT_SYMBOL
void evbuffer_file_segment_free(struct evbuffer_file_segment *seg);

/** Have `cb` called at the end of the segment; replaces an earlier one. */
EVENT2_EXPORT_SYMBOL
void evbuffer_file_segment_add_cleanup_cb(struct evbuffer_file_segment *seg,
    evbuffer_file_segment_cleanup_cb cb, void *arg);

/**
 * Add `length` bytes from `offset` within the segment to the end of a buffer.
 *
 * @param length -1: to the end of the segment.
 * @return 0; -1 if that is not inside the segment, the end is frozen, the
 *   file cannot be mapped or read, or there is no memory.
 */
EVENT2_EXPORT_SYMBOL
int evbuffer_add_file_segment(struct evbuffer *buf,
    struct evbuffer_file_segment *seg, ev_off_t offset, ev_off_t length);

/**
 * Add part of a file to the end and take over its descriptor.
 *
 * The same as making a segment with EVBUF_FS_CLOSE_ON_FREE, adding it whole,
 * and freeing it.
 *
 * @param length -1: to the end of the file.
 * @return 0; -1 on failure, and then the descriptor stays open.
 */
EVENT2_EXPORT_SYMBOL
int evbuffer_add_file(struct evbuffer *outbuf, int fd, ev_off_t offset,
    ev_off_t length);

/* Callbacks ------------------------------------------------------------- */

struct event_base;

/** What changed: the size was orig_size, then n_added and n_deleted bytes
 * came and went. */
struct evbuffer_cb_info {
	size_t orig_size;
	size_t n_added;
	size_t n_deleted;
};

/**
 * Called after bytes were added or removed, with the buffer's lock held.
 *
 * It may change the buffer, and add or remove callbacks, itself among them;
 * it must not free the buffer.
 */
typedef void (*evbuffer_cb_func)(struct evbuffer *buffer,
    const struct evbuffer_cb_info *info, void *arg);

/** One callback of one buffer. */
struct evbuffer_cb_entry;

/** Add a callback, enabled.  The last added is called first.  NULL when
 * there is no memory. */
EVENT2_EXPORT_SYMBOL
struct evbuffer_cb_entry *evbuffer_add_cb(struct evbuffer *buffer,
    evbuffer_cb_func cb, void *cbarg);

/** Remove and free a callback of this buffer.  Returns 0. */
EVENT2_EXPORT_SYMBOL
int evbuffer_remove_cb_entry(struct evbuffer *buffer,
    struct evbuffer_cb_entry *ent);

/** Remove the last added callback with this function and argument.  Returns
 * 0, or -1 if there is none. */
EVENT2_EXPORT_SYMBOL
int evbuffer_remove_cb(struct evbuffer *buffer, evbuffer_cb_func cb,
    void *cbarg);

/** The callback is to be called; set by evbuffer_add_cb(). */
#define EVBUFFER_CB_ENABLED 1

/** Set flags of a callback.  Returns 0. */
EVENT2_EXPORT_SYMBOL
int evbuffer_cb_set_flags(struct evbuffer *buffer, struct evbuffer_cb_entry *cb,
    ev_uint32_t flags);

/** Clear flags of a callback.  Returns 0. */
EVENT2_EXPORT_SYMBOL
int evbuffer_cb_clear_flags(struct evbuffer *buffer,
    struct evbuffer_cb_entry *cb, ev_uint32_t flags);

/**
 * Call the callbacks from the loop of `base` and not from inside the calls
 * that change the buffer.
 *
 * Several changes before the loop gets there make one call with their sums.
 * The buffer must not change any more when the base has been freed; a call
 * that waits then is not made.
 *
 * @return 0, or -1 when there is no memory.
 */
EVENT2_EXPORT_SYMBOL
int evbuffer_defer_callbacks(struct evbuffer *buffer, struct event_base *base);

/* Freezing -------------------------------------------------------------- */

/**
 * Forbid changes at one end: the front if `at_front`, else the end.
 *
 * With the front frozen nothing is drained, prepended or moved out; with the
 * end frozen nothing is added.  Such calls fail.  Bufferevents freeze the end
 * of their input and the front of their output.  Freezing does not count:
 * twice is once.  Returns 0.
 */
EVENT2_EXPORT_SYMBOL
int evbuffer_freeze(struct evbuffer *buf, int at_front);

/** Allow again what evbuffer_freeze() forbade.  Returns 0. */
EVENT2_EXPORT_SYMBOL
int evbuffer_unfreeze(struct evbuffer *buf, int at_front);

#ifdef __cplusplus
}
#endif

#endif
