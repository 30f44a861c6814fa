/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * util_socket.c - one property of a socket at a time; pairs; closing.
 */
#include "trace.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <event2/util.h>

static int
option(int fd, int level, int name)
{
	int value = -9;
	socklen_t len = sizeof(value);

	return getsockopt(fd, level, name, &value, &len) < 0 ? -1 : value;
}

static void
pair(const char *name, int family, int type, int protocol)
{
	evutil_socket_t fd[2];
	char bytes[8];
	int r;

	errno = 0;
	r = evutil_socketpair(family, type, protocol, fd);
	trace("socketpair %s = %d, %s", name, r, strerror(errno));
	if (r < 0)
		return;
	trace("  flags %d %d %d %d", fcntl(fd[0], F_GETFL) & O_NONBLOCK,
	    fcntl(fd[0], F_GETFD), fcntl(fd[1], F_GETFL) & O_NONBLOCK,
	    fcntl(fd[1], F_GETFD));
	put(fd[0]);
	CALL(read(fd[1], bytes, sizeof(bytes)));
	close_pair(fd);
}

static void
properties(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int fd6 = socket(AF_INET6, SOCK_STREAM, 0);

	must(fd >= 0 && fd6 >= 0, "socket");
	CALL_ERRNO(evutil_make_socket_nonblocking(fd));
	CALL((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
	CALL_ERRNO(evutil_make_socket_nonblocking(fd));
	CALL_ERRNO(evutil_make_socket_closeonexec(fd));
	CALL(fcntl(fd, F_GETFD));
	CALL_ERRNO(evutil_make_socket_closeonexec(fd));
	CALL_ERRNO(evutil_make_listen_socket_reuseable(fd));
	CALL(option(fd, SOL_SOCKET, SO_REUSEADDR));
	CALL_ERRNO(evutil_make_listen_socket_reuseable_port(fd));
	CALL(option(fd, SOL_SOCKET, SO_REUSEPORT));
	CALL_ERRNO(evutil_make_listen_socket_ipv6only(fd6));
	CALL(option(fd6, IPPROTO_IPV6, IPV6_V6ONLY));
	CALL_ERRNO(evutil_make_listen_socket_ipv6only(fd));
	CALL_ERRNO(evutil_make_tcp_listen_socket_deferred(fd));
	CALL(option(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT));
	CALL_ERRNO(evutil_closesocket(fd));
	CALL_ERRNO(evutil_closesocket(fd));
	CALL_ERRNO(evutil_closesocket(fd6));
}

/* What is said of a descriptor that is not there. */
static void
nowhere(void)
{
	event_set_log_callback(on_log_text);
	CALL_ERRNO(evutil_make_socket_nonblocking(-1));
	CALL_ERRNO(evutil_make_socket_closeonexec(-1));
	CALL_ERRNO(evutil_make_listen_socket_reuseable(-1));
	CALL_ERRNO(evutil_make_listen_socket_reuseable_port(-1));
	CALL_ERRNO(evutil_make_listen_socket_ipv6only(-1));
	CALL_ERRNO(evutil_make_tcp_listen_socket_deferred(-1));
	CALL_ERRNO(evutil_closesocket(-1));
}

int
main(void)
{
	pair("AF_UNIX SOCK_STREAM", AF_UNIX, SOCK_STREAM, 0);
	pair("AF_UNIX SOCK_DGRAM", AF_UNIX, SOCK_DGRAM, 0);
	pair("AF_UNIX SOCK_SEQPACKET", AF_UNIX, SOCK_SEQPACKET, 0);
	pair("AF_UNIX SOCK_NONBLOCK", AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	pair("AF_INET SOCK_STREAM", AF_INET, SOCK_STREAM, 0);
	pair("AF_INET6 SOCK_STREAM", AF_INET6, SOCK_STREAM, 0);
	pair("AF_UNIX 99", AF_UNIX, 99, 0);
	pair("AF_UNIX protocol 5", AF_UNIX, SOCK_STREAM, 5);
	properties();
	nowhere();
	return 0;
}
