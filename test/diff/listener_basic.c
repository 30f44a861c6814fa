/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * listener_basic.c - listeners: how many are accepted in one turn, what
 * callbacks may do from inside, options as seen on the sockets, errors.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/listener.h>

static int accepted;
static enum {
	KEEP,
	DISABLE,
	FREE,
	NO_CB,
	OTHER_CB
} todo;

static void
on_other(struct evconnlistener *lev, evutil_socket_t fd, struct sockaddr *sa,
    int len, void *arg)
{
	(void)lev;
	(void)sa;
	(void)len;
	printf("  other callback, arg %s\n", (char *)arg);
	close(fd);
}

static void
on_accept(struct evconnlistener *lev, evutil_socket_t fd, struct sockaddr *sa,
    int len, void *arg)
{
	static char other[] = "other";
	int fl = fcntl(fd, F_GETFL), fdfl = fcntl(fd, F_GETFD);

	accepted++;
	printf("  accepted: family %d len %d nonblock %d cloexec %d arg %s\n",
	    sa->sa_family, sa->sa_family == AF_UNIX ? 0 : len,
	    !!(fl & O_NONBLOCK), !!(fdfl & FD_CLOEXEC), (char *)arg);
	close(fd);
	switch (todo) {
	case KEEP:
		break;
	case DISABLE:
		printf("  disable %d\n", evconnlistener_disable(lev));
		break;
	case FREE:
		evconnlistener_free(lev);
		break;
	case NO_CB:
		evconnlistener_set_cb(lev, NULL, NULL);
		break;
	case OTHER_CB:
		evconnlistener_set_cb(lev, on_other, other);
		break;
	}
}

static void
on_error(struct evconnlistener *lev, void *arg)
{
	int err = EVUTIL_SOCKET_ERROR();

	printf("  error: EMFILE %d arg %s\n", err == EMFILE, (char *)arg);
	evconnlistener_disable(lev);
}

static struct evconnlistener *
make(struct event_base *base, unsigned flags, struct sockaddr_in *sin)
{
	static char name[] = "arg";
	socklen_t len = sizeof(*sin);
	struct evconnlistener *lev;

	memset(sin, 0, sizeof(*sin));
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	lev = evconnlistener_new_bind(base, on_accept, name,
	    flags | LEV_OPT_CLOSE_ON_FREE, -1, (struct sockaddr *)sin,
	    sizeof(*sin));
	if (!lev)
		return NULL;
	getsockname(evconnlistener_get_fd(lev), (struct sockaddr *)sin, &len);
	accepted = 0;
	return lev;
}

static void
dial(const struct sockaddr_in *sin, int count, int *fds)
{
	int i;

	for (i = 0; i < count; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(fds[i], (const struct sockaddr *)sin,
			sizeof(*sin)) < 0)
			printf("  connect fails %d\n", errno);
	}
}

static void
hang_up(int count, const int *fds)
{
	int i;

	for (i = 0; i < count; i++)
		close(fds[i]);
}

static int
option(evutil_socket_t fd, int level, int name)
{
	int value = 0;
	socklen_t len = sizeof(value);

	if (getsockopt(fd, level, name, &value, &len) < 0)
		return -1;
	return value;
}

static void
show_socket(struct evconnlistener *lev)
{
	evutil_socket_t fd = evconnlistener_get_fd(lev);

	printf("  reuse %d port %d keepalive %d accepting %d nonblock %d "
	       "cloexec %d defer %d\n",
	    option(fd, SOL_SOCKET, SO_REUSEADDR),
	    option(fd, SOL_SOCKET, SO_REUSEPORT),
	    option(fd, SOL_SOCKET, SO_KEEPALIVE),
	    option(fd, SOL_SOCKET, SO_ACCEPTCONN),
	    !!(fcntl(fd, F_GETFL) & O_NONBLOCK),
	    !!(fcntl(fd, F_GETFD) & FD_CLOEXEC),
	    option(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT) > 0);
}

static void
inside(struct event_base *base)
{
	struct sockaddr_in sin;
	struct evconnlistener *lev;
	int fds[3];
	int what;

	for (what = KEEP; what <= OTHER_CB; what++) {
		printf("three wait, action %d\n", what);
		todo = what;
		lev = make(base, LEV_OPT_REUSEABLE, &sin);
		dial(&sin, 3, fds);
		printf("  loop %d\n", event_base_loop(base, EVLOOP_ONCE));
		printf("  accepted %d\n", accepted);
		hang_up(3, fds);
		if (what == FREE)
			continue;
		todo = KEEP;
		event_base_loop(base, EVLOOP_NONBLOCK);
		printf("  enable %d\n", evconnlistener_enable(lev));
		event_base_loop(base, EVLOOP_NONBLOCK);
		printf("  accepted %d\n", accepted);
		evconnlistener_free(lev);
	}
	todo = KEEP;
}

