/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fork_signal.c - signals after a fork: a child that called event_reinit
 * gets its own and only its own; handlers are inherited until deleted.
 */
#include "trace.h"

ROLE(sig);

static struct event_base *base;

static void
own_step(void)
{
	CALL(event_reinit(base));
	raise(SIGUSR1);
	raise(SIGUSR1);
	loop(base, EVLOOP_ONCE);
	event_base_free(base);
}

static void
parent_signalled_step(void)
{
	CALL(event_reinit(base));
	kill(getppid(), SIGUSR1);
	loop(base, EVLOOP_NONBLOCK);
	event_base_free(base);
}

static void
deleted_step(void)
{
	struct sigaction now;

	CALL(event_reinit(base));
	event_del(&sig.ev);
	sigaction(SIGUSR1, NULL, &now);
	trace("default again: %d", now.sa_handler == SIG_DFL);
	raise(SIGUSR1);
}

static void
another_signal_step(void)
{
	ROLE(other);

	CALL(event_reinit(base));
	watch(&other, base, SIGUSR2, EV_SIGNAL, NULL);
	raise(SIGUSR2);
	loop(base, EVLOOP_ONCE);
	raise(SIGUSR1);
	loop(base, EVLOOP_ONCE);
	event_base_free(base);
}

int
main(void)
{
	event_set_log_callback(on_log);
	base = new_base();
	watch(&sig, base, SIGUSR1, EV_SIGNAL | EV_PERSIST, NULL);
	in_child("gets its own", own_step);
	loop(base, EVLOOP_NONBLOCK);
	in_child("signals its parent", parent_signalled_step);
	loop(base, EVLOOP_ONCE);
	in_child("deletes the event", deleted_step);
	in_child("watches another", another_signal_step);
	loop(base, EVLOOP_NONBLOCK);
	trace("sig %s", pending_name(&sig.ev));
	event_base_free(base);
	return 0;
}
