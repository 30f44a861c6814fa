/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test.c - what tests call: the CHECK functions, test_base(), the log.
 *
 * A failed check prints where and what, and ends the process: nothing after
 * it in the test runs.  After an injected fault that end is TEST_STOPPED, and
 * the blocks still live must all be within somebody's reach.
 */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "harness.h"

TEST_WEAK struct event_config *event_config_new(void);
TEST_WEAK void event_config_free(struct event_config *cfg);
TEST_WEAK int event_config_avoid_method(struct event_config *cfg,
    const char *method);
TEST_WEAK int event_config_set_flag(struct event_config *cfg, int flag);
TEST_WEAK struct event_base *event_base_new_with_config(
    const struct event_config *cfg);
TEST_WEAK void event_set_log_callback(event_log_cb cb);

#define LOG_MAX 65536

static char log_text[LOG_MAX];
static size_t log_len;
static pthread_mutex_t log_mutex = PTHREAD_MUTEX_INITIALIZER;

/* Print why the test fails, then end the process. */
__attribute__((noreturn, format(printf, 3, 4))) static void
fail(const char *file, int line, const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "%s:%d: ", file, line);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	if (!test_fault_has_struck())
		test_child_exit(TEST_FAILED);
	test_child_exit(
	    test_memory_check_reachable() < 0 ? TEST_FAILED : TEST_STOPPED);
}

int
test_is_faulty(void)
{
	return test_fault.alloc_at || test_fault.call || test_fault.count_calls;
}

int
test_fault_has_struck(void)
{
	return test_shared->has_struck;
}

void
test_check(int is_true, const char *text, const char *file, int line)
{
	if (!is_true)
		fail(file, line, "not true: %s", text);
}

/* Does `a op b` hold? */
static int
holds(long long a, const char *op, long long b)
{
	switch (op[0]) {
	case '=':
		return a == b;
	case '!':
		return a != b;
	case '<':
		return op[1] ? a <= b : a < b;
	default:
		return op[1] ? a >= b : a > b;
	}
}

void
test_compare(long long a, const char *op, long long b, const char *a_text,
    const char *b_text, const char *file, int line)
{
	if (!holds(a, op, b))
		fail(file, line, "not true: %s %s %s (%lld against %lld)",
		    a_text, op, b_text, a, b);
}

void
test_compare_str(const char *a, const char *b, const char *a_text,
    const char *b_text, const char *file, int line)
{
	if (a == b || (a && b && strcmp(a, b) == 0))
		return;
	fail(file, line, "differ: %s is \"%s\", %s is \"%s\"", a_text,
	    a ? a : "(null)", b_text, b ? b : "(null)");
}

/* Print up to 32 bytes from `from` on in hexadecimal. */
static void
print_hex(const char *text, const unsigned char *bytes, size_t from, size_t len)
{
	fprintf(stderr, "%s:", text);
	for (size_t i = from; i < len && i < from + 32; i++)
		fprintf(stderr, " %02x", bytes[i]);
	fputc('\n', stderr);
}

void
test_compare_mem(const void *a, const void *b, size_t len, const char *a_text,
    const char *b_text, const char *file, int line)
{
	const unsigned char *left = a, *right = b;
	size_t at = 0;

	if (len == 0)
		return;
	if (!left || !right)
		fail(file, line, "null: %s is %p, %s is %p", a_text, a, b_text,
		    b);
	while (at < len && left[at] == right[at])
		at++;
	if (at == len)
		return;
	print_hex(a_text, left, at, len);
	print_hex(b_text, right, at, len);
	fail(file, line, "differ at byte %zu of %zu: %s, %s", at, len, a_text,
	    b_text);
}

void
test_compare_ptr(const void *a, const void *b, const char *a_text,
    const char *b_text, const char *file, int line)
{
	if (a != b)
		fail(file, line, "differ: %s is %p, %s is %p", a_text, a,
		    b_text, b);
}

void
test_skip(const char *reason, const char *file, int line)
{
	fprintf(stderr, "%s:%d: skipped: %s\n", file, line, reason);
	snprintf(test_shared->skip_reason, sizeof(test_shared->skip_reason),
	    "%s", reason);
	test_child_exit(TEST_SKIPPED);
}

/* The log callback: keep the line, and show it in the test's output. */
static void
on_log(int severity, const char *msg)
{
	static const char *const names[] = { "debug", "msg", "warn", "err" };
	const char *name = severity >= 0 && severity < 4 ? names[severity]
							 : "???";

	pthread_mutex_lock(&log_mutex);
	int n = snprintf(log_text + log_len, LOG_MAX - log_len, "[%s] %s\n",
	    name, msg);
	if (n > 0 && (size_t)n < LOG_MAX - log_len)
		log_len += (size_t)n;
	else
		log_text[log_len] = '\0';
	pthread_mutex_unlock(&log_mutex);
	fprintf(stderr, "[%s] %s\n", name, msg);
}

void
test_log_install(void)
{
	if (event_set_log_callback)
		event_set_log_callback(on_log);
}

const char *
test_log_take(void)
{
	static char taken[LOG_MAX];

	pthread_mutex_lock(&log_mutex);
	memcpy(taken, log_text, log_len + 1);
	log_len = 0;
	log_text[0] = '\0';
	pthread_mutex_unlock(&log_mutex);
	return taken;
}

int
test_backend_is(const char *name)
{
	const char *asked = getenv("TEST_BACKEND");

	return asked && strcmp(asked, name) == 0;
}

/* Leave `cfg` only one method, or set the flag that stands for a variant. */
static int
apply_backend(struct event_config *cfg, const char *asked)
{
	static const char *const methods[] = { "epoll", "poll", "select" };
	static const struct {
		const char *name;
		int flag;
	} variants[] = {
		{ "changelist", EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST },
		{ "precise", EVENT_BASE_FLAG_PRECISE_TIMER },
		{ "signalfd", EVENT_BASE_FLAG_USE_SIGNALFD },
	};
	int is_known = 0;

	for (size_t i = 0; i < sizeof(variants) / sizeof(*variants); i++) {
		if (strcmp(asked, variants[i].name) == 0)
			return event_config_set_flag(cfg, variants[i].flag);
	}
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		if (strcmp(asked, methods[i]) == 0)
			is_known = 1;
		else if (event_config_avoid_method(cfg, methods[i]) < 0)
			return -1;
	}
	return is_known ? 0 : -1;
}

struct event_base *
test_base(void)
{
	const char *asked = getenv("TEST_BACKEND");
	struct event_config *cfg = event_config_new();
	struct event_base *base = NULL;

	CHECK_NOTNULL(cfg);
	if (!asked || apply_backend(cfg, asked) == 0)
		base = event_base_new_with_config(cfg);
	event_config_free(cfg);
	CHECK_NOTNULL(base);
	return base;
}
