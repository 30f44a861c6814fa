/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * socket_test.c - one property of a socket at a time.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#include <event2/util.h>

#include "test.h"

/* The value of an int option, or -1. */
static int
option(int fd, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	return getsockopt(fd, level, name, &value, &len) < 0 ? -1 : value;
}

/* Pairs are connected both ways; families without pairs are refused. */
TEST(pairs_are_connected)
{
	evutil_socket_t fd[2];
	char text[4] = "";

	CHECK_EQ(evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	CHECK_EQ(write(fd[0], "ab", 2), 2);
	CHECK_EQ(read(fd[1], text, 2), 2);
	CHECK_STR(text, "ab");
	CHECK_EQ(write(fd[1], "cd", 2), 2);
	CHECK_EQ(read(fd[0], text, 2), 2);
	CHECK_STR(text, "cd");
	CHECK_EQ(evutil_closesocket(fd[0]), 0);
	CHECK_EQ(EVUTIL_CLOSESOCKET(fd[1]), 0);
	CHECK_EQ(evutil_socketpair(AF_INET, SOCK_STREAM, 0, fd), -1);
	CHECK_EQ(evutil_socketpair(AF_UNIX, 99, 0, fd), -1);
}

/* Flags are set, and setting them again is fine. */
TEST(flags_are_set)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	for (int i = 0; i < 2; i++) {
		CHECK_EQ(evutil_make_socket_nonblocking(fd), 0);
		CHECK_EQ(evutil_make_socket_closeonexec(fd), 0);
		CHECK(fcntl(fd, F_GETFL) & O_NONBLOCK);
		CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	}
	close(fd);
}

/* Each listener option is really on afterwards. */
TEST(listener_options_are_set)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	CHECK_EQ(evutil_make_listen_socket_reuseable(fd), 0);
	CHECK_EQ(option(fd, SOL_SOCKET, SO_REUSEADDR), 1);
	CHECK_EQ(evutil_make_listen_socket_reuseable_port(fd), 0);
	CHECK_EQ(option(fd, SOL_SOCKET, SO_REUSEPORT), 1);
	CHECK_EQ(evutil_make_tcp_listen_socket_deferred(fd), 0);
	CHECK_GE(option(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT), 1);
	CHECK_EQ(evutil_make_listen_socket_ipv6only(fd), -1);
	close(fd);
}

/* IPv6 only can be turned on and off. */
TEST(ipv6only_is_turned_on_and_off)
{
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	if (fd < 0)
		SKIP("this host has no IPv6");
	CHECK_EQ(evutil_make_listen_socket_ipv6only(fd), 0);
	CHECK_EQ(option(fd, IPPROTO_IPV6, IPV6_V6ONLY), 1);
	CHECK_EQ(evutil_make_listen_socket_not_ipv6only(fd), 0);
	CHECK_EQ(option(fd, IPPROTO_IPV6, IPV6_V6ONLY), 0);
	close(fd);
}

/* Keep-alive is turned on with times derived from the timeout, and off. */
TEST(keepalive_is_turned_on_and_off)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	CHECK_EQ(evutil_set_tcp_keepalive(fd, 1, 300), 0);
	CHECK_EQ(option(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
	CHECK_EQ(option(fd, IPPROTO_TCP, TCP_KEEPIDLE), 300);
	CHECK_EQ(option(fd, IPPROTO_TCP, TCP_KEEPINTVL), 100);
	CHECK_EQ(option(fd, IPPROTO_TCP, TCP_KEEPCNT), 3);
	CHECK_EQ(evutil_set_tcp_keepalive(fd, 1, 1), 0);
	CHECK_EQ(option(fd, IPPROTO_TCP, TCP_KEEPINTVL), 1);
	CHECK_EQ(evutil_set_tcp_keepalive(fd, 0, 300), 0);
	CHECK_EQ(option(fd, SOL_SOCKET, SO_KEEPALIVE), 0);
	CHECK_EQ(evutil_set_tcp_keepalive(fd, 1, 0), 0);
	CHECK_EQ(option(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
	CHECK_EQ(evutil_set_tcp_keepalive(fd, 1, 1000000), -1);
	close(fd);
}

/* On what is no descriptor every call fails, with errno, some aloud. */
TEST(dead_descriptors_are_refused)
{
	static int (*const calls[])(evutil_socket_t) = {
		evutil_make_socket_nonblocking,
		evutil_make_socket_closeonexec,
		evutil_make_listen_socket_reuseable,
		evutil_make_listen_socket_reuseable_port,
		evutil_make_listen_socket_ipv6only,
		evutil_make_listen_socket_not_ipv6only,
		evutil_make_tcp_listen_socket_deferred,
		evutil_closesocket,
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		errno = 0;
		CHECK_EQ(calls[i](-1), -1);
		CHECK_EQ(EVUTIL_SOCKET_ERROR(), EBADF);
	}
	CHECK_STR(test_log_take(),
	    "[warn] fcntl(-1, F_GETFL): Bad file descriptor\n"
	    "[warn] fcntl(-1, F_GETFD): Bad file descriptor\n");
	CHECK_EQ(evutil_set_tcp_keepalive(-1, 1, 300), -1);
}
