/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rng_test.c - secure random bytes.
 */
#include <string.h>

#include <event2/util.h>

#include "test.h"

/* Each of the 256 bytes comes about as often: chi-square over a megabyte. */
TEST(all_bytes_are_as_likely)
{
	static unsigned char bytes[1 << 20];
	unsigned counts[256] = { 0 };
	double expected = sizeof(bytes) / 256.0;
	double chi = 0;

	CHECK_EQ(evutil_secure_rng_init(), 0);
	for (size_t at = 0; at < sizeof(bytes); at += 64)
		evutil_secure_rng_get_bytes(bytes + at, 64);
	for (size_t i = 0; i < sizeof(bytes); i++)
		counts[bytes[i]]++;
	for (int i = 0; i < 256; i++) {
		double off = counts[i] - expected;

		chi += off * off / expected;
	}
	CHECK(chi > 150 && chi < 400); /* beyond it once in 10^6 runs */
}

/* Nothing asked for, nothing written. */
TEST(zero_bytes_are_none)
{
	unsigned char byte = 0x5a;

	evutil_secure_rng_get_bytes(&byte, 0);
	CHECK_EQ(byte, 0x5a);
}

/* Stirring is allowed and has no effect; there is no file to choose. */
TEST(old_calls_are_there)
{
	char path[] = "/dev/urandom";
	unsigned char a[16], b[16];

	evutil_secure_rng_add_bytes("abc", 3);
	evutil_secure_rng_get_bytes(a, sizeof(a));
	evutil_secure_rng_add_bytes("abc", 3);
	evutil_secure_rng_get_bytes(b, sizeof(b));
	CHECK(memcmp(a, b, sizeof(a)) != 0);
	CHECK_EQ(evutil_secure_rng_set_urandom_device_file(path), -1);
}
