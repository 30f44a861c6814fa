/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event2/event.h - events and the loop that runs them.
 *
 * The model.  An event_base is one loop, run by one thread at a time.  An
 * event is a callback and what it waits for: a file descriptor becoming
 * readable or writable, a signal, a point in time, or event_active().
 *
 *	initialized	event_new() or event_assign(): known, waits for nothing
 *	pending		event_add(): waits
 *	active		what it waited for has happened: queued to run
 *
 * When an active event's turn comes its callback runs; an event without
 * EV_PERSIST stops being pending just before that, so the callback may add
 * it again.  event_del() takes it back to initialized from any state.
 *
 * One turn of the loop: wait for the kernel (not at all if something is
 * active), activate what is ready, then the timers that are due, then run
 * the active events of the most urgent priority that has any.  Events of
 * the same priority run in the order in which they became active; of
 * several events on one descriptor, or for one signal, the one added last
 * becomes active first.
 *
 * Time.  A timeout is given as a distance from now, where now is the time
 * the base cached when it last woke up (see
 * event_base_gettimeofday_cached()); the clock is monotonic.  A timer never
 * fires early, and timers with equal deadlines fire in the order in which
 * they were added.
 *
 * Threads.  After evthread_use_pthreads() (see event2/thread.h) any function
 * here may be called from any thread unless it says otherwise, and a call
 * that changes what a sleeping loop waits for wakes it.  Without it a base,
 * its events and all calls on them belong to one thread.  Callbacks run in
 * the thread that is in event_base_loop(), without the base's lock, so they
 * may call everything.
 *
 * Results.  Where nothing else is said, functions that return int give 0 for
 * success and -1 for failure, functions that return a pointer give NULL for
 * failure, and errno says why where a system call or memory was the reason.
 * A failed call leaves things as they were.
 */
#ifndef EVENT2_EVENT_H_INCLUDED_
#define EVENT2_EVENT_H_INCLUDED_

#include <event2/visibility.h>

