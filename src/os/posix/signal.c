/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * signal.c - sigaction() there and back.
 *
 * No state, no locks; the caller keeps what was saved.
 */
#include "os/signal.h"

#include <errno.h>
#include <string.h>

int
evi_os_signal_install(int signum, void (*handler)(int),
    struct evi_os_signal_saved *ret_saved)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = handler;
	action.sa_flags = SA_RESTART;
	sigfillset(&action.sa_mask);
	return sigaction(signum, &action, &ret_saved->action) < 0 ? -errno : 0;
}

int
evi_os_signal_restore(int signum, const struct evi_os_signal_saved *saved)
{
	return sigaction(signum, &saved->action, NULL) < 0 ? -errno : 0;
}
