/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * queue_test.c - the order of a list after each way to change it, and its
 * back pointers by removing each item in turn.
 */
#include "base/queue.h"
#include "base/base.h"
#include "test.h"

struct item {
	int number;
	EVI_TAILQ_ENTRY(item) next;
	EVI_LIST_ENTRY(item) other;
};

EVI_TAILQ_HEAD(items, item);
EVI_LIST_HEAD(others, item);

/* The numbers in the list as one decimal: 1, 2, 3 is 123. */
static int
order(const struct items *list)
{
	const struct item *item;
	int value = 0;

	EVI_TAILQ_FOREACH(item, list, next)
		value = value * 10 + item->number;
	return value;
}

/* Each end, and behind a member that is the last or is not. */
TEST(inserts_are_in_order)
{
	struct item item[] = { { .number = 1 }, { .number = 2 },
		{ .number = 3 }, { .number = 4 } };
	struct items list;

	EVI_TAILQ_INIT(&list);
	CHECK(EVI_TAILQ_EMPTY(&list));
	EVI_TAILQ_INSERT_HEAD(&list, &item[1], next);
	EVI_TAILQ_INSERT_HEAD(&list, &item[0], next);
	EVI_TAILQ_INSERT_AFTER(&list, &item[1], &item[3], next);
	EVI_TAILQ_INSERT_AFTER(&list, &item[1], &item[2], next);
	CHECK_EQ(order(&list), 1234);
	EVI_TAILQ_REMOVE(&list, &item[3], next);
	EVI_TAILQ_INSERT_TAIL(&list, &item[3], next);
	CHECK_EQ(order(&list), 1234);
}

/* First, middle, last, and the last one left; then the list is usable. */
TEST(removals_leave_the_rest)
{
	static const struct {
		int removed, left;
	} step[] = { { 1, 134 }, { 0, 34 }, { 3, 3 }, { 2, 0 } };
	struct item item[4];
	struct items list;

	EVI_TAILQ_INIT(&list);
	for (int i = 0; i < 4; i++) {
		item[i].number = i + 1;
		EVI_TAILQ_INSERT_TAIL(&list, &item[i], next);
	}
	for (size_t i = 0; i < EVI_COUNT_OF(step); i++) {
		EVI_TAILQ_REMOVE(&list, &item[step[i].removed], next);
		CHECK_EQ(order(&list), step[i].left);
	}
	EVI_TAILQ_INSERT_TAIL(&list, &item[0], next);
	CHECK_EQ(order(&list), 1);
}

/* The walk that allows it frees every item. */
TEST(a_safe_walk_may_remove)
{
	struct item item[3], *at, *next;
	struct items list;
	int seen = 0;

	EVI_TAILQ_INIT(&list);
	for (int i = 0; i < 3; i++) {
		item[i].number = i + 1;
		EVI_TAILQ_INSERT_TAIL(&list, &item[i], next);
	}
	EVI_TAILQ_FOREACH_SAFE(at, &list, next, next) {
		seen = seen * 10 + at->number;
		EVI_TAILQ_REMOVE(&list, at, next);
		at->next.tqe_next = NULL;
	}
	CHECK_EQ(seen, 123);
	CHECK(EVI_TAILQ_EMPTY(&list));
}

/* A LIST is last in, first walked; any member can leave. */
TEST(lists_without_a_tail)
{
	struct item item[3], *at, *next;
	struct others list;
	int seen = 0;

	EVI_LIST_INIT(&list);
	for (int i = 0; i < 3; i++) {
		item[i].number = i + 1;
		EVI_LIST_INSERT_HEAD(&list, &item[i], other);
	}
	EVI_LIST_REMOVE(&item[1], other);
	EVI_LIST_FOREACH(at, &list, other)
		seen = seen * 10 + at->number;
	CHECK_EQ(seen, 31);
	EVI_LIST_FOREACH_SAFE(at, &list, other, next)
		EVI_LIST_REMOVE(at, other);
	CHECK_NULL(EVI_LIST_FIRST(&list));
}
