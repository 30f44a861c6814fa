/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * churn.h - interest in a socket that comes and goes.
 *
 * `--what` is:
 *
 *   pairs    a callback adds and deletes a read event for each of 100
 *            otherwise unwatched sockets; one operation is one call
 *   toggle   16 sockets are always readable; the callback of each adds and
 *            deletes a write event beside the read event; one operation is
 *            one such callback
 *
 * Every callback returns to the loop, so what a library puts off to the
 * end of the pass is measured too.
 */
#ifndef BENCH_CHURN_H
#define BENCH_CHURN_H

#include <stdbool.h>

#define CHURN_PAIRS 100
#define CHURN_TOGGLES 16

/* Read the options and open the sockets. */
void churn_init(char **argv);
bool churn_is_toggle(void);

/* The sockets: the first `churn_hot_count` of them are always readable. */
int churn_hot_count(void);
int churn_hot_fd(int i);
int churn_cold_fd(int i);

/* `count` operations were done; true when it is time to stop. */
bool churn_done(long count);

/* Warm up, measure and report; `run` loops until churn_done() says so. */
void churn_run(void (*run)(void *));

#endif
