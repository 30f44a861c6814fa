/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * listener_test.c - listeners: options, addresses, and callbacks that change
 * things from inside.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>

#include "helper.h"

/* All that wait are accepted in one turn of the loop. */
TEST(accepts_all_in_one_turn)
{
	struct event_base *base = test_base();
	struct guest guest = { 0 };
	struct sockaddr_in sin;
	struct evconnlistener *lev = listen_on_loopback(base, &guest,
	    LEV_OPT_REUSEABLE, &sin);
	int fds[5];

	for (int i = 0; i < 5; i++)
		fds[i] = dial(&sin);
	event_base_loop(base, EVLOOP_ONCE);
	CHECK_EQ(guest.count, 5);
	for (int i = 0; i < 5; i++)
		close(fds[i]);
	evconnlistener_free(lev);
	event_base_free(base);
}

/* One at a time for long: hardly more than one accept() a connection. */
TEST(single_connections_cost_one_accept)
{
	struct event_base *base = test_base();
	struct guest guest = { 0 };
	struct sockaddr_in sin;
	struct evconnlistener *lev = listen_on_loopback(base, &guest,
	    LEV_OPT_THREADSAFE, &sin);
	unsigned long before = test_calls_made("accept4");
	int fds[5];

	for (int i = 0; i < 100; i++) {
		int fd = dial(&sin);

		event_base_loop(base, EVLOOP_ONCE);
		close(fd);
	}
	CHECK_EQ(guest.count, 100);
	CHECK_LE(test_calls_made("accept4") - before, 125);
	for (int i = 0; i < 5; i++) /* and a burst still comes in */
		fds[i] = dial(&sin);
	for (int i = 0; i < 20; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
	CHECK_EQ(guest.count, 105);
	for (int i = 0; i < 5; i++)
		close(fds[i]);
	evconnlistener_free(lev);
	event_base_free(base);
}

/* Freeing and disabling inside the callback end the round at once. */
TEST(free_and_disable_inside)
{
	struct event_base *base = test_base();

	for (int what = 1; what <= 2; what++) {
		struct guest guest = { .what = what };
		struct sockaddr_in sin;
		struct evconnlistener *lev = listen_on_loopback(base, &guest, 0,
		    &sin);
		int a = dial(&sin), b = dial(&sin);

		turn(base);
		CHECK_EQ(guest.count, 1);
		if (what == 2) {
			guest.what = 0;
			CHECK_EQ(evconnlistener_enable(lev), 0);
			turn(base);
			CHECK_EQ(guest.count, 2);
			evconnlistener_free(lev);
		}
		close(a);
		close(b);
	}
	event_base_free(base);
}

/* IPv6 alone or with IPv4, as asked. */
TEST(ipv6_only_or_both)
{
	struct event_base *base = test_base();
	int probe = socket(AF_INET6, SOCK_STREAM, 0);

	if (probe < 0)
		SKIP("this system has no IPv6");
	close(probe);
	for (int both = 0; both < 2; both++) {
		struct guest guest = { 0 };
		struct sockaddr_in6 sin6;
		struct sockaddr_in sin;
		socklen_t len = sizeof(sin6);
		int only = -1;
		struct evconnlistener *lev;

		memset(&sin6, 0, sizeof(sin6));
		sin6.sin6_family = AF_INET6;
		lev = evconnlistener_new_bind(base, on_accept, &guest,
		    LEV_OPT_CLOSE_ON_FREE |
			(both ? LEV_OPT_BIND_IPV4_AND_IPV6
			      : LEV_OPT_BIND_IPV6ONLY),
		    -1, (struct sockaddr *)&sin6, sizeof(sin6));
		CHECK_NOTNULL(lev);
		CHECK_EQ(getsockname(evconnlistener_get_fd(lev),
			     (struct sockaddr *)&sin6, &len),
		    0);
		len = sizeof(only);
		CHECK_EQ(getsockopt(evconnlistener_get_fd(lev), IPPROTO_IPV6,
			     IPV6_V6ONLY, &only, &len),
		    0);
		CHECK_EQ(only, !both);
		set_loopback(&sin);
		sin.sin_port = sin6.sin6_port;
		int fd = socket(AF_INET, SOCK_STREAM, 0);
		/* Without IPv4 the same port may be another's there. */
		int result = connect(fd, (struct sockaddr *)&sin, sizeof(sin));
		CHECK(result == 0 || !both);
		turn(base);
		CHECK_EQ(guest.count, both);
		close(fd);
		evconnlistener_free(lev);
	}
	event_base_free(base);
}

/* Peers with no name, an abstract one, and paths of 107 and 108 bytes. */
TEST(local_peers_of_every_shape)
{
	struct event_base *base = test_base();
	struct guest guest = { 0 };
	const char *dir = test_dir();
	struct sockaddr_un sun;
	struct sockaddr_un peers[2]; /* the second: a NUL after the first */
	struct sockaddr_un *peer = &peers[0];
	socklen_t len = sizeof(sun), peer_len;
	struct evconnlistener *lev;
	int lfd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	CHECK_EQ(bind(lfd, (struct sockaddr *)&sun, sizeof(sa_family_t)), 0);
	CHECK_EQ(getsockname(lfd, (struct sockaddr *)&sun, &len), 0);
	lev = evconnlistener_new(base, on_accept, &guest, LEV_OPT_CLOSE_ON_FREE,
	    -1, lfd);
	CHECK_NOTNULL(lev);
	for (int shape = 0; shape < 4; shape++) {
		char path[108];
		int fd = socket(AF_UNIX, SOCK_STREAM, 0);

		memset(peers, 0, sizeof(peers));
		memset(path, 'x', sizeof(path));
		memcpy(path, dir, strlen(dir));
		path[strlen(dir)] = '/';
		peer->sun_family = AF_UNIX;
		peer_len = sizeof(sa_family_t); /* abstract, autobound */
		if (shape >= 2) {
			size_t n = shape == 2 ? 107 : 108;

			memcpy(peer->sun_path, path, n);
			peer_len = (socklen_t)(offsetof(struct sockaddr_un,
						   sun_path) +
			    n);
		}
		if (shape > 0)
			CHECK_EQ(bind(fd, (struct sockaddr *)peer, peer_len),
			    0);
		CHECK_EQ(connect(fd, (struct sockaddr *)&sun, len), 0);
		turn(base);
		CHECK_EQ(guest.count, shape + 1);
		CHECK_GE(guest.last_len, (int)sizeof(sa_family_t));
		CHECK_LE(guest.last_len, (int)sizeof(struct sockaddr_storage));
		close(fd);
	}
	evconnlistener_free(lev);
	event_base_free(base);
}

/* Without LEV_OPT_CLOSE_ON_FREE the socket stays the caller's, and listens. */
TEST(socket_outlives_listener)
{
	struct event_base *base = test_base();
	struct guest guest = { 0 };
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);
	struct evconnlistener *lev;

	set_loopback(&sin);
	lev = evconnlistener_new_bind(base, on_accept, &guest, 0, -1,
	    (struct sockaddr *)&sin, sizeof(sin));
	CHECK_NOTNULL(lev);
	int fd = evconnlistener_get_fd(lev);
	evconnlistener_free(lev);
	CHECK_EQ(getsockname(fd, (struct sockaddr *)&sin, &len), 0);
	int peer = dial(&sin);
	lev = evconnlistener_new(base, on_accept, &guest, LEV_OPT_CLOSE_ON_FREE,
	    0, fd); /* it listens already */
	if (!lev)
		close(fd);
	CHECK_NOTNULL(lev);
	turn(base);
	CHECK_EQ(guest.count, 1);
	close(peer);
	evconnlistener_free(lev);
	event_base_free(base);
}

