/* SPDX-License-Identifier: BSD-3-Clause */
/* event_foreach.c - which events a walk over the base shows, in order. */
#include "trace.h"

ROLE(io1);
ROLE(io2);
ROLE(sig);
ROLE(timer1);
ROLE(timer2);
ROLE(common);
ROLE(active);
ROLE(idle);

static int
on_event(const struct event_base *base, const struct event *ev, void *arg)
{
	struct role *role = event_get_callback_arg(ev);
	int *left = arg;

	(void)base;
	if (event_get_callback(ev) != on_role) {
		trace("  event of the library");
		return 0;
	}
	trace("  event %s",
	    event_pending(ev, EV_TIMEOUT, NULL) && event_get_fd(ev) == -1
		? "with a time only"
		: role->name);
	return --*left == 0 ? 42 : 0;
}

static void
walk(struct event_base *base, int limit)
{
	trace("foreach = %d", event_base_foreach_event(base, on_event, &limit));
}

int
main(void)
{
	struct event_base *base = new_base();
	evutil_socket_t fd[2];

	open_pair(fd);
	walk(base, 100);
	watch(&io1, base, fd[0], EV_READ, NULL);
	watch(&io2, base, fd[0], EV_WRITE, ms(5000));
	watch(&sig, base, SIGUSR1, EV_SIGNAL | EV_PERSIST, NULL);
	watch(&timer2, base, -1, 0, ms(2000));
	watch(&timer1, base, -1, 0, ms(1000));
	watch(&common, base, -1, 0,
	    event_base_init_common_timeout(base, ms(3000)));
	assign(&active, base, -1, 0, on_role);
	event_active(&active.ev, EV_READ, 1);
	assign(&idle, base, -1, 0, on_role);
	event_add(&idle.ev, NULL);
	walk(base, 100);
	walk(base, 3);
	event_del(&idle.ev);
	event_base_free(base);
	close_pair(fd);
	return 0;
}
