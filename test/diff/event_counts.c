/* SPDX-License-Identifier: BSD-3-Clause */
/* event_counts.c - event_base_get_num_events and _max_events. */
#include "trace.h"

ROLE(io);
ROLE(sig);
ROLE(timer);
ROLE(common);
ROLE(active1);
ROLE(active2);

static void
show(struct event_base *base, const char *when)
{
	static const unsigned kinds[] = {
		EVENT_BASE_COUNT_ACTIVE,
		EVENT_BASE_COUNT_VIRTUAL,
		EVENT_BASE_COUNT_ADDED,
		EVENT_BASE_COUNT_ACTIVE | EVENT_BASE_COUNT_VIRTUAL |
		    EVENT_BASE_COUNT_ADDED,
	};
	char line[200] = "";
	size_t i;

	for (i = 0; i < 4; i++)
		sprintf(line + strlen(line), " %d/%d",
		    event_base_get_num_events(base, kinds[i]),
		    event_base_get_max_events(base, kinds[i], 0));
	trace("%s: active, virtual, added, all:%s", when, line);
}

static void
on_count(evutil_socket_t fd, short what, void *arg)
{
	on_role(fd, what, arg);
	show(event_get_base(&((struct role *)arg)->ev), "inside");
}

int
main(void)
{
	struct event_base *base = new_base();
	evutil_socket_t fd[2];

	open_pair(fd);
	show(base, "new");
	watch(&io, base, fd[0], EV_READ | EV_PERSIST, NULL);
	show(base, "io");
	event_add(&io.ev, ms(5000));
	show(base, "io with timeout");
	watch(&sig, base, SIGUSR1, EV_SIGNAL | EV_PERSIST, NULL);
	show(base, "signal");
	watch(&timer, base, -1, 0, ms(5000));
	show(base, "timer");
	watch(&common, base, -1, 0,
	    event_base_init_common_timeout(base, ms(5000)));
	show(base, "common timeout");
	assign(&active1, base, -1, 0, on_count);
	event_active(&active1.ev, EV_READ, 1);
	show(base, "one active, not added");
	assign(&active2, base, -1, 0, on_count);
	event_active(&active2.ev, EV_READ, 1);
	event_active(&io.ev, EV_READ, 1);
	show(base, "two more active");
	loop(base, EVLOOP_NONBLOCK);
	show(base, "after the loop");
	CALL(event_base_get_max_events(base, EVENT_BASE_COUNT_ADDED, 1));
	CALL(event_base_get_max_events(base, EVENT_BASE_COUNT_ACTIVE, 1));
	show(base, "maxima cleared");
	event_del(&io.ev);
	event_del(&timer.ev);
	event_del(&common.ev);
	event_del(&sig.ev);
	show(base, "all deleted");
	close_pair(fd);
	event_base_free(base);
	return 0;
}
