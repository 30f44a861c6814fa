/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * wheel_test.c - the wheel against a plain array that is searched.
 */
#include "base/wheel.h"

#include <errno.h>
#include <stdlib.h>

#include "event2/event.h"
#include "base/base.h"
#include "test.h"
#include "testing/heap_model.h"

static uint64_t random_state = 88172645463325252u;

static uint64_t
random_bits(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state >> 1;
}

static uint64_t
random_below(uint64_t limit)
{
	return random_bits() % limit;
}

/* A deadline: past, equal to others, near, on any level, or never. */
static int64_t
random_key(int64_t now)
{
	int64_t ahead = (int64_t)(random_bits() >> random_below(63));
	int64_t key = now > INT64_MAX - ahead ? INT64_MAX : now + ahead;

	switch (random_below(10)) {
	case 0:
		return INT64_MAX - (int64_t)random_below(2);
	case 1:
		return (int64_t)random_below((uint64_t)now + 1);
	case 2:
		return model_count ? model[random_below(model_count)].key : key;
	case 3: /* at the edge of a slice */
		return key & ~((INT64_C(1) << (20 + 4 * random_below(10))) - 1);
	case 4:
		return key | ((INT64_C(1) << (20 + 4 * random_below(10))) - 1);
	default:
		return key;
	}
}

static int
count_down(uint32_t id, void *arg)
{
	uint32_t *left = arg;

	(void)id;
	return --*left == 0 ? 77 : 0;
}

/* Both wheels have the same first entry; then take it off both if `pop`. */
static void
compare_first(struct evi_wheel *wheel, int pop)
{
	const struct evi_heap_entry *first = evi_wheel_first(wheel);

	CHECK_EQ(first != NULL, model_count > 0);
	if (!first)
		return;
	uint32_t best = model_first();
	CHECK_EQ(first->key, model[best].key);
	CHECK_EQ(first->seq, model[best].seq);
	CHECK_EQ(first->id, model[best].id);
	if (!pop)
		return;
	evi_wheel_pop(wheel);
	model_remove(best);
}

/* Whatever it looks ahead to is an entry. */
static void
look_ahead(const struct evi_wheel *wheel, uint32_t distance)
{
	const struct evi_heap_entry *ahead = evi_wheel_ahead(wheel, distance);
	uint32_t i = 0;

	while (ahead && i < model_count && model[i].id != ahead->id)
		i++;
	CHECK(!ahead || i < model_count);
}

static void
filter_both(struct evi_wheel *wheel)
{
	evi_wheel_filter(wheel, keep_odd, NULL);
	model_keep_odd();
}

/* Time goes on, by a little or by far; what is due then may be popped. */
static void
pass_time(struct evi_wheel *wheel)
{
	int64_t ahead = (int64_t)(random_bits() >> (1 + random_below(62)));

	if (wheel->now < INT64_MAX / 2 && random_below(200) == 0)
		wheel->now += ahead / 2;
	else if (wheel->now < INT64_MAX - (INT64_C(1) << 40))
		wheel->now += ahead & ((INT64_C(1) << 30) - 1);
	while (random_below(3) && model_count &&
	    model[model_first()].key <= wheel->now)
		compare_first(wheel, 1);
}

/* One random operation on both; no memory is no change. */
static void
step(struct evi_wheel *wheel, uint32_t number)
{
	struct evi_heap_entry entry = { random_key(wheel->now),
		UINT32_MAX - 500 + number, number };
	uint64_t what = random_below(100);

	if (what < 50) {
		if (model_count == MODEL_MAX)
			return;
		int r = evi_wheel_add(wheel, entry);
		if (r == 0)
			model[model_count++] = entry;
		else
			CHECK_EQ(r, -ENOMEM);
	} else if (what < 75) {
		compare_first(wheel, 1);
	} else if (what < 97) {
		pass_time(wheel);
	} else if (what < 98) {
		filter_both(wheel);
	} else {
		compare_first(wheel, 0);
		if (model_count)
			look_ahead(wheel, (uint32_t)random_below(20));
	}
}

static int
rounds(void)
{
	return getenv("TEST_HEAVY") ? 40000 : 400;
}

