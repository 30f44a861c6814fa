/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * signal_handler.c - the disposition of the signal: taken on the first
 * add, given back on the last delete; its flags; the mask stays as it is.
 */
#include "trace.h"

ROLE(a);
ROLE(b);

static void
own_handler(int sig)
{
	(void)sig;
	trace("  own handler");
}

static void
show(const char *when, int sig)
{
	struct sigaction now;
	sigset_t mask;

	sigaction(sig, NULL, &now);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	trace("%s: handler %s, restart %d, siginfo %d, blocked %d", when,
	    now.sa_handler == SIG_DFL           ? "default"
		: now.sa_handler == SIG_IGN     ? "ignore"
		: now.sa_handler == own_handler ? "own"
						: "other",
	    (now.sa_flags & SA_RESTART) != 0, (now.sa_flags & SA_SIGINFO) != 0,
	    sigismember(&mask, sig));
}

/* Is the whole mask of blocked signals empty while the handler runs? */
static void
show_handler_mask(int sig)
{
	struct sigaction now;
	int i, count = 0;

	sigaction(sig, NULL, &now);
	for (i = 1; i < 32; i++)
		count += sigismember(&now.sa_mask, i);
	trace("handler blocks %s",
	    count >= 29 ? "all"
		: count ? "some"
			: "none");
}

static void
run(struct event_base *base, const char *name)
{
	trace("-- %s", name);
	show("before", SIGUSR1);
	watch(&a, base, SIGUSR1, EV_SIGNAL | EV_PERSIST, NULL);
	watch(&b, base, SIGUSR1, EV_SIGNAL | EV_PERSIST, NULL);
	show("two added", SIGUSR1);
	raise(SIGUSR1);
	loop(base, EVLOOP_ONCE);
	show("in use", SIGUSR1);
	event_del(&a.ev);
	show("one deleted", SIGUSR1);
	event_del(&b.ev);
	show("both deleted", SIGUSR1);
}

int
main(void)
{
	struct event_base *base = new_base();
	struct sigaction own = { .sa_handler = own_handler };

	sigemptyset(&own.sa_mask);
	run(base, "default");
	signal(SIGUSR1, SIG_IGN);
	run(base, "ignored");
	sigaction(SIGUSR1, &own, NULL);
	run(base, "own handler");
	raise(SIGUSR1);
	trace("-- given back by event_base_free");
	watch(&a, base, SIGUSR1, EV_SIGNAL | EV_PERSIST, NULL);
	show_handler_mask(SIGUSR1);
	event_base_free(base);
	show("base freed", SIGUSR1);
	return 0;
}
