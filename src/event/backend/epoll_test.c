/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * epoll_test.c - which system calls the epoll backend makes, and that the
 * ones it saves change nothing a program can see.
 */
#include "event/event.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/base.h"
#include "events.h"

static void
set_up_epoll(void)
{
	set_up();
	CHECK_STR(event_base_get_method(base), "epoll");
}

/* Turns until nothing is ready; how many callbacks ran, at most `max`. */
static int
poll_all(int max)
{
	int before = runs;

	for (int i = 0; i < max; i++) {
		int was = runs;

		CHECK_GE(event_base_loop(base, EVLOOP_NONBLOCK | EVLOOP_ONCE),
		    0);
		if (runs == was)
			break;
	}
	return runs - before;
}

static unsigned long
controls(void)
{
	return test_calls_made("epoll_ctl");
}

/* A one-shot event that adds itself again costs one system call in all. */
TEST(adding_again_costs_nothing)
{
	set_up_epoll();
	struct event *ev = watch(pair[0], EV_READ);
	struct event *busy = watch(pair[1], EV_WRITE | EV_PERSIST);

	CHECK_EQ(write(pair[1], "x", 1), 1);
	unsigned long before = controls();
	for (int i = 0; i < 32; i++) {
		CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
		CHECK_EQ(event_add(ev, NULL), 0);
	}
	CHECK_EQ(runs, 64);
	CHECK_EQ(controls(), before);
	event_free(busy);
	event_free(ev);
	clean_up();
}

/* Less and then more interest between two waits costs nothing either. */
TEST(changes_that_cancel_out_cost_nothing)
{
	set_up_epoll();
	struct event *reader = watch(pair[0], EV_READ | EV_PERSIST);
	struct event *writer = watch(pair[0], EV_WRITE | EV_PERSIST);

	CHECK_EQ(poll_all(1), 1);
	unsigned long before = controls();
	for (int i = 0; i < 100; i++) {
		CHECK_EQ(event_del(writer), 0);
		CHECK_EQ(event_add(writer, NULL), 0);
	}
	CHECK_EQ(poll_all(1), 1);
	CHECK_EQ(controls(), before);
	CHECK_EQ(event_del(writer), 0);
	CHECK_EQ(poll_all(1), 0);
	CHECK_EQ(controls(), before + 1); /* a MOD to EV_READ alone */
	event_free(reader);
	event_free(writer);
	clean_up();
}

/* An idle watched descriptor costs one wait and nothing else. */
TEST(waiting_costs_one_call)
{
	set_up_epoll();
	struct event *ev = watch(pair[0], EV_READ | EV_PERSIST);

	CHECK_EQ(poll_all(1), 0);
	unsigned long waits = test_calls_made("epoll_wait");
	unsigned long before = controls();
	CHECK_EQ(write(pair[1], "x", 1), 1);
	CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
	CHECK_EQ(test_calls_made("epoll_wait"), waits + 1);
	CHECK_EQ(controls(), before);
	CHECK_EQ(runs, 1);
	event_free(ev);
	clean_up();
}

/* Deletions are made by the next wait, one call each. */
TEST(deleting_is_one_call)
{
	set_up_epoll();
	struct event *ev = watch(pair[0], EV_READ | EV_WRITE | EV_PERSIST);

	CHECK_EQ(poll_all(1), 1);
	unsigned long before = controls();
	CHECK_EQ(event_del(ev), 0);
	CHECK_EQ(controls(), before);
	CHECK_EQ(poll_all(2), 0);

	/* The loop ended at once, with nothing to wait for. */
	struct event *other = watch(pair[1], EV_READ | EV_PERSIST);
	CHECK_EQ(poll_all(2), 0);
	CHECK_EQ(controls(), before + 2);
	event_free(other);
	event_free(ev);
	clean_up();
}

/* A number that is closed and used anew between two waits works. */
TEST(reused_number_is_watched)
{
	set_up_epoll();
	struct event *ev = watch(pair[0], EV_READ | EV_PERSIST);

	CHECK_EQ(poll_all(1), 0);
	for (int i = 0; i < 200; i++) {
		int number = pair[0], fresh[2];

		CHECK_EQ(event_del(ev), 0);
		close(pair[0]);
		open_pair(fresh);
		CHECK_EQ(fresh[0], number);
		close(pair[1]);
		memcpy(pair, fresh, sizeof(pair));
		CHECK_EQ(event_add(ev, NULL), 0);
		CHECK_EQ(write(pair[1], "x", 1), 1);
		CHECK_EQ(poll_all(1), 1);
	}
	event_free(ev);
	clean_up();
}