static void
run_model(void)
{
	struct evi_wheel wheel = { .now = 1 };

	for (int i = 0; i < rounds(); i++) {
		step(&wheel, (uint32_t)i);
		CHECK_EQ(wheel.count, model_count);
		CHECK(evi_wheel_check(&wheel));
	}
	while (model_count) {
		compare_first(&wheel, 1);
		CHECK(evi_wheel_check(&wheel));
	}
	compare_first(&wheel, 0);
	evi_wheel_clear(&wheel);
}

/* Whatever is done to it, entries come out in order. */
TEST_LIMIT(any_operation_keeps_the_order, 120)
{
	run_model();
}

/* The same from other seeds. */
TEST_LIMIT(any_operation_keeps_the_order_from_any_seed, 120)
{
	for (uint64_t seed = 1; seed <= 4; seed++) {
		random_state = seed * 0x9e3779b97f4a7c15u;
		run_model();
	}
}

/* Every third allocation fails. */
static void *
malloc_sometimes(size_t size)
{
	return random_below(3) ? malloc(size) : NULL;
}

static void *
realloc_sometimes(void *ptr, size_t size)
{
	return random_below(3) ? realloc(ptr, size) : NULL;
}

/* An addition without memory changes nothing, and the rest goes on. */
TEST_BARE(lack_of_memory_keeps_the_order)
{
	event_set_mem_functions(malloc_sometimes, realloc_sometimes, free);
	run_model();
	event_set_mem_functions(NULL, NULL, NULL);
}

/* Entries of any level meet in one order although none is moved down. */
TEST(levels_meet_in_order)
{
	struct evi_wheel wheel = { .now = 0 };
	uint32_t seq = 0;

	/* The same deadlines from far and from near. */
	int64_t last_key = INT64_C(1) << 40;
	for (int64_t now = 0; now < last_key; now += last_key / 16) {
		wheel.now = now;
		for (int64_t key = last_key; key < last_key + 3; key++, seq++)
			CHECK_EQ(evi_wheel_add(&wheel,
				     (struct evi_heap_entry){ key, seq, seq }),
			    0);
		CHECK(evi_wheel_check(&wheel));
	}
	for (int64_t key = last_key; key < last_key + 3; key++) {
		for (uint32_t i = 0; i < 16; i++) {
			const struct evi_heap_entry *first = evi_wheel_first(
			    &wheel);

			CHECK_NOTNULL(first);
			CHECK_EQ(first->key, key);
			CHECK_EQ(first->seq, i * 3 + (key - last_key));
			evi_wheel_pop(&wheel);
		}
	}
	CHECK_NULL(evi_wheel_first(&wheel));
	evi_wheel_clear(&wheel);
}

/* A walk visits every entry once and stops when it is told to. */
TEST(foreach_visits_all_and_stops)
{
	struct evi_wheel wheel = { .now = 5 };

	for (uint32_t i = 0; i < 63; i++)
		CHECK_EQ(evi_wheel_add(&wheel,
			     (struct evi_heap_entry){ INT64_C(1) << i, i, i }),
		    0);

	uint32_t left = 1000;
	CHECK_EQ(evi_wheel_foreach(&wheel, count_down, &left), 0);
	CHECK_EQ(left, 1000 - 63);
	for (uint32_t stop = 1; stop <= 63; stop++) {
		left = stop;
		CHECK_EQ(evi_wheel_foreach(&wheel, count_down, &left), 77);
	}
	evi_wheel_clear(&wheel);
	CHECK_EQ(wheel.count, 0);
	CHECK_EQ(test_blocks_live(), 0);
}

/* The last possible deadline has a place from any time on. */
TEST(never_has_a_place)
{
	for (int shift = 0; shift < 63; shift++) {
		struct evi_wheel wheel = { .now = INT64_MAX >> shift };
		struct evi_heap_entry entry = { INT64_MAX, 0, 9 };

		CHECK_EQ(evi_wheel_add(&wheel, entry), 0);
		CHECK(evi_wheel_check(&wheel));
		CHECK_EQ(evi_wheel_first(&wheel)->id, 9);
		CHECK(evi_wheel_check(&wheel));
		evi_wheel_clear(&wheel);
	}
}
