/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test.h - the test harness: write TEST(name) { ... } and link test.c.
 *
 * Every test runs in a child process of its own.  It passes when its body
 * returns and the child then holds as many descriptors as it started with,
 * no block of the library's memory, and no running child of its own.
 *
 * Environment of a run (all optional):
 *   TEST_BACKEND      what test_base() asks for: epoll, changelist, poll,
 *                     select, signalfd, precise
 *   TEST_THREADS=1    evthread_use_pthreads() before each test
 *   TEST_DEBUG_MODE=1 event_enable_debug_mode() before each test
 *   TEST_TIME_SCALE=n multiplies every time limit (valgrind, sanitizers)
 *   TEST_FAIL_ALLOC=n the n-th allocation of the library fails
 *   TEST_FAIL_ALLOC_FROM=n  that one and all after it fail
 *   TEST_FAIL_CALL=function:n:errno  the library's n-th call of it fails
 *
 * Once an injected fault has struck, a failed CHECK ends the test without
 * failing it (nobody promised success); a crash, a hang, memory that nobody
 * can reach any more or, when the body returns, a leak still fails it.
 */
#ifndef TEST_HARNESS_TEST_H
#define TEST_HARNESS_TEST_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct event_base;

/* One registered test; filled in by the macros below. */
struct test_case {
	const char *name;
	void (*run)(void);
	int limit;   /* seconds the test may take */
	int is_bare; /* no hooks, threads or debug mode set up */
	struct test_case *next;
};

#define TEST_LIMIT_DEFAULT 10

#define TEST_DEFINE_(name_, limit_, bare_) \
	static void test_run_##name_(void); \
	static struct test_case test_case_##name_ = { #name_, \
		test_run_##name_, limit_, bare_, NULL }; \
	__attribute__((constructor)) static void test_register_##name_(void) \
	{ \
		test_register(&test_case_##name_); \
	} \
	static void test_run_##name_(void)

/* Define a test; the body follows. */
#define TEST(name) TEST_DEFINE_(name, TEST_LIMIT_DEFAULT, 0)

/* The same with another time limit, in seconds. */
#define TEST_LIMIT(name, seconds) TEST_DEFINE_(name, seconds, 0)

/*
 * The same, but the harness calls nothing of the library first: for tests
 * of event_set_mem_functions, evthread_set_*_callbacks and the like.  Memory
 * is then not counted (descriptors are).
 */
#define TEST_BARE(name) TEST_DEFINE_(name, TEST_LIMIT_DEFAULT, 1)

#define CHECK(cond) test_check(!!(cond), #cond, __FILE__, __LINE__)

#define TEST_COMPARE_(a, op, b) \
	test_compare((long long)(a), #op, (long long)(b), #a, #b, __FILE__, \
	    __LINE__)

#define CHECK_EQ(a, b) TEST_COMPARE_(a, ==, b)
#define CHECK_NE(a, b) TEST_COMPARE_(a, !=, b)
#define CHECK_LT(a, b) TEST_COMPARE_(a, <, b)
#define CHECK_LE(a, b) TEST_COMPARE_(a, <=, b)
#define CHECK_GT(a, b) TEST_COMPARE_(a, >, b)
#define CHECK_GE(a, b) TEST_COMPARE_(a, >=, b)

#define CHECK_STR(a, b) test_compare_str(a, b, #a, #b, __FILE__, __LINE__)
#define CHECK_MEM(a, b, len) \
	test_compare_mem(a, b, len, #a, #b, __FILE__, __LINE__)
#define CHECK_PTR(a, b) \
	test_compare_ptr((const void *)(a), (const void *)(b), #a, #b, \
	    __FILE__, __LINE__)
#define CHECK_NULL(p) test_check((p) == NULL, #p " == NULL", __FILE__, __LINE__)
#define CHECK_NOTNULL(p) \
	test_check((p) != NULL, #p " != NULL", __FILE__, __LINE__)

/* End the test here, counted as skipped.  Give the true reason. */
#define SKIP(reason) test_skip(reason, __FILE__, __LINE__)

/* Free memory the library handed out, as the user of the library would. */
void test_free(void *p);

/*
 * A new event base as the environment asks.  Fails the test if there is
 * none.  The caller frees it with event_base_free().
 */
struct event_base *test_base(void);

/*
 * The path of a folder for this test alone, short enough for any local socket;
 * the same at each call.  When the test has ended, however, it is removed with
 * all in it (but not after --no-fork).
 */
const char *test_dir(void);

/* True if the environment asks for this backend (see TEST_BACKEND). */
int test_backend_is(const char *name);

/*
 * The library's log lines since the last call, each "[warn] text\n" (or
 * debug, msg, err).  Empty string if none.  Valid until the next call.
 */
const char *test_log_take(void);

/* Blocks of the library's memory that are live now, and all made so far. */
size_t test_blocks_live(void);
size_t test_blocks_total(void);

/*
 * How often `name` was called so far, by whomever; one of the system calls
 * that can be made to fail (faultcall.c).
 */
unsigned long test_calls_made(const char *name);

/*
 * From now on readv, writev, recv, send, sendmsg and sendfile, by whomever
 * they are called, move `max` bytes at most.  0: what they are told.
 */
void test_calls_cut(size_t max);

/*
 * From now on all calls of `name`, by whomever, fail with `err`; one of those
 * that test_calls_made() knows.  0: they do not.  No injected fault: a CHECK
 * fails as ever.
 */
void test_calls_fail(const char *name, int err);

/*
 * True if a fault is injected into this run.  There are as many runs as the
 * test has calls to fail: short ones will do, and they measure nothing.
 */
int test_is_faulty(void);

/* True once an injected fault has struck in this test. */
int test_fault_has_struck(void);

/* What the macros call. */
void test_register(struct test_case *test);
void test_check(int is_true, const char *text, const char *file, int line);
void test_compare(long long a, const char *op, long long b, const char *a_text,
    const char *b_text, const char *file, int line);
void test_compare_str(const char *a, const char *b, const char *a_text,
    const char *b_text, const char *file, int line);
void test_compare_mem(const void *a, const void *b, size_t len,
    const char *a_text, const char *b_text, const char *file, int line);
void test_compare_ptr(const void *a, const void *b, const char *a_text,
    const char *b_text, const char *file, int line);
void test_skip(const char *reason, const char *file, int line);

#ifdef __cplusplus
}
#endif

#endif /* TEST_HARNESS_TEST_H */
