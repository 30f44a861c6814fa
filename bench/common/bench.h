/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bench.h - what every benchmark program shares.
 *
 * A program measures one case with one library.  It reads its options,
 * sets the scene, runs the operations inside bench_measure() and ends with
 * bench_report().  Setting the scene is outside the measurement.
 *
 * The options are `--name value` pairs in any order.  The result is one
 * line of `name=value` words on standard output.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

/* The value of `--name value`, or `otherwise` if it was not given. */
long bench_long(char **argv, const char *name, long otherwise);
const char *bench_word(char **argv, const char *name, const char *otherwise);

/*
 * Run work(arg) and add the CPU time of the whole process (all threads,
 * user and system) to the total.  Callgrind is told to count inside this
 * function alone, so it must stay a real call.
 */
void bench_measure(void (*work)(void *), void *arg);

/*
 * Print the result: operations, CPU time, the check value, which must be
 * the same for every library that ran the same options, and the library's
 * file that was loaded.
 */
void bench_report(long ops, uint64_t check);

/* The same for a case that counts bytes rather than time. */
void bench_report_bytes(long count, uint64_t bytes);

/* Bytes the program has from malloc at this moment, heads included. */
uint64_t bench_heap(void);

/* Stop the program with a message if `ok` is false. */
void bench_need(int ok, const char *what);

/* The next of a repeatable row of numbers, from 0 to limit - 1. */
uint32_t bench_random(uint32_t limit);

/* Connected stream sockets, both ends non-blocking. */
void bench_socketpair(int ret_pair[2]);

/* Let the program open as many descriptors as the system allows. */
void bench_raise_fd_limit(void);

/*
 * Connect up to `count` pairs, as many as the system allows; returns how
 * many.  The near ends are the descriptors that follow one another, as they
 * would in a server whose peers are elsewhere.  The arrays are malloc's.
 */
long bench_many_pairs(long count, int **ret_near, int **ret_far);

/* Keep the whole process on one processor. */
void bench_pin(void);

/* Sleep until at least `ms` have gone by; costs no CPU time. */
void bench_sleep_ms(long ms);

/* Listen on a free port of 127.0.0.1; non-blocking. */
int bench_listen(int *ret_port);

/*
 * Start the load program that sits beside this one: `connections` clients
 * of the server at `port`, `messages` each of `size` bytes, in `mode`
 * ("echo" or "rot13").
 */
void bench_load_start(const char *mode, int port, long connections,
    long messages, long size);

/* Wait for the load program; it fails if an answer was wrong. */
void bench_load_wait(void);

#endif
