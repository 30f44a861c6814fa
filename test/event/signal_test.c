/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * signal_test.c - signals as events: none lost, each base gets its own.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>

#include "test.h"

static int runs;
static int other_runs;
static int handled;

static void
on_signal(evutil_socket_t signum, short what, void *arg)
{
	(void)signum;
	CHECK_EQ(what, EV_SIGNAL);
	++*(int *)arg;
}

static void
on_handler(int signum)
{
	(void)signum;
	handled++;
}

static struct event *
watch(struct event_base *base, int signum, int *count)
{
	struct event *ev = event_new(base, signum, EV_SIGNAL | EV_PERSIST,
	    on_signal, count);

	CHECK_NOTNULL(ev);
	CHECK_EQ(event_add(ev, NULL), 0);
	return ev;
}

static void
turn(struct event_base *base)
{
	CHECK_GE(event_base_loop(base, EVLOOP_NONBLOCK | EVLOOP_ONCE), 0);
}

static int
is_signalfd(void)
{
	return test_backend_is("signalfd");
}

/* A signal runs its event, once for each time it was sent. */
TEST(each_delivery_is_counted)
{
	struct event_base *base = test_base();
	struct event *ev = watch(base, SIGUSR1, &runs);

	turn(base);
	CHECK_EQ(runs, 0);
	for (int i = 0; i < 5; i++)
		CHECK_EQ(raise(SIGUSR1), 0);
	turn(base);

	/* A blocked signal is pending once, says POSIX. */
	CHECK_EQ(runs, is_signalfd() ? 1 : 5);
	CHECK_EQ(event_del(ev), 0);
	event_free(ev);
	event_base_free(base);
}

/* The loop sleeps until the signal comes, and events keep it alive. */
TEST(sleeping_loop_is_woken)
{
	struct event_base *base = test_base();
	struct event *ev = watch(base, SIGALRM, &runs);

	CHECK_EQ(ualarm(3000, 0), 0);
	CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
	CHECK_EQ(runs, 1);
	event_free(ev);
	CHECK_EQ(event_base_dispatch(base), 1);
	event_base_free(base);
}

/* Several bases that watch one signal all get it. */
TEST(every_base_gets_it)
{
	struct event_base *base = test_base();
	struct event_base *other = test_base();

	if (is_signalfd())
		SKIP("the kernel gives a signal to one descriptor");
	struct event *ev = watch(base, SIGUSR1, &runs);
	struct event *other_ev = watch(other, SIGUSR1, &other_runs);
	CHECK_EQ(raise(SIGUSR1), 0);
	CHECK_EQ(raise(SIGUSR1), 0);
	turn(other);
	turn(base);
	CHECK_EQ(runs, 2);
	CHECK_EQ(other_runs, 2);

	/* One leaves, the other stays. */
	event_free(ev);
	CHECK_EQ(raise(SIGUSR1), 0);
	turn(other);
	turn(base);
	CHECK_EQ(runs, 2);
	CHECK_EQ(other_runs, 3);
	event_free(other_ev);
	event_base_free(base);
	event_base_free(other);
}

/* Two events of one signal and two signals of one base. */
TEST(events_share_a_signal)
{
	struct event_base *base = test_base();
	struct event *first = watch(base, SIGUSR1, &runs);
	struct event *second = watch(base, SIGUSR1, &runs);
	struct event *third = watch(base, SIGUSR2, &other_runs);

	CHECK_EQ(raise(SIGUSR1), 0);
	CHECK_EQ(raise(SIGUSR2), 0);
	turn(base);
	CHECK_EQ(runs, 2);
	CHECK_EQ(other_runs, 1);
	event_free(first);
	CHECK_EQ(raise(SIGUSR1), 0);
	turn(base);
	CHECK_EQ(runs, 3);
	event_free(second);
	event_free(third);
	event_base_free(base);
}

/* Is `handler` in place for `signum`? */
static int
is_in_place(int signum, void (*handler)(int))
{
	struct sigaction action;

	CHECK_EQ(sigaction(signum, NULL, &action), 0);
	return action.sa_handler == handler;
}

/* The handler of before is back after the last deletion, or the base. */
TEST(handler_is_restored)
{
	struct event_base *base = test_base();
	struct event_base *other = test_base();

	CHECK(signal(SIGUSR1, on_handler) != SIG_ERR);
	CHECK(signal(SIGUSR2, SIG_IGN) != SIG_ERR);
	struct event *first = watch(base, SIGUSR1, &runs);
	struct event *second = watch(base, SIGUSR1, &runs);
	struct event *third = watch(other, SIGUSR1, &runs);
	struct event *ignored = watch(other, SIGUSR2, &runs);
	if (!is_signalfd())
		CHECK(!is_in_place(SIGUSR1, on_handler));
	event_free(first);
	event_free(second);
	event_base_free(base);
	if (!is_signalfd())
		CHECK(!is_in_place(SIGUSR1, on_handler));
	event_base_free(other);
	CHECK(is_in_place(SIGUSR1, on_handler));
	CHECK(is_in_place(SIGUSR2, SIG_IGN));
	CHECK_EQ(raise(SIGUSR1), 0);
	CHECK_EQ(handled, 1);
	CHECK_EQ(runs, 0);
	test_free(third);
	test_free(ignored);
}

