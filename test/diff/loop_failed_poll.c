/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * loop_failed_poll.c - the kernel refuses to wait, here because the program
 * closed a descriptor that is the library's: the loop warns and returns -1,
 * and what was active stays active.
 */
/* backends: epoll */
#include "trace.h"

ROLE(active);
ROLE(timer);

/* Close every epoll descriptor of the process. */
static int
close_epoll(void)
{
	char path[64], target[64];
	int fd, count = 0;

	for (fd = 3; fd < 64; fd++) {
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		n = readlink(path, target, sizeof(target) - 1);
		if (n < 0)
			continue;
		target[n] = '\0';
		if (strcmp(target, "anon_inode:[eventpoll]") == 0) {
			close(fd);
			count++;
		}
	}
	return count;
}

int
main(void)
{
	struct event_base *base;

	event_set_log_callback(on_log);
	base = new_base();
	watch(&timer, base, -1, 0, ms(0));
	assign(&active, base, -1, 0, on_role);
	event_active(&active.ev, EV_READ, 1);
	CALL(close_epoll() > 0);
	loop(base, 0);
	trace("active %s, timer %s", pending_name(&active.ev),
	    pending_name(&timer.ev));
	loop(base, EVLOOP_NONBLOCK);
	event_base_free(base);
	return 0;
}
