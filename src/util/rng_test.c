/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rng_test.c - random bytes: never twice, not in a child either.
 */
#include "util/util.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

#define VALUE_COUNT 20000

static int
compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(uint64_t));
}

/* Are there two of the same? */
static int
has_twins(uint64_t *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare);
	for (size_t i = 1; i < count; i++) {
		if (values[i] == values[i - 1])
			return 1;
	}
	return 0;
}

/* Through many fills of the pool no value comes twice. */
TEST(no_value_comes_twice)
{
	static uint64_t values[VALUE_COUNT];

	for (int i = 0; i < VALUE_COUNT; i++)
		evutil_secure_rng_get_bytes(&values[i], sizeof(values[i]));
	CHECK(!has_twins(values, VALUE_COUNT));
	evi_util_rng_global_shutdown();
}

/* Any length is filled, in the pool and above it, and not a byte more. */
TEST(any_length_is_filled)
{
	static const size_t lengths[] = { 1, 2, 511, 512, 513, 5000 };

	for (size_t i = 0; i < EVI_COUNT_OF(lengths); i++) {
		unsigned char bytes[5001] = { 0 };
		size_t len = lengths[i];
		int last_was_set = 0;

		for (int k = 0; k < 64; k++) {
			evutil_secure_rng_get_bytes(bytes, len);
			last_was_set |= bytes[len - 1];
			CHECK_EQ(bytes[len], 0);
		}
		CHECK(last_was_set);
	}
	evi_util_rng_global_shutdown();
}

/* Parent and child go on with different bytes. */
TEST(a_child_has_bytes_of_its_own)
{
	unsigned char ours[400], theirs[400];
	int fds[2];
	int status;

	evutil_secure_rng_get_bytes(ours, 1); /* 511 are left */
	CHECK_EQ(pipe(fds), 0);
	pid_t pid = fork();

	if (pid == 0) {
		evutil_secure_rng_get_bytes(theirs, sizeof(theirs));
		_exit(write(fds[1], theirs, sizeof(theirs)) !=
		    (ssize_t)sizeof(theirs));
	}
	evutil_secure_rng_get_bytes(ours, sizeof(ours));
	CHECK_EQ(read(fds[0], theirs, sizeof(theirs)), sizeof(theirs));
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, 0);
	close(fds[0]);
	close(fds[1]);
	for (int i = 0; i < 400; i += 8)
		CHECK(memcmp(ours + i, theirs + i, 8) != 0);
	evi_util_rng_global_shutdown();
}

static void *
collect(void *arg)
{
	uint64_t *values = arg;

	for (int i = 0; i < VALUE_COUNT / 4; i++)
		evutil_secure_rng_get_bytes(&values[i], sizeof(values[i]));
	return NULL;
}

/* Threads that ask at once get different bytes. */
TEST(threads_share_without_twins)
{
	static uint64_t values[VALUE_COUNT];
	pthread_t threads[4];

	for (int i = 0; i < 4; i++) {
		CHECK_EQ(pthread_create(&threads[i], NULL, collect,
			     values + i * (VALUE_COUNT / 4)),
		    0);
	}
	for (int i = 0; i < 4; i++)
		CHECK_EQ(pthread_join(threads[i], NULL), 0);
	CHECK(!has_twins(values, VALUE_COUNT));
	evi_util_rng_global_shutdown();
}

/* Numbers are below the limit, and all of them come about equally often. */
TEST(numbers_below_a_limit)
{
	int counts[7] = { 0 };
	double chi = 0;

	for (int i = 0; i < 70000; i++) {
		uint32_t value = evi_util_rng_below(7);

		CHECK_LT(value, 7);
		counts[value]++;
	}
	for (int i = 0; i < 7; i++)
		chi += (counts[i] - 1e4) * (counts[i] - 1e4) / 1e4;
	CHECK(chi < 50); /* beyond it once in 10^8 runs */
	CHECK_EQ(evi_util_rng_below(1), 0);
	CHECK_LT(evi_util_rng_below(UINT32_MAX), UINT32_MAX);
	evi_util_rng_global_shutdown();
}

/* After a shutdown there are bytes again. */
TEST(shutdown_is_not_the_end)
{
	uint64_t a = 0, b = 0;

	evi_util_rng_global_shutdown();
	evutil_secure_rng_get_bytes(&a, sizeof(a));
	evi_util_rng_global_shutdown();
	evutil_secure_rng_get_bytes(&b, sizeof(b));
	CHECK(a != b);
	evi_util_rng_global_shutdown();
}
