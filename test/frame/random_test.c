/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * random_test.c - the fuzzer of the length codec, fed from a generator.
 *
 * Noise alone is refused at once, so most bytes are small numbers.
 */
#include "test.h"

#define FUZZ_MUST CHECK

#include "../fuzz/frame_length_fuzz.c"

static unsigned state = 1;

static unsigned
any(void)
{
	state = state * 1664525u + 1013904223u;
	return state >> 16;
}

/* Random streams, each through a random header, in random pieces. */
TEST(random_streams)
{
	uint8_t input[1000];

	for (int round = 0; round < 40; round++) {
		size_t size = 4 + any() % (sizeof(input) - 4);

		for (size_t i = 0; i < size; i++) {
			unsigned kind = any() % 16;

			input[i] = (uint8_t)(kind < 12 ? 0
				: kind < 15            ? any() % 20
						       : any());
		}
		input[0] = (uint8_t)any();
		input[1] = (uint8_t)any();
		input[2] = (uint8_t)any();
		CHECK_EQ(LLVMFuzzerTestOneInput(input, size), 0);
	}
}
