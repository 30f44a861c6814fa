/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * timer_test.c - timeouts on the fake clock.
 */
#include "event/event.h"

#include <stdlib.h>

#include "base/base.h"
#include "base/time.h"
#include "test.h"
#include "testing/backend.h"
#include "testing/clock.h"

#define MS EVI_TIME_NS_PER_MS

static struct event_base *base;

/* What ran: ids, and when since the start. */
static struct {
	int count;
	int ids[256];
	int64_t times[256];
} trace;

static void
note(int id)
{
	if (trace.count < 256) {
		trace.ids[trace.count] = id;
		trace.times[trace.count] = evi_testing_clock_now() -
		    EVI_TESTING_START;
	}
	trace.count++;
}

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	note((int)(intptr_t)arg);
}

static void
set_up(void)
{
	base = evi_testing_base();
	CHECK_NOTNULL(base);
}

static struct event *
timer_new(int id, int flags)
{
	struct event *ev = event_new(base, -1, (short)flags, on_event,
	    (void *)(intptr_t)id);

	CHECK_NOTNULL(ev);
	return ev;
}

static void
add_ms(struct event *ev, int ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	CHECK_EQ(event_add(ev, &tv), 0);
}

/* A timer runs at its time, not before, and the loop sleeps until then. */
TEST(runs_at_its_time)
{
	set_up();
	struct event *late = timer_new(1, 0);
	struct event *soon = timer_new(2, 0);

	add_ms(late, 5000);
	add_ms(soon, 30);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(trace.count, 2);
	CHECK_EQ(trace.ids[0], 2);
	CHECK_EQ(trace.times[0], 30 * MS);
	CHECK_EQ(trace.ids[1], 1);
	CHECK_EQ(trace.times[1], 5000 * MS);
	CHECK_EQ(evi_testing_script.waits, 2);
	event_free(late);
	event_free(soon);
	event_base_free(base);
}

/* A loop that wakes too soon does not run a timer early. */
TEST(never_early)
{
	set_up();
	struct event *ev = timer_new(1, 0);

	add_ms(ev, 10);
	evi_testing_report(EVI_TESTING_START + 10 * MS - 1, 5, EV_READ);
	CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
	CHECK_EQ(trace.count, 1);
	CHECK_EQ(trace.times[0], 10 * MS);
	CHECK_EQ(evi_testing_script.waits, 2);
	CHECK_EQ(evi_testing_script.timeout_ns, 1);
	event_free(ev);
	event_base_free(base);
}

/* Equal deadlines run in the order in which they were set, the last set. */
TEST(equal_deadlines_keep_their_order)
{
	struct event *evs[100];

	set_up();
	for (int i = 0; i < 100; i++) {
		evs[i] = timer_new(i, 0);
		add_ms(evs[i], 50);
	}
	for (int i = 0; i < 100; i += 3) /* to the end of the line */
		add_ms(evs[i], 50);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(trace.count, 100);
	int at = 0;
	for (int i = 0; i < 100; i++)
		if (i % 3)
			CHECK_EQ(trace.ids[at++], i);
	for (int i = 0; i < 100; i += 3)
		CHECK_EQ(trace.ids[at++], i);
	for (int i = 0; i < 100; i++)
		event_free(evs[i]);
	event_base_free(base);
}

/* Setting it again moves a timer later and sooner. */
TEST(setting_it_again_moves_it)
{
	set_up();
	struct event *later = timer_new(1, 0);
	struct event *sooner = timer_new(2, 0);

	add_ms(later, 10);
	add_ms(later, 400);
	add_ms(sooner, 900);
	add_ms(sooner, 20);
	CHECK_EQ(event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED), 2);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(trace.count, 2);
	CHECK_EQ(trace.times[0], 20 * MS);
	CHECK_EQ(trace.ids[0], 2);
	CHECK_EQ(trace.times[1], 400 * MS);
	CHECK_EQ(trace.ids[1], 1);
	event_free(later);
	event_free(sooner);
	event_base_free(base);
}

/* Setting it later again and again leaves one entry and makes none. */
TEST(refreshing_costs_no_memory)
{
	set_up();
	struct event *ev = timer_new(1, 0);

	add_ms(ev, 100);
	size_t blocks = test_blocks_total();
	for (int i = 0; i < 10000; i++) {
		evi_testing_clock_advance(1000);
		add_ms(ev, 100);
		CHECK_EQ(base->timers.wheel.count, 1);
	}
	CHECK_EQ(test_blocks_total(), blocks);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(trace.count, 1);
	CHECK_EQ(trace.times[0], 110 * MS);
	event_free(ev);
	event_base_free(base);
}

