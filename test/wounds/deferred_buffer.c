/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * deferred_buffer.c - a buffer whose callbacks are deferred and due, freed,
 * and then the base before it runs them (leaks at the end, 2015 to 2020).
 *
 * The waiting call holds the buffer; it is dropped with the base.
 *
 * debian: fails (the buffer is never freed)
 */
#include <event2/buffer.h>

#include "wound.h"

static void
on_change(struct evbuffer *buf, const struct evbuffer_cb_info *info, void *arg)
{
	(void)buf;
	(void)info;
	++*(int *)arg;
}

/* The callback runs in a turn of the loop, or never. */
static void
run(int turns)
{
	struct event_base *base = event_base_new();
	struct evbuffer *buf = evbuffer_new();
	long before = wound_live;
	int calls = 0;

	printf("%d turns\n", turns);
	fflush(stdout);
	CHECK_EQ(evbuffer_defer_callbacks(buf, base), 0);
	CHECK(evbuffer_add_cb(buf, on_change, &calls) != NULL);
	CHECK_EQ(evbuffer_add(buf, "x", 1), 0);
	CHECK_EQ(calls, 0);
	CHECK(wound_live > before);
	if (turns)
		CHECK(event_base_loop(base, EVLOOP_NONBLOCK) >= 0);
	CHECK_EQ(calls, turns);
	evbuffer_free(buf);
	event_base_free(base);
	CHECK_EQ(calls, turns);
	CHECK_EQ(wound_live, 0);
}

int
main(void)
{
	wound_watch();
	run(1);
	run(0);
	return wound_end();
}
