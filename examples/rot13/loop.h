/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * loop.h - the event loop around the two servers that use libevent.
 */
#ifndef ROT13_LOOP_H
#define ROT13_LOOP_H

#include <event2/event.h>

struct rot13_loop;

/* A peer has connected on `fd`, which is non-blocking and now yours. */
typedef void (*rot13_accept_fn)(struct rot13_loop *loop, evutil_socket_t fd);

/*
 * Accept on `listener` and run the events until SIGTERM or SIGINT.  Returns
 * main's exit status.
 */
int rot13_loop_run(evutil_socket_t listener, rot13_accept_fn on_accept);

/* The base, to make events on. */
struct event_base *rot13_loop_base(struct rot13_loop *loop);

/* A descriptor has been closed: accept again, if that was the obstacle. */
void rot13_loop_has_room(struct rot13_loop *loop);

#endif