/* Deleted timers do not run, and their dead entries never pile up. */
TEST(dead_entries_are_swept)
{
	enum {
		COUNT = 4000,
		DEAD_MANY = 1024
	};
	static struct event *evs[COUNT];

	set_up();
	for (int i = 0; i < COUNT; i++) {
		evs[i] = timer_new(i, 0);
		add_ms(evs[i], 1000 + i);
	}
	for (int i = 0; i < COUNT - 1; i++) {
		CHECK_EQ(event_del(evs[i]), 0);
		if (i % 16 == 0)
			CHECK(evi_wheel_check(&base->timers.wheel));
		int living = COUNT - 1 - i;
		CHECK_LE(base->timers.wheel.count,
		    living + 1 + (living > DEAD_MANY ? living : DEAD_MANY));
	}
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(trace.count, 1);
	CHECK_EQ(trace.ids[0], COUNT - 1);
	CHECK_EQ(base->timers.wheel.count, 0);
	for (int i = 0; i < COUNT; i++)
		event_free(evs[i]);
	event_base_free(base);
}

/* One timer added and deleted for ever needs no growing memory. */
TEST(churn_stays_small)
{
	set_up();
	struct event *ev = timer_new(1, 0);
	struct event *kept = timer_new(2, 0);

	add_ms(kept, 100000);
	for (int i = 0; i < 20000; i++) {
		add_ms(ev, 1 + i % 5000);
		CHECK_EQ(event_del(ev), 0);
		CHECK_LE(base->timers.wheel.count, 1024 + 2);
		CHECK_LE(base->timers.owner_cap, 2048);
	}
	event_free(ev);
	event_free(kept);
	event_base_free(base);
}

static int
burst_size(void)
{
	if (test_is_faulty())
		return 500;
	return getenv("TEST_HEAVY") ? 1000000 : 20000;
}

/* After a burst of timers that ran, their memory is back. */
TEST_LIMIT(memory_is_back_after_a_burst_that_ran, 60)
{
	int count = burst_size();
	struct event *evs = calloc((size_t)count, sizeof(*evs));

	set_up();
	CHECK_NOTNULL(evs);
	size_t blocks = test_blocks_live();
	for (int i = 0; i < count; i++) {
		CHECK_EQ(event_assign(&evs[i], base, -1, 0, on_event,
			     (void *)(intptr_t)i),
		    0);
		add_ms(&evs[i], (int)((unsigned)i * 7919u % 60000));
	}
	CHECK_EQ(event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED),
	    count);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(trace.count, count);
	CHECK_LE(test_blocks_live(), blocks + EVI_WHEEL_LEVELS + 2);
	CHECK_LE(base->timers.owner_cap, 16);
	free(evs);
	event_base_free(base);
}

/* After a burst of timers that were deleted, too. */
TEST_LIMIT(memory_is_back_after_a_burst_that_was_deleted, 60)
{
	int count = burst_size();
	struct event *evs = calloc((size_t)count, sizeof(*evs));

	set_up();
	CHECK_NOTNULL(evs);
	size_t blocks = test_blocks_live();
	for (int i = 0; i < count; i++) {
		CHECK_EQ(event_assign(&evs[i], base, -1, 0, on_event, NULL), 0);
		add_ms(&evs[i], (int)((unsigned)i * 7919u % 60000));
	}
	for (int i = 0; i < count; i++)
		CHECK_EQ(event_del(&evs[i]), 0);
	CHECK_LE(base->timers.wheel.count, 65);
	CHECK_EQ(event_base_dispatch(base), 1);

	/* 65 dead entries may lie in as many slices. */
	CHECK_LE(test_blocks_live(), blocks + EVI_WHEEL_LEVELS + 65 + 2);
	free(evs);
	event_base_free(base);
}

/* A persistent timer keeps its beat, without a burst when it is late. */
TEST(persistent_timer_keeps_its_beat)
{
	set_up();
	struct event *ev = timer_new(1, EV_PERSIST);

	add_ms(ev, 10);
	evi_testing_script.oversleep_ns = 3 * MS;
	for (int i = 1; i <= 5; i++) {
		CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
		CHECK_EQ(trace.times[i - 1], (10 * i + 3) * MS);
	}
	evi_testing_clock_advance(35 * MS); /* three and a half beats */
	evi_testing_script.oversleep_ns = 0;
	CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
	CHECK_EQ(trace.times[5], 88 * MS);
	CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
	CHECK_EQ(trace.times[6], 98 * MS);
	CHECK_EQ(trace.count, 7);
	event_free(ev);
	event_base_free(base);
}

