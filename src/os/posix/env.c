/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * env.c - getenv() for programs that may trust their user.
 *
 * The kernel says in the auxiliary vector whether the program got rights its
 * user does not have, which covers file capabilities too; comparing user ids
 * would not, and would cost system calls.
 */
#include "os/env.h"

#include <stdlib.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/auxv.h>

int
evi_os_env_is_privileged(void)
{
	return getauxval(AT_SECURE) != 0;
}
#else

int
evi_os_env_is_privileged(void)
{
	return issetugid() != 0;
}
#endif

const char *
evi_os_env_get(const char *name)
{
	return evi_os_env_is_privileged() ? NULL : getenv(name);
}

int
evi_os_env_pid(void)
{
	return (int)getpid();
}
