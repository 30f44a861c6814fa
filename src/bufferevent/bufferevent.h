/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bufferevent.h - the door of the bufferevent folder: what every type of
 * bufferevent is made of, and what a type (socket, filter, pair, TLS) gives
 * and gets.
 *
 * An object of a type starts with a struct evi_bufferevent, which holds both
 * evbuffers.  The generic part keeps what is enabled, suspended and marked;
 * the type moves bytes.  A direction moves while it is enabled by the
 * application and no reason to suspend it is set.
 *
 * Life: one reference belongs to bufferevent_free().  Nothing that is queued
 * (events, flush, deferred callbacks) holds one: all of them run in the
 * loop's thread, one at a time, and so does the end of the object, after
 * they were cancelled.  A function that calls the application holds one
 * across the call (evi_bufferevent_enter/leave).
 *
 * Locks: one recursive lock for a bufferevent and its two buffers; a filter
 * uses that of the one below, a pair has one in common.  Functions here
 * expect it held unless they say otherwise.  It comes before the lock of a
 * rate-limit group, and that before the base's.
 */
#ifndef EVI_BUFFEREVENT_BUFFEREVENT_H
#define EVI_BUFFEREVENT_BUFFEREVENT_H

#include <stdint.h>

#include "event2/event.h"
#include "event2/bufferevent.h"
#include "event2/bufferevent_struct.h"
#include "buffer/buffer.h"
#include "event/deferred.h"

struct evi_bufferevent;
struct evi_bufferevent_extra;
struct evi_bufferevent_rate_limit;
struct evi_bufferevent_closing;
struct evdns_getaddrinfo_request;

/* Reasons to suspend a direction: read_suspended, write_suspended. */
#define EVI_BUFFEREVENT_SUSPEND_MARK 1   /* at the high-water mark */
#define EVI_BUFFEREVENT_SUSPEND_LIMIT 2  /* its bucket is empty */
#define EVI_BUFFEREVENT_SUSPEND_GROUP 4  /* its group's is */
#define EVI_BUFFEREVENT_SUSPEND_LOOKUP 8 /* looking up the peer */
#define EVI_BUFFEREVENT_SUSPEND_ABOVE 16 /* the type above says so */

/* Bits of evi_bufferevent.state. */
#define EVI_BUFFEREVENT_CONNECTING 1
#define EVI_BUFFEREVENT_FREED 2 /* bufferevent_free() was called */
#define EVI_BUFFEREVENT_OWNS_LOCK 4
#define EVI_BUFFEREVENT_TELL_WRITE 8   /* call writecb though nothing moved */
#define EVI_BUFFEREVENT_WRITE_ARMED 16 /* write readiness is asked for */
#define EVI_BUFFEREVENT_FLUSHING 32    /* writing: sees to all output */
#define EVI_BUFFEREVENT_CLOSING 64     /* close_after_flush was called */
#define EVI_BUFFEREVENT_ENDING 128     /* its finalizer is queued */

/*
 * What a type does.  All are called with the lock held, except destruct.
 * NULL members: nothing to do, or not supported.
 */
struct bufferevent_ops {
	const char *name;

	/*
	 * `what` (EV_READ, EV_WRITE or both) may move from now on, or not.
	 * 0 or -errno.
	 */
	int (*enable)(struct evi_bufferevent *bufev, short what);
	void (*disable)(struct evi_bufferevent *bufev, short what);

	/* It was freed: stop, and let go of others.  More calls may come. */
	void (*unlink)(struct evi_bufferevent *bufev);

	/*
	 * The last reference is gone, in the loop's thread: release what
	 * the type holds beside the generic part.
	 */
	void (*destruct)(struct evi_bufferevent *bufev);

	/* A timeout was changed. */
	void (*adjust_timeouts)(struct evi_bufferevent *bufev);

	/* bufferevent_flush(): -1, 0 or 1. */
	int (*flush)(struct evi_bufferevent *bufev, short iotype,
	    enum bufferevent_flush_mode mode);

	/*
	 * For bufferevent_close_after_flush(), again whenever the output has
	 * shrunk: push what is left towards the socket, and when all is out
	 * say farewell.  1: done, 0: call again later, -errno: it cannot be.
	 * When done, *ret_below is the one below that shall be closed the
	 * same way; the type has let go of it.  NULL here: done when empty.
	 */
	int (*finish)(struct evi_bufferevent *bufev,
	    struct bufferevent **ret_below);

	evutil_socket_t (*get_fd)(struct evi_bufferevent *bufev);
	int (*set_fd)(struct evi_bufferevent *bufev, evutil_socket_t fd);
	struct bufferevent *(*get_below)(struct evi_bufferevent *bufev);

	/* The output has grown (also by the application's own hand). */
	void (*on_output_grew)(struct evi_bufferevent *bufev);

