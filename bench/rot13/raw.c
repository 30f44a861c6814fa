/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rot13/raw.c - a server of one line a connection: epoll by hand.
 *
 * The line arrives in one piece; a server of the real world would keep an
 * incomplete one.
 */
#include "common/bench.h"
#include "rot13/rot13.h"

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

static void
accept_all(void)
{
	int fd;

	while ((fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK)) >= 0)
		watch(fd);
}

/* Serve a connection; true if the stage is over. */
static bool
serve(int fd)
{
	char line[4096];
	ssize_t len = recv(fd, line, sizeof(line), 0);

	if (len > 0) {
		rot13_turn(line, (size_t)len);
		bench_need(send(fd, line, (size_t)len, 0) == len, "send");
		return false;
	}
	close(fd);
	return rot13_closed();
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
				accept_all();
			else if (serve(fd))
				is_done = true;
		}
	}
}

int
main(int argc, char **argv)
{
	(void)argc;
	listen_fd = rot13_init(argv);
	epoll_fd = epoll_create1(0);
	watch(listen_fd);
	rot13_run(run);
	return 0;
}
