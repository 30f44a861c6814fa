/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * engine.h - how a socket bufferevent's bytes get in and out of the kernel.
 *
 * The seam between socket.c, which decides, and what does it: readiness
 * (readiness.c: events, recv, writev) today.  An engine that hands whole
 * operations to the kernel could stand beside it: nothing above these calls
 * may know which one runs.
 *
 * The lock is held in all of these.
 */
#ifndef EVI_BUFFEREVENT_ENGINE_H
#define EVI_BUFFEREVENT_ENGINE_H

#include "bufferevent/bufferevent.h"

/* Begin with a socket, or with none (-1); nothing is armed.  Detached. */
void evi_bufferevent_engine_attach(struct evi_bufferevent *bufev,
    evutil_socket_t fd);

/* Stop everything and let go of the socket, which stays open. */
void evi_bufferevent_engine_detach(struct evi_bufferevent *bufev);

/* The socket, or -1.  Any engine keeps it here, each message asks for it. */
static inline evutil_socket_t
evi_bufferevent_engine_fd(const struct evi_bufferevent *bufev)
{
	return bufev->bev.ev_read.ev_fd;
}

/* Move to another base; nothing is armed.  0 or -errno. */
int evi_bufferevent_engine_set_base(struct evi_bufferevent *bufev,
    struct event_base *base);

/*
 * Ask to hear when EV_READ or EV_WRITE can move, with the timeout that is
 * set for it; again to restart or change the timeout.  0 or -errno.
 */
int evi_bufferevent_engine_arm(struct evi_bufferevent *bufev, short what);

/* No more of that. */
void evi_bufferevent_engine_cancel(struct evi_bufferevent *bufev, short what);

/* Let an armed direction's timeout follow the settings. */
void evi_bufferevent_engine_adjust(struct evi_bufferevent *bufev);

/*
 * Move up to `max` > 0 bytes from the socket to the end of the input.
 * Bytes, 0 at the end of the stream, or -errno (evi_err_is_again()).
 */
ssize_t evi_bufferevent_engine_fill(struct evi_bufferevent *bufev, size_t max);

/* Move up to `max` > 0 bytes of output to the socket.  Bytes or -errno. */
ssize_t evi_bufferevent_engine_drain(struct evi_bufferevent *bufev, size_t max);

/*
 * What the engine tells socket.c, from the loop, with the lock and a
 * reference held: a direction can move, or its timeout has passed.
 */
void evi_bufferevent_socket_on_readable(struct evi_bufferevent *bufev);
void evi_bufferevent_socket_on_writable(struct evi_bufferevent *bufev);
void evi_bufferevent_socket_on_timeout(struct evi_bufferevent *bufev,
    short what);

#endif
