/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * timer.h - what is done with many timers, whoever keeps them.
 *
 * `--n` timers, deadlines spread pseudo-randomly.  `--what` is:
 *
 *   add      none are pending; each is added, 10 to 70 s ahead
 *   refresh  all are pending; one drawn at random starts its own time anew,
 *            10 ms later than in the round before
 *   move     all are pending; one drawn at random gets another time, 10 to
 *            70 s ahead, earlier or later than what it had
 *   delete   all are pending; each is deleted
 *   common   all are pending; one drawn at random is set again to 30 s
 *   fire     all have come due, over `n` microseconds or 10 ms if that is
 *            longer; they are fired
 *
 * All but fire happen inside a callback of the loop, as they do in a
 * server.  Rounds over all timers are repeated until `--ops` are done; what
 * restores the scene between rounds is not measured.
 */
#ifndef BENCH_TIMER_H
#define BENCH_TIMER_H

#include <stdbool.h>
#include <stddef.h>

#define TIMER_COMMON_MS 30000

/* All but prepare and is_pending are measured; `arg` is not used. */
struct timer_calls {
	/* The turn-th call concerns timer i, and sets it to now + ms. */
	void (*prepare)(long turn, long i, long ms);
	void (*add)(void *arg);    /* all, as prepared: also a refresh */
	void (*cancel)(void *arg); /* all, as prepared */
	void (*turn)(void *arg);   /* one pass of the loop, no waiting */
	bool (*is_pending)(long i);
	void (*enter)(void); /* timer_stage() in a callback */
};

void timer_init(char **argv);
void *timer_alloc(size_t size);
long timer_count(void);
bool timer_is_common(void);

/* The timer with this index has fired. */
void timer_fired(void *index);

/* The part that belongs into a callback. */
void timer_stage(void);

/* Run the rounds and report. */
void timer_run(const struct timer_calls *calls);

#endif
