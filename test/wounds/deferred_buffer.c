/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * deferred_buffer.c - a buffer whose callbacks are deferred and due, freed,
 * and then the base before it runs them (leaks at the end, 2015 to 2020).
 *
 * The waiting call holds the buffer and its bufferevent; it is dropped with the
 * base.
 *
 * debian: fails (what is deferred is never freed)
 */
#include <event2/buffer.h>
#include <event2/bufferevent.h>

#include "wound.h"

enum kind {
	ALONE,
	INPUT,
	OUTPUT,
	KINDS
};

static const char *const kinds[] = { "a buffer", "a bufferevent's input",
	"a bufferevent's output" };

static void
on_change(struct evbuffer *buf, const struct evbuffer_cb_info *info, void *arg)
{
	(void)buf;
	(void)info;
	++*(int *)arg;
}

/* The buffer of each kind; `ret_bev` is what it belongs to, or NULL. */
static struct evbuffer *
buffer_new(enum kind kind, struct event_base *base,
    struct bufferevent **ret_bev)
{
	struct bufferevent *bev;

	*ret_bev = NULL;
	if (kind == ALONE)
		return evbuffer_new();
	*ret_bev = bev = bufferevent_socket_new(base, -1, 0);
	return kind == INPUT ? bufferevent_get_input(bev)
			     : bufferevent_get_output(bev);
}

/* The callback runs in a turn of the loop, or never. */
static void
run(enum kind kind, int turns)
{
	struct event_base *base = event_base_new();
	struct bufferevent *bev;
	struct evbuffer *buf = buffer_new(kind, base, &bev);
	struct evbuffer *text = evbuffer_new();
	int calls = 0;

	printf("%s, %d turns\n", kinds[kind], turns);
	fflush(stdout);
	CHECK_EQ(evbuffer_add(text, "x", 1), 0);
	CHECK_EQ(evbuffer_defer_callbacks(buf, base), 0);
	CHECK(evbuffer_add_cb(buf, on_change, &calls) != NULL);
	evbuffer_unfreeze(buf, 0);
	CHECK_EQ(evbuffer_add_buffer(buf, text), 0);
	evbuffer_free(text);
	CHECK_EQ(calls, 0);
	if (turns)
		CHECK(event_base_loop(base, EVLOOP_NONBLOCK) >= 0);
	CHECK_EQ(calls, turns);
	if (bev)
		bufferevent_free(bev);
	else
		evbuffer_free(buf);
	event_base_free(base);
	CHECK_EQ(calls, turns);
}

int
main(void)
{
	int kind;

	wound_watch();
	for (kind = 0; kind < KINDS; kind++)
		run(kind, 1);
	for (kind = 0; kind < KINDS; kind++)
		run(kind, 0);
	return wound_end();
}
