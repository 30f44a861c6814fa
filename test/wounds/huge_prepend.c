/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * huge_prepend.c - evbuffer_prepend() of more than there can be, to a buffer
 * with room at its front (CVE-2014-6272, CVE-2015-6525).
 *
 * The call is refused as a whole: the room is not filled before the rest is
 * found to have no place.
 *
 * debian: fails (the length grows by what went into the room)
 */
#include <event2/buffer.h>

#include "wound.h"

static const char text[5000] = "bytes before";

/* A buffer "xy" with room before it, or without. */
static struct evbuffer *
buffer_new(int has_room)
{
	struct evbuffer *buf = evbuffer_new();

	if (has_room)
		CHECK_EQ(evbuffer_prepend(buf, "xy", 2), 0);
	else
		CHECK_EQ(evbuffer_add_reference(buf, "xy", 2, NULL, NULL), 0);
	return buf;
}

int
main(void)
{
	const size_t huge[] = { SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 2,
		SIZE_MAX - 3, SIZE_MAX - 100, SIZE_MAX / 2 + 1, SIZE_MAX / 2 };
	size_t i;
	int has_room;
	char out[4];

	wound_watch();
	for (i = 0; i < 2 * sizeof(huge) / sizeof(huge[0]); i++) {
		struct evbuffer *buf = buffer_new(has_room = i % 2);

		CHECK_EQ(evbuffer_prepend(buf, text, huge[i / 2]), -1);
		CHECK_EQ(evbuffer_get_length(buf), 2);
		CHECK_EQ(evbuffer_remove(buf, out, 4), 2);
		CHECK(!memcmp(out, "xy", 2));
		evbuffer_free(buf);
	}
	return wound_end();
}
