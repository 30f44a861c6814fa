/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * signalfd.h - signals as something to read, where the system has it.
 *
 * A signal that is added is blocked in the calling thread (and in the threads
 * and programs it starts), and unblocked again when removed unless it was
 * blocked before.
 */
#ifndef EVI_EVENT_BACKEND_SIGNALFD_H
#define EVI_EVENT_BACKEND_SIGNALFD_H

#include <signal.h>

struct evi_backend_signalfd {
	int fd; /* -1: closed */
	sigset_t watched;
	sigset_t blocked; /* by us */
};

/* Is there such a thing on this system? */
int evi_backend_signalfd_is_there(void);

/* A descriptor for what is watched already.  0 or -errno. */
int evi_backend_signalfd_open(struct evi_backend_signalfd *self);

/* After fork: a descriptor of our own.  evi_backend_signalfd_open follows. */
void evi_backend_signalfd_reopen(struct evi_backend_signalfd *self);

int evi_backend_signalfd_add(struct evi_backend_signalfd *self, int signum);
void evi_backend_signalfd_remove(struct evi_backend_signalfd *self, int signum);

/* Read what there is, SHRT_MAX of a signal at most; adds to counts[signal]. */
void evi_backend_signalfd_read(struct evi_backend_signalfd *self,
    unsigned *counts);

void evi_backend_signalfd_close(struct evi_backend_signalfd *self);

#endif
