/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bufferevent_marks.c - marks at their limits: writing, triggers, a read
 * callback that takes nothing, and marks or callbacks changed from inside.
 */
/* backends: epoll */
#include "trace_bev.h"

static struct event_base *base;
static int calls;

/* Take `take` bytes; break the loop at every tenth call. */
static int take;

static void
on_read_take(struct bufferevent *bev, void *arg)
{
	if (++calls <= 3)
		on_bev_read(bev, arg);
	evbuffer_drain(bufferevent_get_input(bev), (size_t)take);
	if (calls % 10 == 0)
		event_base_loopbreak(base);
}

/* How often is it called when the input stands at the high mark? */
static void
at_high_mark(int count)
{
	evutil_socket_t peer;
	struct bufferevent *bev = open_bev(base, BEV_OPT_CLOSE_ON_FREE, "bev",
	    &peer);

	trace("-- high mark 4, 20 bytes, each call takes %d", count);
	calls = 0;
	take = count;
	bufferevent_setcb(bev, on_read_take, NULL, on_bev_event, (void *)"bev");
	bufferevent_setwatermark(bev, EV_READ, 0, 4);
	bufferevent_enable(bev, EV_READ);
	say(peer, "abcdefghijklmnopqrst", 20);
	loop(base, EVLOOP_NONBLOCK);
	trace("calls %s, input %zu", calls < 10 ? "end" : "go on",
	    input_of(bev));
	trace("-- then its reading is off and on, then the mark goes");
	calls = 3;
	bufferevent_disable(bev, EV_READ);
	bufferevent_enable(bev, EV_READ);
	turn(base);
	take = 100;
	bufferevent_setwatermark(bev, EV_READ, 0, 0);
	turn(base);
	trace("input %zu", input_of(bev));
	close_bev(base, bev, peer);
}

static void
low_mark_for_writing(int options)
{
	evutil_socket_t peer;
	struct bufferevent *bev = open_bev(base,
	    options | BEV_OPT_CLOSE_ON_FREE, "bev", &peer);
	size_t n;

	trace("-- low mark 3 for writing, options %#x", (unsigned)options);
	bufferevent_setwatermark(bev, EV_WRITE, 3, 0);
	for (n = 2; n <= 4; n++) {
		bufferevent_disable(bev, EV_WRITE);
		evbuffer_add(bufferevent_get_output(bev), "abcd", n);
		trace("%zu wait; triggered, ignoring the mark, enabled", n);
		bufferevent_trigger(bev, EV_WRITE, 0);
		bufferevent_trigger(bev, EV_WRITE, BEV_TRIG_IGNORE_WATERMARKS);
		turn(base);
		bufferevent_enable(bev, EV_WRITE);
		turn(base);
	}
	trace("-- low mark 2, one byte leaves in each turn");
	bufferevent_setwatermark(bev, EV_WRITE, 2, 0);
	bufferevent_set_max_single_write(bev, 1);
	bufferevent_write(bev, "abcde", 5);
	turn(base);
	turn(base);
	trace("heard %ld", hear(peer));
	close_bev(base, bev, peer);
}

static void
triggers(void)
{
	evutil_socket_t peer;
	struct bufferevent *bev = open_bev(base, BEV_OPT_CLOSE_ON_FREE, "bev",
	    &peer);
	size_t low;

	trace("-- triggers around the low mark for reading");
	bufferevent_enable(bev, EV_READ);
	say(peer, "abc", 3);
	turn(base);
	for (low = 2; low <= 4; low++) {
		bufferevent_setwatermark(bev, EV_READ, low, 0);
		trace("low %zu; plain, deferred, ignoring", low);
		bufferevent_trigger(bev, EV_READ, 0);
		bufferevent_trigger(bev, EV_READ, BEV_TRIG_DEFER_CALLBACKS);
		turn(base);
		bufferevent_trigger(bev, EV_READ, BEV_TRIG_IGNORE_WATERMARKS);
	}
	trace("the input goes before a deferred one");
	bufferevent_setwatermark(bev, EV_READ, 1, 0);
	bufferevent_trigger(bev, EV_READ, BEV_TRIG_DEFER_CALLBACKS);
	evbuffer_drain(bufferevent_get_input(bev), 3);
	turn(base);
	close_bev(base, bev, peer);
}

static void
on_read_unset(struct bufferevent *bev, void *arg)
{
	on_bev_read(bev, arg);
	bufferevent_setcb(bev, NULL, NULL, NULL, NULL);
}

static void
on_read_raise(struct bufferevent *bev, void *arg)
{
	on_bev_read(bev, arg);
	bufferevent_setwatermark(bev, EV_READ, input_of(bev) + 1, 0);
}

static void
from_inside(int options)
{
	evutil_socket_t peer;
	struct bufferevent *bev = open_bev(base,
	    options | BEV_OPT_CLOSE_ON_FREE, "bev", &peer);

	trace("-- the read callback raises the low mark, options %#x",
	    (unsigned)options);
	bufferevent_setcb(bev, on_read_raise, on_bev_write, on_bev_event,
	    (void *)"bev");
	bufferevent_enable(bev, EV_READ);
	say(peer, "ab", 2);
	turn(base);
	say(peer, "c", 1);
	turn(base);
	say(peer, "de", 2);
	turn(base);
	trace("-- the read callback takes all callbacks away");
	bufferevent_setcb(bev, on_read_unset, on_bev_write, on_bev_event,
	    (void *)"bev");
	bufferevent_setwatermark(bev, EV_READ, 0, 0);
	say(peer, "f", 1);
	shutdown(peer, SHUT_WR);
	turn(base);
	trace("input %zu, enabled %s", input_of(bev),
	    what_name(bufferevent_get_enabled(bev)));
	close_bev(base, bev, peer);
}

int
main(void)
{
	base = new_base();
	at_high_mark(3);
	at_high_mark(0);
	low_mark_for_writing(0);
	low_mark_for_writing(BEV_OPT_DEFER_CALLBACKS);
	triggers();
	from_inside(0);
	from_inside(BEV_OPT_DEFER_CALLBACKS);
	event_base_free(base);
	return 0;
}
