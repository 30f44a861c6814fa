/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fdmap_test.c - what the backend is asked for, and what comes of its
 * reports and failures; on the scripted backend.
 */
#include "event/event.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "test.h"
#include "testing/backend.h"

#define SCRIPT (&evi_testing_script)

static struct event_base *base;
static int runs;
static short last_what;

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)arg;
	runs++;
	last_what = what;
}

static void
set_up(void)
{
	base = evi_testing_base();
	CHECK_NOTNULL(base);
}

static struct event *
make(int fd, int what)
{
	struct event *ev = event_new(base, fd, (short)what, on_event, NULL);

	CHECK_NOTNULL(ev);
	return ev;
}

/* The last change the backend was told of. */
static void
check_told(int sets_made, int fd, int was, int now)
{
	CHECK_EQ(SCRIPT->sets_made, sets_made);
	const struct evi_testing_set *set = &SCRIPT->sets[sets_made - 1];
	CHECK_EQ(set->fd, fd);
	CHECK_EQ(set->was, was);
	CHECK_EQ(set->now & ~EVI_BACKEND_FRESH, now);
}

/* The backend hears of the union of all events, when it changes. */
TEST(backend_hears_of_the_union)
{
	set_up();
	struct event *reader = make(5, EV_READ);
	struct event *again = make(5, EV_READ);
	struct event *writer = make(5, EV_WRITE);
	CHECK_EQ(event_add(reader, NULL), 0);
	check_told(1, 5, 0, EV_READ);
	CHECK(SCRIPT->sets[0].now & EVI_BACKEND_FRESH);
	CHECK_EQ(event_add(again, NULL), 0);
	CHECK_EQ(SCRIPT->sets_made, 1);
	CHECK_EQ(event_add(writer, NULL), 0);
	check_told(2, 5, EV_READ, EV_READ | EV_WRITE);
	CHECK_EQ(event_del(reader), 0);
	CHECK_EQ(SCRIPT->sets_made, 2);
	CHECK_EQ(event_del(again), 0);
	check_told(3, 5, EV_READ | EV_WRITE, EV_WRITE);
	CHECK_EQ(event_del(writer), 0);
	check_told(4, 5, EV_WRITE, 0);

	/* Not fresh any more. */
	CHECK_EQ(event_add(writer, NULL), 0);
	CHECK_EQ(SCRIPT->sets[4].now, EV_WRITE);
	event_free(reader);
	event_free(again);
	event_free(writer);
	event_base_free(base);
}

/* A backend that refuses leaves all as it was. */
TEST(refusal_changes_nothing)
{
	struct timeval tv = { 1, 0 };

	set_up();
	struct event *reader = make(5, EV_READ);
	struct event *writer = make(5, EV_WRITE);
	CHECK_EQ(event_add(reader, NULL), 0);
	SCRIPT->set_error = -ENOSPC;
	(void)test_log_take();
	errno = 0;
	CHECK_EQ(event_add(writer, &tv), -1);
	CHECK_EQ(errno, ENOSPC);
	CHECK_NOTNULL(strstr(test_log_take(), "No space left"));
	CHECK_EQ(event_pending(writer, EV_WRITE | EV_TIMEOUT, NULL), 0);
	CHECK_EQ(event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED), 1);
	CHECK_EQ(event_add(writer, NULL), 0);
	check_told(3, 5, EV_READ, EV_READ | EV_WRITE);
	event_free(reader);
	event_free(writer);
	event_base_free(base);
}

/* A report runs the events that wait for it, with what they wait for. */
TEST(reports_reach_who_waits)
{
	set_up();
	struct event *reader = make(5, EV_READ);
	struct event *other = make(6, EV_READ);
	CHECK_EQ(event_add(reader, NULL), 0);
	CHECK_EQ(event_add(other, NULL), 0);
	evi_testing_report(EVI_TESTING_START, 5, EV_READ | EV_WRITE);
	evi_testing_report(EVI_TESTING_START, 6, EV_WRITE);
	evi_testing_report(EVI_TESTING_START, 7, EV_READ);
	evi_testing_report(EVI_TESTING_START, 9000, EV_READ);
	CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
	CHECK_EQ(runs, 1);
	CHECK_EQ(last_what, EV_READ);
	CHECK_EQ(event_pending(other, EV_READ, NULL), EV_READ);
	event_free(reader);
	event_free(other);
	event_base_free(base);
}

