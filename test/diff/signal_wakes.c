/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * signal_wakes.c - a signal that comes while the loop waits wakes it;
 * an unrelated signal with a handler of the program does not end the wait.
 */
#include "trace.h"

ROLE(sig);
ROLE(timer);

static void
on_alarm(int number)
{
	(void)number;
	trace("  own handler");
}

static void
alarm_in_ms(int count)
{
	struct itimerval when = { { 0, 0 }, { 0, count * 1000 } };

	must(setitimer(ITIMER_REAL, &when, NULL) == 0, "setitimer");
}

int
main(void)
{
	struct event_base *base = new_base();
	struct sigaction own = { .sa_handler = on_alarm };

	sigemptyset(&own.sa_mask);
	watch(&sig, base, SIGALRM, EV_SIGNAL, NULL);
	alarm_in_ms(20);
	loop(base, 0);
	sigaction(SIGALRM, &own, NULL);
	watch(&timer, base, -1, 0, ms(50));
	alarm_in_ms(10);
	loop(base, EVLOOP_ONCE);
	event_base_free(base);
	return 0;
}