#ifdef __cplusplus
extern "C" {
#endif

#include <event2/event-config.h>

#include <stdio.h>

#include <event2/util.h>

/* A loop.  Made by event_base_new(), freed by event_base_free(). */
struct event_base;

/* An event.  Its layout is in event2/event_struct.h; see event_new(). */
struct event;

/* What a base shall be like.  See event_config_new(). */
struct event_config;

/* -- versions ----------------------------------------------------------- */

/* The libevent release whose API and ABI this header describes. */
#define LIBEVENT_VERSION EVENT__VERSION

/* The same as a number: major, minor, patch, state; a byte each. */
#define LIBEVENT_VERSION_NUMBER EVENT__NUMERIC_VERSION

/*
 * The version of libevent-ng itself, as a string and as a number (major,
 * minor, patch, 0; a byte each).  Not defined by any other libevent, so it
 * tells them apart when a program is compiled.
 */
#define LIBEVENT_NG_VERSION EVENT__NG_VERSION
#define LIBEVENT_NG_VERSION_NUMBER EVENT__NG_NUMERIC_VERSION

/*
 * LIBEVENT_VERSION and LIBEVENT_VERSION_NUMBER of the library that is
 * loaded, which may differ from those the program was compiled with.  The
 * string is constant.  Never fail.
 */
EVENT2_EXPORT_SYMBOL
const char *event_get_version(void);
EVENT2_EXPORT_SYMBOL
ev_uint32_t event_get_version_number(void);

/* -- configuring and making a base -------------------------------------- */

/*
 * What a kernel interface ("method") can do; see
 * event_config_require_features() and event_base_get_features().
 */
enum event_method_feature {
	/* EV_ET works. */
	EV_FEATURE_ET = 0x01,

	/* Adding, deleting and activating an event do not slow down with the
	 * number of descriptors watched. */
	EV_FEATURE_O1 = 0x02,

	/* Any file descriptor will do, not sockets and pipes alone. */
	EV_FEATURE_FDS = 0x04,

	/* EV_CLOSED works. */
	EV_FEATURE_EARLY_CLOSE = 0x08
};

/* What a base does; or'ed by event_config_set_flag(). */
enum event_base_config_flag {
	/* No lock even if threading is on: one thread uses the base. */
	EVENT_BASE_FLAG_NOLOCK = 0x01,

	/* Do not look at the EVENT_* environment variables. */
	EVENT_BASE_FLAG_IGNORE_ENV = 0x02,

	/* Windows only: start an I/O completion port. */
	EVENT_BASE_FLAG_STARTUP_IOCP = 0x04,

	/* Ask the clock anew each time, not once in each turn. */
	EVENT_BASE_FLAG_NO_CACHE_TIME = 0x08,

	/* epoll: collect changes and hand them over once in each turn.  Do
	 * not use it with descriptors cloned by dup(). */
	EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST = 0x10,

	/* epoll: sleep to the microsecond.  Without it a sleep is rounded
	 * up to whole milliseconds, as poll's always is. */
	EVENT_BASE_FLAG_PRECISE_TIMER = 0x20,

	/* epoll with PRECISE_TIMER: make no timerfd where the wait call
	 * itself is not precise enough (Linux before 5.11). */
	EVENT_BASE_FLAG_EPOLL_DISALLOW_TIMERFD = 0x40,

	/* Receive signals through a signalfd.  It blocks the signals that
	 * are waited for, in this thread and, unless undone, in the programs
	 * it starts. */
	EVENT_BASE_FLAG_USE_SIGNALFD = 0x80,

	/* libevent-ng only: an event that becomes ready and times out in the
	 * same turn reports both.  As in libevent 2.1, the default is to
	 * report EV_TIMEOUT alone. */
	EVENT_BASE_FLAG_TIMEOUT_KEEPS_IO = 0x10000
};

/*
 * A new configuration that asks for nothing.  The caller owns it and frees
 * it with event_config_free().  NULL if memory is out.
 *
 * A configuration is no shared object: one thread uses it.
 */
EVENT2_EXPORT_SYMBOL
struct event_config *event_config_new(void);

/* Free a configuration.  Bases made with it are not affected. */
EVENT2_EXPORT_SYMBOL
void event_config_free(struct event_config *cfg);

/*
 * Do not use the method of that name ("epoll", "poll", "select"; see
 * event_get_supported_methods()).  A name that does not exist is not an
 * error.  The string is copied.  -1 if memory is out or an argument is NULL.
 */
EVENT2_EXPORT_SYMBOL
int event_config_avoid_method(struct event_config *cfg, const char *method);

/*
 * Use only a method with all of these EV_FEATURE_ bits.  The bits replace
 * those of an earlier call.  -1 if cfg is NULL.
 */
EVENT2_EXPORT_SYMBOL
int event_config_require_features(struct event_config *cfg, int features);

/* Add EVENT_BASE_FLAG_ bits to those already set.  -1 if cfg is NULL. */
EVENT2_EXPORT_SYMBOL
int event_config_set_flag(struct event_config *cfg, int flag);

/*
 * How many processors the base may assume.  Only a completion port on
 * Windows makes use of it.  -1 if cfg is NULL.
 */
EVENT2_EXPORT_SYMBOL
int event_config_set_num_cpus_hint(struct event_config *cfg, int cpus);

/*
 * Look for new events in the middle of running active ones: after
 * `max_interval` has passed (NULL: no limit) or `max_callbacks` callbacks
 * have run (negative: no limit), but only between callbacks of priority
 * `min_priority` or less urgent; 0 makes it hold for all.  Without this, a
 * long queue at a low priority keeps an urgent event waiting.
 *
 * The interval is copied.  -1 if cfg is NULL.
 */
EVENT2_EXPORT_SYMBOL
int event_config_set_max_dispatch_interval(struct event_config *cfg,
    const struct timeval *max_interval, int max_callbacks, int min_priority);

/*
 * A new base with the best method of this system and one priority.  The
 * caller owns it and frees it with event_base_free().
 *
 * These environment variables are obeyed, unless the program runs with
 * changed privileges: EVENT_NOEPOLL, EVENT_NOPOLL, EVENT_NOSELECT (avoid the
 * method), EVENT_EPOLL_USE_CHANGELIST, EVENT_PRECISE_TIMER (as the flags),
 * EVENT_SHOW_METHOD (log which method was chosen).
 *
 * NULL if memory or descriptors are out, or no method is left.
 */
EVENT2_EXPORT_SYMBOL
struct event_base *event_base_new(void);

/*
 * The same, configured.  cfg may be NULL, which is event_base_new(); it is
 * not kept.  Also NULL, with a warning logged, if no method has the features
 * asked for.
 */
EVENT2_EXPORT_SYMBOL
struct event_base *event_base_new_with_config(const struct event_config *cfg);

/*
 * Free a base.  Events that are still pending or active are removed from it
 * but not freed, except those of event_base_once(), whose callback then
 * never runs; finalizers that wait run now.  Descriptors are not closed.
 * Free what uses the base (bufferevents, listeners) before it.
 *
 * No thread may be in the loop or use the base any more.  base may be NULL
 * for the base of event_init(), and nothing happens (but a warning) if there
 * is none.
 */
EVENT2_EXPORT_SYMBOL
void event_base_free(struct event_base *base);

/*
 * As event_base_free(), but finalizers that wait do not run, and what they
 * would have freed is not freed.  For a child process that shares memory
 * with nobody and wants to be rid of the parent's base.
 */
EVENT2_EXPORT_SYMBOL
void event_base_free_nofinalize(struct event_base *base);

/*
 * Give a child process, after fork(), a base of its own: the kernel objects
 * that it shared with the parent are made anew, and the pending events
 * registered there; the parent's are left alone.  Timers keep their
 * deadlines.  Call it in the child before anything else on the base; inside
 * a callback is fine.  The child must not have other threads on the base.
 *
 * -1 if base is NULL or the kernel refuses; then the base can only be freed.
 */
EVENT2_EXPORT_SYMBOL
int event_reinit(struct event_base *base);

/* The name of the base's method, e.g. "epoll".  Constant. */
EVENT2_EXPORT_SYMBOL
const char *event_base_get_method(const struct event_base *base);

/*
 * The name of what the base receives signals with: "signalfd_signal" with
 * EVENT_BASE_FLAG_USE_SIGNALFD, else "signal".  Constant.
 */
EVENT2_EXPORT_SYMBOL
const char *event_base_get_signal_method(const struct event_base *base);

/* The EV_FEATURE_ bits of the base's method. */
EVENT2_EXPORT_SYMBOL
int event_base_get_features(const struct event_base *base);

/*
 * The names of the methods of this system, most preferred first, up to a
 * NULL, whether the environment forbids them or not.  The array belongs to
 * the library and may be overwritten, with the same, by the next call.  Never
 * NULL.
 */
EVENT2_EXPORT_SYMBOL
const char **event_get_supported_methods(void);

/* -- running a loop ----------------------------------------------------- */

/*
 * Flags of event_base_loop().
 *
 * ONCE: leave when some events were active and have run; wait for that if
 * need be.  NONBLOCK: run what is ready now, do not wait.  NO_EXIT_ON_EMPTY:
 * go on with no event left, until loopbreak or loopexit.
 */
#define EVLOOP_ONCE 0x01
#define EVLOOP_NONBLOCK 0x02
#define EVLOOP_NO_EXIT_ON_EMPTY 0x04

/*
 * Run the loop until no event is pending or active, or a flag or
 * event_base_loopexit() or event_base_loopbreak() ends it.  The calling
 * thread runs the callbacks.
 *
 * Returns 1 if no event was left, 0 if it ended for another reason, and -1
 * if base is NULL, the kernel failed, or the base is already in a loop (then
 * a warning is logged and that loop goes on).
 */
EVENT2_EXPORT_SYMBOL
int event_base_loop(struct event_base *base, int flags);

/* event_base_loop() without flags. */
EVENT2_EXPORT_SYMBOL
int event_base_dispatch(struct event_base *base);

/*
 * End the loop in `delay` (NULL: at once) from now, as a timer of the middle
 * priority would: what is active then at that or a more urgent priority
 * still runs, the rest stays active for the next loop.  If the base is in no
 * loop, the next one is meant.  -1 if memory is out or base is NULL.
 */
EVENT2_EXPORT_SYMBOL
int event_base_loopexit(struct event_base *base, const struct timeval *delay);

/*
 * End the loop after the callback that runs now; other active events stay
 * active for the next loop.  If the base is in no loop it has no effect: a
 * new loop forgets it.  -1 if base is NULL.
 */
EVENT2_EXPORT_SYMBOL
int event_base_loopbreak(struct event_base *base);

/*
 * After the callback that runs now, look for new events before running the
 * rest, so that urgent ones get ahead.  No effect outside a callback.  -1 if
 * base is NULL.
 */
EVENT2_EXPORT_SYMBOL
int event_base_loopcontinue(struct event_base *base);

/*
 * Whether the last loop ended, or this one is about to end, by loopexit or
 * by loopbreak: 1 or 0.  A new loop resets both.
 */
EVENT2_EXPORT_SYMBOL
int event_base_got_exit(struct event_base *base);
EVENT2_EXPORT_SYMBOL
int event_base_got_break(struct event_base *base);

/* -- events ------------------------------------------------------------- */

/*
 * What an event waits for, in `events` of event_new(); and why its callback
 * is called, in `what`.
 *
 * TIMEOUT: time has passed.  In `events` it has no effect: an event has a
 * timeout if event_add() gives it one.  READ: readable, at its end, or in
 * error.  WRITE: writable, or in error.  CLOSED: the peer has closed; needs
 * EV_FEATURE_EARLY_CLOSE.  SIGNAL: the signal whose number is in `fd`.
 */
#define EV_TIMEOUT 0x01
#define EV_READ 0x02
#define EV_WRITE 0x04
#define EV_SIGNAL 0x08
#define EV_CLOSED 0x80

/*
 * How an event behaves.
 *
 * PERSIST: it stays pending when its callback runs.  ET: edge-triggered, it
 * reports a change once, not as long as it lasts; all events on one
 * descriptor must agree on it.  FINALIZE: event_del() does not wait for a
 * callback that another thread runs.
 */
#define EV_PERSIST 0x10
#define EV_ET 0x20
#define EV_FINALIZE 0x40

/*
 * An event's callback: its descriptor or signal number (-1 if it has none),
 * the EV_ bits of what happened, and the argument given with it.
 */
typedef void (*event_callback_fn)(evutil_socket_t fd, short what, void *arg);

/*
 * As `arg` of event_new() and event_assign(): the callback gets the event
 * itself as its argument.
 */
EVENT2_EXPORT_SYMBOL
void *event_self_cbarg(void);

/*
 * A new event, initialized, not pending.  The caller owns it and frees it
 * with event_free(); it must not outlive the base while pending.  `fd` is a
 * descriptor, a signal number with EV_SIGNAL, or -1 for an event that waits
 * for time or event_active() only.  The descriptor stays the caller's, who
 * deletes the event before closing it.  `events` is of EV_READ, EV_WRITE,
 * EV_CLOSED, EV_SIGNAL, EV_PERSIST, EV_ET and EV_FINALIZE.
 *
 * With EV_PERSIST and a timeout, the timeout starts again whenever the
 * callback is called: for a timer from when it was due (so it does not
 * drift; missed periods are not made up), after I/O from then.
 *
 * Several events, in one base or in several, may wait for the same signal,
 * and each gets it: unlike in libevent, no base takes it from another.  A
 * signal that arrives more than once before its callback runs may lead to
 * more than one call.
 *
 * With base NULL the event is for the base of event_init(), or without one
 * until event_base_set().  NULL if memory is out, or EV_SIGNAL comes with I/O
 * bits (EINVAL, and a warning).
 */
EVENT2_EXPORT_SYMBOL
struct event *event_new(struct event_base *base, evutil_socket_t fd,
    short events, event_callback_fn callback, void *arg);

/*
 * The same in memory of the caller: sets up *ev whatever was in it, so it
 * must not be pending or active (event_del() first).  The memory must stay
 * until the event is neither.  A zeroed struct event is not initialized, and
 * no other function may be called on it but event_initialized().  -1 if ev is
 * NULL or EV_SIGNAL comes with I/O bits.
 */
EVENT2_EXPORT_SYMBOL
int event_assign(struct event *ev, struct event_base *base, evutil_socket_t fd,
    short events, event_callback_fn callback, void *arg);

/*
 * event_del(), then free what event_new() made.  NULL is fine.  It waits for
 * a callback as event_del() does.
 */
EVENT2_EXPORT_SYMBOL
void event_free(struct event *ev);

/*
 * Make an event pending.  It fires when what it waits for happens or, if
 * `timeout` is not NULL, that much later at the latest (0: in the next
 * turn).  If it is pending already, `timeout` replaces the one it had, NULL
 * leaves that alone, and an activation by the old timeout that has not run
 * is taken back.  A negative timeout has passed already.  The timeval is
 * copied.
 *
 * -1, with a warning, if memory is out (ENOMEM); the kernel refuses the
 * descriptor (EBADF; EPERM for a regular file with epoll) or the signal; or
 * another event on the descriptor differs in EV_ET (EINVAL).  -1 also after
 * event_finalize(), and if the event has no base.
 *
 * For a signal event whose callback another thread runs it waits for that.
 */
EVENT2_EXPORT_SYMBOL
int event_add(struct event *ev, const struct timeval *timeout);

/*
 * Take the timeout, and nothing else, from a pending event.  No effect on an
 * event without one.  -1 if the event has no base.
 */
EVENT2_EXPORT_SYMBOL
int event_remove_timer(struct event *ev);

/*
 * Make an event neither pending nor active; its callback will not start any
 * more.  If another thread runs the callback right now, wait for its end,
 * unless the event has EV_FINALIZE; so do not hold a lock that the callback
 * wants.  Called from the thread in the loop it never waits.  Deleting what
 * is not pending is fine.  -1 if the event has no base.
 */
EVENT2_EXPORT_SYMBOL
int event_del(struct event *ev);

/*
 * event_del() that does not wait: the callback may still be running when it
 * returns; and one that waits in spite of EV_FINALIZE.
 */
EVENT2_EXPORT_SYMBOL
int event_del_noblock(struct event *ev);
EVENT2_EXPORT_SYMBOL
int event_del_block(struct event *ev);

/*
 * Make an event active as if `what` (EV_ bits) had happened; it need not be
 * pending.  If it is active already, `what` is or'ed to what it has.
 * `ncalls` is for EV_SIGNAL events only: how often to call the callback.
 *
 * From another thread it wakes the loop, once for a whole burst of calls.
 * On a signal event whose callback another thread runs it waits for that.  An
 * event without a base is warned about; one that is being finalized stays as
 * it is.  It takes the base's lock: with threads on, no call for handlers of
 * signals.
 */
EVENT2_EXPORT_SYMBOL
void event_active(struct event *ev, int what, short ncalls);

/*
 * Call a callback once, then forget it.  As event_new() with event_add(),
 * but nothing to free.  `events` is EV_TIMEOUT for a mere delay (NULL: no
 * delay), or of EV_READ, EV_WRITE and EV_CLOSED with, perhaps, EV_TIMEOUT.
 * -1 for other bits, without a base or callback (EINVAL), or as event_add().
 */
EVENT2_EXPORT_SYMBOL
int event_base_once(struct event_base *base, evutil_socket_t fd, short events,
    event_callback_fn callback, void *arg, const struct timeval *timeout);

/*
 * Move an event to another base, and to that base's middle priority.  -1 if
 * it is pending or active, or base is NULL.
 */
EVENT2_EXPORT_SYMBOL
int event_base_set(struct event_base *base, struct event *ev);

/* -- finalizing: deleting without waiting ------------------------------- */

/* Called when nothing uses `ev` any more; `arg` is the event's own. */
typedef void (*event_finalize_callback_fn)(struct event *ev, void *arg);

/*
 * Delete an event without waiting for a callback that another thread runs;
 * when none can run any more, the loop calls `callback`, which may free the
 * memory of the event and what its callback used.  Adding or activating the
 * event has no effect from now on.  A base that is freed finalizes too.
 *
 * For a signal event, though, it does wait, even with EV_FINALIZE: do not
 * hold a lock that its callback wants.
 *
 * `flags` is 0, `callback` not NULL; it runs in the loop's thread without a
 * lock.  The second function then also frees what event_new() made.  -1 if
 * the event has no base.
 */
EVENT2_EXPORT_SYMBOL
int event_finalize(unsigned flags, struct event *ev,
    event_finalize_callback_fn callback);
EVENT2_EXPORT_SYMBOL
int event_free_finalize(unsigned flags, struct event *ev,
    event_finalize_callback_fn callback);

/* -- asking an event ---------------------------------------------------- */

/*
 * Which of `events` (EV_TIMEOUT, EV_READ, EV_WRITE, EV_CLOSED, EV_SIGNAL) it
 * waits for, or is active because of; 0 for none.  If EV_TIMEOUT is one of
 * them and ret_timeout is not NULL, *ret_timeout becomes the time of day at
 * which it expires.  0, with a warning, if the event has no base.
 */
EVENT2_EXPORT_SYMBOL
int event_pending(const struct event *ev, short events,
    struct timeval *ret_timeout);

/* Whether *ev was set up; 0 for zeroed memory. */
EVENT2_EXPORT_SYMBOL
int event_initialized(const struct event *ev);

/*
 * What the event was made with, whatever state it is in; no lock is taken.
 * Its priority is 0 for the most urgent.
 */
EVENT2_EXPORT_SYMBOL
evutil_socket_t event_get_fd(const struct event *ev);
EVENT2_EXPORT_SYMBOL
struct event_base *event_get_base(const struct event *ev);
EVENT2_EXPORT_SYMBOL
short event_get_events(const struct event *ev);
EVENT2_EXPORT_SYMBOL
event_callback_fn event_get_callback(const struct event *ev);
EVENT2_EXPORT_SYMBOL
void *event_get_callback_arg(const struct event *ev);
EVENT2_EXPORT_SYMBOL
int event_get_priority(const struct event *ev);

/* The signal number of an event with EV_SIGNAL. */
#define event_get_signal(ev) ((int)event_get_fd(ev))

/* All of it; each pointer may be NULL. */
EVENT2_EXPORT_SYMBOL
void event_get_assignment(const struct event *ev, struct event_base **ret_base,
    evutil_socket_t *ret_fd, short *ret_events, event_callback_fn *ret_callback,
    void **ret_arg);

/*
 * sizeof(struct event) of the library that is loaded, for programs that
 * allocate events without event2/event_struct.h.
 */
EVENT2_EXPORT_SYMBOL
size_t event_get_struct_event_size(void);

/* -- names for events of one kind --------------------------------------- */

/* Timers: events that wait for nothing but time. */
#define evtimer_assign(ev, b, cb, arg) \
	event_assign((ev), (b), -1, 0, (cb), (arg))
#define evtimer_new(b, cb, arg) event_new((b), -1, 0, (cb), (arg))
#define evtimer_add(ev, tv) event_add((ev), (tv))
#define evtimer_del(ev) event_del(ev)
#define evtimer_pending(ev, tv) event_pending((ev), EV_TIMEOUT, (tv))
#define evtimer_initialized(ev) event_initialized(ev)

/* Signals: `x` is the number; they are persistent. */
#define evsignal_add(ev, tv) event_add((ev), (tv))
#define evsignal_assign(ev, b, x, cb, arg) \
	event_assign((ev), (b), (x), EV_SIGNAL | EV_PERSIST, (cb), (arg))
#define evsignal_new(b, x, cb, arg) \
	event_new((b), (x), EV_SIGNAL | EV_PERSIST, (cb), (arg))
#define evsignal_del(ev) event_del(ev)
#define evsignal_pending(ev, tv) event_pending((ev), EV_SIGNAL, (tv))
#define evsignal_initialized(ev) event_initialized(ev)

/* User events: those that evuser_trigger() makes active. */
#define evuser_new(b, cb, arg) event_new((b), -1, 0, (cb), (arg))
#define evuser_del(ev) event_del(ev)
#define evuser_pending(ev, tv) event_pending((ev), 0, (tv))
#define evuser_initialized(ev) event_initialized(ev)
#define evuser_trigger(ev) event_active((ev), 0, 0)

/* -- priorities --------------------------------------------------------- */

/* A base has fewer priorities than this. */
#define EVENT_MAX_PRIORITIES 256

/*
 * Give a base priorities 0 (runs first) to npriorities - 1.  New events get
 * the middle one, npriorities / 2; so set this before making events.  An
 * active event keeps those of less urgent priorities waiting, however long.
 *
 * -1 if npriorities is not in 1 to EVENT_MAX_PRIORITIES - 1 (EINVAL), memory
 * is out or an event is active (EBUSY).
 */
EVENT2_EXPORT_SYMBOL
int event_base_priority_init(struct event_base *base, int npriorities);

/*
 * How many priorities the base has; 1 at first.  base NULL: that of
 * event_init(), or -1 if there is none.
 */
EVENT2_EXPORT_SYMBOL
int event_base_get_npriorities(struct event_base *base);

/*
 * Give an event a priority.  -1 if it is active, has no base, or its base has
 * no such priority.  The caller sees to it that the event does not become
 * active at the same time.
 */
EVENT2_EXPORT_SYMBOL
int event_priority_set(struct event *ev, int priority);

/* -- time --------------------------------------------------------------- */

/*
 * Accepted for programs that tell libevent which timeout very many of their
 * events share: the result stands for `duration` in event_add() on this
 * base.  It saves nothing here, where every timeout is cheap, and costs
 * nothing.  The result belongs to the base and must not be changed.  NULL if
 * memory is out, the base has 256 of them, or the duration is negative.
 */
EVENT2_EXPORT_SYMBOL
const struct timeval *event_base_init_common_timeout(struct event_base *base,
    const struct timeval *duration);

/*
 * The time of day, cheaply: in a callback the time at which the loop last
 * woke, elsewhere the time now.  base NULL: that of event_init(), if there is
 * one.  -1 if tv is NULL.
 */
EVENT2_EXPORT_SYMBOL
int event_base_gettimeofday_cached(struct event_base *base, struct timeval *tv);

/*
 * Let the base ask the clock now, so that timeouts added later in a long
 * callback are not shortened by its length.  No effect outside the loop.
 * base NULL: that of event_init(); -1 if there is none.
 */
EVENT2_EXPORT_SYMBOL
int event_base_update_cache_time(struct event_base *base);

/*
 * The time now of the clock that never goes back; its zero is arbitrary.  It
 * is not cached.  -1 if an argument is NULL.
 */
EVENT2_EXPORT_SYMBOL
int event_gettime_monotonic(struct event_base *base, struct timeval *tp);

/* -- asking a base ------------------------------------------------------ */

/*
 * What to count; add up as you like.
 *
 * ACTIVE: active events.  VIRTUAL: what keeps the loop alive without being
 * an event, such as a running look-up.  ADDED: pending and active events;
 * one that is both counts twice.
 */
#define EVENT_BASE_COUNT_ACTIVE 1U
#define EVENT_BASE_COUNT_VIRTUAL 2U
#define EVENT_BASE_COUNT_ADDED 4U

/*
 * How many there are of what `which` names, each kind by itself, then added
 * up.  The library's own events do not count.
 */
EVENT2_EXPORT_SYMBOL
int event_base_get_num_events(struct event_base *base, unsigned int which);

/*
 * The most there have been, each kind by itself, then added up.  With
 * `clear` those kinds start again from 0.
 */
EVENT2_EXPORT_SYMBOL
int event_base_get_max_events(struct event_base *base, unsigned int which,
    int clear);

/*
 * The event whose callback runs now, or NULL.  For the thread that is in
 * the loop.
 */
EVENT2_EXPORT_SYMBOL
struct event *event_base_get_running_event(struct event_base *base);

/* Called for an event of a base; not 0 stops the walk. */
typedef int (*event_base_foreach_event_cb)(const struct event_base *base,
    const struct event *ev, void *arg);

/*
 * Call fn for each pending or active event, in no particular order.  fn may
 * change nothing about the base or its events: the base is locked.
 *
 * Returns 0, or what fn returned to stop; -1 if base or fn is NULL.
 */
EVENT2_EXPORT_SYMBOL
int event_base_foreach_event(struct event_base *base,
    event_base_foreach_event_cb fn, void *arg);

/*
 * Write all pending and active events to `out`, for a human reader, one a
 * line.  The base is locked meanwhile.
 */
EVENT2_EXPORT_SYMBOL
void event_base_dump_events(struct event_base *base, FILE *out);

/*
 * Make active all pending events on `fd` that wait for any of `events`
 * (EV_READ, EV_WRITE, EV_CLOSED and, for those that have a timeout,
 * EV_TIMEOUT); or all that wait for the signal, called back once each.  As
 * event_active() for each of them; no effect if there is none.
 */
EVENT2_EXPORT_SYMBOL
void event_base_active_by_fd(struct event_base *base, evutil_socket_t fd,
    short events);
EVENT2_EXPORT_SYMBOL
void event_base_active_by_signal(struct event_base *base, int signal_number);

/* -- log, memory, debugging: for the whole process ---------------------- */

/* How grave a message is. */
#define EVENT_LOG_DEBUG 0
#define EVENT_LOG_MSG 1
#define EVENT_LOG_WARN 2
#define EVENT_LOG_ERR 3

/* Old names of the same. */
#define _EVENT_LOG_DEBUG EVENT_LOG_DEBUG
#define _EVENT_LOG_MSG EVENT_LOG_MSG
#define _EVENT_LOG_WARN EVENT_LOG_WARN
#define _EVENT_LOG_ERR EVENT_LOG_ERR

/* Gets a message of one line without its newline. */
typedef void (*event_log_cb)(int severity, const char *msg);

/*
 * Where messages go; NULL: to standard error.  The callback may run in any
 * thread that calls the library, with locks held, so it must not call the
 * library.  Set it before other threads start.
 */
EVENT2_EXPORT_SYMBOL
void event_set_log_callback(event_log_cb cb);

/* Must not return.  `err` is what would be the argument of exit(). */
typedef void (*event_fatal_cb)(int err);

/*
 * What to do, after the message, when the library cannot go on; NULL: exit,
 * or abort() after a failed assertion.
 */
EVENT2_EXPORT_SYMBOL
void event_set_fatal_callback(event_fatal_cb cb);

/* For event_enable_debug_logging(). */
#define EVENT_DBG_ALL 0xffffffffu
#define EVENT_DBG_NONE 0

/*
 * Log messages of EVENT_LOG_DEBUG, or stop that.  It lasts until it is
 * called again.
 */
EVENT2_EXPORT_SYMBOL
void event_enable_debug_logging(ev_uint32_t which);

#define EVENT_SET_MEM_FUNCTIONS_IMPLEMENTED

/*
 * Take memory from these functions, which must work as malloc(), realloc()
 * and free() do; NULL: from those.  Call it before anything else: memory got
 * before is freed by the new free_fn.  They are called from any thread.
 *
 * Memory that the library hands over to the program comes from malloc_fn.
 */
EVENT2_EXPORT_SYMBOL
void event_set_mem_functions(void *(*malloc_fn)(size_t size),
    void *(*realloc_fn)(void *ptr, size_t size), void (*free_fn)(void *ptr));

/*
 * Find common mistakes with events: using one that is not initialized, and
 * initializing one that is pending end the process with a message.  Costs
 * memory for each event.  Call it before the first base or event is made;
 * later it ends the process.
 */
EVENT2_EXPORT_SYMBOL
void event_enable_debug_mode(void);

/*
 * In debug mode: forget an event set up by event_assign(), whose memory is
 * about to go.  It must not be pending.
 */
EVENT2_EXPORT_SYMBOL
void event_debug_unassign(struct event *ev);

/*
 * Free what the library keeps for the whole process, to please checkers for
 * leaks.  The last call to the library: free all else before, and let no
 * other thread be in it.
 */
EVENT2_EXPORT_SYMBOL
void libevent_global_shutdown(void);

#ifdef __cplusplus
}
#endif

#endif /* EVENT2_EVENT_H_INCLUDED_ */
