/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * log_compat_test.c - the logging calls that no header declares.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "event2/event.h"
#include "event2/util.h"
#include "test.h"

/* As programs declare them that call them. */
void event_warn(const char *fmt, ...);
void event_warnx(const char *fmt, ...);
void event_msgx(const char *fmt, ...);
void event_debugx_(const char *fmt, ...);
void event_sock_warn(evutil_socket_t sock, const char *fmt, ...);
void event_err(int eval, const char *fmt, ...);
void event_errx(int eval, const char *fmt, ...);
void event_sock_err(int eval, evutil_socket_t sock, const char *fmt, ...);

/* The plain forms tell errno, the x forms do not; debug needs its mask. */
TEST(messages_have_severity_and_error)
{
	errno = ENOENT;
	event_warn("a %d", 1);
	event_warnx("b %d", 2);
	event_msgx("c %d", 3);
	event_sock_warn(-1, "d %d", 4);
	event_debugx_("nobody sees this");
	event_enable_debug_logging(EVENT_DBG_ALL);
	event_debugx_("e %d", 5);
	event_enable_debug_logging(EVENT_DBG_NONE);
	CHECK_STR(test_log_take(),
	    "[warn] a 1: No such file or directory\n"
	    "[warn] b 2\n"
	    "[msg] c 3\n"
	    "[warn] d 4: No such file or directory\n"
	    "[debug] e 5\n");
}

static void
call_err(void)
{
	errno = EPIPE;
	event_err(3, "a %d", 1);
}

static void
call_errx(void)
{
	errno = EPIPE;
	event_errx(4, "b %d", 2);
}

static void
call_sock_err(void)
{
	errno = EPIPE;
	event_sock_err(5, -1, "c %d", 3);
}

/* Run `fn` in a child; it must say `want` and exit with `status`. */
static void
check_exits(void (*fn)(void), int want_status, const char *want)
{
	char text[200];
	int fds[2];
	int status;

	CHECK_EQ(pipe(fds), 0);
	pid_t pid = fork();

	if (pid == 0) {
		dup2(fds[1], 2);
		event_set_log_callback(NULL);
		fn();
		_exit(99);
	}
	close(fds[1]);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	ssize_t n = read(fds[0], text, sizeof(text) - 1);

	close(fds[0]);
	text[n < 0 ? 0 : n] = '\0';
	CHECK_STR(text, want);
	CHECK(WIFEXITED(status));
	CHECK_EQ(WEXITSTATUS(status), want_status);
}

/* The err forms end the program with the status they are given. */
TEST(errors_end_the_program)
{
	check_exits(call_err, 3, "[err] a 1: Broken pipe\n");
	check_exits(call_errx, 4, "[err] b 2\n");
	check_exits(call_sock_err, 5, "[err] c 3: Broken pipe\n");
}