/* The same when event_del() comes after close(), or not at all in between. */
TEST(reused_number_is_watched_after_a_late_del)
{
	set_up_epoll();
	struct event *ev = watch(pair[0], EV_READ | EV_PERSIST);

	CHECK_EQ(poll_all(1), 0);
	for (int i = 0; i < 200; i++) {
		int fresh[2];

		close(pair[0]);
		open_pair(fresh);
		CHECK_EQ(event_del(ev), 0);
		close(pair[1]);
		memcpy(pair, fresh, sizeof(pair));
		CHECK_EQ(event_add(ev, NULL), 0);
		CHECK_EQ(write(pair[1], "x", 1), 1);
		CHECK_EQ(poll_all(1), 1);
	}
	event_free(ev);
	clean_up();
}

/*
 * A reused number whose addition cost no call is found by the wait, however
 * busy other descriptors keep the loop.
 */
TEST(reused_number_is_found_while_busy)
{
	set_up_epoll();
	int other[2];
	open_pair(other);
	struct event *busy = watch(other[0], EV_WRITE | EV_PERSIST);
	struct event *ev = watch(pair[0], EV_READ | EV_PERSIST);
	int fresh[2];

	CHECK_EQ(poll_all(1), 1);
	CHECK_EQ(event_del(ev), 0);
	close(pair[0]);
	open_pair(fresh);
	CHECK_EQ(fresh[0], event_get_fd(ev));
	close(pair[1]);
	memcpy(pair, fresh, sizeof(pair));
	CHECK_EQ(event_add(ev, NULL), 0);
	CHECK_EQ(write(pair[1], "x", 1), 1);

	int turns = 0;
	last_what = 0;
	while (last_what != EV_READ && turns < 1000) {
		runs = 0;
		CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
		if (runs > 1)
			break;
		turns++;
	}
	CHECK_LE(turns, 300);
	event_free(busy);
	event_free(ev);
	close(other[0]);
	close(other[1]);
	clean_up();
}

/* Adding a closed descriptor fails at once, and is told with a reason. */
TEST(closed_descriptor_is_refused)
{
	set_up_epoll();
	struct event ev;
	int fd = dup(pair[0]);

	CHECK_EQ(event_assign(&ev, base, fd, EV_READ, on_event, NULL), 0);
	close(fd);
	(void)test_log_take();
	errno = 0;
	CHECK_EQ(event_add(&ev, NULL), -1);
	CHECK_EQ(errno, EBADF);
	CHECK_NOTNULL(strstr(test_log_take(), "Bad file descriptor"));
	CHECK_EQ(event_pending(&ev, EV_READ, NULL), 0);

	/* Also one that was watched before. */
	struct event *known = watch(pair[0], EV_READ | EV_PERSIST);
	CHECK_EQ(poll_all(1), 0);
	CHECK_EQ(event_del(known), 0);
	CHECK_EQ(poll_all(1), 0);
	struct event fresh;
	close(pair[0]);
	CHECK_EQ(event_assign(&fresh, base, pair[0], EV_READ, on_event, NULL),
	    0);
	CHECK_EQ(event_add(&fresh, NULL), -1);
	pair[0] = dup(pair[1]);
	event_free(known);
	clean_up();
}

/* A regular file is refused, as epoll cannot watch it. */
TEST(regular_file_is_refused)
{
	set_up_epoll();
	FILE *file = tmpfile();
	struct event ev;

	CHECK_NOTNULL(file);
	CHECK_EQ(event_assign(&ev, base, fileno(file), EV_READ, on_event, NULL),
	    0);
	errno = 0;
	CHECK_EQ(event_add(&ev, NULL), -1);
	CHECK_EQ(errno, EPERM);
	fclose(file);
	clean_up();
}

/* A known event on a number that was closed: told once, never spinning. */
TEST(suspect_that_is_dead_is_reported_once)
{
	set_up_epoll();
	struct event *ev = watch(pair[0], EV_READ | EV_PERSIST);

	CHECK_EQ(poll_all(1), 0);
	CHECK_EQ(event_del(ev), 0);
	close(pair[0]);
	int r = event_add(ev, NULL); /* may fail, may be found out later */
	if (r == 0) {
		(void)test_log_take();
		CHECK_EQ(poll_all(100), 1);
		CHECK_NOTNULL(strstr(test_log_take(), "cannot watch fd"));
		CHECK_EQ(poll_all(100), 0);
	}
	CHECK_EQ(event_del(ev), 0);
	pair[0] = dup(pair[1]);
	event_free(ev);
	clean_up();
}

