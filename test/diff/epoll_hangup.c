/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * epoll_hangup.c - how errors and hang-ups look: refused connections,
 * resets, pipes whose other end is gone.
 */
/* backends: epoll poll select changelist */
#include <netinet/in.h>

#include "trace.h"

ROLE(reader);
ROLE(writer);
ROLE(both);

static void
watch_three(struct event_base *base, evutil_socket_t fd)
{
	watch(&both, base, fd, EV_READ | EV_WRITE, NULL);
	watch(&writer, base, fd, EV_WRITE, NULL);
	watch(&reader, base, fd, EV_READ, NULL);
	loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	trace("left: reader %s, writer %s, both %s", pending_name(&reader.ev),
	    pending_name(&writer.ev), pending_name(&both.ev));
	event_del(&reader.ev);
	event_del(&writer.ev);
	event_del(&both.ev);
}

static void
refused(struct event_base *base)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);
	int holder = socket(AF_INET, SOCK_STREAM, 0);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	trace("-- a refused connection");
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(bind(holder, (void *)&sin, len) == 0, "bind");
	must(getsockname(holder, (void *)&sin, &len) == 0, "name");
	connect(fd, (void *)&sin, len);
	pass_ms(5);
	watch_three(base, fd);
	close(fd);
	close(holder);
}

static void
unconnected(struct event_base *base)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	trace("-- a socket that never connected");
	watch_three(base, fd);
	close(fd);
}

static void
pipes(struct event_base *base)
{
	int fd[2];

	must(pipe(fd) == 0, "pipe");
	close(fd[1]);
	trace("-- a pipe without a writer");
	watch_three(base, fd[0]);
	close(fd[0]);
	must(pipe(fd) == 0, "pipe");
	close(fd[0]);
	trace("-- a pipe without a reader");
	watch_three(base, fd[1]);
	close(fd[1]);
	must(pipe(fd) == 0, "pipe");
	trace("-- an idle pipe, its reading and its writing end");
	watch_three(base, fd[0]);
	watch_three(base, fd[1]);
	close_pair(fd);
}

static void
sockets(struct event_base *base)
{
	evutil_socket_t fd[2];

	trace("-- the peer closed; with data; shut down; both ways");
	open_pair(fd);
	close(fd[1]);
	watch_three(base, fd[0]);
	close(fd[0]);
	open_pair(fd);
	put(fd[1]);
	close(fd[1]);
	watch_three(base, fd[0]);
	close(fd[0]);
	open_pair(fd);
	shutdown(fd[1], SHUT_WR);
	watch_three(base, fd[0]);
	shutdown(fd[0], SHUT_WR);
	watch_three(base, fd[0]);
	close_pair(fd);
}

int
main(void)
{
	struct event_base *base = new_base();

	signal(SIGPIPE, SIG_IGN);
	refused(base);
	unconnected(base);
	pipes(base);
	sockets(base);
	event_base_free(base);
	return 0;
}
