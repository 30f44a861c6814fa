/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * wake.h - a descriptor that one thread makes readable to wake another.
 *
 * eventfd where there is one, else a pipe or socket pair, non-blocking and
 * close-on-exec.
 */
#ifndef EVI_OS_WAKE_H
#define EVI_OS_WAKE_H

struct evi_os_wake {
	int fd_read;  /* watch this one; -1 when closed */
	int fd_write; /* the same as fd_read for an eventfd */
};

/* Returns 0 or -errno (both descriptors -1). */
int evi_os_wake_open(struct evi_os_wake *wake);

/* Close both; an already closed one is fine. */
void evi_os_wake_close(struct evi_os_wake *wake);

/* Make it readable.  One system call; safe in a signal handler. */
void evi_os_wake_signal(const struct evi_os_wake *wake);

/* Make it unreadable again.  Not needed when watched edge-triggered. */
void evi_os_wake_drain(const struct evi_os_wake *wake);

#endif
