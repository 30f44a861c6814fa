/* SPDX-License-Identifier: BSD-3-Clause */
/* event_base_free.c - a base goes while events are pending or active. */
#include "trace.h"

ROLE(io);
ROLE(timer);
ROLE(sig);
ROLE(active);

static void
on_free_base(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	event_base_loopbreak(arg);
}

static void
show(const char *when)
{
	trace("%s: io %s, timer %s, sig %s, active %s", when,
	    pending_name(&io.ev), pending_name(&timer.ev),
	    pending_name(&sig.ev), pending_name(&active.ev));
}

static void
watch_all(struct event_base *base, evutil_socket_t fd)
{
	watch(&io, base, fd, EV_READ | EV_WRITE | EV_PERSIST, ms(5000));
	watch(&timer, base, -1, 0, ms(5000));
	watch(&sig, base, SIGUSR1, EV_SIGNAL | EV_PERSIST, NULL);
	assign(&active, base, -1, 0, on_role);
	event_active(&active.ev, EV_READ, 1);
	show("watched");
}

static void
show_disposition(void)
{
	struct sigaction now;

	sigaction(SIGUSR1, NULL, &now);
	trace("SIGUSR1 is at its default: %d", now.sa_handler == SIG_DFL);
}

int
main(void)
{
	struct event_base *base = new_base();
	struct event *ev;
	evutil_socket_t fd[2];

	event_set_log_callback(on_log);
	open_pair(fd);
	watch_all(base, fd[0]);
	show_disposition();
	event_base_free(base);
	show("base freed");
	show_disposition();
	trace("-- after a loop that was broken off");
	base = new_base();
	watch_all(base, fd[0]);
	ev = event_new(base, -1, 0, on_free_base, base);
	event_active(ev, EV_READ, 1);
	loop(base, 0);
	event_base_free_nofinalize(base);
	show("base freed without finalizers");
	event_free(ev);
	trace("-- an empty base, twice");
	event_base_free(new_base());
	event_base_free(new_base());
	close_pair(fd);
	return 0;
}
