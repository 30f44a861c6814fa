/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bufferevent_sizes.c - how much one read callback brings, and how much one
 * turn of the loop writes, with and without a size set.
 */
/* backends: epoll */
#include "trace_bev.h"

#define BIG 100000

static char bytes[BIG];
static struct event_base *base;
static size_t largest, sum;

static void
on_read_measure(struct bufferevent *bev, void *arg)
{
	size_t n = input_of(bev);

	(void)arg;
	largest = n > largest ? n : largest;
	sum += n;
	evbuffer_drain(bufferevent_get_input(bev), n);
}

static void
read_with(size_t single)
{
	evutil_socket_t peer;
	struct bufferevent *bev = open_bev(base, BEV_OPT_CLOSE_ON_FREE, "bev",
	    &peer);

	largest = sum = 0;
	bufferevent_setcb(bev, on_read_measure, NULL, NULL, NULL);
	if (single)
		CALL(bufferevent_set_max_single_read(bev, single));
	bufferevent_enable(bev, EV_READ);
	say(peer, bytes, 40000);
	while (sum < 40000)
		event_base_loop(base, EVLOOP_ONCE);
	trace("read with %zu: at most %zu", single, largest);
	close_bev(base, bev, peer);
}

/* What leaves in the first two turns; all of it fits into the socket. */
static void
write_with(size_t single, size_t len)
{
	evutil_socket_t peer;
	struct bufferevent *bev = open_bev(base, BEV_OPT_CLOSE_ON_FREE, "bev",
	    &peer);
	int room = 4 * BIG, i;

	setsockopt(bufferevent_getfd(bev), SOL_SOCKET, SO_SNDBUF, &room,
	    sizeof(room));
	bufferevent_setcb(bev, NULL, NULL, NULL, NULL);
	if (single)
		CALL(bufferevent_set_max_single_write(bev, single));
	turn(base);
	bufferevent_write(bev, bytes, len);
	for (i = 0; i < 2; i++) {
		event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
		trace("write %zu with %zu, turn %d: heard %ld", len, single, i,
		    hear(peer));
	}
	close_bev(base, bev, peer);
}

int
main(void)
{
	base = new_base();
	read_with(0);
	read_with(100);
	read_with(4096);
	read_with(20000);
	write_with(100, 1000);
	write_with(16384, 50000);
	write_with(0, 50000);
	event_base_free(base);
	return 0;
}
