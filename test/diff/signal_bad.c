/* SPDX-License-Identifier: BSD-3-Clause */
/* signal_bad.c - numbers that are no signals, and ones nobody may catch. */
#include "trace.h"

ROLE(sig);

static struct event_base *base;

static void
try(int number, const char *name)
{
	assign(&sig, base, number, EV_SIGNAL | EV_PERSIST, on_role);
	trace("%s: add = %d, pending %s", name, event_add(&sig.ev, NULL),
	    pending_name(&sig.ev));
	trace("%s: del = %d", name, event_del(&sig.ev));
	trace_counts(base);
}

int
main(void)
{
	event_set_log_callback(on_log);
	base = new_base();
	try(SIGUSR1, "SIGUSR1");
	try(SIGKILL, "SIGKILL");
	try(SIGSTOP, "SIGSTOP");
	try(0, "0");
	try(-1, "-1");
	try(65, "65");
	try(1000, "1000");
	try(64, "SIGRTMAX");
	loop(base, EVLOOP_NONBLOCK);
	event_base_free(base);
	return 0;
}
