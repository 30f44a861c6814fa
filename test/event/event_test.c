/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event_test.c - an event's life, good and bad arguments, on every backend.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/event_compat.h>
#include <event2/event_struct.h>

#include "events.h"

/* Is anything pending, of all there is? */
static int
pending(const struct event *ev)
{
	return event_pending(ev,
	    EV_READ | EV_WRITE | EV_CLOSED | EV_SIGNAL | EV_TIMEOUT, NULL);
}

/* What was assigned can be asked for. */
TEST(getters_tell_what_was_assigned)
{
	struct event ev;
	struct event_base *that_base;
	evutil_socket_t fd;
	short what;
	event_callback_fn fn;
	void *arg;

	set_up();
	memset(&ev, 0, sizeof(ev));
	CHECK_EQ(event_initialized(&ev), 0);
	CHECK_EQ(event_assign(&ev, base, pair[0], EV_READ | EV_PERSIST,
		     on_event, &runs),
	    0);
	CHECK_EQ(event_initialized(&ev), 1);
	CHECK_EQ(event_get_fd(&ev), pair[0]);
	CHECK_PTR(event_get_base(&ev), base);
	CHECK_EQ(event_get_events(&ev), EV_READ | EV_PERSIST);
	CHECK(event_get_callback(&ev) == on_event);
	CHECK_PTR(event_get_callback_arg(&ev), &runs);
	CHECK_EQ(event_get_priority(&ev), 0);
	event_get_assignment(&ev, &that_base, &fd, &what, &fn, &arg);
	event_get_assignment(&ev, NULL, NULL, NULL, NULL, NULL);
	CHECK_PTR(that_base, base);
	CHECK_EQ(fd, pair[0]);
	CHECK_EQ(what, EV_READ | EV_PERSIST);
	CHECK(fn == on_event);
	CHECK_PTR(arg, &runs);
	CHECK_EQ(event_get_struct_event_size(), sizeof(struct event));
	event_debug_unassign(&ev);
	CHECK_EQ(event_initialized(&ev), 0);
	event_debug_unassign(NULL);
	clean_up();
}

/* A one-shot event runs once and is not pending in its callback. */
static void
on_once(evutil_socket_t fd, short what, void *arg)
{
	on_event(fd, what, arg);
	CHECK_EQ(pending(arg), 0);
}

TEST(one_shot_runs_once)
{
	set_up();
	struct event *ev = event_new(base, pair[0], EV_READ, on_once,
	    event_self_cbarg());
	CHECK_NOTNULL(ev);
	CHECK_EQ(event_add(ev, NULL), 0);
	CHECK_EQ(pending(ev), EV_READ);
	CHECK_EQ(write(pair[1], "x", 1), 1);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(runs, 1);
	CHECK_EQ(last_what, EV_READ);
	event_free(ev);
	clean_up();
}

/* A persistent one runs as long as there is something to read. */
TEST(persistent_runs_again)
{
	set_up();
	struct event *ev = make(pair[0], EV_READ | EV_PERSIST);
	CHECK_EQ(event_add(ev, NULL), 0);
	turn();
	CHECK_EQ(runs, 0);
	CHECK_EQ(write(pair[1], "x", 1), 1);
	for (int i = 1; i <= 5; i++) {
		turn();
		CHECK_EQ(runs, i);
	}
	CHECK_EQ(event_del(ev), 0);
	CHECK_EQ(event_del(ev), 0);
	turn();
	CHECK_EQ(runs, 5);
	event_free(ev);
	clean_up();
}

/* Read and write are told together or apart. */
TEST(read_and_write)
{
	set_up();
	struct event *ev = make(pair[0], EV_READ | EV_WRITE | EV_PERSIST);
	CHECK_EQ(event_add(ev, NULL), 0);
	turn();
	CHECK_EQ(last_what, EV_WRITE);
	CHECK_EQ(write(pair[1], "x", 1), 1);
	turn();
	CHECK_EQ(last_what, EV_READ | EV_WRITE);
	event_free(ev);
	clean_up();
}

