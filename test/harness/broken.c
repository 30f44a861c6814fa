/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * broken.c - tests that are wrong on purpose, one fault each.
 *
 * Run by selftest.py, which expects every one to be reported.  Not a test of
 * the library; what the library does here it does right.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/util.h>

#include "test.h"

static struct event_base *volatile kept;

/* A false condition. */
TEST(false_check)
{
	CHECK(1 == 2);
}

/* Two numbers that differ. */
TEST(false_compare)
{
	CHECK_EQ(1, 2);
}

/* Two numbers in the wrong order. */
TEST(false_order)
{
	CHECK_GT(1, 2);
}

/* Two texts that differ. */
TEST(false_str)
{
	CHECK_STR("abc", "abd");
}

/* A text that is not there. */
TEST(null_str)
{
	CHECK_STR(NULL, "abd");
}

/* Two blocks that differ in their last byte. */
TEST(false_mem)
{
	CHECK_MEM("abc", "abd", 3);
}

/* Two addresses that differ. */
TEST(false_ptr)
{
	int a = 0, b = 0;

	CHECK_PTR(&a, &b);
}

/* Something where there should be nothing. */
TEST(not_null)
{
	CHECK_NULL("");
}

/* Nothing where there should be something. */
TEST(is_null)
{
	CHECK_NOTNULL(NULL);
}

/* A block of the library that nobody frees. */
TEST(leaked_block)
{
	CHECK_NOTNULL(event_config_new());
}

/* A base that nobody frees: memory and descriptors. */
TEST(leaked_base)
{
	kept = test_base();
}

/* A descriptor that nobody closes. */
TEST(leaked_descriptor)
{
	CHECK_GE(dup(0), 0);
}

/* A descriptor closed that was open before. */
TEST(closed_descriptor)
{
	CHECK_EQ(close(0), 0);
}

/* A block freed twice. */
TEST(freed_twice)
{
	struct event_config *cfg = event_config_new();

	event_config_free(cfg);
	test_free(cfg);
}

/* A segmentation fault (the signal itself: sanitizers take the fault). */
TEST(crashed)
{
	signal(SIGSEGV, SIG_DFL);
	raise(SIGSEGV);
}

/* A body that does not come back. */
TEST_LIMIT(hung, 1)
{
	for (;;)
		pause();
}

/* A child process left behind. */
TEST(left_child)
{
	if (fork() == 0) {
		for (;;)
			pause();
	}
}

static void *
wait_for_ever(void *arg)
{
	for (;;)
		pause();
	return arg;
}

/* A thread left behind. */
TEST(left_thread)
{
	pthread_t thread;

	CHECK_EQ(pthread_create(&thread, NULL, wait_for_ever, NULL), 0);
}

/* The program ends before the test does. */
TEST(exited_early)
{
	exit(3);
}

/* A check fails after a fault: no failure, all blocks are in reach. */
TEST(fault_stops)
{
	struct event_config *cfg = event_config_new();

	CHECK_NOTNULL(cfg);
	CHECK_EQ(event_config_avoid_method(cfg, "select"), 0);
	event_config_free(cfg);
}

/*
 * Forget the only pointers to eight blocks of the library: an old address in a
 * register may by chance be that of one.
 */
__attribute__((noinline)) static void
lose_blocks(void)
{
	for (int i = 0; i < 8; i++) {
		struct event_config *volatile cfg = event_config_new();

		cfg = NULL;
		(void)cfg;
	}
}

/* Overwrite what calls have left on the stack. */
__attribute__((noinline)) static void
sweep_stack(void)
{
	volatile char sweep[8192];

	for (size_t i = 0; i < sizeof(sweep); i++)
		sweep[i] = 0;
}

/* A check fails after a fault, and blocks are out of reach. */
TEST(fault_loses_blocks)
{
	lose_blocks();
	sweep_stack();
	CHECK_NOTNULL(kept = test_base());
	event_base_free(kept);
}

/* A system call fails, nobody looks, and the test goes on. */
TEST(fault_in_call)
{
	evutil_socket_t pair[2];

	CHECK_EQ(evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	CHECK_EQ(evutil_closesocket(pair[0]), 0);
	CHECK_EQ(evutil_closesocket(pair[1]), 0);
}

/* Files in the folder of the test, and a check that fails. */
TEST(files_and_failure)
{
	char path[64];

	printf("in %s\n", test_dir());
	snprintf(path, sizeof(path), "%s/file", test_dir());
	CHECK_NE(close(creat(path, 0600)), -1);
	snprintf(path, sizeof(path), "%s/folder", test_dir());
	CHECK_NE(mkdir(path, 0700), -1);
	CHECK(1 == 2);
}

/* The same, and a signal that nothing can stop. */
TEST(folder_and_death)
{
	printf("in %s\n", test_dir());
	raise(SIGKILL);
}

/* Not run here, for a reason. */
TEST(skipped)
{
	SKIP("the reason");
}
