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

static struct event_base *base;
static int options;
static struct sockaddr_in target, closed; /* closed: nobody listens */
static evutil_socket_t lfd;               /* listens on target */

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
turn(void)
{
	int i;

	for (i = 0; i < 10; i++) {
		struct timeval tv = { 0, 2000 };

		event_base_loopexit(base, &tv);
		event_base_dispatch(base);
	}
}

static evutil_socket_t
listen_on_loopback(struct sockaddr_in *addr, int do_listen)
{
	evutil_socket_t fd = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t len = sizeof(*addr);

	memset(addr, 0, sizeof(*addr));
	addr->sin_family = AF_INET;
	addr->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)addr, sizeof(*addr)) < 0 ||
	    (do_listen && listen(fd, 8) < 0) ||
	    getsockname(fd, (struct sockaddr *)addr, &len) < 0)
		perror("listen");
	return fd;
}

static struct bufferevent *
make(void)
{
	struct bufferevent *bev = bufferevent_socket_new(base, -1,
	    BEV_OPT_CLOSE_ON_FREE | options);

	bufferevent_setcb(bev, on_read, on_write, on_event, NULL);
	return bev;
}

static void
nothing_enabled(void)
{
	struct bufferevent *bev;
	evutil_socket_t fd;
	int r;

	printf("connect, nothing enabled but the default\n");
	bev = make();
	r = bufferevent_socket_connect(bev, (struct sockaddr *)&target,
	    sizeof(target));
	printf("  returns %d fd %d enabled 0x%x\n", r,
	    bufferevent_getfd(bev) >= 0,
	    (unsigned)bufferevent_get_enabled(bev));
	turn();
	fd = accept(lfd, NULL, NULL);
	printf("  peer speaks, reading is off\n");
	r = (int)send(fd, "hello", 5, 0);
	turn();
	printf("  enable read\n");
	bufferevent_enable(bev, EV_READ);
	turn();
	bufferevent_free(bev);
	turn();
	close(fd);
}

static void
enable_first(void)
{
	struct bufferevent *bev;
	int r;

	printf("enable both, connect\n");
	bev = make();
	bufferevent_enable(bev, EV_READ | EV_WRITE);
	r = bufferevent_socket_connect(bev, (struct sockaddr *)&target,
	    sizeof(target));
	printf("  returns %d\n", r);
	turn();
	bufferevent_free(bev);
	turn();
	close(accept(lfd, NULL, NULL));
}

static void
write_first(void)
{
	struct bufferevent *bev;
	int r;

	printf("write, connect\n");
	bev = make();
	bufferevent_write(bev, "abc", 3);
	r = bufferevent_socket_connect(bev, (struct sockaddr *)&target,
	    sizeof(target));
	printf("  returns %d\n", r);
	turn();
	bufferevent_free(bev);
	turn();
	close(accept(lfd, NULL, NULL));
}

static void
write_after(void)
{
	struct bufferevent *bev;
	int r;

	printf("connect, write, enable both\n");
	bev = make();
	r = bufferevent_socket_connect(bev, (struct sockaddr *)&target,
	    sizeof(target));
	bufferevent_write(bev, "abc", 3);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
	printf("  returns %d\n", r);
	turn();
	bufferevent_free(bev);
	turn();
	close(accept(lfd, NULL, NULL));
}

static void
disabled(void)
{
	struct bufferevent *bev;
	int r;

	printf("disable write, connect, write\n");
	bev = make();
	bufferevent_disable(bev, EV_WRITE);
	r = bufferevent_socket_connect(bev, (struct sockaddr *)&target,
	    sizeof(target));
	bufferevent_write(bev, "abc", 3);
	printf("  returns %d\n", r);
	turn();
	printf("  enabled 0x%x output %zu\n",
	    (unsigned)bufferevent_get_enabled(bev),
	    evbuffer_get_length(bufferevent_get_output(bev)));
	bufferevent_enable(bev, EV_WRITE);
	turn();
	bufferevent_free(bev);
	turn();
	close(accept(lfd, NULL, NULL));
}

static void
refused(void)
{
	struct bufferevent *bev;
	int r;

	printf("refused\n");
	bev = make();
	bufferevent_enable(bev, EV_READ | EV_WRITE);
	r = bufferevent_socket_connect(bev, (struct sockaddr *)&closed,
	    sizeof(closed));
	printf("  returns %d\n", r);
	turn();
	printf("  enabled 0x%x fd %d\n", (unsigned)bufferevent_get_enabled(bev),
	    bufferevent_getfd(bev) >= 0);
	bufferevent_free(bev);
	turn();
}

static void
refused_with_data(void)
{
	struct bufferevent *bev;
	int r;

	printf("refused with data\n");
	bev = make();
	bufferevent_write(bev, "abc", 3);
	r = bufferevent_socket_connect(bev, (struct sockaddr *)&closed,
	    sizeof(closed));
	printf("  returns %d\n", r);
	turn();
	printf("  enabled 0x%x output %zu\n",
	    (unsigned)bufferevent_get_enabled(bev),
	    evbuffer_get_length(bufferevent_get_output(bev)));
	printf("  connects again\n");
	r = bufferevent_socket_connect(bev, (struct sockaddr *)&target,
	    sizeof(target));
	printf("  returns %d\n", r);
	turn();
	bufferevent_free(bev);
	turn();
}

static void
own_socket(void)
{
	struct bufferevent *bev;
	evutil_socket_t fd;
	int r;

	printf("no address, own socket\n");
	bev = make();
	fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	r = connect(fd, (struct sockaddr *)&target, sizeof(target));
	bufferevent_setfd(bev, fd);
	r = bufferevent_socket_connect(bev, NULL, 0);
	printf("  returns %d\n", r);
	turn();
	bufferevent_free(bev);
	turn();
	close(accept(lfd, NULL, NULL));
}

