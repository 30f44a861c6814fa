/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bufferevent_setfd.c - another descriptor: after the end of the first one,
 * while connecting, with output waiting; the old one is the program's.
 */
/* backends: epoll */
#include <netinet/in.h>

#include "trace_bev.h"

static struct event_base *base;

static void
after_the_end(int options)
{
	evutil_socket_t peer, fd[2], old;
	struct bufferevent *bev = open_bev(base, options, "bev", &peer);

	trace("-- after the end of file, options %#x", (unsigned)options);
	old = bufferevent_getfd(bev);
	bufferevent_enable(bev, EV_READ);
	say(peer, "abc", 3);
	close(peer);
	turn(base);
	open_pair(fd);
	CALL(bufferevent_setfd(bev, fd[0]));
	CALL(bufferevent_getfd(bev) == fd[0]);
	trace("old one open %d", fcntl(old, F_GETFD) >= 0);
	trace("enabled %s", what_name(bufferevent_get_enabled(bev)));
	say(fd[1], "de", 2);
	turn(base);
	trace("enabled again");
	bufferevent_enable(bev, EV_READ);
	turn(base);
	bufferevent_write(bev, "fghi", 4);
	turn(base);
	trace("heard %ld", hear(fd[1]));
	bufferevent_free(bev);
	turn(base);
	close_pair(fd);
	close(old);
}

static void
with_output(void)
{
	evutil_socket_t peer, fd[2], old;
	struct bufferevent *bev = open_bev(base, 0, "bev", &peer);

	trace("-- with output waiting");
	old = bufferevent_getfd(bev);
	bufferevent_disable(bev, EV_WRITE);
	bufferevent_write(bev, "abc", 3);
	open_pair(fd);
	CALL(bufferevent_setfd(bev, fd[0]));
	turn(base);
	trace("enabled");
	bufferevent_enable(bev, EV_WRITE);
	turn(base);
	trace("heard %ld and %ld", hear(peer), hear(fd[1]));
	bufferevent_free(bev);
	turn(base);
	close_pair(fd);
	close(old);
	close(peer);
}

/* A socket that is bound, and listens or not. */
static evutil_socket_t
bound(struct sockaddr_in *sin, int is_listening)
{
	socklen_t len = sizeof(*sin);
	evutil_socket_t fd = socket(AF_INET, SOCK_STREAM, 0);

	memset(sin, 0, sizeof(*sin));
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(bind(fd, (void *)sin, len) == 0, "bind");
	must(!is_listening || listen(fd, 5) == 0, "listen");
	must(getsockname(fd, (void *)sin, &len) == 0, "getsockname");
	return fd;
}

/* The new descriptor is connected; what is reported of it? */
static void
use_new(struct bufferevent *bev)
{
	evutil_socket_t fd[2];

	open_pair(fd);
	CALL(bufferevent_setfd(bev, fd[0]));
	turn(base);
	say(fd[1], "x", 1);
	turn(base);
	bufferevent_write(bev, "yz", 2);
	turn(base);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
	turn(base);
	trace("heard %ld, enabled %s", hear(fd[1]),
	    what_name(bufferevent_get_enabled(bev)));
	bufferevent_setfd(bev, -1);
	close_pair(fd);
}

enum when {
	AT_ONCE,
	WITH_OUTPUT,
	DISABLED,
	THROUGH_NONE,
	AFTER_OUTCOME
};

static void
while_connecting(int is_listening, enum when when)
{
	static const char *const names[] = { "at once", "with output",
		"writing disabled", "-1 between", "after the outcome" };
	struct bufferevent *bev = bufferevent_socket_new(base, -1, 0);
	struct sockaddr_in sin;
	evutil_socket_t listener = bound(&sin, is_listening), old;

	trace("-- while connecting, it would %s; %s",
	    is_listening ? "succeed" : "be refused", names[when]);
	trace_all(bev, "bev");
	bufferevent_enable(bev, EV_READ | EV_WRITE);
	CALL(bufferevent_socket_connect(bev, (void *)&sin, sizeof(sin)));
	old = bufferevent_getfd(bev);
	if (when == WITH_OUTPUT)
		bufferevent_write(bev, "abc", 3);
	if (when == DISABLED)
		bufferevent_disable(bev, EV_WRITE);
	if (when == THROUGH_NONE) {
		CALL(bufferevent_setfd(bev, -1));
		turn(base);
		bufferevent_enable(bev, EV_READ | EV_WRITE);
		turn(base);
	}
	if (when == AFTER_OUTCOME)
		turn(base);
	use_new(bev);
	close_bev(base, bev, old);
	close(listener);
}

static void
on_event_clear(struct bufferevent *bev, short what, void *arg)
{
	int err = errno;

	(void)bev;
	trace("  %s: event %#x, %s", (char *)arg, (unsigned)what,
	    strerror(err));
	errno = EBADF;
}

/* Each deferred event callback finds its own errno, whoever spoils it. */
static void
own_errno(void)
{
	struct bufferevent *bev[2];
	struct sockaddr_in sin;
	evutil_socket_t holder = bound(&sin, 0);
	int i;

	trace("-- errno in deferred callbacks");
	for (i = 0; i < 2; i++) {
		bev[i] = bufferevent_socket_new(base, -1,
		    BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
		bufferevent_setcb(bev[i], NULL, NULL, on_event_clear,
		    (void *)(i ? "second" : "first"));
		CALL(bufferevent_socket_connect(bev[i], (void *)&sin,
		    sizeof(sin)));
	}
	pass_ms(5);
	turn(base);
	for (i = 0; i < 2; i++)
		bufferevent_free(bev[i]);
	turn(base);
	close(holder);
}

int
main(void)
{
	enum when when;

	base = new_base();
	after_the_end(0);
	after_the_end(BEV_OPT_DEFER_CALLBACKS);
	with_output();
	for (when = AT_ONCE; when <= AFTER_OUTCOME; when++) {
		while_connecting(1, when);
		while_connecting(0, when);
	}
	own_errno();
	event_base_free(base);
	return 0;
}
