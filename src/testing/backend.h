/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * backend.h - a backend that reports what a test wrote down, on a fake clock.
 *
 * A wait moves the fake clock to the next report or to the end of its
 * timeout, whichever comes first, and returns at once.  A wait that would
 * never end fails the test.  One script for the process, one base on it.
 */
#ifndef EVI_TESTING_BACKEND_H
#define EVI_TESTING_BACKEND_H

#include <stdint.h>

struct event_base;

/* When a test begins; far from 0, which means "no time" in the loop. */
#define EVI_TESTING_START (INT64_C(1000) * 1000000000)

/* A call of set. */
struct evi_testing_set {
	int fd;
	int was;
	int now;
};

struct evi_testing_script {
	/* What the backend was asked. */
	int waits;
	int64_t timeout_ns; /* of the last wait; -1: none */
	int sets_made;      /* more than the array holds, maybe */
	struct evi_testing_set sets[64];

	/* What it shall do. */
	int64_t oversleep_ns;      /* wake that much too late */
	int wait_error;            /* -errno of the next wait */
	int set_error;             /* -errno of the next set */
	void (*during_wait)(void); /* called in each wait */
};

extern struct evi_testing_script evi_testing_script;

/* A base on the scripted backend, at EVI_TESTING_START; NULL on failure. */
struct event_base *evi_testing_base(void);

/* At `at_ns` of the fake clock, report once that `fd` is ready. */
void evi_testing_report(int64_t at_ns, int fd, int what);

#endif
