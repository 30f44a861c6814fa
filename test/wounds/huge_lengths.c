/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * huge_lengths.c - lengths that no memory has, in every call of a buffer and
 * of a bufferevent that takes one (CVE-2014-6272, CVE-2015-6525).
 *
 * Such a call is refused and changes nothing.  What it asks to have removed
 * or looked at may be more than there is.
 *
 * debian: passes
 */
#include <fcntl.h>
#include <limits.h>

#include <event2/bufferevent.h>

#include "content.h"

#define KINDS 5

/* Not sizes that wrap, but far too large. */
static const size_t huge[] = { SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 2,
	SIZE_MAX - 3, SIZE_MAX - 4, SIZE_MAX - 5, SIZE_MAX - 15,
	SIZE_MAX - 1000, SIZE_MAX - 4096, SIZE_MAX / 2, SIZE_MAX / 2 + 1,
	SIZE_MAX / 2 + 2, SIZE_MAX / 2 - 4096 };

#define HUGE_COUNT (sizeof(huge) / sizeof(huge[0]))

static const char text[] = "text";

/* A buffer of each kind; returns what it holds. */
static const char *
fill(struct evbuffer *buf, int kind)
{
	struct evbuffer_file_segment *file;
	int fd;

	if (kind == 0)
		return "";
	if (kind == 1) {
		CHECK_EQ(evbuffer_add(buf, text, 4), 0);
		return text;
	}
	if (kind == 2) {
		CHECK_EQ(evbuffer_expand(buf, 5000), 0);
		CHECK_EQ(evbuffer_prepend(buf, text, 4), 0);
		return text;
	}
	if (kind == 3) {
		CHECK_EQ(evbuffer_add_reference(buf, text, 4, NULL, NULL), 0);
		return text;
	}
	fd = open("file", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && write(fd, text, 4) == 4);
	file = evbuffer_file_segment_new(fd, 0, 4,
	    EVBUF_FS_CLOSE_ON_FREE | EVBUF_FS_DISABLE_SENDFILE);
	CHECK_EQ(evbuffer_add_file_segment(buf, file, 0, 4), 0);
	evbuffer_file_segment_free(file);
	return text;
}

/* Calls that would make the buffer longer. */
static void
grow(struct evbuffer *buf, size_t len)
{
	struct evbuffer_iovec vec[3];

	CHECK(evbuffer_expand(buf, len) != 0);
	CHECK_EQ(evbuffer_add(buf, text, len), -1);
	if (len > EV_SSIZE_MAX)
		return;
	CHECK_EQ(evbuffer_reserve_space(buf, (ev_ssize_t)len, vec, 1), -1);
	CHECK_EQ(evbuffer_reserve_space(buf, (ev_ssize_t)len, vec, 2), -1);
	CHECK_EQ(evbuffer_reserve_space(buf, (ev_ssize_t)len, vec, 3), -1);
}

/* Calls that look, with lengths and positions past the end. */
static void
look(struct evbuffer *buf, size_t len, const char *want)
{
	size_t most = (len & EV_SSIZE_MAX) | 64;
	struct evbuffer_ptr pos;
	char out[16];

	CHECK(!evbuffer_pullup(buf, (ev_ssize_t)most));
	CHECK_EQ(evbuffer_ptr_set(buf, &pos, len, EVBUFFER_PTR_SET), -1);
	CHECK_EQ(pos.pos, -1);
	CHECK_EQ(evbuffer_ptr_set(buf, &pos, 0, EVBUFFER_PTR_SET), 0);
	if (strlen(want) > 1)
		CHECK_EQ(evbuffer_ptr_set(buf, &pos, 1, EVBUFFER_PTR_ADD), 0);
	CHECK_EQ(evbuffer_ptr_set(buf, &pos, len, EVBUFFER_PTR_ADD), -1);
	CHECK_EQ(evbuffer_search(buf, text, most, NULL).pos, -1);
	CHECK_EQ(evbuffer_copyout(buf, out, 16), strlen(want));
	CHECK_EQ(evbuffer_ptr_set(buf, &pos, strlen(want), EVBUFFER_PTR_SET),
	    0);
	CHECK(evbuffer_copyout_from(buf, &pos, out, len) <= 0);
	CHECK_EQ(evbuffer_peek(buf, (ev_ssize_t)most, NULL, NULL, 0),
	    *want ? 1 : 0);
}