	/*
	 * The end of a pass, in which evi_bufferevent_queue_flush() was
	 * called.  With a reference held.
	 */
	void (*on_flush)(struct evi_bufferevent *bufev);
};

struct evi_bufferevent {
	struct bufferevent bev; /* first: the public face */
	struct evbuffer input;
	struct evbuffer output;
	struct evi_event_flush flush; /* queued: on_flush is to be called */
	struct evi_bufferevent_extra *extra; /* NULL until needed */
	uint32_t refs;
	uint8_t options; /* BEV_OPT_* */
	uint8_t read_suspended;
	uint8_t write_suspended;
	uint8_t state;
};

/* What most bufferevents never need. */
struct evi_bufferevent_extra {
	struct evi_event_deferred deferred;
	int pending_error;    /* errno for the pending events */
	short pending_events; /* BEV_EVENT_* to report */
	short pending_io;     /* EV_READ, EV_WRITE: run the callback */
	int dns_error;        /* EVUTIL_EAI_* */
	struct evdns_getaddrinfo_request *lookup;
	size_t read_max_single; /* 0: the default */
	size_t write_max_single;
	struct evi_bufferevent_rate_limit *limit;
	struct evi_bufferevent_closing *closing;
};

/* The generic part of a public pointer. */
static inline struct evi_bufferevent *
evi_bufferevent_of(struct bufferevent *bev)
{
	return EVI_CONTAINER_OF(bev, struct evi_bufferevent, bev);
}

static inline void
evi_bufferevent_lock(struct evi_bufferevent *bufev)
{
	evi_buffer_acquire(&bufev->input);
}

static inline void
evi_bufferevent_unlock(struct evi_bufferevent *bufev)
{
	evi_buffer_release(&bufev->input);
}

/* Life -------------------------------------------------------------------- */

/*
 * Make the generic part in zeroed memory, with one reference.  The lock is
 * that of `below` if given; otherwise a new one if `options` ask for it.
 * -EINVAL for options that contradict each other (logged) and for a lock
 * without threads.  Returns 0 or -errno; then evi_bufferevent_clear() is
 * still fine.
 */
int evi_bufferevent_init(struct evi_bufferevent *bufev, struct event_base *base,
    const struct bufferevent_ops *ops, int options,
    struct evi_bufferevent *below);

/* Release the generic part (not the memory).  No lock is held. */
void evi_bufferevent_clear(struct evi_bufferevent *bufev);

/* Lock and take a reference: the start of a callback from the loop. */
static inline void
evi_bufferevent_enter(struct evi_bufferevent *bufev)
{
	evi_bufferevent_lock(bufev);
	bufev->refs++;
}

/* evi_bufferevent_leave() of the last reference. */
void evi_bufferevent_leave_last(struct evi_bufferevent *bufev);

/*
 * The end of it: drop the reference and unlock.  The last one destroys the
 * object at once.  Only in the loop's thread.
 */
static inline void
evi_bufferevent_leave(struct evi_bufferevent *bufev)
{
	if (EVI_UNLIKELY(bufev->refs <= 1)) {
		evi_bufferevent_leave_last(bufev);
		return;
	}
	bufev->refs--;
	evi_bufferevent_unlock(bufev);
}

/*
 * The same from anywhere: the last reference destroys the object in a later
 * callback of the loop, or when the base is freed.  Returns 1 if it was.
 */
int evi_bufferevent_unref_and_unlock(struct evi_bufferevent *bufev);

/* The rarely needed part, made if need be; NULL when memory is short. */
EVI_CROSS struct evi_bufferevent_extra *evi_bufferevent_extra_get(
    struct evi_bufferevent *bufev);

/* Moving bytes ------------------------------------------------------------ */

void evi_bufferevent_suspend_read(struct evi_bufferevent *bufev, uint8_t why);
void evi_bufferevent_unsuspend_read(struct evi_bufferevent *bufev, uint8_t why);
void evi_bufferevent_suspend_write(struct evi_bufferevent *bufev, uint8_t why);
void evi_bufferevent_unsuspend_write(struct evi_bufferevent *bufev,
    uint8_t why);

/* May the direction move?  `what` is EV_READ or EV_WRITE. */
static inline int
evi_bufferevent_may_move(const struct evi_bufferevent *bufev, short what)
{
	uint8_t suspended = what == EV_READ ? bufev->read_suspended
					    : bufev->write_suspended;

	return (bufev->bev.enabled & what) && !suspended;
}

/* Call on_flush at the end of the loop's pass. */
void evi_bufferevent_queue_flush(struct evi_bufferevent *bufev);

/* Disable a direction, as bufferevent_disable() does. */
void evi_bufferevent_disable(struct evi_bufferevent *bufev, short what);

/* Push, as bufferevent_flush() does. */
int evi_bufferevent_flush(struct evi_bufferevent *bufev, short iotype,
    enum bufferevent_flush_mode mode);