/* Adding what is pending keeps its timeout; a timeout may come later. */
TEST(adding_again_keeps_the_timeout)
{
	struct timeval tv = { 100, 0 };

	set_up();
	struct event *ev = make(pair[0], EV_READ);
	CHECK_EQ(event_add(ev, &tv), 0);
	CHECK_EQ(pending(ev), EV_READ | EV_TIMEOUT);
	CHECK_EQ(event_add(ev, NULL), 0);
	CHECK_EQ(pending(ev), EV_READ | EV_TIMEOUT);
	CHECK_EQ(event_remove_timer(ev), 0);
	CHECK_EQ(pending(ev), EV_READ);
	event_free(ev);
	clean_up();
}

/* Active twice is run once, with what came together. */
TEST(active_twice_runs_once)
{
	set_up();
	struct event *ev = make(pair[0], EV_READ | EV_WRITE);
	event_active(ev, EV_READ, 1);
	event_active(ev, EV_WRITE, 1);
	CHECK_EQ(pending(ev), EV_READ | EV_WRITE);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(runs, 1);
	CHECK_EQ(last_what, EV_READ | EV_WRITE);
	event_active(ev, EV_READ, 1);
	CHECK_EQ(event_del(ev), 0);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(runs, 1);
	event_free(ev);
	clean_up();
}

/* No event, or one without a base: refused with a warning. */
TEST(no_event_is_refused)
{
	struct event ev;
	struct timeval tv = { 0, 0 };

	memset(&ev, 0, sizeof(ev));
	CHECK_EQ(event_assign(&ev, NULL, -1, 0, on_event, NULL), 0);
	(void)test_log_take();
	CHECK_EQ(event_add(NULL, NULL), -1);
	CHECK_STR(test_log_take(), "[warn] event_add: event is NULL.\n");
	CHECK_EQ(event_add(&ev, &tv), -1);
	CHECK_STR(test_log_take(),
	    "[warn] event_add: event has no event_base set.\n");
	CHECK_EQ(event_del(NULL), -1);
	CHECK_EQ(event_del(&ev), -1);
	CHECK_EQ(event_del_block(&ev), -1);
	CHECK_EQ(event_del_noblock(&ev), -1);
	CHECK_EQ(event_remove_timer(&ev), -1);
	CHECK_EQ(event_pending(&ev, EV_READ, NULL), 0);
	CHECK_EQ(event_finalize(0, &ev, NULL), -1);
	event_active(&ev, EV_READ, 1);
	event_active(NULL, EV_READ, 1);
	CHECK_NOTNULL(strstr(test_log_take(), "event_active: event is NULL."));
	CHECK_EQ(event_assign(NULL, NULL, -1, 0, on_event, NULL), -1);
	CHECK_EQ(event_base_set(NULL, &ev), -1);
	CHECK_EQ(event_initialized(NULL), 0);
	event_free(NULL);
	event_debug_unassign(&ev);
}

/* EV_SIGNAL with a descriptor's events makes no sense. */
TEST(signal_and_descriptor_is_refused)
{
	struct event ev;

	set_up();
	(void)test_log_take();
	CHECK_EQ(event_assign(&ev, base, 1, EV_SIGNAL | EV_READ, on_event,
		     NULL),
	    -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_NOTNULL(strstr(test_log_take(), "not compatible"));
	CHECK_NULL(event_new(base, 1, EV_SIGNAL | EV_WRITE, on_event, NULL));
	clean_up();
}

/* A closed descriptor is refused at once, with event and reason named. */
TEST(closed_descriptor_is_refused)
{
	char name[64];

	set_up();
	if (test_backend_is("changelist"))
		SKIP("the changelist tells of it when the loop waits");
	int fd = dup(pair[0]);
	struct event *ev = make(fd, EV_READ);
	close(fd);
	(void)test_log_take();
	CHECK_EQ(event_add(ev, NULL), -1);
	CHECK_EQ(errno, EBADF);
	snprintf(name, sizeof(name), "event %p", (void *)ev);
	const char *log = test_log_take();
	CHECK_NOTNULL(strstr(log, name));
	CHECK_NOTNULL(strstr(log, "Bad file descriptor"));
	CHECK_EQ(pending(ev), 0);
	CHECK_EQ(event_base_dispatch(base), 1);
	event_free(ev);
	clean_up();
}

/* Numbers that no descriptor has: refused, without memory for them. */
TEST(absurd_descriptors_are_refused)
{
	static const int numbers[] = { INT_MAX, INT_MAX - 1, 1 << 24 };

	set_up();
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		struct event *ev = make(numbers[i], EV_READ);

		CHECK_EQ(event_add(ev, NULL), -1);
		CHECK_EQ(errno, EBADF);
		event_free(ev);
	}
	clean_up();
}

