/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * hostile_test.c - programs that do what they should not, or at odd times.
 *
 * Callbacks and cleanups that change the buffer under the call that runs
 * them, extents and positions kept too long, every call on frozen ends.
 * What counts is that nothing is lost, released twice or read outside.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/buffer_compat.h>

#include "test.h"

/* A new buffer, or the end of the test. */
static struct evbuffer *
buffer_new(void)
{
	struct evbuffer *buf = evbuffer_new();

	CHECK_NOTNULL(buf);
	return buf;
}

/* The buffer holds this text. */
static void
check_content(struct evbuffer *buf, const char *text)
{
	char out[300];
	size_t len = strlen(text);

	CHECK_EQ(evbuffer_get_length(buf), len);
	CHECK_EQ(evbuffer_copyout(buf, out, sizeof(out)), len);
	CHECK_MEM(out, text, len);
}

/* "memory" and " reference", in two blocks. */
static struct evbuffer *
two_blocks(void)
{
	struct evbuffer *buf = buffer_new();

	CHECK_EQ(evbuffer_add(buf, "memory", 6), 0);
	CHECK_EQ(evbuffer_add_reference(buf, " reference", 10, NULL, NULL), 0);
	return buf;
}

/* Each call that a frozen end forbids, on a buffer with bytes. */
static void
check_frozen_calls(struct evbuffer *buf, struct evbuffer *other, int fd)
{
	struct evbuffer_iovec vec = { NULL, 0 };
	char out[10];

	CHECK_EQ(evbuffer_add(buf, "x", 1), -1);
	CHECK_EQ(errno, EPERM);
	CHECK_EQ(evbuffer_prepend(buf, "x", 1), -1);
	CHECK_EQ(evbuffer_add_printf(buf, "x"), -1);
	CHECK_EQ(evbuffer_add_reference(buf, "x", 1, NULL, NULL), -1);
	CHECK_EQ(evbuffer_add_reference(buf, "", 0, NULL, NULL), -1);
	CHECK_EQ(evbuffer_add_buffer(buf, other), -1);
	CHECK_EQ(evbuffer_add_buffer(other, buf), -1);
	CHECK_EQ(evbuffer_prepend_buffer(buf, other), -1);
	CHECK_EQ(evbuffer_prepend_buffer(other, buf), -1);
	CHECK_EQ(evbuffer_add_buffer_reference(buf, other), -1);
	CHECK_EQ(evbuffer_remove_buffer(buf, other, 1), -1);
	CHECK_EQ(evbuffer_remove_buffer(other, buf, 1), -1);
	CHECK_EQ(evbuffer_drain(buf, 1), -1);
	CHECK_EQ(evbuffer_remove(buf, out, 1), -1);
	CHECK_EQ(evbuffer_copyout(buf, out, 1), -1);
	CHECK_NULL(evbuffer_readln(buf, NULL, EVBUFFER_EOL_LF));
	CHECK_EQ(evbuffer_reserve_space(buf, 1, &vec, 1), -1);
	CHECK_EQ(evbuffer_commit_space(buf, &vec, 1), -1);
	vec.iov_base = out;
	vec.iov_len = 1;
	CHECK_EQ(evbuffer_add_iovec(buf, &vec, 1), 0);
	CHECK_EQ(evbuffer_read(buf, fd, 1), -1);
	CHECK_EQ(evbuffer_write(buf, fd), -1);
	CHECK_EQ(evbuffer_add_file(buf, 0, 0, 1), -1);
}

/* Frozen ends refuse every call, and nothing changes. */
TEST(every_call_on_frozen_ends)
{
	struct evbuffer *buf = buffer_new();
	struct evbuffer *other = buffer_new();

	CHECK_EQ(evbuffer_add(buf, "a\nb", 3), 0);
	CHECK_EQ(evbuffer_add(other, "other", 5), 0);
	CHECK_EQ(evbuffer_freeze(buf, 0), 0);
	CHECK_EQ(evbuffer_freeze(buf, 1), 0);
	check_frozen_calls(buf, other, -1);
	CHECK_EQ(evbuffer_drain(other, 0), 0);
	CHECK_EQ(evbuffer_unfreeze(buf, 1), 0);
	check_content(buf, "a\nb");
	check_content(other, "other");
	CHECK_EQ(evbuffer_reserve_space(other, 1, NULL, 0), -1);
	CHECK_EQ(evbuffer_reserve_space(other, -1, NULL, 0), -1);
	CHECK_EQ(evbuffer_commit_space(other, NULL, -1), -1);
	evbuffer_free(buf);
	evbuffer_free(other);
}