static void
no_socket(void)
{
	struct bufferevent *bev;
	int r;

	printf("no address, no socket\n");
	bev = make();
	r = bufferevent_socket_connect(bev, NULL, 0);
	printf("  returns %d\n", r);
	turn();
	bufferevent_free(bev);
}

static void
no_such_family(void)
{
	struct bufferevent *bev;
	int r;

	printf("a family that does not exist\n");
	bev = make();
	closed.sin_family = 250;
	r = bufferevent_socket_connect(bev, (struct sockaddr *)&closed,
	    sizeof(closed));
	printf("  returns %d\n", r);
	turn();
	printf("  enabled 0x%x\n", (unsigned)bufferevent_get_enabled(bev));
	bufferevent_free(bev);
}

static void
short_address(void)
{
	struct bufferevent *bev;
	int r;

	printf("an address that is too short\n");
	bev = make();
	r = bufferevent_socket_connect(bev, (struct sockaddr *)&target, 3);
	printf("  returns %d\n", r);
	turn();
	printf("  enabled 0x%x fd %d\n", (unsigned)bufferevent_get_enabled(bev),
	    bufferevent_getfd(bev) >= 0);
	bufferevent_free(bev);
	turn();
}

static void
local_paths(void)
{
	struct sockaddr_un sun;
	evutil_socket_t ufd = socket(AF_UNIX, SOCK_STREAM, 0);
	socklen_t len = sizeof(sun);
	struct bufferevent *bev;
	int r;

	printf("a local path that nobody listens on\n");
	/* An autobound abstract name: bound, not listening. */
	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	if (bind(ufd, (struct sockaddr *)&sun, sizeof(sun.sun_family)) < 0 ||
	    getsockname(ufd, (struct sockaddr *)&sun, &len) < 0)
		perror("bind");
	bev = make();
	bufferevent_enable(bev, EV_READ | EV_WRITE);
	r = bufferevent_socket_connect(bev, (struct sockaddr *)&sun, (int)len);
	printf("  returns %d\n", r);
	turn();
	printf("  enabled 0x%x fd %d\n", (unsigned)bufferevent_get_enabled(bev),
	    bufferevent_getfd(bev) >= 0);
	bufferevent_free(bev);
	turn();
	printf("and one that accepts at once\n");
	listen(ufd, 3);
	bev = make();
	bufferevent_write(bev, "abc", 3);
	r = bufferevent_socket_connect(bev, (struct sockaddr *)&sun, (int)len);
	printf("  returns %d\n", r);
	turn();
	bufferevent_free(bev);
	turn();
	printf("a path that is not there\n");
	bev = make();
	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	strcpy(sun.sun_path, "/nonexistent/socket");
	r = bufferevent_socket_connect(bev, (struct sockaddr *)&sun,
	    sizeof(sun));
	printf("  returns %d\n", r);
	turn();
	printf("  fd %d\n", bufferevent_getfd(bev) >= 0);
	bufferevent_free(bev);
	turn();
	close(ufd);
}

static void
numeric_name(void)
{
	struct bufferevent *bev;
	int r;

	printf("hostname, numeric\n");
	bev = make();
	bufferevent_write(bev, "abc", 3);
	r = bufferevent_socket_connect_hostname(bev, NULL, AF_INET, "127.0.0.1",
	    ntohs(target.sin_port));
	printf("  returns %d fd %d\n", r, bufferevent_getfd(bev) >= 0);
	turn();
	bufferevent_free(bev);
	turn();
	close(accept(lfd, NULL, NULL));
}

static void
name_of_wrong_family(void)
{
	struct bufferevent *bev;
	int r;

	printf("hostname of the wrong family\n");
	bev = make();
	r = bufferevent_socket_connect_hostname(bev, NULL, AF_INET6,
	    "127.0.0.1", ntohs(target.sin_port));
	printf("  returns %d\n", r);
	turn();
	printf("  enabled 0x%x\n", (unsigned)bufferevent_get_enabled(bev));
	bufferevent_free(bev);
}

static void
bad_port_or_family(void)
{
	struct bufferevent *bev;
	int r;

	printf("hostname, bad port or family\n");
	bev = make();
	r = bufferevent_socket_connect_hostname(bev, NULL, AF_INET, "127.0.0.1",
	    0);
	printf("  returns %d\n", r);
	r = bufferevent_socket_connect_hostname(bev, NULL, AF_INET, "127.0.0.1",
	    65536);
	printf("  returns %d\n", r);
	r = bufferevent_socket_connect_hostname(bev, NULL, AF_UNIX, "127.0.0.1",
	    80);
	printf("  returns %d\n", r);
	turn();
	bufferevent_free(bev);
}

static void
run(void)
{
	evutil_socket_t cfd = listen_on_loopback(&closed, 0);

	lfd = listen_on_loopback(&target, 1);
	printf("options %d\n", options);
	nothing_enabled();
	enable_first();
	write_first();
	write_after();
	disabled();
	refused();
	refused_with_data();
	own_socket();
	no_socket();
	no_such_family();
	short_address();
	local_paths();
	numeric_name();
	name_of_wrong_family();
	bad_port_or_family();
	close(lfd);
	close(cfd);
	turn();
}

int
main(void)
{
	base = event_base_new();
	run();
	options = BEV_OPT_DEFER_CALLBACKS;
	run();
	event_base_free(base);
	return 0;
}
