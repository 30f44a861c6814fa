/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * echo/ev.c - an echo server: libev, with recv and send by hand.
 */
#include "common/bench.h"
#include "echo/echo.h"

#include <ev.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static struct ev_loop *loop;

static void
on_readable(struct ev_loop *self, ev_io *io, int what)
{
	static char bytes[65536];
	ssize_t len = recv(io->fd, bytes, sizeof(bytes), 0);

	(void)what;
	if (len > 0) {
		bench_need(send(io->fd, bytes, (size_t)len, 0) == len, "send");
		if (echo_moved((size_t)len))
			ev_break(self, EVBREAK_ALL);
		return;
	}
	ev_io_stop(self, io);
	close(io->fd);
	free(io);
	if (echo_closed())
		ev_break(self, EVBREAK_ALL);
}

static void
on_acceptable(struct ev_loop *self, ev_io *io, int what)
{
	int fd = accept4(io->fd, NULL, NULL, SOCK_NONBLOCK);
	ev_io *connection;

	(void)what;
	if (fd < 0)
		return;
	connection = malloc(sizeof(*connection));
	ev_io_init(connection, on_readable, fd, EV_READ);
	ev_io_start(self, connection);
}

static void
run(void *arg)
{
	(void)arg;
	ev_run(loop, 0);
}

int
main(int argc, char **argv)
{
	static ev_io listener;
	int fd = echo_init(argv);

	(void)argc;
	loop = ev_loop_new(EVBACKEND_EPOLL);
	ev_io_init(&listener, on_acceptable, fd, EV_READ);
	ev_io_start(loop, &listener);
	echo_run(run);
	return 0;
}