/* A position in a block that has lost its front is found again. */
TEST(a_position_survives_a_drain)
{
	struct evbuffer *buf = two_blocks();
	struct evbuffer_ptr pos, found;
	struct evbuffer_iovec vec;
	char out[20];

	CHECK_EQ(evbuffer_ptr_set(buf, &pos, 5, EVBUFFER_PTR_SET), 0);
	CHECK_EQ(evbuffer_drain(buf, 4), 0);
	found = evbuffer_search(buf, "f", 1, &pos);
	CHECK_EQ(found.pos, 5);
	CHECK_EQ(evbuffer_copyout_from(buf, &pos, out, 20), 7);
	CHECK_MEM(out, "ference", 7);
	CHECK_EQ(evbuffer_peek(buf, 7, &pos, &vec, 1), 1);
	CHECK_MEM(vec.iov_base, "ference", 7);
	CHECK_EQ(evbuffer_drain(buf, 12), 0);
	found = evbuffer_search(buf, "f", 1, &pos);
	CHECK_EQ(found.pos, -1);
	CHECK_EQ(evbuffer_peek(buf, 1, &pos, &vec, 1), -1);
	CHECK_EQ(evbuffer_ptr_set(buf, &pos, 0, EVBUFFER_PTR_ADD), -1);
	CHECK_EQ(pos.pos, -1);
	CHECK_EQ(evbuffer_ptr_set(buf, &pos, 0, EVBUFFER_PTR_ADD), -1);
	evbuffer_free(buf);
}

/* Peek with no extents counts; from the end there is nothing. */
TEST(peek_from_everywhere)
{
	struct evbuffer *buf = two_blocks();
	struct evbuffer_iovec vec[3];
	struct evbuffer_ptr pos;

	CHECK_EQ(evbuffer_peek(buf, -1, NULL, NULL, 0), 2);
	CHECK_EQ(evbuffer_peek(buf, 1000, NULL, NULL, 0), 2);
	CHECK_EQ(evbuffer_peek(buf, 6, NULL, NULL, 0), 1);
	CHECK_EQ(evbuffer_peek(buf, 7, NULL, vec, 1), 2);
	for (size_t at = 0; at <= 16; at++) {
		int want = at < 6 ? 2 : at < 16;

		CHECK_EQ(evbuffer_ptr_set(buf, &pos, at, EVBUFFER_PTR_SET), 0);
		CHECK_EQ(evbuffer_peek(buf, -1, &pos, NULL, 0), want);
		CHECK_EQ(evbuffer_peek(buf, -1, &pos, vec, 3), want);
		if (want == 2)
			CHECK_EQ(vec[0].iov_len, 6 - at);
		if (want)
			CHECK_EQ(vec[want - 1].iov_len, at < 6 ? 10 : 16 - at);
		CHECK_EQ(evbuffer_peek(buf, 16, &pos, vec, 1), want);
	}
	evbuffer_free(buf);
}

/* What changes a buffer between reserve and commit. */
static void
change(struct evbuffer *buf, struct evbuffer *other, int how)
{
	struct evbuffer_iovec vec;

	switch (how) {
	case 0:
		evbuffer_add(buf, "xy", 2);
		break;
	case 1:
		evbuffer_drain(buf, 1000);
		break;
	case 2:
		evbuffer_add_buffer(other, buf);
		break;
	case 3:
		evbuffer_add_buffer(buf, other);
		break;
	case 4:
		evbuffer_expand(buf, 20000);
		break;
	case 5:
		evbuffer_pullup(buf, -1);
		break;
	case 6:
		evbuffer_prepend(buf, "xy", 2);
		break;
	case 7:
		evbuffer_reserve_space(buf, 30000, &vec, 1);
		break;
	case 8:
		evbuffer_remove_buffer(buf, other, 1);
		break;
	default:
		evbuffer_add_buffer_reference(other, buf);
		break;
	}
}

