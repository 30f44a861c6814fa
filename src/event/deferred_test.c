/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * deferred_test.c - soon, at the end of the pass, and recycled blocks.
 */
#include "event/deferred.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/mem.h"
#include "event/event.h"
#include "test.h"
#include "testing/backend.h"

static struct event_base *base;
static char trace[128];

static void
note(char id)
{
	size_t len = strlen(trace);

	CHECK_LT(len, sizeof(trace) - 1);
	trace[len] = id;
	trace[len + 1] = '\0';
}

static void
on_deferred(void *arg)
{
	note(*(const char *)arg);
}

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	note(*(const char *)arg);
}

static void
set_up(void)
{
	base = evi_testing_base();
	CHECK_NOTNULL(base);
}

/* It runs once, among the events of its priority, and keeps the loop alive. */
TEST(deferred_runs_once)
{
	struct evi_event_deferred deferred, clamped;

	set_up();
	evi_event_deferred_init(&deferred, 0, on_deferred, (char *)"d");
	evi_event_deferred_init(&clamped, 200, on_deferred, (char *)"c");
	CHECK_EQ(evi_event_deferred_priority(base), 0);
	CHECK_EQ(evi_event_deferred_schedule(base, &deferred), 1);
	CHECK_EQ(evi_event_deferred_schedule(base, &deferred), 0);
	CHECK_EQ(evi_event_deferred_schedule(base, &clamped), 1);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_STR(trace, "dc");
	CHECK_EQ(evi_event_deferred_schedule(base, &deferred), 1);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_STR(trace, "dcd");
	event_base_free(base);
}

/* Cancelled, it does not run; what was not queued is not cancelled. */
TEST(cancelled_does_not_run)
{
	struct evi_event_deferred deferred;

	set_up();
	evi_event_deferred_init(&deferred, 0, on_deferred, (char *)"d");
	CHECK_EQ(evi_event_deferred_cancel(base, &deferred), 0);
	CHECK_EQ(evi_event_deferred_schedule(base, &deferred), 1);
	CHECK_EQ(evi_event_deferred_cancel(base, &deferred), 1);
	CHECK_EQ(evi_event_deferred_cancel(base, &deferred), 0);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_STR(trace, "");
	event_base_free(base);
}

static struct evi_event_deferred many[40];

/* After a number of them the loop polls before it runs the rest. */
TEST(many_wait_for_the_next_turn)
{
	set_up();
	for (int i = 0; i < 40; i++) {
		evi_event_deferred_init(&many[i], 0, on_deferred, (char *)"d");
		CHECK_EQ(evi_event_deferred_schedule(base, &many[i]), 1);
	}
	CHECK_EQ(evi_event_deferred_cancel(base, &many[39]), 1);
	CHECK_EQ(event_base_get_num_events(base, EVENT_BASE_COUNT_ACTIVE), 39);
	int later = 0;
	for (int i = 0; i < 39; i++)
		later += (many[i].cb.evcb_flags & EVLIST_ACTIVE_LATER) != 0;
	CHECK_EQ(later, 7);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(strlen(trace), 39);
	event_base_free(base);
}

/* Those that schedule each other let the loop poll. */
static void
on_chain(void *arg)
{
	note('d');
	if (strlen(trace) < 100)
		CHECK_EQ(evi_event_deferred_schedule(base, arg), 1);
}

TEST(chain_lets_the_loop_poll)
{
	struct evi_event_deferred deferred;

	set_up();
	evi_event_deferred_init(&deferred, 0, on_chain, &deferred);
	CHECK_EQ(evi_event_deferred_schedule(base, &deferred), 1);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(strlen(trace), 100);
	CHECK_GE(evi_testing_script.waits, 3);
	event_base_free(base);
}

/* When the base is freed, the last act of an object is done, no other. */
TEST(final_ones_run_when_the_base_is_freed)
{
	struct evi_event_deferred plain, final;

	set_up();
	evi_event_deferred_init(&plain, 0, on_deferred, (char *)"p");
	evi_event_deferred_init_final(&final, 0, on_deferred, (char *)"f");
	CHECK_EQ(evi_event_deferred_schedule(base, &plain), 1);
	CHECK_EQ(evi_event_deferred_schedule(base, &final), 1);
	event_base_free(base);
	CHECK_STR(trace, "f");
	set_up();
	evi_event_deferred_init_final(&final, 0, on_deferred, (char *)"f");
	CHECK_EQ(evi_event_deferred_schedule(base, &final), 1);
	event_base_free_nofinalize(base);
	CHECK_STR(trace, "f");
}

/* --- flush ------------------------------------------------------------- */

static struct evi_event_flush first, second;

/* The first schedules the second. */
static void
on_flush(struct evi_event_flush *flush)
{
	note(flush == &first ? '1' : '2');
	if (flush == &first)
		CHECK_EQ(evi_event_flush_schedule(base, &second, on_flush), 1);
}

