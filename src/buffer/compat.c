/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * compat.c - evbuffer calls of the 1.x API.
 */
#include "event2/buffer.h"
#include "event2/buffer_compat.h"

#include "buffer/callback.h"
#include "buffer/list.h"

int
evbuffer_setcb(struct evbuffer *buffer, evbuffer_cb cb, void *cbarg)
{
	evi_buffer_acquire(buffer);
	int r = evi_buffer_callback_replace(buffer, cb, cbarg);
	evi_buffer_release(buffer);
	return evi_buffer_list_result(r);
}

char *
evbuffer_readline(struct evbuffer *buffer)
{
	return evbuffer_readln(buffer, NULL, EVBUFFER_EOL_ANY);
}

unsigned char *
evbuffer_find(struct evbuffer *buffer, const unsigned char *what, size_t len)
{
	unsigned char *found = NULL;

	evi_buffer_acquire(buffer);
	struct evbuffer_ptr pos = evbuffer_search(buffer, (const char *)what,
	    len, NULL);

	if (pos.pos >= 0) {
		unsigned char *data = evi_buffer_pullup(buffer,
		    (size_t)pos.pos + len);

		if (data)
			found = data + pos.pos;
	}
	evi_buffer_release(buffer);
	return found;
}