/* What was set is told; without a callback nothing is accepted. */
TEST(settings_are_kept)
{
	struct event_base *base = test_base();
	struct guest guest = { 0 };
	struct sockaddr_in sin;
	struct evconnlistener *lev;
	int fd;

	lev = listen_on_loopback(base, &guest,
	    LEV_OPT_THREADSAFE | LEV_OPT_REUSEABLE | LEV_OPT_REUSEABLE_PORT |
		LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_DISABLED |
		LEV_OPT_LEAVE_SOCKETS_BLOCKING | LEV_OPT_DEFERRED_ACCEPT,
	    &sin);
	CHECK_PTR(evconnlistener_get_base(lev), base);
	fd = dial(&sin);
	CHECK_EQ(send(fd, "x", 1, 0), 1); /* deferred: accepted with data */
	turn(base);
	CHECK_EQ(guest.count, 0);
	CHECK_EQ(evconnlistener_enable(lev), 0);
	evconnlistener_set_cb(lev, NULL, NULL);
	turn(base);
	CHECK_EQ(guest.count, 0);
	guest.what = 3;
	evconnlistener_set_cb(lev, on_accept, &guest);
	turn(base);
	CHECK_EQ(guest.count, 1);
	CHECK_EQ(fcntl(guest.last_fd, F_GETFL) & O_NONBLOCK, 0);
	CHECK_EQ(fcntl(guest.last_fd, F_GETFD), FD_CLOEXEC);
	close(guest.last_fd);
	close(fd);
	evconnlistener_free(lev);
	event_base_free(base);
}

