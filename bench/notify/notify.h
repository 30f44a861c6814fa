/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * notify.h - waking a loop, and asking it for one callback.
 *
 * `--what pingpong`: two loops in two threads, on one processor.  Each
 * one's callback wakes the other.  One operation is one wake-up: a sleeping
 * loop is told, wakes and calls back.
 *
 * `--what once`: a thread asks the loop of another, as fast as it can, for
 * one-time callbacks.  One operation is one of them, asked for and called.
 */
#ifndef BENCH_NOTIFY_H
#define BENCH_NOTIFY_H

struct notify_calls {
	void (*kick)(int side); /* thread-safe: wake loop 0 or 1 */
	void (*loop)(int side); /* run it until its callback stops it */
	void (*once)(void);     /* thread-safe: one callback by loop 0 */
};

/*
 * A callback has come.  Returns how many are still to come; the callback
 * stops its loop unless this is positive.  In pingpong it also kicks the
 * other loop unless this is negative.
 */
long notify_hit(void);

/* Read the options, run, report. */
void notify_run(char **argv, const struct notify_calls *calls);

#endif
