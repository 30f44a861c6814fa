/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * harness_test.c - what the checks let pass.  That they fail what they must
 * is proven by harness_selftest, which runs broken tests on purpose.
 */
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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

/* Calls into memory of known size are counted, checked by the C library too. */
TEST(calls_are_counted_where_sizes_are_known)
{
	static const char *const names[] = { "poll", "ppoll", "read", "recv" };
	static struct pollfd pollfds[2];
	unsigned long before[4];
	volatile size_t two = 2;
	char bytes[2];
	int fds[2];

	for (int i = 0; i < 4; i++)
		before[i] = test_calls_made(names[i]);
	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	pollfds[0] = pollfds[1] = (struct pollfd){ fds[0], POLLIN, 0 };
	CHECK_EQ(write(fds[1], "four", 4), 4);
	CHECK_EQ(poll(pollfds, two, 0), 2);
	CHECK_EQ(ppoll(pollfds, two, NULL, NULL), 2);
	CHECK_EQ(read(fds[0], bytes, two), 2);
	CHECK_MEM(bytes, "fo", 2);
	CHECK_EQ(recv(fds[0], bytes, two, 0), 2);
	CHECK_MEM(bytes, "ur", 2);
	for (int i = 0; i < 4; i++)
		CHECK_EQ(test_calls_made(names[i]), before[i] + 1);
	close(fds[0]);
	close(fds[1]);
}
