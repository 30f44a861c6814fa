/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * socket.h - what connect.c needs of socket.c.
 */
#ifndef EVI_BUFFEREVENT_SOCKET_H
#define EVI_BUFFEREVENT_SOCKET_H

#include "bufferevent/bufferevent.h"

/*
 * Put another socket in: bufferevent_setfd() without the lock.  What is
 * enabled goes on with it, and so does a connect.  Returns 0 or -errno.
 */
int evi_bufferevent_socket_set_fd(struct evi_bufferevent *bufev,
    evutil_socket_t fd);

/* It is not connected yet: do not write at the end of this pass. */
void evi_bufferevent_socket_hold(struct evi_bufferevent *bufev);

/* The socket is connecting: report when that is over.  0 or -errno. */
int evi_bufferevent_socket_await_connect(struct evi_bufferevent *bufev);

/* Whatever was connecting, its outcome is not wanted any more. */
void evi_bufferevent_socket_forget_connect(struct evi_bufferevent *bufev);

#endif
