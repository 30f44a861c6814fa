/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * socket.c - public calls that change or make one socket.
 *
 * Each sets one property.  Where the system has no such property the call
 * succeeds without doing anything, as the header promises.
 *
 * No state, no locks.
 */
#include "event2/util.h"

#include "base/err.h"
#include "base/log.h"
#include "os/socket.h"

/* Seconds a listener waits for the first bytes before it reports at all. */
#define DEFER_SECONDS 1

/* Unanswered probes after which the peer is taken for dead. */
#define KEEPALIVE_PROBES 3

int
evutil_socketpair(int family, int type, int protocol, evutil_socket_t fd[2])
{
	return evi_err_public(evi_os_socket_pair(family, type, protocol, fd));
}

int
evutil_closesocket(evutil_socket_t sock)
{
	return evi_err_public(evi_os_socket_close(sock));
}

int
evutil_make_socket_nonblocking(evutil_socket_t sock)
{
	int r = evi_os_socket_set_nonblock(sock);

	if (r < 0)
		evi_log_warn_errno(-r, "fcntl(%d, F_GETFL)", sock);
	return evi_err_public(r);
}

int
evutil_make_socket_closeonexec(evutil_socket_t sock)
{
	int r = evi_os_socket_set_cloexec(sock);

	if (r < 0)
		evi_log_warn_errno(-r, "fcntl(%d, F_GETFD)", sock);
	return evi_err_public(r);
}

int
evutil_make_listen_socket_reuseable(evutil_socket_t sock)
{
	return evi_err_public(
	    evi_os_socket_set_int(sock, SOL_SOCKET, SO_REUSEADDR, 1));
}

int
evutil_make_listen_socket_reuseable_port(evutil_socket_t sock)
{
	return evi_err_public(
	    evi_os_socket_set_int(sock, SOL_SOCKET, SO_REUSEPORT, 1));
}

int
evutil_make_listen_socket_ipv6only(evutil_socket_t sock)
{
	return evi_err_public(
	    evi_os_socket_set_int(sock, IPPROTO_IPV6, IPV6_V6ONLY, 1));
}

int
evutil_make_listen_socket_not_ipv6only(evutil_socket_t sock)
{
	return evi_err_public(
	    evi_os_socket_set_int(sock, IPPROTO_IPV6, IPV6_V6ONLY, 0));
}

int
evutil_make_tcp_listen_socket_deferred(evutil_socket_t sock)
{
	return evi_err_public(evi_os_socket_set_defer(sock, DEFER_SECONDS));
}

/*
 * The idle time comes first, then probes a third of it apart, so that a dead
 * peer is found after about twice `timeout`.
 */
int
evutil_set_tcp_keepalive(evutil_socket_t sock, int on, int timeout)
{
	int r = evi_os_socket_set_int(sock, SOL_SOCKET, SO_KEEPALIVE, on != 0);

	if (r < 0 || !on || timeout <= 0)
		return evi_err_public(r);

	int interval = timeout / KEEPALIVE_PROBES;

	return evi_err_public(evi_os_socket_set_keepalive(sock, timeout,
	    interval > 0 ? interval : 1, KEEPALIVE_PROBES));
}
