/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * printf.c - formatted text at the end of a buffer.
 *
 * The text is formatted straight into the room at the end; only if it turns
 * out longer is there a second pass, into room that is large enough.
 */
#include "buffer/buffer.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

#include "buffer/list.h"

/* Room for the first pass. */
#define FIRST_TRY 64u

/* Format and append; the length of the text or -errno. */
EVI_PRINTF(2, 0)
static int
add_text(struct evbuffer *buf, const char *fmt, va_list ap)
{
	size_t size = FIRST_TRY;

	for (;;) {
		struct iovec vec;
		va_list again;
		int r = evi_buffer_space_reserve(buf, size, &vec, 1);

		if (r < 0)
			return r;
		/* Some systems refuse a size that no result can reach. */
		if (vec.iov_len > INT_MAX)
			vec.iov_len = INT_MAX;
		va_copy(again, ap);
		r = vsnprintf(vec.iov_base, vec.iov_len, fmt, again);
		va_end(again);
		if (r < 0 || r == INT_MAX)
			return -EOVERFLOW;
		if ((size_t)r < vec.iov_len) {
			vec.iov_len = (size_t)r;
			int err = evi_buffer_space_commit(buf, &vec, 1);
			return err < 0 ? err : r;
		}
		size = (size_t)r + 1;
	}
}

int
evbuffer_add_vprintf(struct evbuffer *buf, const char *fmt, va_list ap)
{
	int r = -EPERM;

	evi_buffer_acquire(buf);
	if (!(buf->state & EVI_BUFFER_FROZEN_END))
		r = add_text(buf, fmt, ap);
	evi_buffer_release(buf);
	return evi_buffer_list_result(r);
}

int
evbuffer_add_printf(struct evbuffer *buf, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int r = evbuffer_add_vprintf(buf, fmt, ap);
	va_end(ap);
	return r;
}
