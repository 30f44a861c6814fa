/* SPDX-License-Identifier: BSD-3-Clause */
/* buffer_sigpipe.c - evbuffer_write to a socket whose peer is gone. */
/* backends: epoll */
#include <event2/buffer.h>

#include "trace.h"

static void
write_step(void)
{
	struct evbuffer *buf = evbuffer_new();
	evutil_socket_t fd[2];

	open_pair(fd);
	close(fd[0]);
	evbuffer_add(buf, "x", 1);
	CALL_ERRNO(evbuffer_write(buf, fd[1]));
	trace("left %d", (int)evbuffer_get_length(buf));
}

static void
ignoring_step(void)
{
	signal(SIGPIPE, SIG_IGN);
	write_step();
}

int
main(void)
{
	in_child("SIGPIPE at its default", write_step);
	in_child("SIGPIPE ignored", ignoring_step);
	return 0;
}
