/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * helper.h - what tests of listeners share: a guest book of what was accepted,
 * a listener on the loopback, a client, and a loop with an end.
 */
#ifndef TEST_LISTENER_HELPER_H
#define TEST_LISTENER_HELPER_H

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/listener.h>

#include "test.h"

struct guest {
	int count;
	int last_fd;
	int last_len;
	int errors;
	int what; /* 0 close, 1 free the listener, 2 disable, 3 keep */
};

static inline void
on_accept(struct evconnlistener *lev, evutil_socket_t fd, struct sockaddr *sa,
    int len, void *arg)
{
	struct guest *guest = arg;

	(void)sa;
	guest->count++;
	guest->last_len = len;
	guest->last_fd = fd;
	if (guest->what != 3)
		close(fd);
	if (guest->what == 1)
		evconnlistener_free(lev);
	if (guest->what == 2)
		evconnlistener_disable(lev);
}

static inline void
turn(struct event_base *base)
{
	for (int i = 0; i < 5; i++)
		event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

/* The address of this machine alone. */
static inline void
set_loopback(struct sockaddr_in *sin)
{
	memset(sin, 0, sizeof(*sin));
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}

static inline struct evconnlistener *
listen_on_loopback(struct event_base *base, struct guest *guest, unsigned flags,
    struct sockaddr_in *sin)
{
	socklen_t len = sizeof(*sin);
	struct evconnlistener *lev;

	set_loopback(sin);
	lev = evconnlistener_new_bind(base, on_accept, guest,
	    flags | LEV_OPT_CLOSE_ON_FREE, -1, (struct sockaddr *)sin,
	    sizeof(*sin));
	CHECK_NOTNULL(lev);
	CHECK_EQ(getsockname(evconnlistener_get_fd(lev), (struct sockaddr *)sin,
		     &len),
	    0);
	return lev;
}

static inline int
dial(const struct sockaddr_in *sin)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	CHECK_GE(fd, 0);
	CHECK_EQ(connect(fd, (const struct sockaddr *)sin, sizeof(*sin)), 0);
	return fd;
}

#endif /* TEST_LISTENER_HELPER_H */
