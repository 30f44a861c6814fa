/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * err_test.c - the border between negated errno and errno.
 */
#include "base/err.h"

#include <errno.h>

#include "test.h"

/* Success passes through and leaves errno alone. */
TEST(success_passes_through)
{
	errno = EDOM;
	CHECK_EQ(evi_err_public(0), 0);
	CHECK_EQ(evi_err_public(17), 17);
	CHECK_EQ(errno, EDOM);
}

/* A failure becomes -1 and errno. */
TEST(failure_becomes_errno)
{
	CHECK_EQ(evi_err_public(-ENOENT), -1);
	CHECK_EQ(errno, ENOENT);
}

/* Only the answers that mean "later" are taken for it. */
TEST(again_is_recognised)
{
	CHECK(evi_err_is_again(-EAGAIN));
	CHECK(evi_err_is_again(-EWOULDBLOCK));
	CHECK(evi_err_is_again(-EINTR));
	CHECK(!evi_err_is_again(-EPIPE));
	CHECK(!evi_err_is_again(0));
	CHECK(!evi_err_is_again(EAGAIN));
}

/* Only the answers of a connect() that goes on are taken for it. */
TEST(connecting_is_recognised)
{
	CHECK(evi_err_is_connecting(-EINPROGRESS));
	CHECK(evi_err_is_connecting(-EINTR));
	CHECK(!evi_err_is_connecting(-ECONNREFUSED));
	CHECK(!evi_err_is_connecting(0));
}
