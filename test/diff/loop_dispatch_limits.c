/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * loop_dispatch_limits.c - event_config_set_max_dispatch_interval: the loop
 * looks for new events after so many callbacks or so much time, from the
 * given priority on.
 */
/* backends: epoll */
#include "trace.h"

#define COUNT 5

ROLE(urgent);

static struct role roles[COUNT];
static int slow;

/* Make a descriptor of the highest priority readable during the first. */
static void
on_number(evutil_socket_t fd, short what, void *arg)
{
	struct role *role = arg;

	(void)fd;
	(void)what;
	trace("  callback %s", role->name);
	if (role == &roles[0])
		put(*(evutil_socket_t *)role[COUNT - 1].name);
	if (slow)
		pass_ms(120);
}

static void
run(const char *name, struct event_config *cfg, int priority)
{
	static const char *const names[] = { "1", "2", "3", "4" };
	struct event_base *base = event_base_new_with_config(cfg);
	evutil_socket_t fd[2];
	int i;

	must(base != NULL, "event_base_new_with_config");
	trace("-- %s", name);
	open_pair(fd);
	event_base_priority_init(base, 3);
	assign(&urgent, base, fd[0], EV_READ, on_role);
	event_priority_set(&urgent.ev, 0);
	event_add(&urgent.ev, NULL);
	roles[COUNT - 1].name = (const char *)&fd[1];
	for (i = 0; i < COUNT - 1; i++) {
		assign(&roles[i], base, -1, 0, on_number);
		roles[i].name = names[i];
		event_priority_set(&roles[i].ev, priority);
		event_active(&roles[i].ev, EV_READ, 1);
	}
	loop(base, EVLOOP_ONCE);
	loop(base, 0);
	close_pair(fd);
	event_base_free(base);
	event_config_free(cfg);
}

static struct event_config *
limits(const struct timeval *interval, int count, int min_priority)
{
	struct event_config *cfg = event_config_new();

	event_config_set_max_dispatch_interval(cfg, interval, count,
	    min_priority);
	return cfg;
}

int
main(void)
{
	run("no limit", event_config_new(), 1);
	run("2 callbacks, from priority 1", limits(NULL, 2, 1), 1);
	run("2 callbacks, from priority 1, events of 2", limits(NULL, 2, 1), 2);
	run("2 callbacks, from priority 2", limits(NULL, 2, 2), 1);
	run("1 callback, from priority 0", limits(NULL, 1, 0), 0);
	run("no count", limits(NULL, -1, 0), 1);
	run("1 callback, from priority -1", limits(NULL, 1, -1), 1);
	slow = 1;
	run("200 ms, from priority 1", limits(ms(200), -1, 1), 1);
	run("200 ms, from priority 2", limits(ms(200), -1, 2), 1);
	return 0;
}
