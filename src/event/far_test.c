/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * far_test.c - timeouts from microseconds to years ahead, on the fake clock,
 * against a plain list.
 */
#include "event/event.h"

#include <stdlib.h>

#include "base/base.h"
#include "base/time.h"
#include "test.h"
#include "testing/backend.h"
#include "testing/clock.h"

#define COUNT 200
#define SECOND EVI_TIME_NS_PER_S

static struct event_base *base;
static struct event *evs[COUNT];

/* What must come: 0 is no timeout. */
static struct {
	int64_t deadline;
	unsigned order;
} model[COUNT];
static unsigned order;
static int fired;

static uint64_t random_state = 88172645463325252u;

static uint64_t
random_below(uint64_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 1) % limit;
}

/* The timer that must be the next, or -1. */
static int
model_first(void)
{
	int best = -1;

	for (int i = 0; i < COUNT; i++) {
		if (!model[i].deadline)
			continue;
		if (best < 0 || model[i].deadline < model[best].deadline ||
		    (model[i].deadline == model[best].deadline &&
			model[i].order < model[best].order))
			best = i;
	}
	return best;
}

static void
on_timeout(evutil_socket_t fd, short what, void *arg)
{
	int id = (int)(intptr_t)arg;

	(void)fd, (void)what;
	CHECK_EQ(id, model_first());
	CHECK_LE(model[id].deadline, evi_testing_clock_now());
	model[id].deadline = 0;
	fired++;
}

static void
set_up(void)
{
	base = evi_testing_base();
	CHECK_NOTNULL(base);
	for (int i = 0; i < COUNT; i++) {
		evs[i] = event_new(base, -1, 0, on_timeout,
		    (void *)(intptr_t)i);
		CHECK_NOTNULL(evs[i]);
	}
}

static void
tear_down(void)
{
	for (int i = 0; i < COUNT; i++)
		event_free(evs[i]);
	event_base_free(base);
}

static void
check_all(void)
{
	int pending = 0;

	for (int i = 0; i < COUNT; i++)
		pending += model[i].deadline != 0;
	CHECK_EQ(event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED),
	    pending);
	CHECK(evi_event_far_check(&base->timers.far));
	CHECK(evi_wheel_check(&base->timers.wheel));
}

/* Set a timeout; without memory nothing changes. */
static int
set(int id, int64_t us)
{
	struct timeval tv = { (time_t)(us / 1000000), us % 1000000 };
	int r = event_add(evs[id], &tv);

	if (r == 0) {
		model[id].deadline = evi_testing_clock_now() + us * 1000;
		model[id].order = ++order;
	}
	return r;
}

static int64_t
random_us(void)
{
	/* Up to 2^40 us, which is 12 days; often seconds; often the same. */
	if (random_below(4) == 0)
		return (int64_t)random_below(8) * 500000 + 1;
	return (int64_t)(random_below(UINT64_C(1) << 40) >> random_below(40));
}

static void
step(void)
{
	int id = (int)random_below(COUNT);
	uint64_t what = random_below(100);

	if (what < 60) {
		(void)set(id, random_us());
	} else if (what < 80) {
		CHECK_EQ(event_del(evs[id]), 0);
		model[id].deadline = 0;
	} else {
		evi_testing_clock_advance(
		    random_us() * 1000 / (random_below(4) ? 1000 : 1));
		CHECK_GE(event_base_loop(base, EVLOOP_NONBLOCK), 0);
		int first = model_first();
		CHECK(first < 0 ||
		    model[first].deadline > evi_testing_clock_now());
	}
}

static int
rounds(void)
{
	return getenv("TEST_HEAVY") ? 200000 : 4000;
}

static void
run_model(void)
{
	set_up();
	for (int i = 0; i < rounds(); i++) {
		step();
		check_all();
	}
	CHECK_GT(fired, rounds() / 20);
	CHECK_EQ(event_base_dispatch(base), 1); /* in order, to the last */
	CHECK_EQ(model_first(), -1);
	tear_down();
}

/* Whatever is done with them, timers run in order and at their time. */
TEST_LIMIT(any_operation_keeps_the_order, 120)
{
	run_model();
}

static int has_memory = 1;

/* No memory, some, or all there is. */
static int
is_granted(void)
{
	return has_memory > 0 || (has_memory < 0 && random_below(3));
}

static void *
malloc_granted(size_t len)
{
	return is_granted() ? malloc(len) : NULL;
}

static void *
realloc_granted(void *ptr, size_t len)
{
	return is_granted() ? realloc(ptr, len) : NULL;
}

