/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * listener_sockets.c - backlogs as the kernel has them, sockets of both
 * kinds of address, who closes what, and a listener freed from inside.
 */
/* backends: epoll */
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "trace_listener.h"

static struct event_base *base;

/* How long the kernel lets the queue grow; -1: it does not listen. */
static int
backlog_of(evutil_socket_t fd)
{
	struct tcp_info info;
	socklen_t size = sizeof(info);

	memset(&info, 0, sizeof(info));
	must(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0,
	    "TCP_INFO");
	return info.tcpi_state == 10 /* listening */ ? (int)info.tcpi_sacked
						     : -1;
}

static struct evconnlistener *
bind_to(const void *sa, socklen_t len, unsigned flags, int backlog)
{
	return evconnlistener_new_bind(base, on_accept_count, NULL, flags,
	    backlog, sa, (int)len);
}

static void
bound(int backlog)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct evconnlistener *lev;

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	lev = bind_to(&sin, sizeof(sin), LEV_OPT_CLOSE_ON_FREE, backlog);
	must(lev != NULL, "evconnlistener_new_bind");
	trace("new_bind with %d: backlog %d", backlog,
	    backlog_of(evconnlistener_get_fd(lev)));
	evconnlistener_free(lev);
}

/* A socket of the program, which listens already or not. */
static void
given(int backlog, int listens_with)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	evutil_socket_t fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct evconnlistener *lev;
	int keepalive = -1;
	socklen_t size = sizeof(keepalive);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(bind(fd, (void *)&sin, sizeof(sin)) == 0, "bind");
	must(!listens_with || listen(fd, listens_with) == 0, "listen");
	lev = evconnlistener_new(base, on_accept_count, NULL, 0, backlog, fd);
	getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &keepalive, &size);
	trace("new with %d, listens with %d: %s, backlog %d, keepalive %d",
	    backlog, listens_with, lev ? "made" : "refused", backlog_of(fd),
	    keepalive);
	if (lev) {
		CALL(evconnlistener_get_fd(lev) == fd);
		evconnlistener_free(lev);
	}
	trace("still open %d", fcntl(fd, F_GETFD) >= 0);
	close(fd);
}

static void
six(unsigned flags)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 };
	struct evconnlistener *lev;
	int only = -1;
	socklen_t size = sizeof(only);

	sin6.sin6_addr = in6addr_loopback;
	lev = bind_to(&sin6, sizeof(sin6), flags | LEV_OPT_CLOSE_ON_FREE, -1);
	trace("IPv6, flags %#x: %s", flags, lev ? "made" : "refused");
	if (!lev)
		return;
	getsockopt(evconnlistener_get_fd(lev), IPPROTO_IPV6, IPV6_V6ONLY, &only,
	    &size);
	trace("v6only %d, backlog %d", only,
	    backlog_of(evconnlistener_get_fd(lev)));
	evconnlistener_free(lev);
}

static void
refused(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };

	sin.sin_addr.s_addr = htonl(0xc0000201); /* 192.0.2.1, nobody's */
	errno = 0;
	CALL_PTR(bind_to(&sin, sizeof(sin), LEV_OPT_CLOSE_ON_FREE, -1));
	trace("%s", strerror(errno));
	sin.sin_family = 250;
	errno = 0;
	CALL_PTR(bind_to(&sin, sizeof(sin), LEV_OPT_CLOSE_ON_FREE, -1));
	trace("%s", strerror(errno));
}

static void
on_accept_free(struct evconnlistener *lev, evutil_socket_t fd,
    struct sockaddr *sa, int len, void *arg)
{
	evutil_socket_t listener = evconnlistener_get_fd(lev);

	(void)sa;
	(void)len;
	evconnlistener_free(lev);
	trace("  freed: listener open %d", fcntl(listener, F_GETFD) >= 0);
	*(evutil_socket_t *)arg = fd;
}

/* The connection that was accepted stays the program's. */
static void
freed_inside(unsigned flags)
{
	struct sockaddr_un sun;
	socklen_t len;
	evutil_socket_t fd = local_socket(&sun, &len), fds[2], got = -1;
	struct evconnlistener *lev;

	trace("-- freed inside, flags %#x", flags);
	lev = evconnlistener_new(base, on_accept_free, &got, flags, 5, fd);
	must(lev != NULL, "evconnlistener_new");
	dial(2, fds, &sun, len);
	loop(base, EVLOOP_NONBLOCK);
	trace("listener open %d", fcntl(fd, F_GETFD) >= 0);
	put(fds[0]);
	CALL(recv(got, &sun, 1, 0));
	close(got);
	if (!(flags & LEV_OPT_CLOSE_ON_FREE))
		close(fd);
	hang_up(2, fds);
}

static void
kept_alive(void)
{
	struct sockaddr_un sun;
	socklen_t len;
	evutil_socket_t fd = local_socket(&sun, &len);
	struct evconnlistener *lev;

	trace("-- a listener keeps the loop going, a disabled one does not");
	lev = evconnlistener_new(base, on_accept_count, NULL,
	    LEV_OPT_CLOSE_ON_FREE, 5, fd);
	loop(base, EVLOOP_NONBLOCK);
	trace_counts(base);
	CALL(evconnlistener_disable(lev));
	CALL(evconnlistener_disable(lev));
	loop(base, EVLOOP_NONBLOCK);
	evconnlistener_set_cb(lev, NULL, NULL);
	CALL(evconnlistener_enable(lev));
	loop(base, EVLOOP_NONBLOCK);
	evconnlistener_set_cb(lev, on_accept_count, NULL);
	loop(base, EVLOOP_NONBLOCK);
	trace_counts(base);
	evconnlistener_free(lev);
	loop(base, EVLOOP_NONBLOCK);
}

int
main(void)
{
	base = new_base();
	bound(-1);
	bound(1);
	bound(7);
	given(-1, 0);
	given(7, 0);
	given(0, 3);
	given(9, 3);
	six(0);
	six(LEV_OPT_BIND_IPV6ONLY);
	refused();
	freed_inside(0);
	freed_inside(LEV_OPT_CLOSE_ON_FREE);
	freed_inside(LEV_OPT_CLOSE_ON_FREE | LEV_OPT_THREADSAFE);
	kept_alive();
	event_base_free(base);
	return 0;
}