/* One read or write moves so much when somebody has set a limit. */
#define EVI_BUFFEREVENT_SINGLE 16384

/*
 * What one write offers to the kernel when there is no limit at all.  More
 * than the above: fewer calls for the same bytes.
 */
#define EVI_BUFFEREVENT_WRITE_UNLIMITED 262144

/* The next two where marks or limits may be set. */
size_t evi_bufferevent_rate_limit_read_room(struct evi_bufferevent *bufev);
size_t evi_bufferevent_rate_limit_write_room(struct evi_bufferevent *bufev);

/* How many bytes may be read now: marks and limits counted in. */
static inline size_t
evi_bufferevent_read_room(struct evi_bufferevent *bufev)
{
	if (EVI_LIKELY(!bufev->extra && !bufev->bev.wm_read.high))
		return EVI_BUFFEREVENT_SINGLE;
	return evi_bufferevent_rate_limit_read_room(bufev);
}

/* How many bytes may be written now: limits counted in. */
static inline size_t
evi_bufferevent_write_room(struct evi_bufferevent *bufev)
{
	if (EVI_LIKELY(!bufev->extra))
		return EVI_BUFFEREVENT_WRITE_UNLIMITED;
	return evi_bufferevent_rate_limit_write_room(bufev);
}

/* Take `len` bytes from the buckets; there is a limit.  May suspend. */
void evi_bufferevent_rate_limit_charge(struct evi_bufferevent *bufev,
    short what, size_t len);

/* So many were: take them from the buckets, if there are any. */
static inline void
evi_bufferevent_read_done(struct evi_bufferevent *bufev, size_t len)
{
	if (bufev->extra && bufev->extra->limit)
		evi_bufferevent_rate_limit_charge(bufev, EV_READ, len);
}

static inline void
evi_bufferevent_write_done(struct evi_bufferevent *bufev, size_t len)
{
	if (bufev->extra && bufev->extra->limit)
		evi_bufferevent_rate_limit_charge(bufev, EV_WRITE, len);
}

/*
 * Timeouts of types without a socket of their own: ev_read and ev_write are
 * timers.  init names them; adjust starts or stops them as the settings
 * demand; moved starts those that run once more, after bytes have moved.
 */
void evi_bufferevent_timeout_init(struct evi_bufferevent *bufev);
void evi_bufferevent_timeout_adjust(struct evi_bufferevent *bufev);
void evi_bufferevent_timeout_moved(struct evi_bufferevent *bufev, short what);

/* Telling the application ------------------------------------------------- */

/*
 * Run the callbacks of `iotype` (EV_READ, EV_WRITE) if the low marks allow.
 * `options` as for bufferevent_trigger().  Now, or deferred if the
 * bufferevent or `options` say so.  The caller holds a reference.
 */
void evi_bufferevent_callback_io(struct evi_bufferevent *bufev, short iotype,
    int options);

/* The same with bytes that came in, and no options. */
void evi_bufferevent_callback_read(struct evi_bufferevent *bufev);

/* The same with bytes that went out. */
static inline void
evi_bufferevent_callback_written(struct evi_bufferevent *bufev)
{
	if (bufev->bev.writecb || (bufev->state & EVI_BUFFEREVENT_CLOSING))
		evi_bufferevent_callback_io(bufev, EV_WRITE, 0);
}

/*
 * Run the event callback with `what`.  `err`, if not 0, is the errno it
 * finds.  The caller holds a reference.
 */
void evi_bufferevent_callback_event(struct evi_bufferevent *bufev, short what,
    int err, int options);

/* Move bufferevent_setcb()'s and forget what is deferred (callback.c). */
void evi_bufferevent_callback_cancel(struct evi_bufferevent *bufev);

/* Run what is deferred: the function of extra->deferred. */
void evi_bufferevent_callback_run(void *arg);

/* The types' tables, to tell them apart. */
extern const struct bufferevent_ops evi_bufferevent_socket_ops;
extern const struct bufferevent_ops evi_bufferevent_filter_ops;
extern const struct bufferevent_ops evi_bufferevent_pair_ops;

/* Connecting (connect.c) -------------------------------------------------- */

/* Stop a lookup; its reference is dropped when it has ended. */
void evi_bufferevent_connect_cancel(struct evi_bufferevent *bufev);

/* Closing after a flush (close.c) ----------------------------------------- */

/* The output of a closing bufferevent has shrunk. */
void evi_bufferevent_close_on_drained(struct evi_bufferevent *bufev);

/* Something happened to it: BEV_EVENT_*. */
void evi_bufferevent_close_on_event(struct evi_bufferevent *bufev, short what);

/* It is being freed: stop waiting. */
void evi_bufferevent_close_cancel(struct evi_bufferevent *bufev);

#endif
