/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * content.h - what a buffer must hold, and how many references it has given
 * back.
 */
#ifndef TEST_WOUNDS_CONTENT_H_
#define TEST_WOUNDS_CONTENT_H_

#include <event2/buffer.h>

#include "wound.h"

static int released; /* calls of on_release() */

static inline void
on_release(const void *data, size_t len, void *arg)
{
	(void)data;
	(void)len;
	(void)arg;
	released++;
}

static inline void
check_content(struct evbuffer *buf, const char *want)
{
	size_t len = strlen(want);
	char out[100];

	CHECK_EQ(evbuffer_get_length(buf), len);
	CHECK_EQ(evbuffer_copyout(buf, out, sizeof(out)), len);
	CHECK(!memcmp(out, want, len));
}

#endif /* TEST_WOUNDS_CONTENT_H_ */
