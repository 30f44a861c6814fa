/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event2/listener.h - accepting connections.
 *
 * A listener watches a listening socket, accepts what comes and hands each
 * new socket to a callback.
 *
 * Errors: NULL or -1, with errno of the call that failed.
 *
 * Threads: with LEV_OPT_THREADSAFE every function here may be called from any
 * thread.  Callbacks run in the thread that runs the event base, without the
 * listener's lock, and may disable or free the listener.
 */
#ifndef EVENT2_LISTENER_H_INCLUDED_
#define EVENT2_LISTENER_H_INCLUDED_

#include <event2/visibility.h>

#ifdef __cplusplus
extern "C" {
#endif

#include <event2/event.h>

struct sockaddr;
struct evconnlistener;

/*
 * A connection has come.  `fd` is the callee's to close; `addr` and `socklen`
 * are the peer's address, valid during the call; `ptr` as given with the
 * callback.
 */
typedef void (*evconnlistener_cb)(struct evconnlistener *listener,
    evutil_socket_t fd, struct sockaddr *addr, int socklen, void *ptr);

/*
 * Accepting has failed with EVUTIL_SOCKET_ERROR().  The listener goes on: it
 * is called again with the next wake-up unless it disables the listener.
 */
typedef void (
    *evconnlistener_errorcb)(struct evconnlistener *listener, void *ptr);

/* Leave the accepted sockets blocking. */
#define LEV_OPT_LEAVE_SOCKETS_BLOCKING (1u << 0)
/* Close the listening socket with the listener. */
#define LEV_OPT_CLOSE_ON_FREE (1u << 1)
/* Set close-on-exec on the listening and on the accepted sockets. */
#define LEV_OPT_CLOSE_ON_EXEC (1u << 2)
/* Bind even while old connections of the port linger (SO_REUSEADDR). */
#define LEV_OPT_REUSEABLE (1u << 3)
/* Give the listener a lock. */
#define LEV_OPT_THREADSAFE (1u << 4)
/* Begin disabled; see evconnlistener_enable(). */
#define LEV_OPT_DISABLED (1u << 5)
/* Accept only when the peer has sent something, where the system can. */
#define LEV_OPT_DEFERRED_ACCEPT (1u << 6)
/* Share the port with others that ask for the same (SO_REUSEPORT). */
#define LEV_OPT_REUSEABLE_PORT (1u << 7)
/* An IPv6 socket takes no IPv4 connections. */
#define LEV_OPT_BIND_IPV6ONLY (1u << 8)
/* An IPv6 socket takes IPv4 connections too, as mapped addresses.  2.2. */
#define LEV_OPT_BIND_IPV4_AND_IPV6 (1u << 9)

/*
 * A listener on a bound, non-blocking stream socket.  `backlog` > 0 is given
 * to listen(), < 0 means a sensible value, 0 that listen() was called already.
 * With `cb` NULL it accepts nothing until there is one.  Returns NULL when
 * listen() fails, memory is short or event_add() refuses the descriptor
 * (EPERM: a regular file, with epoll); then that is still the caller's.
 */
EVENT2_EXPORT_SYMBOL
struct evconnlistener *evconnlistener_new(struct event_base *base,
    evconnlistener_cb cb, void *ptr, unsigned flags, int backlog,
    evutil_socket_t fd);

/*
 * Make a socket, bind it to `sa` and listen.  `backlog` must not be 0.
 * Returns NULL with the socket error set if any of that fails.
 */
EVENT2_EXPORT_SYMBOL
struct evconnlistener *evconnlistener_new_bind(struct event_base *base,
    evconnlistener_cb cb, void *ptr, unsigned flags, int backlog,
    const struct sockaddr *sa, int socklen);

/*
 * Free it; closes the socket if LEV_OPT_CLOSE_ON_FREE was given.  While a
 * callback of it runs, in this thread or another, no other one will begin,
 * and it ends when that one returns; else it has ended when this returns.
 */
EVENT2_EXPORT_SYMBOL
void evconnlistener_free(struct evconnlistener *lev);

/* Accept again.  Returns 0, or -1 with the errno of event_add(). */
EVENT2_EXPORT_SYMBOL
int evconnlistener_enable(struct evconnlistener *lev);

/*
 * Accept no more; connections wait in the system's queue.  Returns 0.
 */
EVENT2_EXPORT_SYMBOL
int evconnlistener_disable(struct evconnlistener *lev);

/* Its event base. */
EVENT2_EXPORT_SYMBOL
struct event_base *evconnlistener_get_base(struct evconnlistener *lev);

/* Its listening socket. */
EVENT2_EXPORT_SYMBOL
evutil_socket_t evconnlistener_get_fd(struct evconnlistener *lev);

/* Change the callback and its argument; NULL stops accepting. */
EVENT2_EXPORT_SYMBOL
void evconnlistener_set_cb(struct evconnlistener *lev, evconnlistener_cb cb,
    void *arg);

/*
 * Set what hears of failures.  Without one, running out of descriptors (or of
 * memory for them) makes the listener warn, at most once a second, and wait
 * until a descriptor is free again; and the loop with it, 4 ms in each turn,
 * if there is no memory even for a timer.
 */
EVENT2_EXPORT_SYMBOL
void evconnlistener_set_error_cb(struct evconnlistener *lev,
    evconnlistener_errorcb errorcb);

#ifdef __cplusplus
}
#endif

#endif
