/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fork_reinit.c - event_reinit in a child: its events work, and the
 * parent's are not disturbed.
 */
/* backends: epoll poll select changelist */
#include "trace.h"

ROLE(io);
ROLE(sig);
ROLE(timer);

static struct event_base *base;
static evutil_socket_t fd[2];

static void
show(void)
{
	trace("io %s, sig %s, timer %s", pending_name(&io.ev),
	    pending_name(&sig.ev), pending_name(&timer.ev));
	trace_counts(base);
}

static void
child_step(void)
{
	CALL(event_reinit(base));
	show();
	loop(base, EVLOOP_NONBLOCK);
	put(fd[1]);
	loop(base, EVLOOP_ONCE);
	drain(fd[0]);
	raise(SIGUSR1);
	loop(base, EVLOOP_ONCE);
	event_del(&io.ev);
	event_del(&sig.ev);
	event_del(&timer.ev);
	loop(base, 0);
	event_base_free(base);
}

static void
twice_step(void)
{
	CALL(event_reinit(base));
	CALL(event_reinit(base));
	put(fd[1]);
	loop(base, EVLOOP_ONCE);
	drain(fd[0]);
	event_base_free(base);
}

static void
only_free_step(void)
{
	CALL(event_reinit(base));
	event_base_free(base);
}

int
main(void)
{
	event_set_log_callback(on_log);
	base = new_base();
	open_pair(fd);
	watch(&io, base, fd[0], EV_READ | EV_PERSIST, NULL);
	watch(&sig, base, SIGUSR1, EV_SIGNAL | EV_PERSIST, NULL);
	watch(&timer, base, -1, 0, ms(60000));
	show();
	in_child("uses its events", child_step);
	in_child("reinit twice", twice_step);
	in_child("reinit and free", only_free_step);
	trace("-- the parent");
	show();
	put(fd[1]);
	loop(base, EVLOOP_ONCE);
	drain(fd[0]);
	raise(SIGUSR1);
	loop(base, EVLOOP_ONCE);
	trace("-- reinit without a fork");
	CALL(event_reinit(base));
	put(fd[1]);
	raise(SIGUSR1);
	loop(base, EVLOOP_ONCE);
	loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	event_base_free(base);
	close_pair(fd);
	return 0;
}
