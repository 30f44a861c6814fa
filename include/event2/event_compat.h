/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event2/event_compat.h - the calls of libevent 1.x, for old programs.
 *
 * They work on one base for the whole process, the one of the last
 * event_init(), and so suit programs with one thread.  All of them are
 * deprecated: each comment names what to use instead.  Include
 * event2/event.h too for the macros.
 */
#ifndef EVENT2_EVENT_COMPAT_H_INCLUDED_
#define EVENT2_EVENT_COMPAT_H_INCLUDED_

#include <event2/visibility.h>

#ifdef __cplusplus
extern "C" {
#endif

#include <event2/event-config.h>

#include <event2/util.h>

struct event;
struct event_base;

/*
 * event_base_new(), and make it the base of the functions here.  If it
 * fails, the process ends.  The caller may free it by event_base_free().
 */
EVENT2_EXPORT_SYMBOL
struct event_base *event_init(void);

/*
 * event_base_dispatch(), event_base_loop(), event_base_loopexit(),
 * event_base_loopbreak(), event_base_once(), event_base_get_method() and
 * event_base_priority_init() on that base, which must exist; results as
 * there.
 */
EVENT2_EXPORT_SYMBOL
int event_dispatch(void);

EVENT2_EXPORT_SYMBOL
int event_loop(int flags);

EVENT2_EXPORT_SYMBOL
int event_loopexit(const struct timeval *delay);

EVENT2_EXPORT_SYMBOL
int event_loopbreak(void);

EVENT2_EXPORT_SYMBOL
int event_once(evutil_socket_t fd, short events,
    void (*callback)(evutil_socket_t, short, void *), void *arg,
    const struct timeval *timeout);

EVENT2_EXPORT_SYMBOL
const char *event_get_method(void);

EVENT2_EXPORT_SYMBOL
int event_priority_init(int npriorities);

/*
 * event_assign() with that base, if there is one; if not, event_base_set()
 * must follow.  Arguments that event_assign() refuses end the process.
 */
EVENT2_EXPORT_SYMBOL
void event_set(struct event *ev, evutil_socket_t fd, short events,
    void (*callback)(evutil_socket_t, short, void *), void *arg);

/* event_set() for a timer and for a persistent signal; evtimer_assign(),
 * evsignal_assign(). */
#define evtimer_set(ev, cb, arg) event_set((ev), -1, 0, (cb), (arg))
#define evsignal_set(ev, x, cb, arg) \
	event_set((ev), (x), EV_SIGNAL | EV_PERSIST, (cb), (arg))

/* Timers; evtimer_add() and so on. */
#define timeout_add(ev, tv) event_add((ev), (tv))
#define timeout_set(ev, cb, arg) event_set((ev), -1, 0, (cb), (arg))
#define timeout_del(ev) event_del(ev)
#define timeout_pending(ev, tv) event_pending((ev), EV_TIMEOUT, (tv))
#define timeout_initialized(ev) event_initialized(ev)

/* Signals; evsignal_add() and so on. */
#define signal_add(ev, tv) event_add((ev), (tv))
#define signal_set(ev, x, cb, arg) \
	event_set((ev), (x), EV_SIGNAL | EV_PERSIST, (cb), (arg))
#define signal_del(ev) event_del(ev)
#define signal_pending(ev, tv) event_pending((ev), EV_SIGNAL, (tv))
#define signal_initialized(ev) event_initialized(ev)

/* event_get_fd() and event_get_signal() */
#ifndef EVENT_FD
#define EVENT_FD(ev) ((int)event_get_fd(ev))
#define EVENT_SIGNAL(ev) event_get_signal(ev)
#endif

#ifdef __cplusplus
}
#endif

#endif /* EVENT2_EVENT_COMPAT_H_INCLUDED_ */