/* A negative descriptor waits for nothing, but may be made active. */
TEST(negative_descriptor_never_fires)
{
	set_up();
	struct event *ev = make(-1, EV_READ | EV_PERSIST);
	struct event *odd = make(-7, EV_WRITE);
	CHECK_EQ(event_add(ev, NULL), 0);
	CHECK_EQ(event_add(odd, NULL), 0);
	turn();
	CHECK_EQ(runs, 0);
	event_active(ev, EV_READ, 1);
	turn();
	CHECK_EQ(runs, 1);
	CHECK_EQ(event_del(ev), 0);
	event_free(ev);
	event_free(odd);
	clean_up();
}

/* Edge and level do not mix on a descriptor. */
TEST(edge_and_level_do_not_mix)
{
	set_up();
	if (!(event_base_get_features(base) & EV_FEATURE_ET))
		SKIP("this backend has no edges");
	struct event *level = make(pair[0], EV_READ);
	struct event *edge = make(pair[0], EV_READ | EV_ET);
	CHECK_EQ(event_add(level, NULL), 0);
	(void)test_log_take();
	CHECK_EQ(event_add(edge, NULL), -1);
	CHECK_NOTNULL(strstr(test_log_take(), "mix edge-triggered"));
	CHECK_EQ(event_del(level), 0);
	CHECK_EQ(event_add(edge, NULL), 0);
	CHECK_EQ(event_add(level, NULL), -1);
	CHECK_EQ(pending(level), 0);
	event_free(level);
	event_free(edge);
	clean_up();
}

/* A number that is closed and used again between turns works. */
TEST(reused_descriptor_works)
{
	set_up();
	struct event *ev = make(pair[0], EV_READ | EV_PERSIST);
	CHECK_EQ(event_add(ev, NULL), 0);
	turn();
	for (int i = 1; i <= 20; i++) {
		int late = i % 2, fresh[2];

		if (!late)
			CHECK_EQ(event_del(ev), 0);
		close(pair[0]);
		CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fresh), 0);
		CHECK_EQ(fresh[0], pair[0]);
		close(pair[1]);
		pair[1] = fresh[1];
		if (late)
			CHECK_EQ(event_del(ev), 0);
		CHECK_EQ(event_add(ev, NULL), 0);
		turn();
		CHECK_EQ(runs, i - 1);
		CHECK_EQ(write(pair[1], "x", 1), 1);
		turn();
		CHECK_EQ(runs, i);
	}
	event_free(ev);
	clean_up();
}

/* A descriptor that dies while it is watched does not make the loop spin. */
TEST(dying_descriptor_is_survived)
{
	struct timeval tv = { 0, 5000 };

	set_up();
	int fd = dup(pair[0]);
	struct event *dying = make(fd, EV_READ | EV_PERSIST);
	struct event *other = make(pair[0], EV_READ | EV_PERSIST);
	CHECK_EQ(event_add(dying, NULL), 0);
	CHECK_EQ(event_add(other, NULL), 0);
	turn();
	close(fd);
	CHECK_EQ(event_base_loopexit(base, &tv), 0);
	CHECK_EQ(event_base_dispatch(base), 0);
	CHECK_LE(runs, 1);
	runs = 0;
	CHECK_EQ(write(pair[1], "x", 1), 1);
	turn();
	CHECK_GE(runs, 1);
	CHECK_EQ(event_del(dying), 0);
	event_free(dying);
	event_free(other);
	clean_up();
}

