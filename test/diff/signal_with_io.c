/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * signal_with_io.c - a signal, a readable descriptor and a due timer in
 * one iteration, all of one priority.
 */
/* backends: epoll poll select changelist */
#include "trace.h"

ROLE(sig);
ROLE(low_fd);
ROLE(timer);

int
main(void)
{
	struct event_base *base;
	evutil_socket_t fd[2];

	open_pair(fd);
	put(fd[1]);
	base = new_base();
	watch(&low_fd, base, fd[0], EV_READ, NULL);
	watch(&sig, base, SIGUSR1, EV_SIGNAL, NULL);
	watch(&timer, base, -1, 0, ms(0));
	raise(SIGUSR1);
	loop(base, EVLOOP_ONCE);
	loop(base, 0);
	event_base_free(base);
	close_pair(fd);
	return 0;
}
