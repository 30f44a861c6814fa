/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fork_test.c - a base in a child process, and the parent's beside it.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/thread.h>

#include "events.h"

/* Wait for the child and see that its checks held. */
static void
join(pid_t pid)
{
	int status = 0;

	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFEXITED(status));
	CHECK_EQ(WEXITSTATUS(status), 0);
}

/* The child's events work after event_reinit(), and so do the parent's. */
TEST(both_sides_work)
{
	set_up();
	struct event *ev = watch(pair[0], EV_READ | EV_PERSIST);
	turn();
	pid_t pid = fork();
	CHECK_GE(pid, 0);
	if (pid == 0) {
		CHECK_EQ(event_reinit(base), 0);
		turn();
		CHECK_EQ(runs, 0);
		CHECK_EQ(write(pair[1], "x", 1), 1);
		turn();
		CHECK_EQ(runs, 1);
		CHECK_EQ(event_del(ev), 0);
		event_free(ev);
		event_base_free(base);
		_exit(0);
	}
	join(pid);
	turn();
	CHECK_EQ(runs, 1); /* what the child deleted is here still */
	event_free(ev);
	clean_up();
}

/* Signals reach the process they were sent to, and no other. */
TEST(signals_stay_apart)
{
	set_up();
	struct event *ev = watch(SIGUSR1, EV_SIGNAL | EV_PERSIST);
	pid_t pid = fork();
	CHECK_GE(pid, 0);
	if (pid == 0) {
		CHECK_EQ(event_reinit(base), 0);
		CHECK_EQ(raise(SIGUSR1), 0);
		turn();
		CHECK_EQ(runs, 1);
		_exit(0);
	}
	join(pid);
	turn();
	CHECK_EQ(runs, 0);
	CHECK_EQ(raise(SIGUSR1), 0);
	turn();
	CHECK_EQ(runs, 1);
	event_free(ev);
	clean_up();
}

/* Timers go on in the child as they were set. */
TEST(timers_go_on)
{
	struct timeval tv = { 0, 2000 };

	set_up();
	struct event *ev = event_new(base, -1, 0, on_event, NULL);
	CHECK_NOTNULL(ev);
	CHECK_EQ(event_add(ev, &tv), 0);
	pid_t pid = fork();
	CHECK_GE(pid, 0);
	if (pid == 0) {
		CHECK_EQ(event_reinit(base), 0);
		CHECK_EQ(event_base_dispatch(base), 1);
		CHECK_EQ(runs, 1);
		_exit(0);
	}
	join(pid);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(runs, 1);
	event_free(ev);
	clean_up();
}

static pid_t child;

static void
on_fork(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	event_free(arg);
	child = fork();
	CHECK_GE(child, 0);
	if (child == 0)
		CHECK_EQ(event_reinit(base), 0);
	else
		CHECK_EQ(write(pair[1], "x", 1), 1);
}

/* event_reinit() in a callback: the loop goes on in the child. */
TEST(reinit_in_a_callback)
{
	set_up();
	struct event *ev = watch(pair[0], EV_READ);
	struct event *forker = event_new(base, -1, 0, on_fork,
	    event_self_cbarg());
	CHECK_NOTNULL(forker);
	event_active(forker, EV_READ, 1);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(runs, 1);
	if (child == 0) {
		event_free(ev);
		event_base_free(base);
		_exit(0);
	}
	join(child);
	event_free(ev);
	clean_up();
}

/* A child of a child, and a base that watches nothing. */
TEST(again_and_again)
{
	set_up();
	for (int i = 0; i < 5; i++)
		CHECK_EQ(event_reinit(base), 0);
	struct event *ev = watch(pair[0], EV_READ | EV_PERSIST);
	struct event *sig = watch(SIGUSR1, EV_SIGNAL | EV_PERSIST);
	CHECK_EQ(write(pair[1], "x", 1), 1);
	for (int i = 0; i < 5; i++) {
		CHECK_EQ(event_reinit(base), 0);
		CHECK_EQ(raise(SIGUSR1), 0);
		runs = 0;
		turn();
		CHECK_EQ(runs, 2);
	}
	event_free(ev);
	event_free(sig);
	clean_up();
}

/* A descriptor that the child closed first is told, and the rest works. */
TEST(closed_before_reinit)
{
	set_up();
	int fd = dup(pair[0]);
	struct event *lost = watch(fd, EV_READ | EV_PERSIST);
	struct event *ev = watch(pair[0], EV_READ | EV_PERSIST);
	pid_t pid = fork();
	CHECK_GE(pid, 0);
	if (pid == 0) {
		close(fd);
		int r = event_reinit(base);
		CHECK(r == 0 || r == -1);
		CHECK_EQ(event_del(lost), 0);
		CHECK_EQ(write(pair[1], "x", 1), 1);
		turn();
		CHECK_EQ(runs, 1);
		_exit(0);
	}
	join(pid);
	close(fd);
	event_free(lost);
	event_free(ev);
	clean_up();
}
