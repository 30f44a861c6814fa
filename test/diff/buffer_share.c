/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * buffer_share.c - sharing what is shared already, and a reference to no
 * bytes: what is taken, and when it is released.
 */
/* backends: epoll */
#include <event2/buffer.h>

#include "trace.h"

static void
on_release(const void *data, size_t len, void *arg)
{
	(void)data;
	trace("  release %s: %zu bytes", (char *)arg, len);
}

static void
shared_again(void)
{
	struct evbuffer *a = evbuffer_new(), *b = evbuffer_new(),
			*c = evbuffer_new();

	trace("-- sharing what is shared");
	evbuffer_add(a, "abc", 3);
	CALL(evbuffer_add_buffer_reference(b, a));
	CALL(evbuffer_add_buffer_reference(c, b));
	CALL(evbuffer_get_length(c));
	CALL(evbuffer_add_buffer_reference(c, a));
	CALL(evbuffer_get_length(c));
	evbuffer_free(a);
	evbuffer_free(b);
	evbuffer_free(c);
}

static void
no_bytes(void)
{
	struct evbuffer *buf = evbuffer_new();

	trace("-- a reference to no bytes");
	CALL(evbuffer_add_reference(buf, "x", 0, on_release, (void *)"none"));
	CALL(evbuffer_get_length(buf));
	evbuffer_add(buf, "y", 1);
	CALL(evbuffer_drain(buf, 1));
	trace("drained");
	evbuffer_free(buf);
	trace("freed");
}

int
main(void)
{
	shared_again();
	no_bytes();
	return 0;
}
