/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * echo.h - the stages of an echo server's life under load.
 *
 * The clients are another process.  `--n` connections, `--size` bytes a
 * message, `--ops` messages in all are measured, after a warm-up of some a
 * connection.  A server counts what it has read by echo_moved() and tells
 * of each connection that is closed by echo_closed(); when one of them
 * returns true it stops its loop, and is run again for the next stage.
 */
#ifndef BENCH_ECHO_H
#define BENCH_ECHO_H

#include <stdbool.h>
#include <stddef.h>

/* Read the options; returns a listening socket. */
int echo_init(char **argv);

bool echo_moved(size_t bytes);
bool echo_closed(void);

/* Start the clients, warm up, measure, let the clients leave, report. */
void echo_run(void (*run)(void *));

#endif
