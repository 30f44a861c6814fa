/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * harness.h - what the harness's own files share.  Tests use test.h.
 *
 * driver.c   main(): picks tests, forks, waits, reports
 * child.c    one test from setup to the last check, inside its child
 * test.c     the CHECK functions, test_base(), the log
 * dir.c      the folder of a test
 * memory.c   the library's allocator hooks: count, fail, look for lost blocks
 * faultcall.c  the same for system calls
 * border.c   where the library begins in a statically linked program
 */
#ifndef TEST_HARNESS_HARNESS_H
#define TEST_HARNESS_HARNESS_H

#include <stddef.h>

#include "test.h"

/* How a child tells its end to the driver. */
enum test_status {
	TEST_PASSED = 0,
	TEST_FAILED = 1,
	TEST_SKIPPED = 77,
	TEST_STOPPED = 78 /* a CHECK failed after an injected fault */
};

/* The fault to inject; all zero for none. */
struct test_fault {
	unsigned long alloc_at; /* this allocation fails, from 1 */
	int alloc_from;         /* and all after it */
	const char *call;       /* name of the function */
	unsigned long call_at;  /* this call of it fails, from 1 */
	int call_errno;
	int count_calls; /* fail none, fill test_shared->calls */
};

#define TEST_CALLS_MAX 32

/* Written by the child, read by the driver; a shared mapping. */
struct test_shared {
	int has_struck; /* the fault was injected */
	char skip_reason[256];
	char dir[sizeof("/tmp/evi-XXXXXX")]; /* the folder; "" if none */
	unsigned long calls[TEST_CALLS_MAX]; /* by test_call_name's index */
};

extern struct test_fault test_fault;
extern struct test_shared *test_shared;

/* child.c: run `test` in this process and exit with a test_status. */
void test_child_run(struct test_case *test);

/* End this process now, with output and coverage data written. */
__attribute__((noreturn)) void test_child_exit(enum test_status status);

/* The outermost stack address of the test; where the leak search ends. */
extern const char *test_stack_top;

/* memory.c */
void test_memory_install(void);
void test_memory_arm(void);
/* Report blocks still live; 0 if none. */
int test_memory_check_empty(void);
/* Report live blocks that no pointer leads to; 0 if none. */
int test_memory_check_reachable(void);

/* test.c */
void test_log_install(void);

/* dir.c: remove the folder and all in it; 0 if nothing is left of it. */
int test_dir_remove(void);

/* faultcall.c */
void test_call_arm(void);
/* The `index`-th injectable function and its errnos (0 ends), or NULL. */
const char *test_call_name(size_t index, const int **ret_errnos);
/* The canonical static name for `name`, or NULL if it is not known. */
const char *test_call_find(const char *name);

/*
 * border.c: in statically linked programs the library's code follows this
 * function; in others it is not linked and so NULL.
 */
__attribute__((weak)) void test_border(void);

/*
 * The library is reached through weak references, so that a test of its
 * lowest folder links although nothing else of the library is pulled in.
 */
#define TEST_WEAK __attribute__((weak))

#endif /* TEST_HARNESS_HARNESS_H */
