/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * timer/raw.c - many pending timers: a plain timing wheel.
 *
 * Three wheels of 256 slots turn at 1 ms, 256 ms and 65 s a slot.  A timer
 * sits in the slot of its deadline; when a slot of a slower wheel comes up
 * its timers move to the faster ones.  This is the least that a correct
 * timer service does, to the millisecond and without order inside one.
 */
#include "common/bench.h"
#include "timer/timer.h"

#include <time.h>

#define SLOTS 256
#define WHEELS 3

struct node {
	struct node *next;
	struct node **prev; /* what points here; NULL if not pending */
	uint64_t due;
};

static struct node *wheels[WHEELS][SLOTS];
static struct node *nodes;
struct call {
	struct node *node;
	uint64_t span;
};

static struct call *calls;
static uint64_t now;

static uint64_t
clock_ms(void)
{
	struct timespec spec;

	clock_gettime(CLOCK_MONOTONIC, &spec);
	return (uint64_t)spec.tv_sec * 1000 + (uint64_t)spec.tv_nsec / 1000000;
}

static void
unlink_node(struct node *node)
{
	if (!node->prev)
		return;
	*node->prev = node->next;
	if (node->next)
		node->next->prev = node->prev;
	node->prev = NULL;
}

static void
place(struct node *node)
{
	uint64_t ahead = node->due - now;
	int wheel = ahead < SLOTS ? 0 : ahead < SLOTS * SLOTS ? 1 : 2;
	struct node **slot = &wheels[wheel][(node->due >> (8 * wheel)) % SLOTS];

	node->next = *slot;
	node->prev = slot;
	if (node->next)
		node->next->prev = &node->next;
	*slot = node;
}

static void
prepare(long turn, long i, long ms)
{
	calls[turn].node = &nodes[i];
	calls[turn].span = (uint64_t)ms;
}

static void
add(void *arg)
{
	long count = timer_count();

	(void)arg;
	for (long i = 0; i < count; i++) {
		struct node *node = calls[i].node;

		unlink_node(node);
		node->due = now + calls[i].span;
		place(node);
	}
}

static void
cancel(void *arg)
{
	long count = timer_count();

	(void)arg;
	for (long i = 0; i < count; i++)
		unlink_node(calls[i].node);
}

static bool
is_pending(long i)
{
	return nodes[i].prev != NULL;
}

/* Take the timers of a slower wheel's slot to where they now belong. */
static void
cascade(int wheel)
{
	struct node **slot = &wheels[wheel][(now >> (8 * wheel)) % SLOTS];

	while (*slot) {
		struct node *node = *slot;

		unlink_node(node);
		place(node);
	}
}

static void
turn(void *arg)
{
	uint64_t until = clock_ms();

	(void)arg;
	while (now < until) {
		now++;
		if (now % (SLOTS * SLOTS) == 0)
			cascade(2);
		if (now % SLOTS == 0)
			cascade(1);
		for (struct node **slot = &wheels[0][now % SLOTS]; *slot;) {
			struct node *node = *slot;

			unlink_node(node);
			timer_fired((void *)(node - nodes));
		}
	}
}

static void
enter(void)
{
	now = clock_ms();
	timer_stage();
}

int
main(int argc, char **argv)
{
	static const struct timer_calls how = { prepare, add, cancel, turn,
		is_pending, enter };

	(void)argc;
	timer_init(argv);
	nodes = timer_alloc(sizeof(nodes[0]));
	calls = timer_alloc(sizeof(calls[0]));
	timer_run(&how);
	return 0;
}
