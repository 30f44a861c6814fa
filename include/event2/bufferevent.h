/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event2/bufferevent.h - a buffer at each end of something.
 *
 * A bufferevent owns an input and an output evbuffer and moves bytes between
 * them and a socket, a filter or another bufferevent.  The application reads
 * what came in, writes what shall go out, and is told by three callbacks:
 *
 *  - the read callback, when there is new input and at least as much of it
 *    as the read low-water mark;
 *  - the write callback, when the output has drained to its low-water mark
 *    or below;
 *  - the event callback, for everything else: connected, end of file, error,
 *    timeout.
 *
 * A new bufferevent has EV_WRITE enabled and EV_READ disabled.
 *
 * What is written inside a callback leaves at the end of the same pass of the
 * event loop.  To stop using a bufferevent at once, call bufferevent_free():
 * unsent output is thrown away.  To send it first, call
 * bufferevent_close_after_flush().
 *
 * Errors: a function fails with -1 or NULL and errno.  ENOMEM: memory is
 * short.  EINVAL: an argument makes no sense, or the bufferevent was freed
 * and only a reference keeps it.  EOPNOTSUPP: not for this type.  EPERM: that
 * end of the buffer is frozen (see event2/buffer.h).
 *
 * Threads: with BEV_OPT_THREADSAFE every function here may be called from any
 * thread, and takes the bufferevent's lock.  Callbacks run in the thread that
 * runs the event base, holding that (recursive) lock unless
 * BEV_OPT_UNLOCK_CALLBACKS is set.
 */
#ifndef EVENT2_BUFFEREVENT_H_INCLUDED_
#define EVENT2_BUFFEREVENT_H_INCLUDED_

#include <event2/visibility.h>