/* Extents that went stale are committed or refused, whole or not at all. */
TEST(commit_after_other_changes)
{
	for (int how = 0; how < 20; how++) {
		struct evbuffer *buf = buffer_new();
		struct evbuffer *other = buffer_new();
		struct evbuffer_iovec vec[2];

		if (how >= 10)
			CHECK_EQ(evbuffer_add(buf, "before", 6), 0);
		CHECK_EQ(evbuffer_add(other, "other", 5), 0);
		int n = evbuffer_reserve_space(buf, 700, vec, 2);
		CHECK_GE(n, 1);
		memset(vec[0].iov_base, 'r', vec[0].iov_len);
		change(buf, other, how % 10);

		size_t len = evbuffer_get_length(buf);
		size_t sum = vec[0].iov_len + (n == 2 ? vec[1].iov_len : 0);
		int r = evbuffer_commit_space(buf, vec, n);

		CHECK_EQ(evbuffer_get_length(buf), len + (r == 0 ? sum : 0));
		evbuffer_drain(other, 3);
		CHECK_EQ(evbuffer_add(buf, "after", 5), 0);
		evbuffer_free(other);
		len = evbuffer_get_length(buf);
		CHECK_NOTNULL(evbuffer_pullup(buf, -1));
		CHECK_EQ(evbuffer_drain(buf, len - 5), 0);
		check_content(buf, "after");
		evbuffer_free(buf);
	}
}

/* A callback that takes the content away at once. */
static void
move_away(struct evbuffer *buf, const struct evbuffer_cb_info *info, void *arg)
{
	CHECK_NE(info->n_added + info->n_deleted, 0);
	if (evbuffer_get_length(buf))
		CHECK_EQ(evbuffer_add_buffer(arg, buf), 0);
}

/* Calls come to their end when a callback moves the bytes from under them. */
TEST(a_callback_moves_the_buffer)
{
	struct evbuffer *buf = buffer_new();
	struct evbuffer *to = buffer_new();
	struct evbuffer *from = two_blocks();
	struct evbuffer_iovec vec[2] = { { (char *)"add", 3 },
		{ (char *)"iov", 3 } };
	int pair[2];

	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	CHECK_NOTNULL(evbuffer_add_cb(buf, move_away, to));
	CHECK_EQ(evbuffer_add(buf, "a", 1), 0);
	CHECK_EQ(evbuffer_prepend(buf, "b", 1), 0);
	CHECK_EQ(evbuffer_add_iovec(buf, vec, 2), 6);
	CHECK_EQ(evbuffer_add_printf(buf, "%d", 7), 1);
	CHECK_EQ(evbuffer_remove_buffer(from, buf, 2), 2);
	CHECK_EQ(evbuffer_add_buffer_reference(buf, from), 0);
	CHECK_EQ(evbuffer_prepend_buffer(buf, from), 0);
	CHECK_EQ(evbuffer_add_reference(buf, "c", 1, NULL, NULL), 0);
	CHECK_EQ(write(pair[1], "d", 1), 1);
	CHECK_EQ(evbuffer_read(buf, pair[0], 10), 1);
	CHECK_EQ(evbuffer_get_length(buf), 0);
	check_content(to,
	    "abaddiov7me"
	    "mory referencemory referencecd");
	close(pair[0]);
	close(pair[1]);
	evbuffer_free(buf);
	evbuffer_free(to);
	evbuffer_free(from);
}

/* A callback that adds when the line before its end is taken. */
static void
add_once(struct evbuffer *buf, const struct evbuffer_cb_info *info, void *arg)
{
	int *done = arg;

	if (info->n_deleted && !(*done)++)
		CHECK_EQ(evbuffer_add(buf, "!", 1), 0);
}

/* A line and its end are taken whole when the callback adds in between. */
TEST(a_callback_adds_between_line_and_end)
{
	struct evbuffer *buf = buffer_new();
	int done = 0;

	CHECK_EQ(evbuffer_add(buf, "line\r\nrest", 10), 0);
	CHECK_NOTNULL(evbuffer_add_cb(buf, add_once, &done));

	char *line = evbuffer_readln(buf, NULL, EVBUFFER_EOL_CRLF);

	CHECK_STR(line, "line");
	test_free(line);
	check_content(buf, "rest!");
	evbuffer_free(buf);
}