/*
 * A duplicate keeps a registration alive after close(); its reports reach
 * nobody, and the loop does not spin on them.
 */
TEST(duplicate_of_a_closed_one_does_not_spin)
{
	set_up_epoll();
	struct event *ev = watch(pair[0], EV_READ | EV_PERSIST);
	struct event *idle;
	int other[2];

	CHECK_EQ(poll_all(1), 0);
	int copy = dup(pair[0]);
	close(pair[0]);
	CHECK_EQ(event_del(ev), 0);
	CHECK_EQ(write(pair[1], "x", 1), 1);
	open_pair(other);
	CHECK_EQ(other[0], event_get_fd(ev));
	idle = watch(other[0], EV_READ | EV_PERSIST);
	CHECK_EQ(poll_all(10), 0);
	for (int i = 0; i < 10; i++)
		(void)event_base_loop(base, EVLOOP_NONBLOCK);
	CHECK_EQ(runs, 0);

	/* The kernel has nothing to report any more. */
	struct timeval tv = { 0, 20000 };
	unsigned long waits = test_calls_made("epoll_wait");
	CHECK_EQ(event_base_loopexit(base, &tv), 0);
	CHECK_EQ(event_base_dispatch(base), 0);
	CHECK_LE(test_calls_made("epoll_wait"), waits + 3);

	/* And the new owner of the number is heard. */
	CHECK_EQ(write(other[1], "x", 1), 1);
	CHECK_EQ(poll_all(1), 1);
	event_free(idle);
	event_free(ev);
	close(copy);
	close(other[0]);
	pair[0] = other[1];
	clean_up();
}

/* A descriptor and its duplicate are two, each with its events. */
TEST(duplicates_are_watched_each)
{
	set_up_epoll();
	int copy = dup(pair[0]);
	struct event *first = watch(pair[0], EV_READ | EV_PERSIST);
	struct event *second = watch(copy, EV_READ | EV_PERSIST);

	CHECK_EQ(write(pair[1], "x", 1), 1);
	CHECK_EQ(poll_all(1), 2);
	CHECK_EQ(event_del(first), 0);
	CHECK_EQ(poll_all(1), 1);
	CHECK_EQ(event_add(first, NULL), 0);
	CHECK_EQ(event_del(second), 0);
	CHECK_EQ(poll_all(1), 1);
	event_free(first);
	event_free(second);
	close(copy);
	clean_up();
}

/* EV_CLOSED alone: a hang-up or error that is not it does not spin. */
TEST(closed_alone_does_not_spin)
{
	set_up_epoll();
	struct timeval tv = { 0, 20000 };
	int pipe_fds[2];

	CHECK_EQ(pipe(pipe_fds), 0);
	struct event *ev = watch(pipe_fds[0], EV_CLOSED | EV_PERSIST);
	close(pipe_fds[1]); /* EPOLLHUP without EPOLLRDHUP */
	CHECK_EQ(event_base_loopexit(base, &tv), 0);
	CHECK_EQ(event_base_dispatch(base), 0);
	CHECK_LE(test_calls_made("epoll_wait"), 6);
	CHECK_EQ(runs, 0);
	event_free(ev);
	close(pipe_fds[0]);
	clean_up();
}

/* EV_CLOSED on a socket tells of the peer's end, without reading. */
TEST(closed_is_reported)
{
	set_up_epoll();
	struct event *ev = watch(pair[0], EV_CLOSED | EV_PERSIST);

	CHECK_EQ(write(pair[1], "x", 1), 1);
	CHECK_EQ(poll_all(3), 0);
	CHECK_EQ(shutdown(pair[1], SHUT_WR), 0);
	CHECK_EQ(poll_all(1), 1);
	CHECK_EQ(last_what, EV_CLOSED);
	event_free(ev);
	clean_up();
}

/* Adding EV_ET again raises its edge anew. */
TEST(edge_is_raised_by_adding)
{
	set_up_epoll();
	struct event *ev = watch(pair[0], EV_READ | EV_ET | EV_PERSIST);

	CHECK_EQ(write(pair[1], "x", 1), 1);
	CHECK_EQ(poll_all(5), 1);
	CHECK_EQ(last_what, EV_READ | EV_ET);
	CHECK_EQ(event_del(ev), 0);
	CHECK_EQ(event_add(ev, NULL), 0);
	CHECK_EQ(poll_all(5), 1);
	event_free(ev);
	clean_up();
}

