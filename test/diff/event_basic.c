/* SPDX-License-Identifier: BSD-3-Clause */
/* event_basic.c - what the getters say of new, assigned, zeroed events. */
#include "trace.h"

ROLE(io);
ROLE(timer);
ROLE(sig);

static void
show(const char *name, struct event *ev)
{
	struct event_base *base;
	evutil_socket_t fd;
	short events;
	event_callback_fn cb;
	void *arg;

	event_get_assignment(ev, &base, &fd, &events, &cb, &arg);
	trace("%s: initialized %d, events %s, priority %d, pending %s", name,
	    event_initialized(ev) != 0, what_name(event_get_events(ev)),
	    event_get_priority(ev), pending_name(ev));
	trace("%s: getters agree %d%d%d%d%d", name, base == event_get_base(ev),
	    fd == event_get_fd(ev), events == event_get_events(ev),
	    cb == event_get_callback(ev), arg == event_get_callback_arg(ev));
	event_get_assignment(ev, NULL, NULL, NULL, NULL, NULL);
}

static void
look_at_zeroed(void)
{
	struct event zero;

	memset(&zero, 0, sizeof(zero));
	CALL(event_initialized(&zero) != 0);
	CALL(event_get_struct_event_size() == sizeof(struct event));
}

static void
look_at_self(struct event_base *base)
{
	struct event *ev = event_new(base, -1, 0, on_role, event_self_cbarg());

	CALL(event_get_callback_arg(ev) == ev);
	event_free(ev);
}

int
main(void)
{
	struct event_base *base = new_base();
	evutil_socket_t fd[2];

	open_pair(fd);
	assign(&io, base, fd[0], EV_READ | EV_WRITE | EV_PERSIST, on_role);
	assign(&timer, base, -1, 0, on_role);
	assign(&sig, base, SIGUSR1, EV_SIGNAL | EV_PERSIST, on_role);
	show("io", &io.ev);
	show("timer", &timer.ev);
	show("sig", &sig.ev);
	CALL(event_get_fd(&io.ev) == fd[0]);
	CALL(event_get_fd(&timer.ev));
	CALL(event_get_signal(&sig.ev) == SIGUSR1);
	CALL(event_add(&io.ev, NULL));
	CALL(event_add(&io.ev, NULL));
	show("io", &io.ev);
	CALL(event_add(&timer.ev, NULL));
	show("timer", &timer.ev);
	CALL(event_add(&sig.ev, NULL));
	show("sig", &sig.ev);
	CALL(event_del(&io.ev));
	CALL(event_del(&io.ev));
	CALL(event_del(&timer.ev));
	CALL(event_del(&sig.ev));
	show("io", &io.ev);
	CALL(event_initialized(&io.ev) != 0);
	look_at_zeroed();
	look_at_self(base);
	close_pair(fd);
	event_base_free(base);
	return 0;
}
