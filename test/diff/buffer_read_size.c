/* SPDX-License-Identifier: BSD-3-Clause */
/* buffer_read_size.c - how much of a full socket one evbuffer_read takes. */
/* backends: epoll */
#include <event2/buffer.h>

#include "trace.h"

int
main(void)
{
	static char bytes[65536];
	struct evbuffer *buf = evbuffer_new();
	evutil_socket_t fd[2];
	int got;

	open_pair(fd);
	must(write(fd[1], bytes, sizeof(bytes)) == sizeof(bytes), "write");
	got = evbuffer_read(buf, fd[0], -1);
	trace("without a limit: %s",
	    got == 4096        ? "4096"
		: got >= 16384 ? "16384 or more"
			       : "another number");
	CALL(evbuffer_read(buf, fd[0], 1000));
	CALL(evbuffer_read(buf, fd[0], 4096));
	evbuffer_free(buf);
	close_pair(fd);
	return 0;
}