/* Input restarts the timeout of a persistent event. */
TEST(input_restarts_a_persistent_timeout)
{
	set_up();
	struct event *ev = event_new(base, 5, EV_READ | EV_PERSIST, on_event,
	    NULL);

	CHECK_NOTNULL(ev);
	add_ms(ev, 10);
	evi_testing_report(EVI_TESTING_START + 7 * MS, 5, EV_READ);
	CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
	CHECK_EQ(trace.times[0], 7 * MS);
	CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
	CHECK_EQ(trace.times[1], 17 * MS);
	event_free(ev);
	event_base_free(base);
}

/* event_remove_timer() takes the timeout and leaves the rest pending. */
TEST(remove_timer_leaves_the_descriptor)
{
	set_up();
	struct event *ev = event_new(base, 5, EV_READ | EV_PERSIST, on_event,
	    NULL);

	CHECK_NOTNULL(ev);
	add_ms(ev, 10);
	CHECK_EQ(event_remove_timer(ev), 0);
	CHECK_EQ(event_remove_timer(ev), 0);
	CHECK_EQ(event_pending(ev, EV_READ | EV_TIMEOUT, NULL), EV_READ);
	evi_testing_report(EVI_TESTING_START + 70 * MS, 5, EV_READ);
	CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
	CHECK_EQ(trace.count, 1);
	CHECK_EQ(trace.times[0], 70 * MS);
	CHECK_EQ(event_pending(ev, EV_TIMEOUT, NULL), 0);
	event_free(ev);
	event_base_free(base);
}

/* The time_t nearest to `sec`; it may have 32 bits. */
static time_t
seconds(int64_t sec)
{
	if (sizeof(time_t) > 4 || (sec <= INT32_MAX && sec >= INT32_MIN))
		return (time_t)sec;
	return (time_t)(sec > 0 ? INT32_MAX : INT32_MIN);
}

/* Durations that no clock reaches wait for ever; negative ones not at all. */
TEST(absurd_durations)
{
	const struct timeval absurd[] = {
		{ seconds(INT64_MAX), 0 },
		{ seconds(INT64_MAX), 999999 },
		{ seconds(INT64_MAX / 1000000000), 0 },
		{ seconds(1LL << 40), 999999 },
	};
	const struct timeval past[] = {
		{ -1, 0 },
		{ seconds(INT64_MIN), 0 },
		{ 0, -5 },
		{ 0, 0 },
	};

	set_up();
	for (size_t i = 0; i < EVI_COUNT_OF(absurd); i++) {
		struct event *ev = timer_new(1, 0);

		CHECK_EQ(event_add(ev, &absurd[i]), 0);
		CHECK_EQ(event_pending(ev, EV_TIMEOUT, NULL), EV_TIMEOUT);
		CHECK_EQ(event_base_loop(base, EVLOOP_NONBLOCK), 0);
		CHECK_EQ(trace.count, 0);
		event_free(ev);
	}
	for (size_t i = 0; i < EVI_COUNT_OF(past); i++) {
		struct event *ev = timer_new(1, 0);

		trace.count = 0;
		CHECK_EQ(event_add(ev, &past[i]), 0);
		CHECK_EQ(event_base_loop(base, EVLOOP_NONBLOCK), 1);
		CHECK_EQ(trace.count, 1);
		event_free(ev);
	}
	CHECK_EQ(evi_testing_clock_now(), EVI_TESTING_START);
	event_base_free(base);
}

/* Microseconds beyond a second count as seconds. */
TEST(microseconds_may_exceed_a_second)
{
	struct timeval tv = { 1, 2500000 };

	set_up();
	struct event *ev = timer_new(1, 0);
	CHECK_EQ(event_add(ev, &tv), 0);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(trace.times[0], 3500 * MS);
	event_free(ev);
	event_base_free(base);
}

/* A common timeout is a duration like another, and found again. */
TEST(common_timeouts)
{
	struct timeval tv = { 0, 30000 };

	set_up();
	const struct timeval *common = event_base_init_common_timeout(base,
	    &tv);
	CHECK_NOTNULL(common);
	CHECK_PTR(event_base_init_common_timeout(base, &tv), common);
	CHECK_PTR(event_base_init_common_timeout(base, common), common);
	CHECK_NULL(event_base_init_common_timeout(NULL, &tv));
	CHECK_NULL(event_base_init_common_timeout(base, NULL));
	struct event *first = timer_new(1, 0);
	struct event *second = timer_new(2, 0);
	CHECK_EQ(event_add(first, common), 0);
	CHECK_EQ(event_add(second, &tv), 0);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(trace.count, 2);
	CHECK_EQ(trace.ids[0], 1);
	CHECK_EQ(trace.times[0], 30 * MS);
	CHECK_EQ(trace.times[1], 30 * MS);
	event_free(first);
	event_free(second);
	event_base_free(base);
}

