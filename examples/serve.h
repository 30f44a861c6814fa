/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * serve.h - the frame of the example servers; hello-server.c spells it out.
 */
#ifndef SERVE_H
#define SERVE_H

#include <event2/bufferevent.h>
#include <event2/event.h>

/* A peer has connected: `bev` is enabled, has no callbacks, and is yours. */
typedef void (*serve_fn)(struct event_base *base, struct bufferevent *bev);

/*
 * Listen on `port` of 127.0.0.1 (a number; NULL or "0": any free one), print
 * "listening on PORT", and run until SIGINT or SIGTERM.  If accept() fails
 * (too many open files), the queue waits for a tenth of a second.  Peers who
 * are still there at the end are left to the end of the process.
 *
 * Returns main's exit status.
 */
int serve(const char *port, serve_fn on_peer);

#endif
