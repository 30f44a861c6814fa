/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * epoll_random.c - random histories of descriptors: opened, watched, fed,
 * closed before or after event_del, replaced by dup2, number used again,
 * with and without a new event_assign.  Each seed writes one line with a
 * hash of which events ran, and why, in each run of the loop.
 *
 * A run is PASSES iterations and only the set of callbacks counts: the order
 * between descriptors is the kernel's, and ours may take hundreds of
 * iterations that find other work to notice another file behind the same
 * number.
 *
 * DIFF_SEED=n runs that seed alone and writes every step.
 */
/* backends: epoll poll select changelist */
#include "trace.h"

#define SEEDS 80
#define STEPS 120
#define SLOTS 4
#define PASSES 600
#define RAN_MAX (SLOTS * 2 * 256)

/* A pair of sockets and two events on its first end. */
struct slot {
	evutil_socket_t fd[2]; /* -1: closed */
	struct event ev[2];
	int is_assigned[2]; /* to the number in fd[0] */
};

static struct slot slots[SLOTS];
static struct event_base *base;
static unsigned long long random_state, hash;
static int ran[RAN_MAX], verbose;

static unsigned
pick(unsigned count)
{
	random_state = random_state * 6364136223846793005ULL +
	    1442695040888963407ULL;
	return (unsigned)(random_state >> 33) % count;
}

static void
see(const char *what, int value)
{
	const char *c;

	for (c = what; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 1099511628211ULL;
	hash = (hash ^ (unsigned)value) * 1099511628211ULL;
	if (verbose)
		trace("%s %d", what, value);
}

static void
on_ready(evutil_socket_t fd, short what, void *arg)
{
	int i;

	(void)fd;
	for (i = 0; i < SLOTS * 2; i++)
		if (arg == &slots[i / 2].ev[i % 2])
			ran[i * 256 + (what & 255)] = 1;
}

static void
run_loop(void)
{
	int i;

	memset(ran, 0, sizeof(ran));
	for (i = 0; i < PASSES; i++)
		must(event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK) >= 0,
		    "loop");
	see("loop", 0);
	for (i = 0; i < RAN_MAX; i++)
		if (ran[i])
			see("  ran", i);
}

static void
open_slot(struct slot *slot)
{
	if (slot->fd[0] != -1)
		return;
	open_pair(slot->fd);
	slot->is_assigned[0] = slot->is_assigned[1] = 0;
	see("open", (int)(slot - slots));
}

static void
del_events(struct slot *slot)
{
	int i;

	for (i = 0; i < 2; i++)
		if (event_initialized(&slot->ev[i]))
			event_del(&slot->ev[i]);
}

static void
close_slot(struct slot *slot)
{
	int is_late = (int)pick(2);

	if (slot->fd[0] == -1)
		return;
	see(is_late ? "close, del" : "del, close", (int)(slot - slots));
	if (!is_late)
		del_events(slot);
	close_pair(slot->fd);
	if (is_late)
		del_events(slot);
	slot->fd[0] = slot->fd[1] = -1;
}

/* The same number, another pair; the events stay assigned to the number. */
static void
replace_slot(struct slot *slot)
{
	evutil_socket_t fresh[2];
	int is_late = (int)pick(2);

	if (slot->fd[0] == -1)
		return;
	see(is_late ? "replace, del" : "del, replace", (int)(slot - slots));
	if (!is_late)
		del_events(slot);
	open_pair(fresh);
	must(dup2(fresh[0], slot->fd[0]) == slot->fd[0], "dup2");
	must(dup2(fresh[1], slot->fd[1]) == slot->fd[1], "dup2");
	close_pair(fresh);
	if (is_late)
		del_events(slot);
}

static void
add_event(struct slot *slot, int i)
{
	static const short kinds[] = {
		EV_READ,
		EV_READ | EV_PERSIST,
		EV_WRITE,
		EV_READ | EV_WRITE | EV_PERSIST,
	};

	if (slot->fd[0] == -1)
		return;
	if (!slot->is_assigned[i] || pick(4) == 0) {
		if (event_initialized(&slot->ev[i]))
			event_del(&slot->ev[i]);
		event_assign(&slot->ev[i], base, slot->fd[0], kinds[pick(4)],
		    on_ready, &slot->ev[i]);
		slot->is_assigned[i] = 1;
	}
	see("event", (int)(slot - slots) * 2 + i);
	see("  add", event_add(&slot->ev[i], NULL));
}

static void
feed(struct slot *slot)
{
	if (slot->fd[1] != -1)
		see("put", (int)write(slot->fd[1], "x", 1));
}

static void
step(void)
{
	struct slot *slot = &slots[pick(SLOTS)];
	int i = (int)pick(2);

	switch (pick(12)) {
	case 0:
	case 1:
		open_slot(slot);
		break;
	case 2:
		close_slot(slot);
		break;
	case 3:
		replace_slot(slot);
		break;
	case 4:
	case 5:
	case 6:
		add_event(slot, i);
		break;
	case 7:
		if (!slot->is_assigned[i])
			break;
		see("event", (int)(slot - slots) * 2 + i);
		see("  del", event_del(&slot->ev[i]));
		break;
	case 8:
		feed(slot);
		break;
	case 9:
		if (slot->fd[0] != -1)
			drain(slot->fd[0]);
		break;
	default:
		run_loop();
	}
}

/* What is logged about closed descriptors is epoll_closed_fd.c's matter. */
static void
on_log_nothing(int severity, const char *text)
{
	(void)severity;
	(void)text;
}

static void
run_seed(unsigned seed)
{
	int i;

	random_state = seed * 2654435761ULL + 1;
	hash = 14695981039346656037ULL;
	base = new_base();
	memset(slots, 0, sizeof(slots));
	for (i = 0; i < SLOTS; i++)
		slots[i].fd[0] = slots[i].fd[1] = -1;
	for (i = 0; i < STEPS; i++)
		step();
	for (i = 0; i < SLOTS; i++)
		close_slot(&slots[i]);
	event_base_free(base);
	trace("seed %u: %016llx", seed, hash);
}

int
main(void)
{
	const char *only = getenv("DIFF_SEED");
	unsigned seed;

	event_set_log_callback(on_log_nothing);
	verbose = only != NULL;
	if (only) {
		run_seed((unsigned)atoi(only));
		return 0;
	}
	for (seed = 1; seed <= SEEDS; seed++)
		run_seed(seed);
	return 0;
}
