/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * err.c - negated errno inside, errno and -1 outside.
 *
 * No state, no locks.
 */
#include "base/err.h"

#include <errno.h>

int
evi_err_public(int r)
{
	if (r >= 0)
		return r;
	errno = -r;
	return -1;
}

int
evi_err_is_again(int r)
{
	return r == -EAGAIN || r == -EWOULDBLOCK || r == -EINTR;
}

int
evi_err_is_connecting(int r)
{
	return r == -EINPROGRESS || r == -EINTR;
}
