/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * epoll_closed.c - EV_CLOSED: reported at the peer's close or shutdown,
 * alone and with others, and what a reset shows.
 */
/* backends: epoll poll changelist */
#include <netinet/in.h>

#include "trace.h"

ROLE(closed);
ROLE(reader);
ROLE(all);

static evutil_socket_t fd[2];

static void
open_tcp_pair(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(bind(listener, (void *)&sin, len) == 0, "bind");
	must(listen(listener, 1) == 0, "listen");
	must(getsockname(listener, (void *)&sin, &len) == 0, "name");
	fd[1] = socket(AF_INET, SOCK_STREAM, 0);
	must(connect(fd[1], (void *)&sin, len) == 0, "connect");
	fd[0] = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	must(fd[0] >= 0, "accept");
	close(listener);
}

static void
watch_three(struct event_base *base)
{
	watch(&all, base, fd[0], EV_READ | EV_CLOSED | EV_PERSIST, NULL);
	watch(&reader, base, fd[0], EV_READ | EV_PERSIST, NULL);
	watch(&closed, base, fd[0], EV_CLOSED | EV_PERSIST, NULL);
}

static void
unwatch(void)
{
	event_del(&all.ev);
	event_del(&reader.ev);
	event_del(&closed.ev);
	close_pair(fd);
}

static void
once(struct event_base *base)
{
	loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

static void
run(struct event_base *base, const char *name, void (*end)(void))
{
	trace("-- %s", name);
	open_tcp_pair();
	watch_three(base);
	once(base);
	put(fd[1]);
	once(base);
	drain(fd[0]);
	once(base);
	end();
	pass_ms(5);
	once(base);
	unwatch();
	trace("-- %s, EV_CLOSED alone, data unread", name);
	open_tcp_pair();
	watch(&closed, base, fd[0], EV_CLOSED, NULL);
	put(fd[1]);
	once(base);
	end();
	pass_ms(5);
	once(base);
	event_del(&closed.ev);
	close_pair(fd);
}

static void
end_close(void)
{
	close(fd[1]);
	fd[1] = -1;
}

static void
end_shutdown(void)
{
	shutdown(fd[1], SHUT_WR);
}

static void
end_reset(void)
{
	struct linger hard = { 1, 0 };

	setsockopt(fd[1], SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(fd[1]);
	fd[1] = -1;
}

int
main(void)
{
	struct event_base *base = new_base();

	run(base, "close", end_close);
	run(base, "shutdown", end_shutdown);
	run(base, "reset", end_reset);
	event_base_free(base);
	return 0;
}
