/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event2/bufferevent_struct.h - the members of struct bufferevent.
 *
 * Kept because programs written for libevent 1.x look inside.  The layout is
 * part of the ABI.  Read what you must, change nothing; use the functions of
 * event2/bufferevent.h, and include that file first.
 */
#ifndef EVENT2_BUFFEREVENT_STRUCT_H_INCLUDED_
#define EVENT2_BUFFEREVENT_STRUCT_H_INCLUDED_

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
#include <event2/event_struct.h>

/* The two water marks of one direction, in bytes. */
struct event_watermark {
	size_t low;
	size_t high;
};

struct bufferevent {
	struct event_base *ev_base;           /* where its events run */
	const struct bufferevent_ops *be_ops; /* what type it is */

	/* Readiness of a socket, or only the timeout of the direction. */
	struct event ev_read;
	struct event ev_write;

	struct evbuffer *input;
	struct evbuffer *output;

	struct event_watermark wm_read;
	struct event_watermark wm_write;

	bufferevent_data_cb readcb;
	bufferevent_data_cb writecb;
	bufferevent_event_cb errorcb; /* the event callback */
	void *cbarg;

	/* 0.0 means none. */
	struct timeval timeout_read;
	struct timeval timeout_write;

	short enabled; /* EV_READ | EV_WRITE */
};

#ifdef __cplusplus
}
#endif

#endif