/* There is room for 256 common timeouts, and a warning for one more. */
TEST(too_many_common_timeouts)
{
	set_up();
	for (int i = 1; i <= 256; i++) {
		struct timeval tv = { i, 0 };

		CHECK_NOTNULL(event_base_init_common_timeout(base, &tv));
	}
	struct timeval tv = { 257, 0 };
	(void)test_log_take();
	CHECK_NULL(event_base_init_common_timeout(base, &tv));
	CHECK_STR(test_log_take(),
	    "[warn] event_base_init_common_timeout: "
	    "Too many common timeouts already in use; we only support 256 "
	    "per event_base\n");
	event_base_free(base);
}

/* A timeout that is pending tells when it will be, by the time of day. */
TEST(pending_tells_the_time_of_day)
{
	struct timeval tv;

	set_up();
	struct event *ev = timer_new(1, 0);
	add_ms(ev, 1500);
	CHECK_EQ(event_pending(ev, EV_TIMEOUT, &tv), EV_TIMEOUT);
	CHECK_EQ(tv.tv_sec, EVI_TESTING_START / EVI_TIME_NS_PER_S + 1);
	CHECK_EQ(tv.tv_usec, 500000);
	event_free(ev);
	event_base_free(base);
}

/* Takes its time, then sets a timer. */
static void
on_slow(evutil_socket_t fd, short what, void *arg)
{
	struct timeval tv = { 0, 10000 };

	(void)fd, (void)what;
	evi_testing_clock_advance(8 * MS);
	CHECK_EQ(event_add(arg, &tv), 0);
	CHECK_EQ(evi_event_deadline(arg), EVI_TESTING_START + 15 * MS);
}

/* A long callback does not shift the timers that it sets: time is cached. */
TEST(time_is_cached_for_a_turn)
{
	set_up();
	struct event *ev = timer_new(1, 0);
	struct event *slow = event_new(base, -1, 0, on_slow, ev);

	CHECK_NOTNULL(slow);
	add_ms(slow, 5);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(trace.count, 1);
	CHECK_GE(trace.times[0], 15 * MS);
	event_free(ev);
	event_free(slow);
	event_base_free(base);
}

/* Random timers on a random clock: each runs once, in order, at its time. */
TEST_LIMIT(random_timers_run_in_order, 60)
{
	enum {
		COUNT = 500
	};
	static struct event *evs[COUNT];
	static int due[COUNT];
	unsigned seed = 12345;

	set_up();
	for (int i = 0; i < COUNT; i++)
		evs[i] = timer_new(i, 0);
	for (int i = 0; i < 8 * COUNT; i++) {
		seed = seed * 1103515245u + 12345u;
		int at = (int)(seed >> 8) % COUNT;
		int ms = (int)(seed >> 12) % 2000;

		if (ms % 4 == 0) {
			CHECK_EQ(event_del(evs[at]), 0);
			due[at] = 0;
		} else {
			add_ms(evs[at], ms);
			due[at] = ms;
		}
	}
	CHECK_GE(event_base_dispatch(base), 0);
	for (int i = 0; i < trace.count && i < 256; i++) {
		CHECK_EQ(trace.times[i], due[trace.ids[i]] * MS);
		CHECK(i == 0 || trace.times[i - 1] <= trace.times[i]);
	}
	int pending = 0;
	for (int i = 0; i < COUNT; i++)
		pending += due[i] > 0;
	CHECK_EQ(trace.count, pending);
	for (int i = 0; i < COUNT; i++)
		event_free(evs[i]);
	event_base_free(base);
}

static int has_memory = 1;

static void *
malloc_while_there(size_t len)
{
	return has_memory ? malloc(len) : NULL;
}

static void *
realloc_while_there(void *ptr, size_t len)
{
	return has_memory ? realloc(ptr, len) : NULL;
}

/* Without any memory, timers put off run in order and at their time. */
TEST_BARE(timers_run_without_memory)
{
	struct event *evs[40];

	event_set_mem_functions(malloc_while_there, realloc_while_there, free);
	set_up();
	for (int i = 0; i < 40; i++) {
		evs[i] = timer_new(i, 0);
		add_ms(evs[i], 1 + i % 7);
	}
	for (int i = 0; i < 40; i++) /* to other slices: 100 to 8 s ahead */
		add_ms(evs[i], 100 + (39 - i) / 2 * 400);
	has_memory = 0;
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(trace.count, 40);
	for (int i = 0; i < 40; i++) {
		CHECK_EQ(trace.ids[i], 39 - (i ^ 1));
		CHECK_EQ(trace.times[i], (100 + i / 2 * 400) * MS);
	}
	for (int i = 0; i < 40; i++)
		event_free(evs[i]);
	event_base_free(base);
	event_set_mem_functions(NULL, NULL, NULL);
}