/* A cleanup that empties its buffer. */
static void
empty_it(const void *data, size_t len, void *arg)
{
	CHECK_NOTNULL(data);
	CHECK_EQ(len, 4);
	CHECK_EQ(evbuffer_drain(arg, 10000), 0);
}

/* Calls that release a reference stay whole when the cleanup drains. */
TEST(a_cleanup_drains_the_buffer)
{
	char out[10];

	for (int how = 0; how < 4; how++) {
		struct evbuffer *buf = buffer_new();

		CHECK_EQ(evbuffer_add_reference(buf, "refe", 4, empty_it, buf),
		    0);
		CHECK_EQ(evbuffer_add_reference(buf, "renc", 4, empty_it, buf),
		    0);
		CHECK_EQ(evbuffer_add(buf, "\nmore", 5), 0);
		if (how == 0)
			CHECK_EQ(evbuffer_remove(buf, out, 5), 5);
		else if (how == 1)
			CHECK_EQ(evbuffer_drain(buf, 9), 0);
		else if (how == 2)
			CHECK_NULL(evbuffer_pullup(buf, -1));
		else
			test_free(evbuffer_readln(buf, NULL, EVBUFFER_EOL_LF));
		CHECK_EQ(evbuffer_get_length(buf), 0);
		CHECK_EQ(evbuffer_add(buf, "new", 3), 0);
		check_content(buf, "new");
		evbuffer_free(buf);
	}
}

/* More than INT_MAX bytes are moved in parts that fit the result. */
TEST(moves_beyond_int_max)
{
	static char byte;
	size_t len = (size_t)INT_MAX + 100;

	if (len > EV_SSIZE_MAX)
		SKIP("no buffer is that long here");

	struct evbuffer *src = buffer_new();
	struct evbuffer *dst = buffer_new();

	/* Nobody looks at these bytes. */
	CHECK_EQ(evbuffer_add_reference(src, &byte, len, NULL, NULL), 0);
	CHECK_EQ(evbuffer_remove_buffer(src, dst, SIZE_MAX), INT_MAX);
	CHECK_EQ(evbuffer_get_length(src), 100);
	CHECK_EQ(evbuffer_remove_buffer(src, dst, SIZE_MAX), 100);
	CHECK_EQ(evbuffer_get_length(dst), len);
	CHECK_EQ(evbuffer_drain(dst, (size_t)INT_MAX - 1), 0);
	CHECK_EQ(evbuffer_get_length(dst), 101);
	evbuffer_free(src);
	evbuffer_free(dst);
}

/* Flags are set and cleared one by one. */
TEST(flags_are_set_and_cleared)
{
	struct evbuffer *buf = buffer_new();
	char path[] = "/tmp/hostile_test.XXXXXX";
	int fd = mkstemp(path);

	CHECK_GE(fd, 0);
	CHECK_EQ(unlink(path), 0);
	CHECK_EQ(evbuffer_set_flags(buf, EVBUFFER_FLAG_DRAINS_TO_FD), 0);
	CHECK_EQ(evbuffer_clear_flags(buf, EVBUFFER_FLAG_DRAINS_TO_FD), 0);
	/* So the bytes, which are not there, are needed at once. */
	CHECK_EQ(evbuffer_add_file(buf, fd, 0, 10), -1);
	CHECK_EQ(evbuffer_set_flags(buf, EVBUFFER_FLAG_DRAINS_TO_FD), 0);
	CHECK_EQ(evbuffer_add_file(buf, fd, 0, 10), 0);
	CHECK_NULL(evbuffer_pullup(buf, 5));
	CHECK_EQ(evbuffer_copyout(buf, path, 5), -1);
	CHECK_EQ(evbuffer_remove(buf, path, 5), -1);
	CHECK_NULL(evbuffer_readln(buf, NULL, EVBUFFER_EOL_ANY));
	CHECK_EQ(evbuffer_peek(buf, 5, NULL, NULL, 0), -1);
	CHECK_EQ(evbuffer_search(buf, "x", 1, NULL).pos, -1);
	CHECK_NULL(evbuffer_find(buf, (const unsigned char *)"x", 1));
	CHECK_EQ(evbuffer_get_length(buf), 10);
	evbuffer_free(buf);
}
