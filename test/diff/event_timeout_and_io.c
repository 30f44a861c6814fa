/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event_timeout_and_io.c - the timeout and the descriptor of one event
 * come due in the same iteration: what does the callback see?
 */
#include "trace.h"

ROLE(slow);
ROLE(read_once);
ROLE(read_stays);
ROLE(common);

/* Make the loop's own clock run past every timeout. */
static void
on_slow(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	pass_ms(40);
}

int
main(void)
{
	struct event_base *base = new_base();
	evutil_socket_t fd[2], fd2[2], fd3[2];

	open_pair(fd);
	open_pair(fd2);
	open_pair(fd3);
	put(fd[1]);
	put(fd2[1]);
	put(fd3[1]);
	trace("-- due before the loop starts");
	watch(&read_once, base, fd[0], EV_READ, ms(10));
	pass_ms(30);
	loop(base, EVLOOP_ONCE);
	trace("after: %s", pending_name(&read_once.ev));
	watch(&read_stays, base, fd2[0], EV_READ | EV_PERSIST, ms(10));
	pass_ms(30);
	loop(base, EVLOOP_ONCE);
	trace("after: %s", pending_name(&read_stays.ev));
	event_del(&read_stays.ev);
	watch(&common, base, fd3[0], EV_READ | EV_PERSIST,
	    event_base_init_common_timeout(base, ms(10)));
	pass_ms(30);
	loop(base, EVLOOP_ONCE);
	trace("after: %s", pending_name(&common.ev));
	event_del(&common.ev);
	trace("-- due while another callback takes its time");
	assign(&slow, base, -1, 0, on_slow);
	event_active(&slow.ev, EV_READ, 1);
	watch(&read_once, base, fd[0], EV_READ, ms(10));
	loop(base, EVLOOP_ONCE);
	loop(base, EVLOOP_ONCE);
	close_pair(fd);
	close_pair(fd2);
	close_pair(fd3);
	event_base_free(base);
	return 0;
}
