/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bufferevent_write_first.c - when the write callback runs on an empty output:
 * at each bufferevent_enable(EV_WRITE), not at creation; and after data.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/util.h>

static int writes;

static void
on_write(struct bufferevent *bev, void *arg)
{
	(void)arg;
	writes++;
	printf("  write callback, output %zu\n",
	    evbuffer_get_length(bufferevent_get_output(bev)));
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	(void)arg;
	printf("  event 0x%x\n", (unsigned)what);
}

/* Turn the loop a few times without sleeping. */
static void
turn(struct event_base *base)
{
	int i;

	writes = 0;
	for (i = 0; i < 4; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
	printf("  writes %d\n", writes);
}

/* What happens while the socket is away and when it is back. */
static void
without_socket(struct event_base *base, struct bufferevent *bev,
    evutil_socket_t fd)
{
	printf("setfd -1\n");
	bufferevent_setfd(bev, -1);
	turn(base);
	printf("enable without fd\n");
	printf("  returns %d\n", bufferevent_enable(bev, EV_WRITE));
	turn(base);
	printf("write without fd\n");
	bufferevent_write(bev, "abc", 3);
	turn(base);
	printf("setfd back\n");
	bufferevent_setfd(bev, fd);
	turn(base);
	printf("setfd back again\n");
	bufferevent_setfd(bev, fd);
	turn(base);
	printf("fd is kept: %d\n", bufferevent_getfd(bev) == fd);
}

static void
run(int options)
{
	struct event_base *base = event_base_new();
	evutil_socket_t fds[2];
	struct bufferevent *bev;

	printf("options %d\n", options);
	if (evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0)
		return;
	evutil_make_socket_nonblocking(fds[0]);
	bev = bufferevent_socket_new(base, fds[0], options);
	printf("new: enabled 0x%x\n", (unsigned)bufferevent_get_enabled(bev));
	bufferevent_setcb(bev, NULL, on_write, on_event, NULL);
	turn(base);
	printf("enable read\n");
	bufferevent_enable(bev, EV_READ);
	turn(base);
	printf("enable write\n");
	bufferevent_enable(bev, EV_WRITE);
	turn(base);
	printf("enable write again, twice\n");
	bufferevent_enable(bev, EV_WRITE);
	bufferevent_enable(bev, EV_WRITE);
	turn(base);
	printf("enable both\n");
	bufferevent_enable(bev, EV_READ | EV_WRITE);
	turn(base);
	printf("enable write, disable write\n");
	bufferevent_enable(bev, EV_WRITE);
	bufferevent_disable(bev, EV_WRITE);
	turn(base);
	printf("write while disabled\n");
	bufferevent_write(bev, "abc", 3);
	turn(base);
	printf("enable\n");
	bufferevent_enable(bev, EV_WRITE);
	turn(base);
	printf("write\n");
	bufferevent_write(bev, "abc", 3);
	turn(base);
	printf("write twice\n");
	bufferevent_write(bev, "abc", 3);
	bufferevent_write(bev, "def", 3);
	turn(base);
	printf("low mark 100, write\n");
	bufferevent_setwatermark(bev, EV_WRITE, 100, 0);
	bufferevent_write(bev, "abc", 3);
	turn(base);
	printf("empty write\n");
	bufferevent_write(bev, "", 0);
	turn(base);
	without_socket(base, bev, fds[0]);
	bufferevent_free(bev);
	event_base_free(base);
	evutil_closesocket(fds[0]);
	evutil_closesocket(fds[1]);
}

int
main(void)
{
	run(0);
	run(BEV_OPT_DEFER_CALLBACKS);
	return 0;
}