/* Numbers that are no signals are refused, with a warning that tells. */
TEST(no_such_signal)
{
	static const int numbers[] = { -1, NSIG, 1000, 1 << 30 };
	struct event_base *base = test_base();

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		struct event *ev = event_new(base, numbers[i], EV_SIGNAL,
		    on_signal, &runs);

		CHECK_NOTNULL(ev);
		(void)test_log_take();
		CHECK_EQ(event_add(ev, NULL), -1);
		CHECK_EQ(errno, EINVAL);
		CHECK_NOTNULL(strstr(test_log_take(), "there is no signal"));
		CHECK_EQ(event_pending(ev, EV_SIGNAL, NULL), 0);
		event_free(ev);
	}

	/* The system refuses these itself. */
	if (!is_signalfd()) {
		struct event *ev = event_new(base, SIGKILL, EV_SIGNAL,
		    on_signal, &runs);

		CHECK_NOTNULL(ev);
		CHECK_EQ(event_add(ev, NULL), -1);
		CHECK_EQ(errno, EINVAL);
		event_free(ev);
	}
	event_base_free(base);
}

static void
on_delete(evutil_socket_t signum, short what, void *arg)
{
	(void)signum, (void)what;
	runs++;
	CHECK_EQ(event_del(arg), 0);
}

/* Deleting in the callback takes the other deliveries back. */
TEST(deleting_stops_the_rest)
{
	struct event_base *base = test_base();
	struct event *ev = event_new(base, SIGUSR1, EV_SIGNAL | EV_PERSIST,
	    on_delete, event_self_cbarg());

	CHECK_NOTNULL(ev);
	CHECK_EQ(event_add(ev, NULL), 0);
	for (int i = 0; i < 3; i++)
		CHECK_EQ(raise(SIGUSR1), 0);
	turn(base);
	turn(base);
	CHECK_EQ(runs, 1);
	event_free(ev);
	event_base_free(base);
}

static void
on_break(evutil_socket_t signum, short what, void *arg)
{
	(void)signum, (void)what;
	runs++;
	CHECK_EQ(event_base_loopbreak(arg), 0);
}

/* loopbreak in the callback ends the repetition. */
TEST(breaking_stops_the_rest)
{
	struct event_base *base = test_base();
	struct event *ev = event_new(base, SIGUSR1, EV_SIGNAL | EV_PERSIST,
	    on_break, base);

	CHECK_NOTNULL(ev);
	CHECK_EQ(event_add(ev, NULL), 0);
	event_active(ev, EV_SIGNAL, 3);
	CHECK_EQ(event_base_dispatch(base), 0);
	CHECK_EQ(runs, 1);
	event_free(ev);
	event_base_free(base);
}

/* The mask of blocked signals is as before without signalfd. */
TEST(mask_is_left_alone)
{
	struct event_base *base = test_base();
	sigset_t mask;

	struct event *ev = watch(base, SIGUSR1, &runs);
	CHECK_EQ(sigprocmask(SIG_BLOCK, NULL, &mask), 0);
	CHECK_EQ(sigismember(&mask, SIGUSR1), is_signalfd());
	event_free(ev);
	CHECK_EQ(sigprocmask(SIG_BLOCK, NULL, &mask), 0);
	CHECK_EQ(sigismember(&mask, SIGUSR1), 0);
	event_base_free(base);
}

/* A signal added, deleted and added again is heard. */
TEST(added_again)
{
	struct event_base *base = test_base();
	struct event *ev = watch(base, SIGUSR1, &runs);

	for (int i = 0; i < 10; i++) {
		CHECK_EQ(event_del(ev), 0);
		CHECK_EQ(event_add(ev, NULL), 0);
		CHECK_EQ(raise(SIGUSR1), 0);
		turn(base);
		CHECK_EQ(runs, i + 1);
	}
	event_free(ev);
	event_base_free(base);
}

/* A signal event may have a timeout. */
TEST(signal_with_a_timeout)
{
	struct event_base *base = test_base();
	struct timeval tv = { 100, 0 };
	struct event *ev = event_new(base, SIGUSR1, EV_SIGNAL, on_signal,
	    &runs);

	CHECK_NOTNULL(ev);
	CHECK_EQ(event_add(ev, &tv), 0);
	CHECK_EQ(event_pending(ev, EV_SIGNAL | EV_TIMEOUT, NULL),
	    EV_SIGNAL | EV_TIMEOUT);
	CHECK_EQ(raise(SIGUSR1), 0);
	turn(base);
	CHECK_EQ(runs, 1);
	CHECK_EQ(event_pending(ev, EV_SIGNAL | EV_TIMEOUT, NULL), 0);
	event_free(ev);
	event_base_free(base);
}
