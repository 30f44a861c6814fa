/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * log_test.c - what is written where, and how a program dies.
 *
 * Deaths happen in a child process whose standard error is a pipe.
 */
#include "base/log.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "event2/event.h"
#include "test.h"

static int last_severity;
static char last_text[2048];

static void
keep(int severity, const char *text)
{
	last_severity = severity;
	snprintf(last_text, sizeof(last_text), "%s", text);
	errno = EDOM;
}

static void
tell_status(int err)
{
	fprintf(stderr, "fatal %x\n", (unsigned)err);
}

/* Run `fn` in a child; its standard error to *ret_text.  The wait status. */
static int
run_child(void (*fn)(void), char *ret_text, size_t size)
{
	int fds[2];
	int status;
	size_t len = 0;
	ssize_t n;

	CHECK_EQ(pipe(fds), 0);
	pid_t pid = fork();

	if (pid == 0) {
		struct rlimit none = { .rlim_cur = 0 };

		setrlimit(RLIMIT_CORE, &none);
		dup2(fds[1], 2);
		close(fds[0]);
		close(fds[1]);
		event_set_log_callback(NULL);
		fn();
		_exit(99);
	}
	close(fds[1]);
	while ((n = read(fds[0], ret_text + len, size - 1 - len)) > 0)
		len += (size_t)n;
	ret_text[len] = '\0';
	close(fds[0]);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	return status;
}

/* Severity, text and errno reach the callback; errno survives it. */
TEST(messages_reach_the_callback)
{
	event_set_log_callback(keep);
	errno = EBADF;
	evi_log_warn("a %d", 1);
	CHECK_EQ(errno, EBADF);
	CHECK_EQ(last_severity, EVENT_LOG_WARN);
	CHECK_STR(last_text, "a 1");
	evi_log_warn_errno(ENOENT, "b %s", "x");
	CHECK_EQ(last_severity, EVENT_LOG_WARN);
	CHECK_STR(last_text, "b x: No such file or directory");
	evi_log_msg("c");
	CHECK_EQ(last_severity, EVENT_LOG_MSG);
	CHECK_STR(last_text, "c");
}

/* Debug messages are seen exactly while the mask is not empty. */
TEST(debug_follows_the_mask)
{
	event_set_log_callback(keep);
	evi_log_debug("no");
	CHECK_STR(last_text, "");
	event_enable_debug_logging(EVENT_DBG_ALL);
	CHECK(evi_log_debug_mask);
	evi_log_debug("yes %d", 1);
	CHECK_EQ(last_severity, EVENT_LOG_DEBUG);
	CHECK_STR(last_text, "yes 1");
	event_enable_debug_logging(EVENT_DBG_NONE);
	evi_log_debug("no");
	CHECK_STR(last_text, "yes 1");
}

/* Text and error together stop at 1023 bytes. */
TEST(long_messages_are_cut)
{
	char text[3000];

	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	event_set_log_callback(keep);
	evi_log_warn("%s", text);
	CHECK_EQ(strlen(last_text), 1023);
	evi_log_warn_errno(EPIPE, "%s", text);
	CHECK_EQ(strlen(last_text), 1023);
	evi_log_warn_errno(EPIPE, "%s", text + sizeof(text) - 1 - 1020);
	CHECK_STR(last_text + 1020, ": B");
}

static void
say_each(void)
{
	event_enable_debug_logging(EVENT_DBG_ALL);
	evi_log_debug("1");
	evi_log_msg("2");
	evi_log_warn("3");
}

/* Without a callback each message is a line with its severity. */
TEST(standard_error_is_the_default)
{
	char text[200];

	run_child(say_each, text, sizeof(text));
	CHECK_STR(text, "[debug] 1\n[msg] 2\n[warn] 3\n");
}

static void
say_after_reset(void)
{
	event_set_log_callback(keep);
	event_enable_debug_logging(EVENT_DBG_ALL);
	evi_log_reset();
	evi_log_debug("no");
	evi_log_warn("yes");
}

/* A shutdown forgets callback and mask. */
TEST(reset_forgets)
{
	char text[200];

	run_child(say_after_reset, text, sizeof(text));
	CHECK_STR(text, "[warn] yes\n");
}

static void
die_plainly(void)
{
	evi_log_fatal(3, "why %d", 4);
}

static void
die_with_callback(void)
{
	event_set_fatal_callback(tell_status);
	evi_log_fatal(3, "why %d", 4);
}

/* A fatal error ends the program with its status, callback or not. */
TEST(fatal_exits_with_the_status)
{
	char text[200];
	int status = run_child(die_plainly, text, sizeof(text));

	CHECK(WIFEXITED(status));
	CHECK_EQ(WEXITSTATUS(status), 3);
	CHECK_STR(text, "[err] why 4\n");
	status = run_child(die_with_callback, text, sizeof(text));
	CHECK(WIFEXITED(status));
	CHECK_EQ(WEXITSTATUS(status), 3);
	CHECK_STR(text, "[err] why 4\nfatal 3\n");
}

static void
fail_assertion(void)
{
	int two = 2;

	EVI_ASSERT(two == 2);
	EVI_ASSERT(two == 3);
}

static void
fail_with_callback(void)
{
	event_set_fatal_callback(tell_status);
	evi_log_abort("broken %s", "thing");
}

/* A false assertion names itself and aborts; a true one does nothing. */
TEST(assertions_abort)
{
	char text[400];
	int status = run_child(fail_assertion, text, sizeof(text));

	CHECK(WIFSIGNALED(status));
	CHECK_EQ(WTERMSIG(status), SIGABRT);
	CHECK_NOTNULL(strstr(text,
	    "Assertion two == 3 failed in "
	    "fail_assertion"));
	CHECK_NOTNULL(strstr(text, "log_test.c:"));
	status = run_child(fail_with_callback, text, sizeof(text));
	CHECK(WIFSIGNALED(status));
	CHECK_STR(text, "[err] broken thing\nfatal deaddead\n");
}
