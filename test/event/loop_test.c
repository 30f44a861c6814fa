/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * loop_test.c - what event_base_loop() does and returns, on every backend.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/watch.h>

#include "events.h"

/* The ids of the callbacks that ran, as letters. */
static char trace[256];

static void
note(char id)
{
	size_t len = strlen(trace);

	CHECK_LT(len, sizeof(trace) - 1);
	trace[len] = id;
	trace[len + 1] = '\0';
}

static void
on_note(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	note(*(const char *)arg);
}

/* An event that notes `id` and is active now, at `pri` (-1: default). */
static struct event *
active(const char *id, int pri)
{
	struct event *ev = make_for(-1, 0, on_note, id);

	if (pri >= 0)
		CHECK_EQ(event_priority_set(ev, pri), 0);
	event_active(ev, EV_READ, 1);
	return ev;
}

/* Without events the loop returns 1 at once, whatever the flags. */
TEST(empty_loop_returns_1)
{
	set_up();
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 1);
	CHECK_EQ(event_base_loop(base, EVLOOP_NONBLOCK), 1);
	CHECK_EQ(event_base_loop(base,
		     EVLOOP_NONBLOCK | EVLOOP_NO_EXIT_ON_EMPTY),
	    0);
	CHECK_EQ(event_base_got_exit(base), 0);
	CHECK_EQ(event_base_got_break(base), 0);
	clean_up();
}

/* One turn with EVLOOP_ONCE waits for something to run. */
TEST(once_waits_for_an_event)
{
	struct timeval late = { 1000, 0 }, soon = { 0, 10000 };

	set_up();
	struct event *ev = make_for(-1, 0, on_note, "a");
	struct event *idle = make_for(pair[0], EV_READ, on_note, "x");
	CHECK_EQ(event_add(ev, &late), 0);
	CHECK_EQ(event_add(idle, NULL), 0);
	CHECK_EQ(event_base_loop(base, EVLOOP_NONBLOCK), 0);
	CHECK_STR(trace, "");
	CHECK_EQ(event_add(ev, &soon), 0);
	CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
	CHECK_STR(trace, "a");
	event_free(ev);
	event_free(idle);
	clean_up();
}

static void
on_break(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	note(*(const char *)arg);
	CHECK_EQ(event_base_loopbreak(base), 0);
}

/* loopbreak leaves the rest active for the next run. */
TEST(break_leaves_the_rest)
{
	set_up();
	struct event *breaker = make_for(-1, 0, on_break, "b");
	struct event *first = active("a", -1);
	event_active(breaker, EV_READ, 1);
	struct event *last = active("c", -1);
	CHECK_EQ(event_base_dispatch(base), 0);
	CHECK_STR(trace, "ab");
	CHECK_EQ(event_base_got_break(base), 1);
	CHECK_EQ(event_base_got_exit(base), 0);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_STR(trace, "abc");
	CHECK_EQ(event_base_got_break(base), 0);
	event_free(first);
	event_free(breaker);
	event_free(last);
	clean_up();
}

/* A loopbreak before the loop is lost; a loopexit before it is not. */
TEST(break_and_exit_before_the_loop)
{
	set_up();
	struct event *ev = active("a", -1);
	CHECK_EQ(event_base_loopbreak(base), 0);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_STR(trace, "a");
	struct event *idle = make_for(pair[0], EV_READ, on_note, "x");
	CHECK_EQ(event_add(idle, NULL), 0);
	CHECK_EQ(event_base_loopexit(base, NULL), 0);
	CHECK_EQ(event_base_dispatch(base), 0);
	CHECK_EQ(event_base_got_exit(base), 1);
	event_free(ev);
	event_free(idle);
	clean_up();
}

/* loopexit with a time ends the loop then, however idle it is. */
TEST(exit_at_a_time)
{
	struct timeval tv = { 0, 3000 };

	set_up();
	struct event *idle = make_for(pair[0], EV_READ, on_note, "x");
	CHECK_EQ(event_add(idle, NULL), 0);
	CHECK_EQ(event_base_loopexit(base, &tv), 0);
	CHECK_EQ(event_base_loop(base, EVLOOP_NO_EXIT_ON_EMPTY), 0);
	CHECK_EQ(event_base_got_exit(base), 1);
	event_free(idle);
	clean_up();
}

static void
on_reenter(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
	(void)test_log_take();
	CHECK_EQ(event_base_loop(base, 0), -1);
	CHECK_NOTNULL(strstr(test_log_take(), "reentrant invocation"));
	note('r');
}

