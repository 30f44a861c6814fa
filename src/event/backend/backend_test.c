/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * backend_test.c - the table of backends.
 */
#include "event/backend/backend.h"

#include <limits.h>

#include "test.h"

/* The names that are handed out are those of the backends, in order. */
TEST(backend_names_are_the_backends)
{
	const char **names = evi_backend_names();
	int count = 0;

	for (; evi_backend_at(count); count++)
		CHECK_STR(names[count], evi_backend_at(count)->name);
	CHECK_NULL(names[count]);
	CHECK_GE(count, 2);
}

/* A timeout is rounded up to milliseconds and cut to what int holds. */
TEST(backend_timeout_is_never_shorter)
{
	CHECK_EQ(evi_backend_timeout_ms(-1), -1);
	CHECK_EQ(evi_backend_timeout_ms(0), 0);
	CHECK_EQ(evi_backend_timeout_ms(1), 1);
	CHECK_EQ(evi_backend_timeout_ms(1000000), 1);
	CHECK_EQ(evi_backend_timeout_ms(1000001), 2);
	CHECK_EQ(evi_backend_timeout_ms(INT64_MAX), INT_MAX);
}
