/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bufferevent_connect.c - what connecting reports and in which order:
 * success with and without data, refusal, no address, bad hosts, deferral.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/util.h>

static void
on_read(struct bufferevent *bev, void *arg)
{
	(void)arg;
	printf("  read %zu\n", evbuffer_get_length(bufferevent_get_input(bev)));
}

static void
on_write(struct bufferevent *bev, void *arg)
{
	(void)arg;
	printf("  write, output %zu\n",
	    evbuffer_get_length(bufferevent_get_output(bev)));
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	int err = EVUTIL_SOCKET_ERROR();

	(void)arg;
	printf("  event 0x%x enabled 0x%x dns %d", (unsigned)what,
	    (unsigned)bufferevent_get_enabled(bev),
	    bufferevent_socket_get_dns_error(bev) != 0);
	if (what & BEV_EVENT_ERROR)
		printf(" refused %d", err == ECONNREFUSED);
	printf("\n");
}

/* Let the kernel and the loop do what they can. */
static void
turn(struct event_base *base)
{
	int i;

	for (i = 0; i < 10; i++) {
		struct timeval tv = { 0, 2000 };

		event_base_loopexit(base, &tv);
		event_base_dispatch(base);
	}
}

static evutil_socket_t
listen_on_loopback(struct sockaddr_in *sin, int do_listen)
{
	evutil_socket_t fd = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t len = sizeof(*sin);

	memset(sin, 0, sizeof(*sin));
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)sin, sizeof(*sin)) < 0 ||
	    (do_listen && listen(fd, 8) < 0) ||
	    getsockname(fd, (struct sockaddr *)sin, &len) < 0)
		perror("listen");
	return fd;
}

static struct bufferevent *
make(struct event_base *base, int options)
{
	struct bufferevent *bev = bufferevent_socket_new(base, -1,
	    BEV_OPT_CLOSE_ON_FREE | options);

	bufferevent_setcb(bev, on_read, on_write, on_event, NULL);
	return bev;
}