/* event_base_once() runs once and owns its event. */
TEST(once_runs_once)
{
	struct timeval tv = { 0, 1000 };

	set_up();
	CHECK_EQ(event_base_once(base, pair[0], EV_WRITE, on_event, NULL, NULL),
	    0);
	CHECK_EQ(event_base_once(base, -1, EV_TIMEOUT, on_event, NULL, NULL),
	    0);
	CHECK_EQ(event_base_once(base, -1, EV_TIMEOUT, on_event, NULL, &tv), 0);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(runs, 3);

	/* One that never runs is freed with the base. */
	CHECK_EQ(event_base_once(base, pair[0], EV_READ, on_event, NULL, NULL),
	    0);
	clean_up();
}

/* What event_base_once() cannot do, it refuses. */
TEST(once_refuses)
{
	set_up();
	CHECK_EQ(event_base_once(base, SIGUSR1, EV_SIGNAL, on_event, NULL,
		     NULL),
	    -1);
	CHECK_EQ(event_base_once(base, pair[0], EV_READ | EV_PERSIST, on_event,
		     NULL, NULL),
	    -1);
	CHECK_EQ(event_base_once(base, pair[0], 0, on_event, NULL, NULL), -1);
	CHECK_EQ(event_base_once(base, pair[0], EV_READ, NULL, NULL, NULL), -1);
	CHECK_EQ(event_base_once(NULL, pair[0], EV_READ, on_event, NULL, NULL),
	    -1);
	if (!test_backend_is("changelist"))
		CHECK_EQ(event_base_once(base, 100000, EV_READ, on_event, NULL,
			     NULL),
		    -1);
	CHECK_EQ(event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED), 0);
	clean_up();
}

static void
on_finalize(struct event *ev, void *arg)
{
	CHECK_NOTNULL(ev);
	++*(int *)arg;
}

/* A finalizer runs once, from the loop, and the event runs no more. */
TEST(finalizer_runs_once)
{
	static struct event ev;
	int count = 0;

	set_up();
	CHECK_EQ(event_assign(&ev, base, pair[0], EV_WRITE | EV_FINALIZE,
		     on_event, &count),
	    0);
	CHECK_EQ(event_add(&ev, NULL), 0);
	CHECK_EQ(event_finalize(0, &ev, on_finalize), 0);
	CHECK_EQ(event_add(&ev, NULL), -1);
	CHECK_EQ(event_del(&ev), 0);
	event_active(&ev, EV_WRITE, 1);
	CHECK_EQ(count, 0);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(count, 1);
	CHECK_EQ(runs, 0);
	clean_up();
}

/* event_free_finalize() frees the event too; event_base_free() runs it. */
TEST(finalizer_runs_when_the_base_is_freed)
{
	int count = 0;

	set_up();
	struct event *ev = event_new(base, pair[0], EV_READ, on_event, &count);
	CHECK_NOTNULL(ev);
	CHECK_EQ(event_add(ev, NULL), 0);
	CHECK_EQ(event_free_finalize(0, ev, on_finalize), 0);
	ev = event_new(base, -1, 0, on_event, &count);
	CHECK_NOTNULL(ev);
	CHECK_EQ(event_free_finalize(0, ev, on_finalize), 0);
	clean_up();
	CHECK_EQ(count, 2);
}

/* event_base_free_nofinalize() does not. */
TEST(finalizer_does_not_run_with_nofinalize)
{
	static struct event ev;
	int count = 0;

	set_up();
	CHECK_EQ(event_assign(&ev, base, -1, 0, on_event, &count), 0);
	CHECK_EQ(event_finalize(0, &ev, on_finalize), 0);
	close(pair[0]);
	close(pair[1]);
	event_base_free_nofinalize(base);
	CHECK_EQ(count, 0);
}

