/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * base_goes_first.c - event_base_free() with everything outstanding: added and
 * active events, timers, signals, one-shots, and after connections, pairs and
 * listeners; also in a child (double frees and leaks, 2015 to 2020).
 *
 * Events of the caller's own memory stay the caller's, who may not touch them
 * through the library any more.
 *
 * debian: passes
 */
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <event2/bufferevent.h>
#include <event2/event_struct.h>
#include <event2/listener.h>

#include "wound.h"

#define EVENTS 8

static int stop_after;

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	if (--stop_after == 0)
		event_base_loopbreak(arg);
}

static void
on_accept(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *addr, int len, void *arg)
{
	(void)listener;
	(void)addr;
	(void)len;
	(void)arg;
	close(fd);
}

static void
add_events(struct event_base *base, struct event *events, int fd)
{
	struct timeval soon = { 0, 0 }, late = { 1000, 0 };
	const struct timeval *common = event_base_init_common_timeout(base,
	    &late);
	int i;

	for (i = 0; i < 2; i++)
		event_assign(&events[i], base, fd, EV_READ | EV_PERSIST,
		    on_event, base);
	event_assign(&events[2], base, -1, EV_PERSIST, on_event, base);
	event_assign(&events[3], base, SIGUSR1, EV_SIGNAL | EV_PERSIST,
	    on_event, base);
	event_assign(&events[4], base, -1, 0, on_event, base);
	event_assign(&events[5], base, -1, EV_PERSIST, on_event, base);
	for (i = 6; i < EVENTS; i++)
		event_assign(&events[i], base, -1, 0, on_event, base);
	for (i = 0; i < 4; i++)
		CHECK_EQ(event_add(&events[i], i == 2 ? &soon : NULL), 0);
	CHECK_EQ(event_add(&events[4], &late), 0);
	CHECK_EQ(event_add(&events[5], common), 0);
	CHECK_EQ(event_add(&events[6], common), 0);
	event_active(&events[7], EV_TIMEOUT, 1);
	raise(SIGUSR1);
	CHECK_EQ(event_base_once(base, -1, EV_TIMEOUT, on_event, base, &soon),
	    0);
	CHECK_EQ(event_base_once(base, -1, EV_TIMEOUT, on_event, base, &late),
	    0);
	CHECK_EQ(event_base_once(base, fd, EV_READ, on_event, base, NULL), 0);
}

/* The rest of what hangs on a base; ended before it, without a loop between. */
static void
add_others(struct event_base *base, int fd)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	struct evconnlistener *listener;
	struct bufferevent *bev, *pair[2];

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = evconnlistener_new_bind(base, on_accept, NULL,
	    LEV_OPT_CLOSE_ON_FREE, 5, (struct sockaddr *)&addr, sizeof(addr));
	bev = bufferevent_socket_new(base, fd, 0);
	CHECK_EQ(bufferevent_pair_new(base, 0, pair), 0);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
	bufferevent_write(pair[0], "x", 1);
	evconnlistener_free(listener);
	bufferevent_free(pair[0]);
	bufferevent_free(pair[1]);
	bufferevent_free(bev);
}

/* Free the base when `calls` callbacks have run; 0: it never ran. */
static void
run(int calls, int in_child)
{
	struct event_base *base = event_base_new();
	struct event *events = calloc(EVENTS, sizeof(*events));
	int fds[2], status;

	printf("after %d calls%s\n", calls, in_child ? ", in a child" : "");
	fflush(stdout);
	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	CHECK_EQ(write(fds[1], "x", 1), 1);
	add_events(base, events, fds[0]);
	add_others(base, fds[1]);
	stop_after = calls;
	if (calls)
		CHECK_EQ(event_base_dispatch(base), 0);
	if (in_child && fork() == 0) {
		CHECK_EQ(event_reinit(base), 0);
		event_base_free(base);
		_exit(0);
	}
	if (in_child)
		CHECK(wait(&status) > 0 && status == 0);
	event_base_free(base);
	free(events);
	close(fds[0]);
	close(fds[1]);
}

int
main(void)
{
	int calls;

	wound_watch();
	for (calls = 0; calls < 10; calls++) {
		run(calls, 0);
		run(calls, 1);
	}
	return wound_end();
}