static void
run(struct event_base *base, int options)
{
	struct sockaddr_in sin, closed;
	evutil_socket_t lfd = listen_on_loopback(&sin, 1);
	evutil_socket_t cfd = listen_on_loopback(&closed, 0);
	evutil_socket_t fd;
	struct bufferevent *bev;
	int r;

	printf("options %d\n", options);
	printf("connect, nothing enabled but the default\n");
	bev = make(base, options);
	r = bufferevent_socket_connect(bev, (struct sockaddr *)&sin,
	    sizeof(sin));
	printf("  returns %d fd %d enabled 0x%x\n", r,
	    bufferevent_getfd(bev) >= 0,
	    (unsigned)bufferevent_get_enabled(bev));
	turn(base);
	fd = accept(lfd, NULL, NULL);
	printf("  peer speaks, reading is off\n");
	r = (int)send(fd, "hello", 5, 0);
	turn(base);
	printf("  enable read\n");
	bufferevent_enable(bev, EV_READ);
	turn(base);
	bufferevent_free(bev);
	turn(base);
	close(fd);

	printf("enable both, connect\n");
	bev = make(base, options);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
	r = bufferevent_socket_connect(bev, (struct sockaddr *)&sin,
	    sizeof(sin));
	printf("  returns %d\n", r);
	turn(base);
	bufferevent_free(bev);
	turn(base);
	close(accept(lfd, NULL, NULL));

	printf("write, connect\n");
	bev = make(base, options);
	bufferevent_write(bev, "abc", 3);
	r = bufferevent_socket_connect(bev, (struct sockaddr *)&sin,
	    sizeof(sin));
	printf("  returns %d\n", r);
	turn(base);
	bufferevent_free(bev);
	turn(base);
	close(accept(lfd, NULL, NULL));

	printf("connect, write, enable both\n");
	bev = make(base, options);
	r = bufferevent_socket_connect(bev, (struct sockaddr *)&sin,
	    sizeof(sin));
	bufferevent_write(bev, "abc", 3);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
	printf("  returns %d\n", r);
	turn(base);
	bufferevent_free(bev);
	turn(base);
	close(accept(lfd, NULL, NULL));

	printf("disable write, connect, write\n");
	bev = make(base, options);
	bufferevent_disable(bev, EV_WRITE);
	r = bufferevent_socket_connect(bev, (struct sockaddr *)&sin,
	    sizeof(sin));
	bufferevent_write(bev, "abc", 3);
	printf("  returns %d\n", r);
	turn(base);
	printf("  enabled 0x%x output %zu\n",
	    (unsigned)bufferevent_get_enabled(bev),
	    evbuffer_get_length(bufferevent_get_output(bev)));
	bufferevent_enable(bev, EV_WRITE);
	turn(base);
	bufferevent_free(bev);
	turn(base);
	close(accept(lfd, NULL, NULL));

	printf("refused\n");
	bev = make(base, options);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
	r = bufferevent_socket_connect(bev, (struct sockaddr *)&closed,
	    sizeof(closed));
	printf("  returns %d\n", r);
	turn(base);
	printf("  enabled 0x%x fd %d\n", (unsigned)bufferevent_get_enabled(bev),
	    bufferevent_getfd(bev) >= 0);
	bufferevent_free(bev);
	turn(base);

	printf("refused with data\n");
	bev = make(base, options);
	bufferevent_write(bev, "abc", 3);
	r = bufferevent_socket_connect(bev, (struct sockaddr *)&closed,
	    sizeof(closed));
	printf("  returns %d\n", r);
	turn(base);
	printf("  enabled 0x%x output %zu\n",
	    (unsigned)bufferevent_get_enabled(bev),
	    evbuffer_get_length(bufferevent_get_output(bev)));
	printf("  connects again\n");
	r = bufferevent_socket_connect(bev, (struct sockaddr *)&sin,
	    sizeof(sin));
	printf("  returns %d\n", r);
	turn(base);
	bufferevent_free(bev);
	turn(base);

	printf("no address, own socket\n");
	bev = make(base, options);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	r = connect(fd, (struct sockaddr *)&sin, sizeof(sin));
	bufferevent_setfd(bev, fd);
	r = bufferevent_socket_connect(bev, NULL, 0);
	printf("  returns %d\n", r);
	turn(base);
	bufferevent_free(bev);
	turn(base);
	close(accept(lfd, NULL, NULL));

	printf("no address, no socket\n");
	bev = make(base, options);
	r = bufferevent_socket_connect(bev, NULL, 0);
	printf("  returns %d\n", r);
	turn(base);
	bufferevent_free(bev);

	printf("a family that does not exist\n");
	bev = make(base, options);
	closed.sin_family = 250;
	r = bufferevent_socket_connect(bev, (struct sockaddr *)&closed,
	    sizeof(closed));
	printf("  returns %d\n", r);
	turn(base);
	printf("  enabled 0x%x\n", (unsigned)bufferevent_get_enabled(bev));
	bufferevent_free(bev);

	printf("an address that is too short\n");
	bev = make(base, options);
	r = bufferevent_socket_connect(bev, (struct sockaddr *)&sin, 3);
	printf("  returns %d\n", r);
	turn(base);
	printf("  enabled 0x%x fd %d\n", (unsigned)bufferevent_get_enabled(bev),
	    bufferevent_getfd(bev) >= 0);
	bufferevent_free(bev);
	turn(base);

	printf("a local path that nobody listens on\n");
	{
		struct sockaddr_un sun;
		evutil_socket_t ufd = socket(AF_UNIX, SOCK_STREAM, 0);
		socklen_t len = sizeof(sun);

		/* An autobound abstract name: bound, not listening. */
		memset(&sun, 0, sizeof(sun));
		sun.sun_family = AF_UNIX;
		if (bind(ufd, (struct sockaddr *)&sun, sizeof(sun.sun_family)) <
			0 ||
		    getsockname(ufd, (struct sockaddr *)&sun, &len) < 0)
			perror("bind");
		bev = make(base, options);
		bufferevent_enable(bev, EV_READ | EV_WRITE);
		r = bufferevent_socket_connect(bev, (struct sockaddr *)&sun,
		    (int)len);
		printf("  returns %d\n", r);
		turn(base);
		printf("  enabled 0x%x fd %d\n",
		    (unsigned)bufferevent_get_enabled(bev),
		    bufferevent_getfd(bev) >= 0);
		bufferevent_free(bev);
		turn(base);
		printf("and one that accepts at once\n");
		listen(ufd, 3);
		bev = make(base, options);
		bufferevent_write(bev, "abc", 3);
		r = bufferevent_socket_connect(bev, (struct sockaddr *)&sun,
		    (int)len);
		printf("  returns %d\n", r);
		turn(base);
		bufferevent_free(bev);
		turn(base);
		printf("a path that is not there\n");
		bev = make(base, options);
		memset(&sun, 0, sizeof(sun));
		sun.sun_family = AF_UNIX;
		strcpy(sun.sun_path, "/nonexistent/socket");
		r = bufferevent_socket_connect(bev, (struct sockaddr *)&sun,
		    sizeof(sun));
		printf("  returns %d\n", r);
		turn(base);
		printf("  fd %d\n", bufferevent_getfd(bev) >= 0);
		bufferevent_free(bev);
		turn(base);
		close(ufd);
	}

	printf("hostname, numeric\n");
	bev = make(base, options);
	bufferevent_write(bev, "abc", 3);
	r = bufferevent_socket_connect_hostname(bev, NULL, AF_INET, "127.0.0.1",
	    ntohs(sin.sin_port));
	printf("  returns %d fd %d\n", r, bufferevent_getfd(bev) >= 0);
	turn(base);
	bufferevent_free(bev);
	turn(base);
	close(accept(lfd, NULL, NULL));

	printf("hostname of the wrong family\n");
	bev = make(base, options);
	r = bufferevent_socket_connect_hostname(bev, NULL, AF_INET6,
	    "127.0.0.1", ntohs(sin.sin_port));
	printf("  returns %d\n", r);
	turn(base);
	printf("  enabled 0x%x\n", (unsigned)bufferevent_get_enabled(bev));
	bufferevent_free(bev);

	printf("hostname, bad port or family\n");
	bev = make(base, options);
	r = bufferevent_socket_connect_hostname(bev, NULL, AF_INET, "127.0.0.1",
	    0);
	printf("  returns %d\n", r);
	r = bufferevent_socket_connect_hostname(bev, NULL, AF_INET, "127.0.0.1",
	    65536);
	printf("  returns %d\n", r);
	r = bufferevent_socket_connect_hostname(bev, NULL, AF_UNIX, "127.0.0.1",
	    80);
	printf("  returns %d\n", r);
	turn(base);
	bufferevent_free(bev);
	close(lfd);
	close(cfd);
	turn(base);
}

int
main(void)
{
	struct event_base *base = event_base_new();

	run(base, 0);
	run(base, BEV_OPT_DEFER_CALLBACKS);
	event_base_free(base);
	return 0;
}
