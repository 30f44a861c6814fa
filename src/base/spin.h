/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * spin.h - a lock for a few instructions, before there are threads or locks.
 *
 * Static objects need no set-up: ATOMIC_FLAG_INIT.  Not for signal handlers,
 * and nothing that may sleep for long belongs under one.
 */
#ifndef EVI_BASE_SPIN_H
#define EVI_BASE_SPIN_H

#include <stdatomic.h>

static inline void
evi_spin_acquire(atomic_flag *spin)
{
	while (atomic_flag_test_and_set_explicit(spin, memory_order_acquire))
		;
}

static inline void
evi_spin_release(atomic_flag *spin)
{
	atomic_flag_clear_explicit(spin, memory_order_release);
}

#endif