/* A loop in a callback is refused with a warning. */
TEST(reentrant_loop_is_refused)
{
	set_up();
	struct event *ev = make_for(-1, 0, on_reenter, NULL);
	event_active(ev, EV_READ, 1);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_STR(trace, "r");
	event_free(ev);
	clean_up();
}

/* No base: refused, and no crash. */
TEST(no_base_is_refused)
{
	struct timeval tv;

	CHECK_EQ(event_base_loop(NULL, 0), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(event_base_dispatch(NULL), -1);
	CHECK_EQ(event_base_loopbreak(NULL), -1);
	CHECK_EQ(event_base_loopexit(NULL, NULL), -1);
	CHECK_EQ(event_base_loopcontinue(NULL), -1);
	CHECK_EQ(event_base_got_break(NULL), 0);
	CHECK_EQ(event_base_got_exit(NULL), 0);
	CHECK_EQ(event_base_get_npriorities(NULL), -1);
	CHECK_EQ(event_base_priority_init(NULL, 2), -1);
	CHECK_EQ(event_base_update_cache_time(NULL), -1);
	CHECK_EQ(event_gettime_monotonic(NULL, &tv), -1);
	CHECK_EQ(event_reinit(NULL), -1);
	CHECK_EQ(event_base_get_num_events(NULL, EVENT_BASE_COUNT_ADDED), 0);
	CHECK_EQ(event_base_get_max_events(NULL, EVENT_BASE_COUNT_ADDED, 1), 0);
	CHECK_EQ(event_base_get_features(NULL), 0);
	CHECK_NULL(event_base_get_method(NULL));
	CHECK_NULL(event_base_get_signal_method(NULL));
	CHECK_NULL(event_base_get_running_event(NULL));
	CHECK_EQ(event_base_foreach_event(NULL, NULL, NULL), -1);
	event_base_dump_events(NULL, stdout);
	event_base_active_by_fd(NULL, 1, EV_READ);
	event_base_active_by_signal(NULL, 1);
	CHECK_EQ(event_base_gettimeofday_cached(NULL, &tv), 0);
	CHECK_EQ(event_base_gettimeofday_cached(NULL, NULL), -1);
	(void)test_log_take();
	event_base_free(NULL);
	CHECK_NOTNULL(strstr(test_log_take(), "no base to free"));
}

/* The more urgent priority runs first and to the end; the rest waits. */
TEST(urgent_ones_run_first)
{
	set_up();
	CHECK_EQ(event_base_priority_init(base, 3), 0);
	CHECK_EQ(event_base_get_npriorities(base), 3);
	struct event *evs[] = { active("c", 2), active("b", 1), active("a", 0),
		active("A", 0) };
	CHECK_EQ(event_base_loop(base, EVLOOP_NONBLOCK), 1);
	CHECK_STR(trace, "aAbc");
	for (int i = 0; i < 4; i++)
		event_free(evs[i]);
	clean_up();
}

static struct event *urgent;

static void
on_activate_urgent(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	note(*(const char *)arg);
	event_active(urgent, EV_READ, 1);
}

/* A more urgent event that becomes active goes before the rest of a queue. */
TEST(urgent_one_cuts_in)
{
	set_up();
	CHECK_EQ(event_base_priority_init(base, 2), 0);
	urgent = make_for(-1, 0, on_note, "u");
	CHECK_EQ(event_priority_set(urgent, 0), 0);
	struct event *first = make_for(-1, 0, on_activate_urgent, "a");
	event_active(first, EV_READ, 1);
	struct event *last = active("b", 1);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_STR(trace, "aub");
	event_free(urgent);
	event_free(first);
	event_free(last);
	clean_up();
}

/* Priorities out of range, or while something is active, are refused. */
TEST(bad_priorities_are_refused)
{
	set_up();
	CHECK_EQ(event_base_priority_init(base, 0), -1);
	CHECK_EQ(event_base_priority_init(base, -3), -1);
	CHECK_EQ(event_base_priority_init(base, EVENT_MAX_PRIORITIES), -1);
	CHECK_EQ(event_base_priority_init(base, EVENT_MAX_PRIORITIES - 1), 0);
	CHECK_EQ(event_base_priority_init(base, 4), 0);
	struct event *ev = make_for(-1, 0, on_note, "a");
	CHECK_EQ(event_get_priority(ev), 2);
	CHECK_EQ(event_priority_set(ev, 4), -1);
	CHECK_EQ(event_priority_set(ev, -1), -1);
	CHECK_EQ(event_priority_set(NULL, 0), -1);
	CHECK_EQ(event_priority_set(ev, 3), 0);
	event_active(ev, EV_READ, 1);
	CHECK_EQ(event_priority_set(ev, 0), -1);
	CHECK_EQ(event_base_priority_init(base, 2), -1);
	CHECK_EQ(event_base_dispatch(base), 1);
	event_free(ev);
	clean_up();
}

/* Events of one descriptor: the newest runs first. */
TEST(newest_event_of_a_descriptor_is_first)
{
	set_up();
	struct event *evs[3];
	static const char ids[] = "abc";

	for (int i = 0; i < 3; i++) {
		evs[i] = make_for(pair[0], EV_READ, on_note, &ids[i]);
		CHECK_EQ(event_add(evs[i], NULL), 0);
	}
	CHECK_EQ(write(pair[1], "x", 1), 1);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_STR(trace, "cba");
	for (int i = 0; i < 3; i++)
		event_free(evs[i]);
	clean_up();
}

static void
on_continue(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	note(*(const char *)arg);
	CHECK_EQ(write(pair[1], "x", 1), 1);
	CHECK_EQ(event_base_loopcontinue(base), 0);
}

/* loopcontinue polls before the rest of the queue runs. */
TEST(continue_polls_first)
{
	set_up();
	CHECK_EQ(event_base_priority_init(base, 2), 0);
	struct event *reader = make_for(pair[0], EV_READ, on_note, "r");
	CHECK_EQ(event_priority_set(reader, 0), 0);
	CHECK_EQ(event_add(reader, NULL), 0);
	struct event *first = make_for(-1, 0, on_continue, "a");
	event_active(first, EV_READ, 1);
	struct event *last = active("b", 1);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_STR(trace, "arb");
	event_free(reader);
	event_free(first);
	event_free(last);
	clean_up();
}

static void
on_check(struct evwatch *watch, const struct evwatch_check_cb_info *info,
    void *arg)
{
	(void)watch, (void)info;
	note(*(const char *)arg);
}

/* A limit of callbacks, from a priority on, polls in between. */
TEST(dispatch_limit_polls_in_between)
{
	struct event_config *config = event_config_new();
	struct event *evs[3];

	CHECK_NOTNULL(config);
	CHECK_EQ(event_config_set_max_dispatch_interval(config, NULL, 2, 0), 0);
	base = event_base_new_with_config(config);
	event_config_free(config);
	CHECK_NOTNULL(base);
	CHECK_NOTNULL(evwatch_check_new(base, on_check, (char *)"."));
	for (int i = 0; i < 3; i++)
		evs[i] = active("a", -1);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_STR(trace, ".aa.a");
	for (int i = 0; i < 3; i++)
		event_free(evs[i]);
	event_base_free(base);
}

/* A limit of time that has passed at once: one callback for each poll. */
TEST(dispatch_interval_polls_in_between)
{
	struct event_config *config = event_config_new();
	struct timeval none = { 0, 0 };
	struct event *evs[3];

	CHECK_NOTNULL(config);
	CHECK_EQ(event_config_set_max_dispatch_interval(config, &none, -1, 0),
	    0);
	base = event_base_new_with_config(config);
	event_config_free(config);
	CHECK_NOTNULL(base);
	CHECK_NOTNULL(evwatch_check_new(base, on_check, (char *)"."));
	for (int i = 0; i < 3; i++)
		evs[i] = active("a", -1);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_STR(trace, ".a.a.a");
	for (int i = 0; i < 3; i++)
		event_free(evs[i]);
	event_base_free(base);
}

static struct evwatch *watches[3];

static void
on_prepare(struct evwatch *watch, const struct evwatch_prepare_cb_info *info,
    void *arg)
{
	struct timeval tv;

	CHECK_PTR(evwatch_base(watch), base);
	note(*(const char *)arg);
	note(evwatch_prepare_get_timeout(info, &tv) ? '+' : '-');
}

/* Frees itself and the one after it. */
static void
on_prepare_free(struct evwatch *watch,
    const struct evwatch_prepare_cb_info *info, void *arg)
{
	(void)info, (void)arg;
	CHECK_PTR(watch, watches[0]);
	note('f');
	evwatch_free(watches[0]);
	evwatch_free(watches[1]);
}

/* Hooks run around the wait and know how long it may last. */
TEST(hooks_run_around_the_wait)
{
	struct timeval tv = { 0, 1000 };

	set_up();
	CHECK_NOTNULL(evwatch_prepare_new(base, on_prepare, (char *)"p"));
	CHECK_NOTNULL(evwatch_check_new(base, on_check, (char *)"c"));
	struct event *ev = make_for(pair[0], EV_READ, on_note, "r");
	CHECK_EQ(event_add(ev, NULL), 0);
	CHECK_EQ(write(pair[1], "x", 1), 1);
	CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
	CHECK_STR(trace, "p-cr");
	struct event *timer = make_for(-1, 0, on_note, "t");
	CHECK_EQ(event_add(timer, &tv), 0);
	trace[0] = '\0';
	CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
	CHECK_MEM(trace, "p+c", 3);
	event_free(ev);
	event_free(timer);
	clean_up();
}

/* A hook may free itself and others while the hooks run. */
TEST(hooks_may_free_each_other)
{
	set_up();
	watches[0] = evwatch_prepare_new(base, on_prepare_free, NULL);
	watches[1] = evwatch_prepare_new(base, on_prepare, (char *)"x");
	watches[2] = evwatch_prepare_new(base, on_prepare, (char *)"p");
	CHECK_NOTNULL(watches[0]);
	CHECK_NOTNULL(watches[1]);
	CHECK_NOTNULL(watches[2]);
	CHECK_EQ(event_base_loop(base,
		     EVLOOP_NONBLOCK | EVLOOP_NO_EXIT_ON_EMPTY),
	    0);
	CHECK_EQ(event_base_loop(base,
		     EVLOOP_NONBLOCK | EVLOOP_NO_EXIT_ON_EMPTY),
	    0);
	CHECK_STR(trace, "fp+p+");
	CHECK_NULL(evwatch_prepare_new(NULL, on_prepare, NULL));
	CHECK_NULL(evwatch_check_new(base, NULL, NULL));
	evwatch_free(NULL);
	clean_up();
}

/* Counts of events: added, active, and the most there ever were. */
TEST(events_are_counted)
{
	struct timeval tv = { 100, 0 };

	set_up();
	struct event *ev = make_for(pair[0], EV_READ, on_note, "a");
	struct event *timer = make_for(-1, 0, on_note, "t");
	CHECK_EQ(event_add(ev, NULL), 0);
	CHECK_EQ(event_add(timer, &tv), 0);
	event_active(timer, EV_TIMEOUT, 1);
	CHECK_EQ(event_base_get_num_events(base, EVENT_BASE_COUNT_ACTIVE), 1);
	CHECK_EQ(event_base_get_num_events(base, EVENT_BASE_COUNT_VIRTUAL), 0);
	CHECK_EQ(event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED), 3);
	CHECK_EQ(event_base_loop(base, EVLOOP_NONBLOCK), 0);
	CHECK_EQ(event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED), 1);
	CHECK_EQ(event_base_get_max_events(base, EVENT_BASE_COUNT_ADDED, 0), 3);
	CHECK_EQ(event_base_get_max_events(base, EVENT_BASE_COUNT_ACTIVE, 1),
	    1);
	CHECK_EQ(event_base_get_max_events(base, EVENT_BASE_COUNT_ACTIVE, 0),
	    0);
	event_free(ev);
	event_free(timer);
	clean_up();
}

