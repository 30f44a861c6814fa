/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * debug_test.c - event_enable_debug_mode() names misuse and stops.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/thread.h>

#include "test.h"

static char told[1024];

/* Keeps the last error line, for who looks at the pipe. */
static void
on_log(int severity, const char *msg)
{
	if (severity == EVENT_LOG_ERR)
		strncpy(told, msg, sizeof(told) - 1);
}

static int output;

static void
on_fatal(int err)
{
	ssize_t n = write(output, told, strlen(told));

	(void)err;
	_exit(n < 0 ? 1 : 100);
}

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
}

/*
 * Run `misuse` in a child in debug mode: it has to be stopped, and what the
 * library said must hold `text`.
 */
static void
check_stopped(void (*misuse)(void), const char *text)
{
	char said[1024] = "";
	int fds[2], status;

	CHECK_EQ(pipe(fds), 0);
	pid_t pid = fork();
	CHECK_GE(pid, 0);
	if (pid == 0) {
		output = fds[1];
		event_set_log_callback(on_log);
		event_set_fatal_callback(on_fatal);
		event_enable_debug_mode();
		misuse();
		_exit(0);
	}
	close(fds[1]);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_GE(read(fds[0], said, sizeof(said) - 1), 0);
	close(fds[0]);
	CHECK(WIFEXITED(status));
	CHECK_GE(WEXITSTATUS(status), 100);
	if (!strstr(said, text))
		CHECK_STR(said, text);
}

static void
add_unknown(void)
{
	struct event_base *base = event_base_new();
	struct event ev;

	memset(&ev, 0, sizeof(ev));
	CHECK_EQ(event_assign(&ev, base, -1, 0, on_event, NULL), 0);
	event_debug_unassign(&ev);
	event_add(&ev, NULL);
}

/* An event that was not set up. */
TEST_BARE(unknown_event_is_named)
{
	check_stopped(add_unknown, "event_add called on a non-initialized");
}

static void
assign_added(void)
{
	struct event_base *base = event_base_new();
	struct timeval tv = { 10, 0 };
	struct event ev;

	CHECK_EQ(event_assign(&ev, base, -1, 0, on_event, NULL), 0);
	CHECK_EQ(event_add(&ev, &tv), 0);
	event_assign(&ev, base, -1, 0, on_event, NULL);
}

/* An event set up again while it is pending. */
TEST_BARE(assigning_a_pending_event_is_named)
{
	check_stopped(assign_added, "event_assign called on an already added");
}

static void
unassign_added(void)
{
	struct event_base *base = event_base_new();
	struct timeval tv = { 10, 0 };
	struct event ev;

	CHECK_EQ(event_assign(&ev, base, -1, 0, on_event, NULL), 0);
	CHECK_EQ(event_add(&ev, &tv), 0);
	event_debug_unassign(&ev);
}

/* An event torn down while it is pending. */
TEST_BARE(unassigning_a_pending_event_is_named)
{
	check_stopped(unassign_added,
	    "event_debug_unassign called on an already added");
}

static void
change_added(void)
{
	struct event_base *base = event_base_new();
	struct timeval tv = { 10, 0 };
	struct event ev;

	CHECK_EQ(event_assign(&ev, base, -1, 0, on_event, NULL), 0);
	CHECK_EQ(event_add(&ev, &tv), 0);
	ev.ev_fd = 1;
	event_del(&ev);
}

/* An event changed behind the library's back. */
TEST_BARE(changing_a_pending_event_is_named)
{
	check_stopped(change_added, "changed while added");
}

static void
enable_twice(void)
{
	event_enable_debug_mode();
}

/* Switched on twice. */
TEST_BARE(enabling_twice_is_refused)
{
	check_stopped(enable_twice, "was called twice");
}

static void
use_threads_late(void)
{
	struct event_base *base = event_base_new();

	CHECK_NOTNULL(base);
	evthread_use_pthreads();
}

/* Threads switched on after the first base. */
TEST_BARE(threads_after_the_first_base_are_refused)
{
	check_stopped(use_threads_late, "");
}

/* Switched on too late. */
TEST_BARE(enabling_late_is_refused)
{
	int status;
	pid_t pid = fork();

	CHECK_GE(pid, 0);
	if (pid == 0) {
		struct event ev;

		event_set_log_callback(on_log);
		event_set_fatal_callback(on_fatal);
		output = 2;
		CHECK_EQ(event_assign(&ev, NULL, -1, 0, on_event, NULL), 0);
		event_enable_debug_mode();
		_exit(0);
	}
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFEXITED(status));
	CHECK_GE(WEXITSTATUS(status), 100);
}

/* Proper use of many events goes unnoticed, and leaves nothing behind. */
TEST(proper_use_is_silent)
{
	enum {
		COUNT = 300
	};
	static struct event evs[COUNT];
	struct timeval tv = { 0, 0 };
	struct event_base *base = test_base();

	(void)test_log_take();
	for (int i = 0; i < COUNT; i++) {
		int at = i * 77 % COUNT;

		CHECK_EQ(event_assign(&evs[at], base, -1, 0, on_event, NULL),
		    0);
		CHECK_EQ(event_add(&evs[at], &tv), 0);
	}
	CHECK_EQ(event_base_dispatch(base), 1);
	for (int i = 0; i < COUNT; i++) {
		CHECK_EQ(event_del(&evs[i]), 0);
		CHECK_EQ(event_assign(&evs[i], base, -1, 0, on_event, NULL), 0);
		event_debug_unassign(&evs[i]);
	}
	CHECK_STR(test_log_take(), "");
	event_base_free(base);
}
