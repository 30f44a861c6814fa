/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * buffer_fuzz.h - the two ways to run buffer_fuzz.c.
 */
#ifndef TEST_FUZZ_BUFFER_FUZZ_H
#define TEST_FUZZ_BUFFER_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Steps from the input of a fuzzer. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* `steps` steps from a seed; returns how many references were made. */
long buffer_fuzz_run(uint64_t seed, unsigned long steps);

#endif