static int
count_events(const struct event_base *which, const struct event *ev, void *arg)
{
	int *left = arg;

	CHECK_PTR(which, base);
	CHECK_NOTNULL(ev);
	return --*left == 0 ? 42 : 0;
}

/* foreach visits each event once, in whatever states it is, and stops. */
TEST(foreach_visits_each_once)
{
	struct timeval tv = { 100, 0 };

	set_up();
	struct event *both = make_for(pair[0], EV_READ, on_note, "a");
	struct event *timer = make_for(-1, 0, on_note, "t");
	struct event *sig = make_for(SIGUSR1, EV_SIGNAL, on_note, "s");
	CHECK_EQ(event_add(both, &tv), 0);
	CHECK_EQ(event_add(timer, &tv), 0);
	CHECK_EQ(event_add(sig, NULL), 0);
	event_active(both, EV_READ, 1);
	struct event *only_active = active("c", -1);
	int left = 100;
	CHECK_EQ(event_base_foreach_event(base, count_events, &left), 0);
	CHECK_EQ(left, 96);
	for (int stop = 1; stop <= 4; stop++) {
		left = stop;
		CHECK_EQ(event_base_foreach_event(base, count_events, &left),
		    42);
	}
	CHECK_EQ(event_base_foreach_event(base, NULL, NULL), -1);
	event_free(both);
	event_free(timer);
	event_free(sig);
	event_free(only_active);
	clean_up();
}