/* A report and the timeout in one turn: the timeout has the last word. */
TEST(timeout_replaces_a_report)
{
	struct timeval tv = { 0, 1000 };

	set_up();
	struct event *ev = make(5, EV_READ | EV_PERSIST);
	CHECK_EQ(event_add(ev, &tv), 0);
	evi_testing_report(EVI_TESTING_START + 1000000, 5, EV_READ);
	CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
	CHECK_EQ(runs, 1);
	CHECK_EQ(last_what, EV_TIMEOUT);
	event_free(ev);
	event_base_free(base);
}

/* Unless the base is told to keep it. */
TEST(timeout_keeps_a_report_if_told)
{
	struct timeval tv = { 0, 1000 };

	set_up();
	base->flags |= EVENT_BASE_FLAG_TIMEOUT_KEEPS_IO;
	struct event *ev = make(5, EV_READ | EV_PERSIST);
	CHECK_EQ(event_add(ev, &tv), 0);
	evi_testing_report(EVI_TESTING_START + 1000000, 5, EV_READ);
	CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
	CHECK_EQ(runs, 1);
	CHECK_EQ(last_what, EV_READ | EV_TIMEOUT);
	event_free(ev);
	event_base_free(base);
}

/* A wait that fails ends the loop with -1 and a warning. */
TEST(failing_wait_ends_the_loop)
{
	set_up();
	struct event *ev = make(5, EV_READ);
	CHECK_EQ(event_add(ev, NULL), 0);
	SCRIPT->wait_error = -EINVAL;
	(void)test_log_take();
	CHECK_EQ(event_base_dispatch(base), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_NOTNULL(strstr(test_log_take(), "script: waiting failed"));

	/* The next one goes on. */
	evi_testing_report(EVI_TESTING_START, 5, EV_READ);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(runs, 1);
	event_free(ev);
	event_base_free(base);
}

/* event_reinit() tells the new state of all that is watched. */
TEST(reinit_tells_everything_again)
{
	set_up();
	struct event *reader = make(5, EV_READ);
	struct event *writer = make(200, EV_WRITE | EV_PERSIST);
	CHECK_EQ(event_add(reader, NULL), 0);
	CHECK_EQ(event_add(writer, NULL), 0);
	CHECK_EQ(event_reinit(base), 0);
	CHECK_EQ(SCRIPT->sets_made, 4);
	CHECK_EQ(SCRIPT->sets[2].fd, 5);
	CHECK_EQ(SCRIPT->sets[2].was, 0);
	CHECK_EQ(SCRIPT->sets[3].fd, 200);

	/* A descriptor that is refused fails it, the others are watched. */
	SCRIPT->set_error = -EBADF;
	CHECK_EQ(event_reinit(base), -1);
	CHECK_EQ(errno, EBADF);
	CHECK_EQ(SCRIPT->sets_made, 6);
	CHECK_EQ(event_del(reader), 0);
	event_free(reader);
	event_free(writer);
	event_base_free(base);
}

/* Numbers beyond the first page exist only if they are open. */
TEST(high_numbers_must_be_open)
{
	set_up();
	struct event *closed = make(100000, EV_READ);
	CHECK_EQ(event_add(closed, NULL), -1);
	CHECK_EQ(errno, EBADF);
	CHECK_LE(base->fd_page_count, 2);
	if (dup2(0, 3000) < 0)
		SKIP("the limit of descriptors is below 3000");
	struct event *high = make(3000, EV_READ);
	CHECK_EQ(event_add(high, NULL), 0);
	check_told(1, 3000, 0, EV_READ);
	CHECK_GE(base->fd_page_count, 3000 / 256 + 1);
	close(3000);
	event_free(closed);
	event_free(high);
	event_base_free(base);
}

/* The loop sleeps until the next timer, not at all with something active. */
TEST(sleeps_as_long_as_it_may)
{
	struct timeval tv = { 3, 0 };

	set_up();
	struct event *timer = make(-1, 0);
	struct event *ready = make(5, EV_READ | EV_PERSIST);
	CHECK_EQ(event_add(ready, NULL), 0);
	evi_testing_report(EVI_TESTING_START, 5, EV_READ);
	CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
	CHECK_EQ(SCRIPT->timeout_ns, -1);
	CHECK_EQ(event_add(timer, &tv), 0);
	evi_testing_report(EVI_TESTING_START, 5, EV_READ);
	CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
	CHECK_EQ(SCRIPT->timeout_ns, INT64_C(3000000000));
	event_active(ready, EV_READ, 1);
	CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
	CHECK_EQ(SCRIPT->timeout_ns, 0);
	CHECK_EQ(event_base_loop(base, EVLOOP_NONBLOCK), 0);
	CHECK_EQ(SCRIPT->timeout_ns, 0);
	event_free(timer);
	event_free(ready);
	event_base_free(base);
}