/* Move and remove more than there is: all there is. */
static void
take(int kind, size_t len)
{
	struct evbuffer *buf = evbuffer_new(), *dst = evbuffer_new();
	const char *want = fill(buf, kind);
	char *out = malloc(strlen(want) + 1);

	CHECK_EQ(evbuffer_remove_buffer(buf, dst, len), strlen(want));
	check_content(buf, "");
	check_content(dst, want);
	CHECK_EQ(evbuffer_add_buffer(buf, dst), 0);
	CHECK_EQ(evbuffer_copyout(buf, out, len), strlen(want));
	CHECK_EQ(evbuffer_drain(buf, len), 0);
	check_content(buf, "");
	free(out);
	evbuffer_free(buf);
	evbuffer_free(dst);
}

/* With both ends frozen nothing goes in, and nothing out. */
static void
try_frozen(size_t len)
{
	struct evbuffer *buf = evbuffer_new();
	char out[16];

	fill(buf, 1);
	evbuffer_freeze(buf, 0);
	evbuffer_freeze(buf, 1);
	grow(buf, len);
	CHECK_EQ(evbuffer_prepend(buf, text, len), -1);
	CHECK_EQ(evbuffer_drain(buf, len), -1);
	CHECK_EQ(evbuffer_remove(buf, out, len), -1);
	evbuffer_unfreeze(buf, 1);
	check_content(buf, text);
	evbuffer_free(buf);
}

/* What is committed is no more than what was reserved. */
static void
try_commit(size_t len)
{
	struct evbuffer *buf = evbuffer_new();
	struct evbuffer_iovec vec[2];
	int count;

	fill(buf, 1);
	CHECK_EQ(evbuffer_reserve_space(buf, 30, vec, 1), 1);
	vec[0].iov_len = len;
	CHECK_EQ(evbuffer_commit_space(buf, vec, 1), -1);
	check_content(buf, text);
	count = evbuffer_reserve_space(buf, 5000, vec, 2);
	CHECK(count == 1 || count == 2);
	vec[count - 1].iov_len = len;
	CHECK_EQ(evbuffer_commit_space(buf, vec, count), -1);
	check_content(buf, text);
	evbuffer_free(buf);
}

/* Each length on each kind of buffer. */
static void
try_buffers(size_t len)
{
	int kind;

	for (kind = 0; kind < KINDS; kind++) {
		struct evbuffer *buf = evbuffer_new();
		const char *want = fill(buf, kind);

		printf("%zx on kind %d\n", len, kind);
		fflush(stdout);
		grow(buf, len);
		look(buf, len, want);
		check_content(buf, want);
		CHECK_EQ(evbuffer_add(buf, "", 0), 0);
		evbuffer_free(buf);
		take(kind, len);
	}
}

static void
try_bufferevents(size_t len)
{
	struct event_base *base = event_base_new();
	struct bufferevent *pair[2];
	char out[4];

	CHECK_EQ(bufferevent_pair_new(base, 0, pair), 0);
	bufferevent_disable(pair[0], EV_WRITE);
	CHECK_EQ(bufferevent_write(pair[0], text, 4), 0);
	CHECK_EQ(bufferevent_write(pair[0], text, len), -1);
	CHECK_EQ(evbuffer_get_length(bufferevent_get_output(pair[0])), 4);
	bufferevent_setwatermark(pair[1], EV_READ, len, len);
	bufferevent_setwatermark(pair[1], EV_WRITE, len, len);
	bufferevent_enable(pair[1], EV_READ);
	bufferevent_enable(pair[0], EV_WRITE);
	event_base_loop(base, EVLOOP_NONBLOCK);
	check_content(bufferevent_get_input(pair[1]), text);
	CHECK_EQ(bufferevent_read(pair[1], out, len), 4);
	CHECK(!memcmp(out, text, 4));
	bufferevent_free(pair[0]);
	bufferevent_free(pair[1]);
	event_base_free(base);
}

int
main(void)
{
	size_t i;

	wound_watch();
	for (i = 0; i < HUGE_COUNT; i++) {
		try_buffers(huge[i]);
		try_frozen(huge[i]);
		try_commit(huge[i]);
		try_bufferevents(huge[i]);
	}
	return wound_end();
}