/* The dump names each event with what it waits for. */
TEST(dump_names_events)
{
	struct timeval tv = { 100, 0 };
	char *text = NULL;
	size_t len = 0;

	set_up();
	struct event *ev = make_for(pair[0], EV_READ | EV_WRITE | EV_PERSIST,
	    on_note, "a");
	struct event *sig = make_for(SIGUSR1, EV_SIGNAL, on_note, "s");
	CHECK_EQ(event_add(ev, &tv), 0);
	CHECK_EQ(event_add(sig, NULL), 0);
	event_active(ev, EV_WRITE, 1);
	FILE *output = open_memstream(&text, &len);
	CHECK_NOTNULL(output);
	event_base_dump_events(base, output);
	event_base_dump_events(base, NULL);
	fclose(output);
	CHECK_NOTNULL(strstr(text, "Inserted events:\n"));
	CHECK_NOTNULL(strstr(text, " Read Write Persist Timeout="));
	CHECK_NOTNULL(strstr(text, " Signal"));
	const char *rest = strstr(text, "Active events:\n");
	CHECK_NOTNULL(rest);
	CHECK_NOTNULL(strstr(rest, " Write active\n"));
	free(text);
	event_free(ev);
	event_free(sig);
	clean_up();
}

static void
on_who(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	CHECK_PTR(event_base_get_running_event(base), arg);
	note('w');
}