static void
options(struct event_base *base)
{
	static const unsigned sets[] = { 0, LEV_OPT_REUSEABLE,
		LEV_OPT_REUSEABLE_PORT, LEV_OPT_CLOSE_ON_EXEC,
		LEV_OPT_LEAVE_SOCKETS_BLOCKING, LEV_OPT_DEFERRED_ACCEPT };
	struct sockaddr_in sin;
	struct evconnlistener *lev;
	unsigned i;
	int fds[1], fd;

	for (i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		printf("options 0x%x\n", sets[i]);
		lev = make(base, sets[i], &sin);
		show_socket(lev);
		printf("  base %d\n", evconnlistener_get_base(lev) == base);
		dial(&sin, 1, fds);
		if (send(fds[0], "x", 1, 0) != 1)
			printf("  send fails\n");
		event_base_loop(base, EVLOOP_ONCE);
		hang_up(1, fds);
		evconnlistener_free(lev);
	}
	printf("disabled\n");
	lev = make(base, LEV_OPT_DISABLED, &sin);
	dial(&sin, 1, fds);
	printf("  loop %d\n", event_base_loop(base, EVLOOP_NONBLOCK));
	printf("  accepted %d\n", accepted);
	printf("  enable %d %d\n", evconnlistener_enable(lev),
	    evconnlistener_enable(lev));
	event_base_loop(base, EVLOOP_NONBLOCK);
	hang_up(1, fds);
	fd = evconnlistener_get_fd(lev);
	evconnlistener_free(lev);
	printf("  closed with it %d\n", fcntl(fd, F_GETFD) < 0);
	printf("no backlog\n");
	printf("  %s\n",
	    evconnlistener_new_bind(base, on_accept, NULL, 0, 0,
		(struct sockaddr *)&sin, sizeof(sin))
		? "made"
		: "refused");
	printf("an address in use\n");
	lev = make(base, 0, &sin);
	printf("  %s",
	    evconnlistener_new_bind(base, on_accept, NULL, 0, -1,
		(struct sockaddr *)&sin, sizeof(sin))
		? "made"
		: "refused");
	printf(" %d\n", errno == EADDRINUSE);
	evconnlistener_free(lev);
	printf("an address that is cut\n");
	printf("  %s\n",
	    evconnlistener_new_bind(base, on_accept, NULL, 0, -1,
		(struct sockaddr *)&sin, 3)
		? "made"
		: "refused");
}

static void
no_callback(struct event_base *base)
{
	static char name[] = "late";
	struct sockaddr_in sin;
	struct evconnlistener *lev;
	socklen_t len = sizeof(sin);
	int fds[2];

	printf("no callback at first\n");
	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	lev = evconnlistener_new_bind(base, NULL, NULL, LEV_OPT_CLOSE_ON_FREE,
	    5, (struct sockaddr *)&sin, sizeof(sin));
	getsockname(evconnlistener_get_fd(lev), (struct sockaddr *)&sin, &len);
	dial(&sin, 2, fds);
	printf("  loop %d\n", event_base_loop(base, EVLOOP_NONBLOCK));
	evconnlistener_set_cb(lev, on_accept, name);
	event_base_loop(base, EVLOOP_NONBLOCK);
	hang_up(2, fds);
	evconnlistener_free(lev);
}

static void
no_descriptors(struct event_base *base)
{
	struct sockaddr_in sin;
	struct evconnlistener *lev;
	struct rlimit old, tight;
	int fds[1], dummy;

	printf("no descriptors, with an error callback\n");
	lev = make(base, 0, &sin);
	evconnlistener_set_error_cb(lev, on_error);
	dial(&sin, 1, fds);
	getrlimit(RLIMIT_NOFILE, &old);
	dummy = dup(fds[0]);
	close(dummy);
	tight = old;
	tight.rlim_cur = (rlim_t)dummy;
	setrlimit(RLIMIT_NOFILE, &tight);
	event_base_loop(base, EVLOOP_ONCE);
	setrlimit(RLIMIT_NOFILE, &old);
	printf("  accepted %d\n", accepted);
	evconnlistener_enable(lev);
	event_base_loop(base, EVLOOP_ONCE);
	printf("  accepted %d\n", accepted);
	hang_up(1, fds);
	evconnlistener_free(lev);
}

static void
local(struct event_base *base)
{
	static char name[] = "local";
	struct sockaddr_un sun;
	socklen_t len = sizeof(sun);
	struct evconnlistener *lev;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	int lfd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	printf("local sockets, own descriptor\n");
	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	if (bind(lfd, (struct sockaddr *)&sun, sizeof(sun.sun_family)) < 0 ||
	    getsockname(lfd, (struct sockaddr *)&sun, &len) < 0)
		perror("bind");
	lev = evconnlistener_new(base, on_accept, name, 0, -1, lfd);
	if (connect(fd, (struct sockaddr *)&sun, len) < 0)
		perror("connect");
	event_base_loop(base, EVLOOP_NONBLOCK);
	evconnlistener_free(lev);
	printf("  still open %d\n", fcntl(lfd, F_GETFD) >= 0);
	close(lfd);
	close(fd);
	printf("not a socket\n");
	lev = evconnlistener_new(base, on_accept, NULL, 0, -1, 0);
	printf("  %s\n", lev ? "made" : "refused");
}

int
main(void)
{
	struct event_base *base = event_base_new();

	setvbuf(stdout, NULL, _IOLBF, 0);
	inside(base);
	options(base);
	no_callback(base);
	no_descriptors(base);
	local(base);
	event_base_free(base);
	return 0;
}
