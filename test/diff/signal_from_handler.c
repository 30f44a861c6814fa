/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * signal_from_handler.c - the program's own signal handler, in a program
 * without threads, makes an event active or breaks or leaves the loop:
 * not promised by anyone, done by many.
 */
#include "trace.h"

ROLE(hand);
ROLE(idle);

static struct event_base *base;
static int step;

static void
handler(int number)
{
	(void)number;
	if (step == 0)
		event_active(&hand.ev, EV_READ, 1);
	else
		event_base_loopbreak(base);
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
	struct sigaction own = { .sa_handler = handler };

	sigemptyset(&own.sa_mask);
	sigaction(SIGALRM, &own, NULL);
	base = new_base();
	assign(&hand, base, -1, 0, on_role);
	watch(&idle, base, -1, 0, ms(60000));
	alarm_in_ms(20);
	loop(base, EVLOOP_ONCE);
	step = 1;
	alarm_in_ms(20);
	loop(base, 0);
	event_base_free(base);
	return 0;
}