/* More reports than one wait holds come with the next ones. */
TEST(many_are_ready_at_once)
{
	enum {
		COUNT = 400
	};
	static struct event *evs[COUNT];
	int fds[COUNT];

	set_up_epoll();
	CHECK_EQ(write(pair[1], "x", 1), 1);
	for (int i = 0; i < COUNT; i++) {
		fds[i] = dup(pair[0]);
		CHECK_GE(fds[i], 0);
		evs[i] = watch(fds[i], EV_READ);
	}
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(runs, COUNT);
	for (int i = 0; i < COUNT; i++)
		CHECK_EQ(event_add(evs[i], NULL), 0);
	unsigned long waits = test_calls_made("epoll_wait");
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(runs, 2 * COUNT);
	CHECK_LE(test_calls_made("epoll_wait"), waits + 2);
	for (int i = 0; i < COUNT; i++) {
		event_free(evs[i]);
		close(fds[i]);
	}
	clean_up();
}

/* What the library closes itself needs no call to take it out. */
TEST(closing_by_the_library_saves_the_call)
{
	set_up_epoll();
	struct event *ev = watch(pair[0], EV_READ | EV_PERSIST);

	CHECK_EQ(poll_all(1), 0);
	CHECK_EQ(event_del(ev), 0);
	unsigned long before = controls();
	CHECK_EQ(evi_event_fdmap_close(base, pair[0]), 0);
	CHECK_EQ(poll_all(1), 0);
	CHECK_EQ(controls(), before);
	event_free(ev);
	pair[0] = dup(pair[1]);

	/* Without a base, and for a number of the past. */
	CHECK_EQ(evi_event_fdmap_close(NULL, dup(pair[1])), 0);
	CHECK_EQ(evi_event_fdmap_close(base, 4000), -EBADF);
	clean_up();
}

/* A base with the changelist, as EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST. */
static void
set_up_changelist(void)
{
	struct event_config *config = event_config_new();

	CHECK_NOTNULL(config);
	CHECK_EQ(event_config_set_flag(config,
		     EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST),
	    0);
	base = event_base_new_with_config(config);
	event_config_free(config);
	CHECK_NOTNULL(base);
	CHECK_STR(event_base_get_method(base), "epoll (with changelist)");
	open_pair(pair);
}

/* With the changelist, one call per descriptor and wait. */
TEST(changelist_collects_changes)
{
	set_up_changelist();
	struct event *reader = watch(pair[0], EV_READ | EV_PERSIST);
	struct event *writer = watch(pair[0], EV_WRITE | EV_PERSIST);

	CHECK_EQ(controls(), 0);
	CHECK_EQ(poll_all(1), 1);
	CHECK_EQ(controls(), 1);
	CHECK_EQ(event_del(writer), 0);
	CHECK_EQ(event_del(reader), 0);
	CHECK_EQ(event_add(reader, NULL), 0);
	CHECK_EQ(controls(), 1);
	CHECK_EQ(write(pair[1], "x", 1), 1);
	CHECK_EQ(poll_all(1), 1);
	CHECK_EQ(last_what, EV_READ);
	event_free(reader);
	event_free(writer);
	clean_up();
}

/* With the changelist, a reused number is watched and a bad one logged. */
TEST(changelist_reused_number)
{
	set_up_changelist();
	struct event *ev = watch(pair[0], EV_READ | EV_PERSIST);

	CHECK_EQ(poll_all(1), 0);
	for (int i = 0; i < 20; i++) {
		int fresh[2];

		CHECK_EQ(event_del(ev), 0);
		close(pair[0]);
		open_pair(fresh);
		close(pair[1]);
		memcpy(pair, fresh, sizeof(pair));
		CHECK_EQ(event_add(ev, NULL), 0);
		CHECK_EQ(write(pair[1], "x", 1), 1);
		CHECK_EQ(poll_all(1), 1);
	}
	event_free(ev);
	clean_up();
}

/* Timers to the nanosecond where the flag asks for it. */
TEST(precise_waits_are_precise)
{
	struct event_config *config = event_config_new();
	struct timeval tv = { 0, 5000 };

	CHECK_NOTNULL(config);
	CHECK_EQ(event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER),
	    0);
	base = event_base_new_with_config(config);
	event_config_free(config);
	CHECK_NOTNULL(base);
	open_pair(pair);
	struct event *ev = event_new(base, -1, EV_PERSIST, on_event, NULL);
	CHECK_NOTNULL(ev);
	CHECK_EQ(event_add(ev, &tv), 0);
	for (int i = 0; i < 5; i++)
		CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
	CHECK_EQ(runs, 5);
	CHECK_GE(test_calls_made("epoll_pwait2") +
		test_calls_made("timerfd_settime"),
	    2); /* a slow machine need not wait each time */
	event_free(ev);
	clean_up();
}
