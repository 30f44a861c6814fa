/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * epoll_ready_order.c - across descriptors callbacks run in the kernel's
 * order: epoll's is that in which they became ready.
 */
/* backends: epoll changelist */
#include "trace.h"

#define COUNT 5

static struct role roles[COUNT];
static evutil_socket_t fd[COUNT][2];

static void
run(struct event_base *base, const int *order)
{
	int i;

	trace("-- ready in the order %d %d %d %d %d", order[0], order[1],
	    order[2], order[3], order[4]);
	for (i = 0; i < COUNT; i++)
		put(fd[order[i]][1]);
	loop(base, EVLOOP_ONCE);
	for (i = 0; i < COUNT; i++)
		drain(fd[i][0]);
	loop(base, EVLOOP_NONBLOCK);
}

int
main(void)
{
	static const char *const names[] = { "0", "1", "2", "3", "4" };
	static const int orders[][COUNT] = {
		{ 0, 1, 2, 3, 4 },
		{ 4, 3, 2, 1, 0 },
		{ 2, 0, 4, 1, 3 },
	};
	struct event_base *base = new_base();
	int i;

	for (i = 0; i < COUNT; i++) {
		open_pair(fd[i]);
		roles[i].name = names[i];
		watch(&roles[i], base, fd[i][0], EV_READ | EV_PERSIST, NULL);
	}
	loop(base, EVLOOP_NONBLOCK);
	for (i = 0; i < 3; i++)
		run(base, orders[i]);
	event_base_free(base);
	return 0;
}
