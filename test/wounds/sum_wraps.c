/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sum_wraps.c - content moved and shared until no size_t can say how much it
 * is (CVE-2014-6272's kin).
 *
 * Referenced memory can be as long as one likes.  What is added to a buffer
 * makes it longer by that, or is refused and changes neither buffer.
 *
 * debian: fails (the length wraps round to 8)
 */
#include <event2/buffer.h>

#include "wound.h"

enum way {
	ADD_BUFFER,
	PREPEND_BUFFER,
	ADD_REFERENCE,
	REMOVE_BUFFER,
	ADD,
	PREPEND,
	PRINTF,
	RESERVE,
	WAYS
};

static const char *const ways[] = { "add_buffer", "prepend_buffer",
	"add_buffer_reference", "remove_buffer", "add", "prepend", "printf",
	"reserve_space" };

/* More than half of what a length can say: three wrap round. */
#define HUGE ((size_t)EV_SSIZE_MAX - 10)

static const char text[] = "thirty bytes of plain content.";

static struct evbuffer *
buffer_new(size_t len)
{
	struct evbuffer *buf = evbuffer_new();

	CHECK_EQ(evbuffer_add_reference(buf, text, len, NULL, NULL), 0);
	return buf;
}

static void
add_reserved(struct evbuffer *to)
{
	struct evbuffer_iovec vec;

	if (evbuffer_reserve_space(to, 30, &vec, 1) != 1)
		return;
	memcpy(vec.iov_base, text, 30);
	vec.iov_len = 30;
	evbuffer_commit_space(to, &vec, 1);
}

/* Move all of `from`, or copy thirty bytes. */
static void
join(enum way way, struct evbuffer *to, struct evbuffer *from)
{
	if (way == ADD_BUFFER)
		evbuffer_add_buffer(to, from);
	else if (way == PREPEND_BUFFER)
		evbuffer_prepend_buffer(to, from);
	else if (way == ADD_REFERENCE)
		evbuffer_add_buffer_reference(to, from);
	else if (way == REMOVE_BUFFER)
		evbuffer_remove_buffer(from, to, SIZE_MAX);
	else if (way == ADD)
		evbuffer_add(to, text, 30);
	else if (way == PREPEND)
		evbuffer_prepend(to, text, 30);
	else if (way == PRINTF)
		evbuffer_add_printf(to, "%s", text);
	else
		add_reserved(to);
}

/* However often something is added, a length never wraps. */
static void
run(enum way way)
{
	struct evbuffer *to = buffer_new(HUGE);
	int i;

	for (i = 0; i < 3; i++) {
		size_t len = i < 1 ? HUGE : 30;
		struct evbuffer *from = buffer_new(len);
		size_t was = evbuffer_get_length(to), now;

		join(way, to, from);
		now = evbuffer_get_length(to);
		printf("%s: %zx becomes %zx\n", ways[way], was, now);
		fflush(stdout);
		CHECK(now >= was);
		CHECK(now == was || now - was == (way < ADD ? len : 30));
		if (way < ADD && way != ADD_REFERENCE)
			CHECK_EQ(evbuffer_get_length(from),
			    now == was ? len : 0);
		evbuffer_free(from);
	}
	evbuffer_free(to);
}

int
main(void)
{
	int way;

	wound_watch();
	for (way = 0; way < WAYS; way++)
		run(way);
	return wound_end();
}
