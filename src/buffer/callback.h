/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * callback.h - what the 1.x calls need of the callbacks.
 *
 * Private to the folder.
 */
#ifndef EVI_BUFFER_CALLBACK_H
#define EVI_BUFFER_CALLBACK_H

#include <stddef.h>

#include "event2/buffer.h"
#include "event2/buffer_compat.h"

/* Remove all callbacks and add `fn` unless it is NULL.  Lock held.  Returns
 * 0 or -ENOMEM. */
int evi_buffer_callback_replace(struct evbuffer *buf, evbuffer_cb fn,
    void *arg);

#endif
