/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * err.h - the error convention.
 *
 * Inside the library a call that can fail for more than one reason returns
 * int: 0 or more is success, less is the negated errno.  Public functions
 * turn that round in one place: evi_err_public().
 */
#ifndef EVI_BASE_ERR_H
#define EVI_BASE_ERR_H

#include "base/base.h"

/* For a public function's return: r itself if r >= 0, else errno = -r, -1. */
EVI_CROSS int evi_err_public(int r);

/* Is `r` (negated errno) the answer "nothing now, ask again later"? */
int evi_err_is_again(int r);

/* Is `r` (negated errno) what connect() says while it goes on? */
int evi_err_is_connecting(int r);

#endif
