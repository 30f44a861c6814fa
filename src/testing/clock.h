/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * clock.h - a clock that unit tests set by hand.
 *
 * Once set, every clock of the process shows the fake time; it stands still
 * until it is advanced.  No locks: one thread sets it.
 */
#ifndef EVI_TESTING_CLOCK_H
#define EVI_TESTING_CLOCK_H

#include <stdint.h>

/* It is `ns` now, on all clocks, until further notice. */
void evi_testing_clock_set(int64_t ns);

/* `ns` have passed; the clock has been set. */
void evi_testing_clock_advance(int64_t ns);

/* What it shows. */
int64_t evi_testing_clock_now(void);

#endif
