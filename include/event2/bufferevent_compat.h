/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event2/bufferevent_compat.h - bufferevents as libevent 1.x had them.
 *
 * Kept for old programs.  These use the global event base of event_init().
 * Include event2/bufferevent.h first; event.h wraps this file in extern "C".
 */
#ifndef EVENT2_BUFFEREVENT_COMPAT_H_INCLUDED_
#define EVENT2_BUFFEREVENT_COMPAT_H_INCLUDED_

#include <event2/visibility.h>

/* Old names of the callback types. */
#define evbuffercb bufferevent_data_cb
#define everrorcb bufferevent_event_cb

/*
 * A socket bufferevent on the current global base, with its callbacks; when
 * there is no such base, give it one by bufferevent_base_set() before
 * enabling.  Returns NULL when memory is short.  Use bufferevent_socket_new().
 */
EVENT2_EXPORT_SYMBOL
struct bufferevent *bufferevent_new(evutil_socket_t fd, evbuffercb readcb,
    evbuffercb writecb, everrorcb errorcb, void *cbarg);

/* Set the timeouts in seconds, 0 for none.  Use bufferevent_set_timeouts(). */
EVENT2_EXPORT_SYMBOL
void bufferevent_settimeout(struct bufferevent *bufev, int timeout_read,
    int timeout_write);

/* Old names of the bits an event callback gets. */
#define EVBUFFER_READ BEV_EVENT_READING
#define EVBUFFER_WRITE BEV_EVENT_WRITING
#define EVBUFFER_EOF BEV_EVENT_EOF
#define EVBUFFER_ERROR BEV_EVENT_ERROR
#define EVBUFFER_TIMEOUT BEV_EVENT_TIMEOUT

/* Old ways to the buffers. */
#define EVBUFFER_INPUT(x) bufferevent_get_input(x)
#define EVBUFFER_OUTPUT(x) bufferevent_get_output(x)

#endif
