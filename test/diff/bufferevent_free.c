/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bufferevent_free.c - when the descriptor of a freed bufferevent is closed:
 * at once, in a turn of the loop, or with the base; and what is called no
 * more from then on.
 */
/* backends: epoll */
#include "trace_bev.h"

static evutil_socket_t number;

static int
is_open(void)
{
	return fcntl(number, F_GETFD) >= 0;
}

static struct bufferevent *
make(struct event_base *base, int options, evutil_socket_t *peer)
{
	struct bufferevent *bev = open_bev(base, options, "bev", peer);

	number = bufferevent_getfd(bev);
	return bev;
}

static void
outside(struct event_base *base, int options)
{
	evutil_socket_t peer;
	struct bufferevent *bev = make(base, options, &peer);

	trace("-- outside the loop, options %#x", (unsigned)options);
	bufferevent_enable(bev, EV_READ);
	say(peer, "x", 1);
	bufferevent_free(bev);
	trace("freed: open %d", is_open());
	loop(base, EVLOOP_NONBLOCK);
	trace("after a turn: open %d", is_open());
	if (is_open())
		close(number);
	close(peer);
}

static void
with_base(int options, int is_pending)
{
	struct event_base *base = new_base();
	evutil_socket_t peer;
	struct bufferevent *bev = make(base, options, &peer);

	trace("-- with the base, no turn between, options %#x%s",
	    (unsigned)options, is_pending ? ", a callback waits" : "");
	if (is_pending)
		bufferevent_trigger(bev, EV_WRITE, BEV_TRIG_DEFER_CALLBACKS);
	bufferevent_free(bev);
	event_base_free(base);
	trace("base freed: open %d", is_open());
	if (is_open())
		close(number);
	close(peer);
}

static void
on_read_free(struct bufferevent *bev, void *arg)
{
	on_bev_read(bev, arg);
	bufferevent_trigger(bev, EV_WRITE, BEV_TRIG_DEFER_CALLBACKS);
	bufferevent_free(bev);
	trace("  freed: open %d", is_open());
}

static void
on_event_free(struct bufferevent *bev, short what, void *arg)
{
	on_bev_event(bev, what, arg);
	bufferevent_free(bev);
	trace("  freed: open %d", is_open());
}

static void
inside(struct event_base *base, int options)
{
	evutil_socket_t peer;
	struct bufferevent *bev = make(base, options, &peer);

	trace("-- in the read callback, options %#x", (unsigned)options);
	bufferevent_setcb(bev, on_read_free, on_bev_write, on_bev_event,
	    (void *)"bev");
	bufferevent_enable(bev, EV_READ);
	say(peer, "x", 1);
	shutdown(peer, SHUT_WR);
	loop(base, EVLOOP_ONCE);
	turn(base);
	trace("after the loop: open %d", is_open());
	close(peer);
	trace("-- in the event callback, options %#x", (unsigned)options);
	bev = make(base, options, &peer);
	bufferevent_setcb(bev, NULL, NULL, on_event_free, (void *)"bev");
	bufferevent_enable(bev, EV_READ);
	shutdown(peer, SHUT_WR);
	loop(base, EVLOOP_ONCE);
	turn(base);
	trace("after the loop: open %d", is_open());
	close(peer);
}

int
main(void)
{
	struct event_base *base = new_base();

	outside(base, 0);
	outside(base, BEV_OPT_CLOSE_ON_FREE);
	outside(base, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	with_base(0, 0);
	with_base(BEV_OPT_CLOSE_ON_FREE, 0);
	with_base(BEV_OPT_CLOSE_ON_FREE, 1);
	inside(base, BEV_OPT_CLOSE_ON_FREE);
	inside(base, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	event_base_free(base);
	return 0;
}
