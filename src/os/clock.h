/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * clock.h - what time it is, and letting it pass.
 */
#ifndef EVI_OS_CLOCK_H
#define EVI_OS_CLOCK_H

#include <stdint.h>

#include "base/base.h"

/* Nanoseconds of the monotonic clock, full precision.  Cannot fail. */
EVI_CROSS int64_t evi_os_clock_monotonic(void);

/* The same clock, cheaper and up to a few milliseconds behind. */
int64_t evi_os_clock_coarse(void);

/* Nanoseconds since 1970 of the wall clock, which may jump. */
int64_t evi_os_clock_wall(void);

/* Sleep so long, at least 0; a signal handled meanwhile ends it early. */
void evi_os_clock_sleep(int64_t ns);

#endif
