/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bufferevent_filter_loops.c - filters and their callbacks that make no
 * progress, or endless progress: how often are they called?
 */
/* backends: epoll */
#include "trace_bev.h"

#define MANY 1000

static int calls;

/* After so many calls it is taken to go on for ever. */
static void
count_call(void)
{
	if (++calls < MANY)
		return;
	trace("  for ever");
	_exit(0);
}

static enum bufferevent_filter_result
filter_nothing(struct evbuffer *src, struct evbuffer *dst, ev_ssize_t limit,
    enum bufferevent_flush_mode mode, void *arg)
{
	(void)src;
	(void)dst;
	(void)limit;
	(void)mode;
	(void)arg;
	count_call();
	return BEV_OK;
}

static enum bufferevent_filter_result
filter_all(struct evbuffer *src, struct evbuffer *dst, ev_ssize_t limit,
    enum bufferevent_flush_mode mode, void *arg)
{
	(void)limit;
	(void)mode;
	(void)arg;
	if (evbuffer_get_length(src) == 0)
		return BEV_NEED_MORE;
	evbuffer_add_buffer(dst, src);
	return BEV_OK;
}

static void
on_write_again(struct bufferevent *bev, void *arg)
{
	(void)arg;
	count_call();
	bufferevent_write(bev, "x", 1);
}

static struct bufferevent *
make(struct event_base *base, bufferevent_filter_cb in,
    bufferevent_filter_cb out, evutil_socket_t *peer)
{
	struct bufferevent *below = open_bev(base, BEV_OPT_CLOSE_ON_FREE, "b",
	    peer);

	return bufferevent_filter_new(below, in, out, BEV_OPT_CLOSE_ON_FREE,
	    NULL, NULL);
}

static void
output_step(void)
{
	struct event_base *base = new_base();
	evutil_socket_t peer;
	struct bufferevent *bev = make(base, filter_all, filter_nothing, &peer);

	bufferevent_write(bev, "abc", 3);
	turn(base);
	trace("  calls %d, output %zu", calls, output_of(bev));
}

static void
input_step(void)
{
	struct event_base *base = new_base();
	evutil_socket_t peer;
	struct bufferevent *bev = make(base, filter_nothing, filter_all, &peer);

	bufferevent_enable(bev, EV_READ);
	say(peer, "abc", 3);
	turn(base);
	trace("  calls %d", calls);
}

static void
writer_step(void)
{
	struct event_base *base = new_base();
	evutil_socket_t peer;
	struct bufferevent *bev = make(base, filter_all, filter_all, &peer);

	bufferevent_setcb(bev, NULL, on_write_again, NULL, NULL);
	bufferevent_write(bev, "x", 1);
	trace("  calls %d", calls);
}

int
main(void)
{
	in_child("an output filter that moves nothing", output_step);
	in_child("an input filter that moves nothing", input_step);
	in_child("a write callback that always writes", writer_step);
	return 0;
}