/* A flush runs once, after the events of its pass, with what it schedules. */
TEST(flush_runs_at_the_end_of_the_pass)
{
	set_up();
	struct event *ev = event_new(base, -1, 0, on_event, (char *)"e");
	CHECK_NOTNULL(ev);
	CHECK_EQ(evi_event_flush_schedule(base, &first, on_flush), 1);
	CHECK_EQ(evi_event_flush_schedule(base, &first, on_flush), 0);
	event_active(ev, EV_READ, 1);
	CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
	CHECK_STR(trace, "e12");
	CHECK_EQ(event_base_get_num_events(base, EVENT_BASE_COUNT_VIRTUAL), 0);
	event_free(ev);
	event_base_free(base);
}

/* A queued flush keeps the loop alive and awake; a cancelled one does not. */
TEST(flush_keeps_the_loop_alive)
{
	set_up();
	CHECK_EQ(evi_event_flush_schedule(base, &second, on_flush), 1);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_STR(trace, "2");
	CHECK_EQ(evi_testing_script.timeout_ns, 0);
	CHECK_EQ(evi_event_flush_schedule(base, &second, on_flush), 1);
	CHECK_EQ(evi_event_flush_cancel(base, &second), 1);
	CHECK_EQ(evi_event_flush_cancel(base, &second), 0);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_STR(trace, "2");

	/* A base that is freed forgets it. */
	CHECK_EQ(evi_event_flush_schedule(base, &second, on_flush), 1);
	event_base_free(base);
	CHECK_NULL(second.next.tqe_prev);
	CHECK_STR(trace, "2");
}

/* --- blocks ------------------------------------------------------------ */

/* A block that was given back is taken again; odd sizes are not kept. */
TEST(blocks_are_recycled)
{
	set_up();
	CHECK_NULL(evi_event_block_take(base, 4096));
	for (size_t size = 512; size <= 65536; size *= 2) {
		void *block = evi_mem_alloc(size);

		CHECK_NOTNULL(block);
		CHECK_EQ(evi_event_block_give(base, block, size), 1);
		CHECK_NULL(
		    evi_event_block_take(base, size == 512 ? 1024 : size / 2));
		CHECK_PTR(evi_event_block_take(base, size), block);
		CHECK_NULL(evi_event_block_take(base, size));
		CHECK_EQ(evi_event_block_give(base, block, size - 1), 0);
		CHECK_EQ(evi_event_block_give(NULL, block, size), 0);
		evi_mem_free(block);
	}
	CHECK_NULL(evi_event_block_take(base, 131072));
	CHECK_NULL(evi_event_block_take(NULL, 4096));
	event_base_free(base);
}

/* The quick way to the least blocks is the same list, and has its limit. */
TEST(least_blocks_are_recycled)
{
	set_up();

	void *block = evi_mem_alloc(EVI_EVENT_BLOCK_LEAST);
	int is_locked = base->lock.impl != NULL;

	CHECK_NOTNULL(block);
	CHECK_NULL(evi_event_block_take_least(base));
	CHECK_EQ(evi_event_block_give_least(base, block), !is_locked);
	if (!is_locked) {
		CHECK_PTR(evi_event_block_take_least(base), block);
		CHECK_NULL(evi_event_block_take_least(base));
		CHECK_EQ(evi_event_block_give(base, block, 512), 1);
		CHECK_PTR(evi_event_block_take_least(base), block);
		while (evi_event_block_give_least(base, block)) {
			block = evi_mem_alloc(EVI_EVENT_BLOCK_LEAST);
			CHECK_NOTNULL(block);
		}
		CHECK_EQ(base->blocks.bytes, 1024 * 1024);
	}
	evi_mem_free(block);
	event_base_free(base);
	CHECK_EQ(test_blocks_live(), 0);
}

/* What is lent stays the base's; what is taken does not. */
TEST(the_scratch_block_is_lent)
{
	set_up();

	void *block = evi_mem_alloc(1000);
	int is_locked = base->lock.impl != NULL;

	CHECK_NOTNULL(block);
	CHECK_NULL(evi_event_block_lend_scratch(base));
	CHECK_EQ(evi_event_block_give_scratch(base, block), !is_locked);
	if (is_locked) {
		CHECK_NULL(evi_event_block_lend_scratch(base));
		evi_mem_free(block);
	} else {
		CHECK_PTR(evi_event_block_lend_scratch(base), block);
		CHECK_EQ(evi_event_block_give_scratch(base, &block), 0);
		CHECK_PTR(evi_event_block_take_scratch(base), block);
		CHECK_NULL(evi_event_block_lend_scratch(base));
		CHECK_EQ(evi_event_block_give_scratch(base, block), 1);
	}
	event_base_free(base);
	CHECK_EQ(test_blocks_live(), 0);
}

/* A base keeps a megabyte at most, and frees it. */
TEST(blocks_kept_are_limited)
{
	int kept = 0;

	set_up();
	for (int i = 0; i < 20; i++) {
		void *block = evi_mem_alloc(65536);

		CHECK_NOTNULL(block);
		if (evi_event_block_give(base, block, 65536))
			kept++;
		else
			evi_mem_free(block);
	}
	CHECK_EQ(kept, 16);
	event_base_free(base);
	CHECK_EQ(test_blocks_live(), 0);
}
