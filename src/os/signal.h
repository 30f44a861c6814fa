/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * signal.h - signal handlers, put in place and taken back.
 */
#ifndef EVI_OS_SIGNAL_H
#define EVI_OS_SIGNAL_H

#include <signal.h>

/* Signals are 1 .. EVI_OS_SIGNAL_COUNT - 1. */
#ifdef NSIG
#define EVI_OS_SIGNAL_COUNT NSIG
#else
#define EVI_OS_SIGNAL_COUNT 65
#endif

/* What was there before, as sigaction() tells it. */
struct evi_os_signal_saved {
	struct sigaction action;
};

/*
 * Install `handler` with SA_RESTART and every signal blocked while it runs;
 * the old action goes to *ret_saved.  Returns 0 or -errno.
 */
int evi_os_signal_install(int signum, void (*handler)(int),
    struct evi_os_signal_saved *ret_saved);

/* Put the old action back.  Returns 0 or -errno. */
int evi_os_signal_restore(int signum, const struct evi_os_signal_saved *saved);

#endif