/* What cannot be: no backlog, no address family, an address in use. */
TEST(impossible_listeners)
{
	struct event_base *base = test_base();
	struct guest guest = { 0 };
	struct sockaddr_in sin;
	struct evconnlistener *lev = listen_on_loopback(base, &guest, 0, &sin);
	struct sockaddr *sa = (struct sockaddr *)&sin;

	CHECK_NULL(evconnlistener_new_bind(base, on_accept, &guest, 0, 0, sa,
	    sizeof(sin)));
	CHECK_NULL(
	    evconnlistener_new_bind(base, on_accept, &guest, 0, -1, NULL, 0));
	CHECK_NULL(evconnlistener_new_bind(base, on_accept, &guest, 0, -1, sa,
	    sizeof(sin)));
	CHECK_NULL(
	    evconnlistener_new_bind(base, on_accept, &guest, 0, -1, sa, 3));
	CHECK_NULL(evconnlistener_new(base, on_accept, &guest, 0, -1, -1));
	evconnlistener_free(lev);
	event_base_free(base);
}

/* What the backend refuses is refused with its errno, and stays open. */
TEST(errno_of_what_cannot_be_watched)
{
	struct event_base *base = test_base();
	struct guest guest = { 0 };
	char path[256];
	struct evconnlistener *lev;

	if (strcmp(event_base_get_method(base), "epoll") != 0) {
		event_base_free(base);
		SKIP("this backend takes regular files");
	}
	(void)snprintf(path, sizeof(path), "%s/file", test_dir());
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	CHECK_GE(fd, 0);
	errno = 0;
	lev = evconnlistener_new(base, on_accept, &guest, LEV_OPT_CLOSE_ON_FREE,
	    0, fd);
	CHECK_EQ(errno, EPERM);
	CHECK_NULL(lev);
	lev = evconnlistener_new(base, on_accept, &guest, LEV_OPT_DISABLED, 0,
	    fd);
	CHECK_NOTNULL(lev);
	errno = 0;
	CHECK_EQ(evconnlistener_enable(lev), -1);
	CHECK_EQ(errno, EPERM);
	evconnlistener_free(lev);
	CHECK_EQ(fcntl(fd, F_GETFD), 0);
	close(fd);
	event_base_free(base);
}
