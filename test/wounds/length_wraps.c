/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * length_wraps.c - pieces that are not copied, and longer than the rest of
 * size_t or than their file (CVE-2014-6272's kin).
 *
 * Referenced memory and file segments need no memory, so that nothing stops
 * a wrong length but a check of the sum.
 *
 * debian: fails (the length wraps round to 3)
 */
#include <fcntl.h>

#include "content.h"

static const size_t huge[] = { SIZE_MAX - 1, SIZE_MAX - 3, SIZE_MAX - 100,
	SIZE_MAX / 2 + 1, SIZE_MAX / 2 };

#define HUGE_COUNT (sizeof(huge) / sizeof(huge[0]))

/* A refused reference is not released: it stays the caller's. */
static void
try_references(struct evbuffer *buf)
{
	size_t i;

	CHECK_EQ(evbuffer_add_reference(buf, "all", SIZE_MAX, on_release, NULL),
	    -1);
	for (i = 0; i < HUGE_COUNT; i++)
		CHECK_EQ(evbuffer_add_reference(buf, "all", huge[i], on_release,
			     NULL),
		    -1);
	CHECK_EQ(released, 0);
	check_content(buf, "text");
}

static void
try_segments(struct evbuffer *buf, struct evbuffer_file_segment *segment)
{
	size_t i;

	for (i = 0; i < HUGE_COUNT; i++) {
		ev_off_t far = (ev_off_t)(huge[i] / 2);

		CHECK_EQ(evbuffer_add_file_segment(buf, segment, 2,
			     (ev_off_t)huge[i]),
		    -1);
		CHECK_EQ(evbuffer_add_file_segment(buf, segment, far, 2), -1);
		CHECK_EQ(evbuffer_add_file_segment(buf, segment, -far, 2), -1);
	}
	CHECK_EQ(evbuffer_add_file_segment(buf, segment, 2, 3), -1);
	CHECK_EQ(evbuffer_add_file_segment(buf, segment, 5, 0), -1);
	check_content(buf, "text");
	CHECK_EQ(evbuffer_add_file_segment(buf, segment, 2, 2), 0);
	check_content(buf, "textle");
}

int
main(void)
{
	struct evbuffer_file_segment *segment;
	struct evbuffer *buf;
	int fd;

	wound_watch();
	fd = open("file", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && write(fd, "file", 4) == 4);
	buf = evbuffer_new();
	CHECK_EQ(evbuffer_add(buf, "text", 4), 0);
	segment = evbuffer_file_segment_new(fd, 0, 4, EVBUF_FS_CLOSE_ON_FREE);
	try_references(buf);
	try_segments(buf, segment);
	evbuffer_file_segment_free(segment);
	evbuffer_free(buf);
	return wound_end();
}