#ifdef __cplusplus
extern "C" {
#endif

#include <event2/event-config.h>
#ifdef EVENT__HAVE_SYS_TYPES_H
#include <sys/types.h>
#endif
#ifdef EVENT__HAVE_SYS_TIME_H
#include <sys/time.h>
#endif

#include <event2/util.h>

/* What an event callback reports: where it happened, and what. */
#define BEV_EVENT_READING 0x01   /* while reading */
#define BEV_EVENT_WRITING 0x02   /* while writing */
#define BEV_EVENT_EOF 0x10       /* the peer has ended its side */
#define BEV_EVENT_ERROR 0x20     /* see EVUTIL_SOCKET_ERROR() */
#define BEV_EVENT_TIMEOUT 0x40   /* the timeout of that direction */
#define BEV_EVENT_CONNECTED 0x80 /* a connect has finished */

struct bufferevent;
struct event_base;
struct evbuffer;
struct sockaddr;
struct evdns_base;
struct evutil_addrinfo;

/* A read or write callback; `ctx` is the pointer given to bufferevent_setcb. */
typedef void (*bufferevent_data_cb)(struct bufferevent *bev, void *ctx);

/*
 * An event callback; `what` is a set of BEV_EVENT_*.  After EOF, ERROR or
 * TIMEOUT the direction it happened in is disabled; input that is already in
 * the buffer stays there and is for the callback to take.
 */
typedef void (
    *bufferevent_event_cb)(struct bufferevent *bev, short what, void *ctx);

/* Options given when a bufferevent is made; fixed for its life. */
enum bufferevent_options {
	/* Freeing it closes the socket, or frees the one below it. */
	BEV_OPT_CLOSE_ON_FREE = (1 << 0),

	/*
	 * Give it a lock.  Without evthread_use_pthreads() or the like
	 * before, making such a bufferevent fails.
	 */
	BEV_OPT_THREADSAFE = (1 << 1),

	/* Run the callbacks later, from the event loop, never nested. */
	BEV_OPT_DEFER_CALLBACKS = (1 << 2),

	/*
	 * Run the callbacks without holding the lock.  Needs
	 * BEV_OPT_DEFER_CALLBACKS.
	 */
	BEV_OPT_UNLOCK_CALLBACKS = (1 << 3)
};

/*
 * A bufferevent over a stream socket.  `fd` is non-blocking, or -1 to give
 * one later by bufferevent_setfd() or bufferevent_socket_connect().
 * `options` is a set of BEV_OPT_*.  The caller frees it; on failure the socket
 * stays the caller's.  Returns NULL when memory is short or the options
 * contradict each other (EINVAL).
 */
EVENT2_EXPORT_SYMBOL
struct bufferevent *bufferevent_socket_new(struct event_base *base,
    evutil_socket_t fd, int options);

/*
 * Connect to an address.  Makes a socket if the bufferevent has none.  With
 * `addr` NULL, the socket is taken to be connecting already.  The outcome
 * arrives as BEV_EVENT_CONNECTED or BEV_EVENT_ERROR; output may be queued
 * meanwhile.
 *
 * Returns 0 when the attempt has begun (it may still fail, by the event
 * callback), -1 when no socket could be had or the call itself failed.
 */
EVENT2_EXPORT_SYMBOL
int bufferevent_socket_connect(struct bufferevent *bev,
    const struct sockaddr *addr, int socklen);

/*
 * Look up `hostname` and connect to its first address at `port`.  `family` is
 * AF_INET, AF_INET6 or AF_UNSPEC; `port` is from 1 to 65535.  With an
 * `evdns_base` the lookup does not block; without one it may.  Reading and
 * writing rest until it is over.
 *
 * Returns 0 when the lookup has begun or has already failed into the event
 * callback, -1 when it could not begin (EAFNOSUPPORT for another family,
 * EINVAL also while a lookup is going on).  After BEV_EVENT_ERROR,
 * bufferevent_socket_get_dns_error() tells whether the lookup was to blame.
 */
EVENT2_EXPORT_SYMBOL
int bufferevent_socket_connect_hostname(struct bufferevent *bev,
    struct evdns_base *evdns_base, int family, const char *hostname, int port);

/*
 * The same with hints for the lookup, as evutil_getaddrinfo() takes them.
 * Since 2.2.
 */
EVENT2_EXPORT_SYMBOL
int bufferevent_socket_connect_hostname_hints(struct bufferevent *bev,
    struct evdns_base *evdns_base, const struct evutil_addrinfo *hints_in,
    const char *hostname, int port);

/*
 * The error (EVUTIL_EAI_*) of the last lookup that failed, or 0; text by
 * evutil_gai_strerror().
 */
EVENT2_EXPORT_SYMBOL
int bufferevent_socket_get_dns_error(struct bufferevent *bev);

/*
 * Move a socket bufferevent to another event base.  Only while nothing is
 * enabled, pending or connecting.  Returns 0, or -1 for other types and when
 * an event of it is pending.
 */
EVENT2_EXPORT_SYMBOL
int bufferevent_base_set(struct event_base *base, struct bufferevent *bufev);

/* The event base it belongs to. */
EVENT2_EXPORT_SYMBOL
struct event_base *bufferevent_get_base(struct bufferevent *bev);

/*
 * Set the priority of its events and of its deferred callbacks.  Works for
 * socket bufferevents.  Returns 0, or -1 if the base has no such priority or
 * an event of it is active just now.
 */
EVENT2_EXPORT_SYMBOL
int bufferevent_priority_set(struct bufferevent *bufev, int pri);

/* Its priority, or the base's middle one for types that have none. */
EVENT2_EXPORT_SYMBOL
int bufferevent_get_priority(const struct bufferevent *bufev);

/*
 * Free it: no callback runs any more (one that runs in another thread may
 * still finish), unsent output is discarded.  Memory and socket go when the
 * last reference does, at the latest in a later pass of the loop or when the
 * base is freed.  May be called inside its own callbacks.
 */
EVENT2_EXPORT_SYMBOL
void bufferevent_free(struct bufferevent *bufev);

/*
 * Send what is pending, then free.  From now on there are no callbacks and no
 * reading; the output goes out through every filter and TLS layer below,
 * TLS says its farewell, and then the bufferevent is freed as by
 * bufferevent_free(), closing the socket if BEV_OPT_CLOSE_ON_FREE says so.
 * An error or the end of `timeout` (NULL: wait for ever) frees it with what
 * was not sent.  The caller gives up the bufferevent, as with
 * bufferevent_free(), whatever the outcome.
 *
 * Returns 0 when the output will go out or is already gone, -1 when it
 * could not be waited for (no socket, a failed connection, no memory, an
 * invalid timeout) and the bufferevent was freed at once.
 *
 * A base that is freed meanwhile frees a bufferevent that still waits, with
 * what was not sent (event_base_free_nofinalize() does not).
 */
EVENT2_EXPORT_SYMBOL
int bufferevent_close_after_flush(struct bufferevent *bufev,
    const struct timeval *timeout);

/*
 * Set all three callbacks and their argument.  NULL means none.  Takes effect
 * for callbacks that are deferred but have not run, too.
 */
EVENT2_EXPORT_SYMBOL
void bufferevent_setcb(struct bufferevent *bufev, bufferevent_data_cb readcb,
    bufferevent_data_cb writecb, bufferevent_event_cb eventcb, void *cbarg);

/* Get them.  Any of the pointers may be NULL. */
EVENT2_EXPORT_SYMBOL
void bufferevent_getcb(struct bufferevent *bufev,
    bufferevent_data_cb *readcb_ptr, bufferevent_data_cb *writecb_ptr,
    bufferevent_event_cb *eventcb_ptr, void **cbarg_ptr);

/*
 * Give it another socket, or -1 for none.  The old one is not closed.  What
 * was enabled stays enabled; a pending connect is forgotten.  Returns 0, or
 * -1 for types that cannot (a pair; a filter asks the one below) and if the
 * kernel refuses the descriptor.
 */
EVENT2_EXPORT_SYMBOL
int bufferevent_setfd(struct bufferevent *bufev, evutil_socket_t fd);

/*
 * The same, but closes the old socket if BEV_OPT_CLOSE_ON_FREE was given; if
 * it fails, nothing is closed.  Since 2.2.
 */
EVENT2_EXPORT_SYMBOL
int bufferevent_replacefd(struct bufferevent *bufev, evutil_socket_t fd);

/* Its socket (a filter's is the one at the bottom), or -1. */
EVENT2_EXPORT_SYMBOL
evutil_socket_t bufferevent_getfd(struct bufferevent *bufev);

/* The bufferevent below a filter or TLS bufferevent, or NULL. */
EVENT2_EXPORT_SYMBOL
struct bufferevent *bufferevent_get_underlying(struct bufferevent *bufev);

/* Append `size` bytes, copied, to the output.  Returns 0, or -1 (ENOMEM). */
EVENT2_EXPORT_SYMBOL
int bufferevent_write(struct bufferevent *bufev, const void *data, size_t size);

/*
 * Move all of `buf` to the output; it is empty then.  Returns 0, or -1 if its
 * front is frozen.
 */
EVENT2_EXPORT_SYMBOL
int bufferevent_write_buffer(struct bufferevent *bufev, struct evbuffer *buf);

/* Take up to `size` bytes of input, at most INT_MAX.  Returns how many. */
EVENT2_EXPORT_SYMBOL
size_t bufferevent_read(struct bufferevent *bufev, void *data, size_t size);

/* Move all input to the end of `buf`.  Returns 0, or -1 if that is frozen. */
EVENT2_EXPORT_SYMBOL
int bufferevent_read_buffer(struct bufferevent *bufev, struct evbuffer *buf);

/*
 * The input buffer: take from its front, never add to it.  It belongs to the
 * bufferevent and shares its lock.
 */
EVENT2_EXPORT_SYMBOL
struct evbuffer *bufferevent_get_input(struct bufferevent *bufev);

/*
 * The output buffer: add to it, never take from its front.  Likewise.
 */
EVENT2_EXPORT_SYMBOL
struct evbuffer *bufferevent_get_output(struct bufferevent *bufev);

/*
 * Enable EV_READ, EV_WRITE or both.  Enabling EV_WRITE of a socket while the
 * output is empty runs the write callback once, from the loop.  Returns 0, or
 * -1 if memory is short or the kernel refuses the descriptor.
 */
EVENT2_EXPORT_SYMBOL
int bufferevent_enable(struct bufferevent *bufev, short event);

/*
 * Disable them.  Nothing is lost; a disabled direction has no timeout.
 * Returns 0.
 */
EVENT2_EXPORT_SYMBOL
int bufferevent_disable(struct bufferevent *bufev, short event);

/* What is enabled: a set of EV_READ and EV_WRITE. */
EVENT2_EXPORT_SYMBOL
short bufferevent_get_enabled(struct bufferevent *bufev);

/*
 * Set the read and write timeouts; NULL or zero means none.  A read timeout
 * runs while reading is enabled and starts again with each read; a write
 * timeout runs while there is output that does not go out.  When one ends the
 * event callback hears BEV_EVENT_TIMEOUT and that direction is disabled.  The
 * write timeout also bounds a connect.  The timevals are copied.  Returns 0.
 */
EVENT2_EXPORT_SYMBOL
int bufferevent_set_timeouts(struct bufferevent *bufev,
    const struct timeval *timeout_read, const struct timeval *timeout_write);

/*
 * Set the water marks of EV_READ, EV_WRITE or both.  The read callback runs
 * when the input holds `lowmark` bytes or more; reading rests while it holds
 * `highmark` or more (0: no limit).  The write callback runs when the output
 * holds `lowmark` or fewer; a socket takes no notice of its high mark, a
 * filter does.
 */
EVENT2_EXPORT_SYMBOL
void bufferevent_setwatermark(struct bufferevent *bufev, short events,
    size_t lowmark, size_t highmark);

/*
 * Get the marks of EV_READ or of EV_WRITE.  Either pointer may be NULL.
 * Returns 0, or -1 if `events` is neither.
 */
EVENT2_EXPORT_SYMBOL
int bufferevent_getwatermark(struct bufferevent *bufev, short events,
    size_t *lowmark, size_t *highmark);

/* Take its lock (nothing without BEV_OPT_THREADSAFE).  Recursive. */
EVENT2_EXPORT_SYMBOL
void bufferevent_lock(struct bufferevent *bufev);

/* Release its lock. */
EVENT2_EXPORT_SYMBOL
void bufferevent_unlock(struct bufferevent *bufev);

/* Take a reference: the structure stays until bufferevent_decref(). */
EVENT2_EXPORT_SYMBOL
void bufferevent_incref(struct bufferevent *bufev);

/*
 * Drop a reference; the last one ends the bufferevent, as bufferevent_free()
 * says.  Returns 1 if it was the last one, else 0.
 */
EVENT2_EXPORT_SYMBOL
int bufferevent_decref(struct bufferevent *bufev);

/* How hard bufferevent_flush() shall try. */
enum bufferevent_flush_mode {
	BEV_NORMAL = 0,  /* as usual: what is worth moving */
	BEV_FLUSH = 1,   /* everything there is */
	BEV_FINISHED = 2 /* everything, and no more will come */
};

/*
 * Push bytes through as `mode` says.  `iotype` is EV_READ, EV_WRITE or both.
 * Filters and pairs act on it; for a socket it does nothing.
 * Returns -1 on failure, 0 if nothing moved, 1 if something did.
 */
EVENT2_EXPORT_SYMBOL
int bufferevent_flush(struct bufferevent *bufev, short iotype,
    enum bufferevent_flush_mode mode);

/* Options of bufferevent_trigger(); BEV_OPT_DEFER_CALLBACKS is the first. */
enum bufferevent_trigger_options {
	/* Run the callbacks even if the water marks say no. */
	BEV_TRIG_IGNORE_WATERMARKS = (1 << 16),

	/* Run them later, from the loop. */
	BEV_TRIG_DEFER_CALLBACKS = BEV_OPT_DEFER_CALLBACKS
};

/*
 * Run the read callback (EV_READ), the write callback (EV_WRITE) or both, if
 * the water marks allow.  `options` is a set of BEV_TRIG_*.
 */
EVENT2_EXPORT_SYMBOL
void bufferevent_trigger(struct bufferevent *bufev, short iotype, int options);

/* Run the event callback with `what`.  `options`: BEV_TRIG_DEFER_CALLBACKS. */
EVENT2_EXPORT_SYMBOL
void bufferevent_trigger_event(struct bufferevent *bufev, short what,
    int options);

/* What a filter function answers. */
enum bufferevent_filter_result {
	BEV_OK = 0,        /* something was written to the destination */
	BEV_NEED_MORE = 1, /* more source is needed first */
	BEV_ERROR = 2      /* the data makes no sense */
};

/*
 * A filter function: take what it can from `src`, put the result into `dst`.
 * `dst_limit` is how much it should write at most, -1 for no limit.  BEV_OK
 * asks to be called again, unless nothing has moved in either buffer.
 */
typedef enum bufferevent_filter_result (
    *bufferevent_filter_cb)(struct evbuffer *src, struct evbuffer *dst,
    ev_ssize_t dst_limit, enum bufferevent_flush_mode mode, void *ctx);

/*
 * A bufferevent whose bytes pass through two functions on their way from and
 * to the one below.  A NULL filter copies.  `free_context`, if not NULL, is
 * called with `ctx` when the filter is freed.  The one below belongs to the
 * filter: its callbacks are taken over, and BEV_OPT_CLOSE_ON_FREE frees it
 * with the filter.  A filter shares its lock.  Returns NULL when memory is
 * short or the options contradict each other; then `underlying` is as it was
 * and free_context is not called.
 */
EVENT2_EXPORT_SYMBOL
struct bufferevent *bufferevent_filter_new(struct bufferevent *underlying,
    bufferevent_filter_cb input_filter, bufferevent_filter_cb output_filter,
    int options, void (*free_context)(void *), void *ctx);

/*
 * Two bufferevents, each the other's far end, that share one lock.  What one
 * writes the other reads.  Callbacks are always deferred.  Each is freed by
 * itself; the other hears nothing of it.  Returns 0, or -1 when memory is
 * short or the options contradict each other.
 */
EVENT2_EXPORT_SYMBOL
int bufferevent_pair_new(struct event_base *base, int options,
    struct bufferevent *pair[2]);

/* The other one of a pair, or NULL if it is gone or `bev` is no pair. */
EVENT2_EXPORT_SYMBOL
struct bufferevent *bufferevent_pair_get_partner(struct bufferevent *bev);

/* How fast a bufferevent, or a group of them, may read and write. */
struct ev_token_bucket_cfg;

/* A group of bufferevents that share a limit. */
struct bufferevent_rate_limit_group;

/* The highest rate that can be asked for. */
#define EV_RATE_LIMIT_MAX EV_SSIZE_MAX

/*
 * A configuration of a token bucket: `read_rate` and `write_rate` bytes are
 * added each tick until there are `read_burst` or `write_burst`.  A rate is 1
 * or more, a burst at least its rate and not above EV_RATE_LIMIT_MAX.
 * `tick_len` is the length of a tick; NULL means a second, and less than a
 * millisecond counts as one.  Returns NULL if an argument is out of range or
 * memory is short.
 */
EVENT2_EXPORT_SYMBOL
struct ev_token_bucket_cfg *ev_token_bucket_cfg_new(size_t read_rate,
    size_t read_burst, size_t write_rate, size_t write_burst,
    const struct timeval *tick_len);

/* Free it, when no bufferevent uses it any more.  NULL is fine. */
EVENT2_EXPORT_SYMBOL
void ev_token_bucket_cfg_free(struct ev_token_bucket_cfg *cfg);

/*
 * Limit one bufferevent; NULL takes the limit off.  `cfg` is borrowed until
 * then, and may serve many.  Returns 0, or -1 (ENOMEM, EINVAL).
 */
EVENT2_EXPORT_SYMBOL
int bufferevent_set_rate_limit(struct bufferevent *bev,
    struct ev_token_bucket_cfg *cfg);

/*
 * A group with a limit of its own, for bufferevents of any base; `base` runs
 * its timer.  `cfg` is copied.  Returns NULL when memory is short.
 *
 * A group has a lock when threads are on: its members may be in many threads.
 */
EVENT2_EXPORT_SYMBOL
struct bufferevent_rate_limit_group *bufferevent_rate_limit_group_new(
    struct event_base *base, const struct ev_token_bucket_cfg *cfg);

/*
 * Give the group another limit; `cfg` is copied.  Returns 0, or -1 if an
 * argument is NULL.
 */
EVENT2_EXPORT_SYMBOL
int bufferevent_rate_limit_group_set_cfg(struct bufferevent_rate_limit_group
					     *group,
    const struct ev_token_bucket_cfg *cfg);

/*
 * How little a member is given at a time, even when its share would be less
 * (64 bytes by default; never more than the rates of the group).  Returns 0,
 * or -1 if it is above EV_SSIZE_MAX.
 */
EVENT2_EXPORT_SYMBOL
int bufferevent_rate_limit_group_set_min_share(
    struct bufferevent_rate_limit_group *group, size_t min_share);

/*
 * Free the group.  Its last member must have left: else it logs a warning and
 * frees nothing.  NULL is fine.  The memory goes when the loop runs next, or
 * with the base; a member's lock may be held.
 */
EVENT2_EXPORT_SYMBOL
void bufferevent_rate_limit_group_free(
    struct bufferevent_rate_limit_group *group);

/*
 * Make `bev` a member of `group`, leaving any other.  A bufferevent is in one
 * group at most and must not be above another limited one.  Returns 0, or -1
 * (ENOMEM).
 */
EVENT2_EXPORT_SYMBOL
int bufferevent_add_to_rate_limit_group(struct bufferevent *bev,
    struct bufferevent_rate_limit_group *group);

/* Leave the group, if in one.  Returns 0. */
EVENT2_EXPORT_SYMBOL
int bufferevent_remove_from_rate_limit_group(struct bufferevent *bev);

/*
 * The most that one read or one write moves; 0 means the default, 16384.
 * That is also what a write moves under a rate limit; without one, and with
 * nothing set here, it offers the system up to 256 KiB at a time.
 * Returns 0, or -1 (ENOMEM).
 */
EVENT2_EXPORT_SYMBOL
int bufferevent_set_max_single_read(struct bufferevent *bev, size_t size);
EVENT2_EXPORT_SYMBOL
int bufferevent_set_max_single_write(struct bufferevent *bev, size_t size);

/* What was set, or 16384, also where writes without a limit move more. */
EVENT2_EXPORT_SYMBOL
ev_ssize_t bufferevent_get_max_single_read(struct bufferevent *bev);
EVENT2_EXPORT_SYMBOL
ev_ssize_t bufferevent_get_max_single_write(struct bufferevent *bev);

/*
 * What its own bucket holds now (may be below 0), or EV_SSIZE_MAX when there
 * is no limit.  A group's bucket is not counted in.
 */
EVENT2_EXPORT_SYMBOL
ev_ssize_t bufferevent_get_read_limit(struct bufferevent *bev);
EVENT2_EXPORT_SYMBOL
ev_ssize_t bufferevent_get_write_limit(struct bufferevent *bev);

/* What it would move at most now, all limits counted in. */
EVENT2_EXPORT_SYMBOL
ev_ssize_t bufferevent_get_max_to_read(struct bufferevent *bev);
EVENT2_EXPORT_SYMBOL
ev_ssize_t bufferevent_get_max_to_write(struct bufferevent *bev);

/* The configuration of its own limit, or NULL. */
EVENT2_EXPORT_SYMBOL
const struct ev_token_bucket_cfg *bufferevent_get_token_bucket_cfg(
    const struct bufferevent *bev);

/* What the group's bucket holds now (may be below 0). */
EVENT2_EXPORT_SYMBOL
ev_ssize_t bufferevent_rate_limit_group_get_read_limit(
    struct bufferevent_rate_limit_group *group);
EVENT2_EXPORT_SYMBOL
ev_ssize_t bufferevent_rate_limit_group_get_write_limit(
    struct bufferevent_rate_limit_group *group);

/*
 * Take `decr` bytes out of a bufferevent's own bucket, for traffic that does
 * not pass through it; less than 0 puts bytes in.  Reading or writing stops
 * or goes on accordingly.  Returns 0, or -1 if it has no limit.
 */
EVENT2_EXPORT_SYMBOL
int bufferevent_decrement_read_limit(struct bufferevent *bev, ev_ssize_t decr);
EVENT2_EXPORT_SYMBOL
int bufferevent_decrement_write_limit(struct bufferevent *bev, ev_ssize_t decr);

/* The same for a group.  Returns 0. */
EVENT2_EXPORT_SYMBOL
int bufferevent_rate_limit_group_decrement_read(
    struct bufferevent_rate_limit_group *group, ev_ssize_t decr);
EVENT2_EXPORT_SYMBOL
int bufferevent_rate_limit_group_decrement_write(
    struct bufferevent_rate_limit_group *group, ev_ssize_t decr);

/*
 * How many bytes the members of the group have read and written since it was
 * made or reset.  Either pointer may be NULL.
 */
EVENT2_EXPORT_SYMBOL
void bufferevent_rate_limit_group_get_totals(struct bufferevent_rate_limit_group
						 *group,
    ev_uint64_t *total_read_out, ev_uint64_t *total_written_out);

/* Count from 0 again. */
EVENT2_EXPORT_SYMBOL
void bufferevent_rate_limit_group_reset_totals(
    struct bufferevent_rate_limit_group *group);

#ifdef __cplusplus
}
#endif

#endif
