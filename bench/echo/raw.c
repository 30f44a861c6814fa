/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * echo/raw.c - an echo server: epoll by hand.
 */
#include "common/bench.h"
#include "echo/echo.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static int epoll_fd;
static int listen_fd;

static void
watch(int fd)
{
	struct epoll_event want = { .events = EPOLLIN, .data.fd = fd };

	bench_need(!epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &want), "epoll_ctl");
}

/* Serve a connection; true if the stage is over. */
static bool
serve(int fd)
{
	static char bytes[65536];
	ssize_t len = recv(fd, bytes, sizeof(bytes), 0);

	if (len > 0) {
		bench_need(send(fd, bytes, (size_t)len, 0) == len, "send");
		return echo_moved((size_t)len);
	}
	close(fd);
	return echo_closed();
}

static void
run(void *arg)
{
	struct epoll_event ready[256];
	bool is_done = false;

	(void)arg;
	while (!is_done) {
		int count = epoll_wait(epoll_fd, ready, 256, -1);

		for (int i = 0; i < count; i++) {
			int fd = ready[i].data.fd;

			if (fd == listen_fd)
				watch(accept4(fd, NULL, NULL, SOCK_NONBLOCK));
			else if (serve(fd))
				is_done = true;
		}
	}
}

int
main(int argc, char **argv)
{
	(void)argc;
	listen_fd = echo_init(argv);
	epoll_fd = epoll_create1(0);
	watch(listen_fd);
	echo_run(run);
	return 0;
}