/* The loop tells which event runs. */
TEST(running_event_is_known)
{
	set_up();
	struct event *ev = make_for(-1, 0, on_who, event_self_cbarg());
	CHECK_NULL(event_base_get_running_event(base));
	event_active(ev, EV_READ, 1);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_STR(trace, "w");
	CHECK_NULL(event_base_get_running_event(base));
	event_free(ev);
	clean_up();
}

/* active_by_fd and active_by_signal run what waits for it. */
TEST(active_by_descriptor_and_signal)
{
	struct timeval tv = { 100, 0 };

	set_up();
	struct event *reader = make_for(pair[0], EV_READ, on_note, "r");
	struct event *writer = make_for(pair[0], EV_WRITE, on_note, "w");
	struct event *sig = make_for(SIGUSR1, EV_SIGNAL, on_note, "s");
	CHECK_EQ(event_add(reader, &tv), 0);
	CHECK_EQ(event_add(writer, NULL), 0);
	CHECK_EQ(event_add(sig, NULL), 0);
	CHECK_EQ(event_del(writer), 0);
	event_base_active_by_fd(base, pair[0], EV_WRITE);
	event_base_active_by_fd(base, -1, EV_READ);
	event_base_active_by_fd(base, 100000, EV_READ);
	event_base_active_by_fd(base, pair[0], EV_READ);
	event_base_active_by_signal(base, SIGUSR1);
	event_base_active_by_signal(base, SIGUSR2);
	event_base_active_by_signal(base, -1);
	event_base_active_by_signal(base, 100000);
	CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
	CHECK_STR(trace, "rs");
	event_free(reader);
	event_free(writer);
	event_free(sig);
	clean_up();
}

/* The time is that of the turn in a callback, and can be renewed. */
static void
on_time(evutil_socket_t fd, short what, void *arg)
{
	struct timeval first, second;

	(void)fd, (void)what, (void)arg;
	CHECK_EQ(event_base_update_cache_time(base), 0);
	CHECK_EQ(event_gettime_monotonic(base, &first), 0);
	CHECK_EQ(event_gettime_monotonic(base, &second), 0);
	CHECK(evutil_timercmp(&first, &second, <=));
	CHECK_EQ(event_base_gettimeofday_cached(base, &first), 0);
	note('t');
}

TEST(time_of_the_turn)
{
	set_up();
	struct event *ev = make_for(-1, 0, on_time, NULL);
	event_active(ev, EV_READ, 1);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_STR(trace, "t");
	CHECK_EQ(event_gettime_monotonic(base, NULL), -1);
	event_free(ev);
	clean_up();
}
