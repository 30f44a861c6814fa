/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event2/buffer_compat.h - evbuffer calls of the 1.x API, for old programs.
 *
 * Include event2/buffer.h first.  Each comment names what to use today.
 */
#ifndef EVENT2_BUFFER_COMPAT_H_INCLUDED_
#define EVENT2_BUFFER_COMPAT_H_INCLUDED_

#include <event2/visibility.h>

/**
 * Take one line, ended by any run of CR and LF.
 *
 * Use evbuffer_readln(), which can say how long the line is.
 *
 * @return as evbuffer_readln() with EVBUFFER_EOL_ANY.
 */
EVENT2_EXPORT_SYMBOL
char *evbuffer_readline(struct evbuffer *buffer);

/** Called after a change with the size before and the size now. */
typedef void (*evbuffer_cb)(struct evbuffer *buffer, size_t old_len,
    size_t new_len, void *arg);

/**
 * Remove all callbacks of the buffer and, unless `cb` is NULL, add this one.
 *
 * Use evbuffer_add_cb().
 *
 * @return 0; -1 when there is no memory.
 */
EVENT2_EXPORT_SYMBOL
int evbuffer_setcb(struct evbuffer *buffer, evbuffer_cb cb, void *cbarg);

/**
 * Find `len` bytes equal to `what` and make the buffer contiguous that far.
 *
 * Use evbuffer_search().
 *
 * @return the match inside the buffer, or NULL.
 */
EVENT2_EXPORT_SYMBOL
unsigned char *evbuffer_find(struct evbuffer *buffer, const unsigned char *what,
    size_t len);

/** The length of buffer x; use evbuffer_get_length(). */
#define EVBUFFER_LENGTH(x) evbuffer_get_length(x)

/** All bytes of buffer x, made contiguous; use evbuffer_pullup(). */
#define EVBUFFER_DATA(x) evbuffer_pullup((x), -1)

#endif
