/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rot13.h - a server of one line a connection.
 *
 * Each of `--ops` connections sends a line of `--size` bytes; the server
 * answers with the line in rot13; the client hangs up and the server closes.
 * `--n` connections are under way at a time.  The clients are another
 * process.  One operation is one connection.
 */
#ifndef BENCH_ROT13_H
#define BENCH_ROT13_H

#include <stdbool.h>
#include <stddef.h>

/* Read the options; returns a listening socket. */
int rot13_init(char **argv);

void rot13_turn(char *line, size_t len);

/* A connection was closed; true if the stage is over. */
bool rot13_closed(void);

/* Start the clients, warm up, measure, report; `run` runs one stage. */
void rot13_run(void (*run)(void *));

#endif
