/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event_random.c - random programs: a few events on one pair of sockets,
 * on two signals and on no descriptor, at three priorities; calls chosen by
 * a seed, from outside the loop and from callbacks.  Each seed writes one
 * line: how many callbacks ran and a hash of all that was seen.
 *
 * Times are 0 or far away and all descriptors but one pair are left out,
 * because the order between descriptors is the kernel's (with poll and
 * select theirs starts at a random one, and signals need one too).
 *
 * DIFF_SEED=n runs that seed alone and writes every step.
 */
/* backends: epoll changelist */
#include "trace.h"

#define SEEDS 1500
#define STEPS 60
#define EVENTS 8
#define CALLBACKS_MAX 400

static struct role roles[EVENTS];
static struct event_base *base;
static evutil_socket_t fd[2];
static unsigned long long random_state, hash;
static int callbacks, due, in_loop, verbose;

static unsigned
pick(unsigned count)
{
	random_state = random_state * 6364136223846793005ULL +
	    1442695040888963407ULL;
	return (unsigned)(random_state >> 33) % count;
}

static void
see(const char *what, int index, long value)
{
	const char *c;

	for (c = what; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 1099511628211ULL;
	hash = (hash ^ (unsigned)index) * 1099511628211ULL;
	hash = (hash ^ (unsigned long)value) * 1099511628211ULL;
	if (verbose)
		trace("%s%s %d = %ld", in_loop ? "  " : "", what, index, value);
}

static int
pending(int i)
{
	return event_pending(&roles[i].ev,
	    EV_TIMEOUT | EV_READ | EV_WRITE | EV_SIGNAL | EV_CLOSED, NULL);
}

static void call_one(void);

static void
on_any(evutil_socket_t number, short what, void *arg)
{
	int i = (int)((struct role *)arg - roles);

	(void)number;
	see("callback", i, what * 256 + pending(i));
	if (++callbacks % 20 == 0)
		drain(fd[0]);
	if (callbacks >= CALLBACKS_MAX)
		event_base_loopbreak(base);
	while (pick(3) == 0)
		call_one();
}

static void
assign_one(int i)
{
	static const short kinds[] = {
		EV_READ,
		EV_READ | EV_PERSIST,
		EV_WRITE,
		EV_READ | EV_WRITE,
		EV_READ | EV_WRITE | EV_PERSIST,
	};
	short persist = pick(2) ? EV_PERSIST : 0;

	if (event_initialized(&roles[i].ev))
		event_del(&roles[i].ev);
	if (i < 4)
		event_assign(&roles[i].ev, base, fd[0], kinds[pick(5)], on_any,
		    &roles[i]);
	else if (i < 6)
		event_assign(&roles[i].ev, base, pick(2) ? SIGUSR1 : SIGUSR2,
		    EV_SIGNAL | persist, on_any, &roles[i]);
	else
		event_assign(&roles[i].ev, base, -1, persist, on_any,
		    &roles[i]);
	see("priority", i, event_priority_set(&roles[i].ev, 1 + (int)pick(3)));
}

/* At most one timeout of zero is pending at a time, that of `due`. */
static void
add_one(int i)
{
	const struct timeval *timeouts[] = { NULL, NULL, ms(60000), ms(0) };
	unsigned which = pick(4);

	if (which == 3) {
		if (event_pending(&roles[due].ev, EV_TIMEOUT, NULL))
			which = 2;
		else
			due = i;
	}
	see("add", i, event_add(&roles[i].ev, timeouts[which]));
}

/* Raise a signal, if somebody watches it. */
static void
raise_one(void)
{
	int i = 4 + (int)pick(2);

	if (!(event_pending(&roles[i].ev, EV_SIGNAL, NULL)))
		return;
	see("raise", i, 0);
	raise(event_get_signal(&roles[i].ev));
}

static void
call_loop_control(void)
{
	switch (pick(4)) {
	case 0:
		see("loopexit", 0, event_base_loopexit(base, NULL));
		break;
	case 1:
		see("loopbreak", 0, event_base_loopbreak(base));
		break;
	default:
		see("loopcontinue", 0, event_base_loopcontinue(base));
	}
}

static void
call_one(void)
{
	static const short reasons[] = { EV_READ, EV_WRITE, EV_TIMEOUT };
	int i = (int)pick(EVENTS);

	switch (pick(12)) {
	case 0:
	case 1:
	case 2:
		add_one(i);
		break;
	case 3:
		see("del", i, event_del(&roles[i].ev));
		break;
	case 4:
		see("active", i, 0);
		event_active(&roles[i].ev,
		    i == 4 || i == 5 ? EV_SIGNAL : reasons[pick(3)],
		    (short)(1 + pick(2)));
		break;
	case 5:
		see("put", 0, write(fd[1], "x", 1));
		break;
	case 6:
		drain(fd[0]);
		break;
	case 7:
		raise_one();
		break;
	case 8:
		if (i == 4 || i == 5) /* signal_urgent.c has that */
			break;
		see("remove_timer", i, event_remove_timer(&roles[i].ev));
		break;
	case 9:
		call_loop_control();
		break;
	case 10:
		event_base_active_by_fd(base, fd[0], reasons[pick(2)]);
		break;
	default:
		if (pick(4) == 0 && !in_loop)
			assign_one(i);
	}
}

static void
run_loop(void)
{
	int rc;

	in_loop = 1;
	rc = event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	in_loop = 0;
	see("loop", 0, rc);
	see("exit, break", event_base_got_exit(base) != 0,
	    event_base_got_break(base) != 0);
	see("active, added",
	    event_base_get_num_events(base, EVENT_BASE_COUNT_ACTIVE),
	    event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED));
}

static void
run_seed(unsigned seed)
{
	int i;

	random_state = seed * 2654435761ULL + 1;
	hash = 14695981039346656037ULL;
	callbacks = due = 0;
	base = new_base();
	event_base_priority_init(base, 4);
	open_pair(fd);
	memset(roles, 0, sizeof(roles));
	for (i = 0; i < EVENTS; i++)
		assign_one(i);
	for (i = 0; i < STEPS && callbacks < CALLBACKS_MAX; i++) {
		if (pick(3) == 0)
			run_loop();
		else
			call_one();
	}
	for (i = 0; i < EVENTS; i++)
		see("at the end", i, pending(i));
	event_base_free(base);
	close_pair(fd);
	trace("seed %u: %d callbacks, %016llx", seed, callbacks, hash);
}

int
main(void)
{
	const char *only = getenv("DIFF_SEED");
	unsigned seed;

	event_set_log_callback(on_log);
	signal(SIGUSR1, SIG_IGN);
	signal(SIGUSR2, SIG_IGN);
	verbose = only != NULL;
	if (only) {
		run_seed((unsigned)atoi(only));
		return 0;
	}
	for (seed = 1; seed <= SEEDS; seed++)
		run_seed(seed);
	return 0;
}