/* The same when every third allocation fails. */
TEST_BARE(lack_of_memory_keeps_the_order)
{
	event_set_mem_functions(malloc_granted, realloc_granted, free);
	set_up();
	has_memory = -1;
	for (int i = 0; i < rounds(); i++) {
		step();
		check_all();
	}
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(model_first(), -1);
	tear_down();
	event_set_mem_functions(NULL, NULL, NULL);
}

/* Far timers come near, run in order and at their time without any memory. */
TEST_BARE(far_timers_run_without_memory)
{
	event_set_mem_functions(malloc_granted, realloc_granted, free);
	set_up();
	for (int i = 0; i < COUNT; i++)
		CHECK_EQ(set(i, (COUNT - i / 2) * 7654321), 0);
	has_memory = 0;
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(fired, COUNT);
	CHECK_EQ(evi_testing_clock_now(),
	    EVI_TESTING_START + COUNT * INT64_C(7654321) * 1000);
	has_memory = 1;
	tear_down();
	event_set_mem_functions(NULL, NULL, NULL);
}

/* Moving a far timer to where there is no memory leaves it as it was. */
TEST_BARE(a_failed_move_changes_nothing)
{
	event_set_mem_functions(malloc_granted, realloc_granted, free);
	set_up();
	CHECK_EQ(set(0, INT64_C(100) * 1000000), 0);
	has_memory = 0;
	CHECK_EQ(set(0, INT64_C(5) * 1000000), -1); /* another level */
	check_all();
	CHECK_EQ(set(0, 1000), -1); /* the wheel */
	check_all();
	has_memory = 1;
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(fired, 1);
	CHECK_EQ(evi_testing_clock_now(), EVI_TESTING_START + 100 * SECOND);
	tear_down();
	event_set_mem_functions(NULL, NULL, NULL);
}

/* After the first of its distance, a far timer needs no memory. */
TEST(a_far_timer_needs_its_event_alone)
{
	if (!evi_event_far_fits())
		SKIP("struct event has no room for the links");
	set_up();
	CHECK_EQ(set(0, INT64_C(60) * 1000000), 0);
	size_t blocks = test_blocks_total();
	for (int i = 1; i < COUNT; i++)
		CHECK_EQ(set(i, INT64_C(30) * 1000000 + i * 654321), 0);
	for (int i = 1; i < COUNT; i += 2)
		CHECK_EQ(set(i, INT64_C(20) * 1000000 + i), 0);
	for (int i = 1; i < COUNT; i += 3) {
		CHECK_EQ(event_del(evs[i]), 0);
		model[i].deadline = 0;
	}
	CHECK_EQ(test_blocks_total(), blocks);
	CHECK_EQ(base->timers.wheel.count, 0);
	check_all();
	tear_down();
}

/* The loop does not wake for a far timer that was deleted or put off. */
TEST(sleeps_until_a_far_timer_that_is_left)
{
	set_up();
	for (int i = 0; i < 4; i++)
		CHECK_EQ(set(i, (5 + i) * INT64_C(1000000)), 0);
	CHECK_EQ(event_base_loop(base, EVLOOP_NONBLOCK), 0);
	int before = evi_testing_script.waits;
	CHECK_EQ(event_del(evs[0]), 0);
	model[0].deadline = 0;
	CHECK_EQ(set(1, INT64_C(30) * 1000000), 0);
	CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
	CHECK_EQ(fired, 1);
	CHECK_EQ(evi_testing_clock_now(), EVI_TESTING_START + 7 * SECOND);
	CHECK_EQ(evi_testing_script.waits, before + 1);
	tear_down();
}

static int
count_events(const struct event_base *of, const struct event *ev, void *arg)
{
	int *left = arg;

	(void)of, (void)ev;
	return --*left == 0 ? 77 : 0;
}

/* A walk over all events visits the far ones, too, and stops when told. */
TEST(foreach_visits_near_and_far)
{
	set_up();
	for (int i = 0; i < COUNT; i++)
		CHECK_EQ(set(i, INT64_C(1) << i % 40), 0);
	int left = COUNT + 1;
	CHECK_EQ(event_base_foreach_event(base, count_events, &left), 0);
	CHECK_EQ(left, 1);
	for (int stop = 1; stop <= COUNT; stop++) {
		left = stop;
		CHECK_EQ(event_base_foreach_event(base, count_events, &left),
		    77);
	}
	tear_down();
}

/* A base that goes leaves no timer pending. */
TEST(a_base_that_goes_lets_far_timers_go)
{
	set_up();
	for (int i = 0; i < COUNT; i++)
		CHECK_EQ(set(i, INT64_C(1) << i % 40), 0);
	event_base_free(base);
	for (int i = 0; i < COUNT; i++) {
		CHECK(!(evs[i]->ev_evcallback.evcb_flags & EVLIST_TIMEOUT));
		evs[i]->ev_base = NULL;
		event_free(evs[i]);
	}
}
