/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * buffer_random.h - what buffer_fuzz.c draws: numbers, lengths, bytes.
 *
 * Part of that file, which has one source for all of them.
 */
#ifndef BUFFER_RANDOM_H
#define BUFFER_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Where random numbers come from: a generator or the input of a fuzzer. */
struct source {
	uint64_t state;
	const uint8_t *data; /* NULL: the generator */
	size_t left;
};

static struct source source;

static uint32_t
any(void)
{
	if (source.data) {
		uint32_t value = 0; /* and zeros when the input is used up */

		for (int i = 0; i < 2 && source.left; i++, source.left--)
			value = value << 8 | *source.data++;
		return value;
	}
	source.state ^= source.state << 13;
	source.state ^= source.state >> 7;
	source.state ^= source.state << 17;
	return (uint32_t)(source.state >> 32);
}

/* 0 to count - 1. */
static uint32_t
below(uint32_t count)
{
	return any() % count;
}

/* A length: mostly small, sometimes long, now and then around a block. */
static size_t
some_length(void)
{
	static const size_t edges[] = { 0, 1, 127, 128, 129, 463, 464, 465, 511,
		512, 976, 2048, 4096, 4097, 16384, 20000 };

	switch (below(8)) {
	case 0:
		return edges[below(16)];
	case 1:
		return below(6000);
	case 2:
		return below(600);
	default:
		return below(70);
	}
}

/* `len` random bytes, rich in ends of lines. */
static void
fill(unsigned char *data, size_t len)
{
	uint32_t value = any();

	for (size_t i = 0; i < len; i++) {
		value = value * 1664525u + 1013904223u;
		unsigned pick = value >> 24;

		data[i] = pick < 20 ? '\n'
		    : pick < 40     ? '\r'
		    : pick < 50     ? '\0'
				    : (unsigned char)('a' + pick % 4);
	}
}

#endif
