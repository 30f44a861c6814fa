/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * env.h - the environment, for programs that may trust it.
 */
#ifndef EVI_OS_ENV_H
#define EVI_OS_ENV_H

#include "base/base.h"

/*
 * getenv(), but NULL in a program that runs with more rights than its user
 * (set-user-id, set-group-id, file capabilities).  Costs no system call.
 */
const char *evi_os_env_get(const char *name);

/* This process; changes in a child of fork().  One system call. */
int evi_os_env_pid(void);

/* Does the program run with more rights than its user? */
int evi_os_env_is_privileged(void);

#endif
