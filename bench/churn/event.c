/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * churn/event.c - interest that comes and goes: the libevent API.
 */
#include "churn/churn.h"
#include "common/bench.h"

#include <event2/event.h>

static struct event_base *base;
static struct event *cold[CHURN_PAIRS];

static void
on_unwanted(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	bench_need(0, "deleting an event");
}

static void
on_pairs(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	for (int i = 0; i < CHURN_PAIRS; i++) {
		event_add(cold[i], NULL);
		event_del(cold[i]);
	}
	if (churn_done(2 * CHURN_PAIRS))
		event_base_loopbreak(base);
}

static void
on_toggle(evutil_socket_t fd, short what, void *arg)
{
	struct event *write_event = arg;

	(void)fd;
	(void)what;
	event_add(write_event, NULL);
	event_del(write_event);
	if (churn_done(1))
		event_base_loopbreak(base);
}

static void
run(void *arg)
{
	(void)arg;
	event_base_dispatch(base);
}

int
main(int argc, char **argv)
{
	event_callback_fn on_hot;

	(void)argc;
	churn_init(argv);
	on_hot = churn_is_toggle() ? on_toggle : on_pairs;
	base = event_base_new();
	for (int i = 0; i < CHURN_PAIRS; i++)
		cold[i] = event_new(base, churn_cold_fd(i),
		    EV_READ | EV_PERSIST, on_unwanted, NULL);
	for (int i = 0; i < churn_hot_count(); i++) {
		struct event *write_event = event_new(base, churn_hot_fd(i),
		    EV_WRITE | EV_PERSIST, on_unwanted, NULL);

		struct event *read_event = event_new(base, churn_hot_fd(i),
		    EV_READ | EV_PERSIST, on_hot, write_event);

		event_add(read_event, NULL);
	}
	churn_run(run);
	return 0;
}