/* Events that outlive their base were deleted by it. */
TEST(events_may_outlive_their_base)
{
	struct timeval tv = { 100, 0 };
	struct event ev, timer, sig, lively;

	set_up();
	CHECK_EQ(event_assign(&ev, base, pair[0], EV_READ, on_event, NULL), 0);
	CHECK_EQ(event_assign(&timer, base, -1, 0, on_event, NULL), 0);
	CHECK_EQ(event_assign(&sig, base, SIGUSR1, EV_SIGNAL, on_event, NULL),
	    0);
	CHECK_EQ(event_assign(&lively, base, -1, 0, on_event, NULL), 0);
	CHECK_EQ(event_add(&ev, &tv), 0);
	CHECK_EQ(event_add(&timer, &tv), 0);
	CHECK_EQ(event_add(&sig, NULL), 0);
	event_active(&lively, EV_READ, 1);
	clean_up();
	CHECK_EQ(runs, 0);
	event_debug_unassign(&ev);
	event_debug_unassign(&timer);
	event_debug_unassign(&sig);
	event_debug_unassign(&lively);
}

/* event_base_set() moves an event that waits for nothing. */
TEST(event_moves_to_another_base)
{
	set_up();
	struct event_base *other = test_base();
	struct event *ev = make(pair[0], EV_WRITE);
	CHECK_EQ(event_add(ev, NULL), 0);
	CHECK_EQ(event_base_set(other, ev), -1);
	CHECK_EQ(event_del(ev), 0);
	CHECK_EQ(event_base_set(other, ev), 0);
	CHECK_EQ(event_base_set(other, NULL), -1);
	CHECK_EQ(event_add(ev, NULL), 0);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(runs, 0);
	CHECK_EQ(event_base_dispatch(other), 1);
	CHECK_EQ(runs, 1);
	event_free(ev);
	event_base_free(other);
	clean_up();
}

/* event_init() without memory does not return. */
static void
on_fatal(int err)
{
	CHECK_EQ(err, 0);
}

/* The old calls without a base use the one of event_init(). */
TEST(calls_without_a_base)
{
	struct timeval tv = { 0, 1000 };
	struct event ev;

	CHECK_EQ(event_dispatch(), -1);
	CHECK_EQ(event_loop(0), -1);
	CHECK_EQ(event_loopexit(NULL), -1);
	CHECK_EQ(event_loopbreak(), -1);
	CHECK_EQ(event_priority_init(2), -1);
	CHECK_NULL(event_get_method());
	event_set_fatal_callback(on_fatal);
	base = event_init();
	CHECK_NOTNULL(base);
	CHECK_EQ(event_priority_init(3), 0);
	CHECK_EQ(event_base_get_npriorities(NULL), 3);
	CHECK_STR(event_get_method(), event_base_get_method(base));
	event_set(&ev, -1, 0, on_event, NULL);
	CHECK_PTR(event_get_base(&ev), base);
	CHECK_EQ(event_add(&ev, &tv), 0);
	CHECK_EQ(event_once(-1, EV_TIMEOUT, on_event, NULL, NULL), 0);
	CHECK_EQ(event_dispatch(), 1);
	CHECK_EQ(runs, 2);
	CHECK_EQ(event_loopexit(NULL), 0);
	CHECK_EQ(event_loop(EVLOOP_NO_EXIT_ON_EMPTY), 0);
	CHECK_EQ(event_loopbreak(), 0);
	event_debug_unassign(&ev);
	event_base_free(NULL);
	CHECK_EQ(event_dispatch(), -1);
}

/* The library's version and methods. */
TEST(facts_about_the_library)
{
	const char **methods = event_get_supported_methods();

	CHECK_STR(event_get_version(), LIBEVENT_VERSION);
	CHECK_EQ(event_get_version_number(), LIBEVENT_VERSION_NUMBER);
	CHECK_STR(methods[0], "epoll");
	CHECK_STR(methods[1], "poll");
	CHECK_STR(methods[2], "select");
	CHECK_NULL(methods[3]);
}
