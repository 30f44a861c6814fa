/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * epoll_two_bases.c - one descriptor in two bases, moved between them, and
 * data that comes for a descriptor nobody watches any more.
 */
/* backends: epoll poll select changelist */
#include "trace.h"

ROLE(one);
ROLE(two);
ROLE(timer);

static struct event_base *base1, *base2;
static evutil_socket_t fd[2];

static void
both(const char *name)
{
	trace("-- %s", name);
	loop(base1, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	loop(base2, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

int
main(void)
{
	base1 = new_base();
	base2 = new_base();
	open_pair(fd);
	watch(&one, base1, fd[0], EV_READ | EV_PERSIST, NULL);
	watch(&two, base2, fd[0], EV_READ | EV_PERSIST, NULL);
	put(fd[1]);
	both("in both");
	event_del(&one.ev);
	both("deleted from the first");
	event_add(&one.ev, NULL);
	event_del(&two.ev);
	both("moved back");
	event_del(&one.ev);
	CALL(event_base_set(base2, &one.ev));
	CALL(event_add(&one.ev, NULL));
	both("the first one's event moved to the second");
	event_del(&one.ev);
	both("in neither");
	trace("-- and a timer runs on time beside it");
	put(fd[1]);
	watch(&timer, base1, -1, 0, ms(20));
	loop(base1, EVLOOP_ONCE);
	drain(fd[0]);
	close(fd[1]);
	event_add(&timer.ev, ms(20));
	loop(base1, EVLOOP_ONCE);
	close(fd[0]);
	event_base_free(base1);
	event_base_free(base2);
	return 0;
}
