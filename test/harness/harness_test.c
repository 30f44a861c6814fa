/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * harness_test.c - what the checks let pass.  That they fail what they must
 * is proven by harness_selftest, which runs broken tests on purpose.
 */
#include <string.h>

#include "test.h"

/* Every comparison accepts what is true. */
TEST(true_checks_pass)
{
	char a[] = "abc", b[] = "abc";
	long long big = 1LL << 40;

	CHECK(a[0] == 'a');
	CHECK_EQ(big, 1LL << 40);
	CHECK_NE(big, 0);
	CHECK_LT(-1, 0);
	CHECK_LE(0, 0);
	CHECK_GT(1, 0);
	CHECK_GE(0, 0);
	CHECK_STR(a, b);
	CHECK_STR(NULL, NULL);
	CHECK_MEM(a, b, sizeof(a));
	CHECK_PTR(a, &a[0]);
	CHECK_NULL(NULL);
	CHECK_NOTNULL(a);
}

/* The log starts empty and taking it leaves it empty. */
TEST(log_is_empty_at_first)
{
	CHECK_STR(test_log_take(), "");
}
