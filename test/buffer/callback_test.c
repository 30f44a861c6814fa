/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * callback_test.c - who is told of changes, when, and with which figures.
 */
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/buffer_compat.h>
#include <event2/event.h>

#include "test.h"

/* What a callback was told so far. */
struct told {
	int count;
	struct evbuffer_cb_info last;
	int order; /* its place among all calls of the test */
	struct evbuffer_cb_entry *entry;
};

static int calls;

/* A new buffer, or the end of the test. */
static struct evbuffer *
buffer_new(void)
{
	struct evbuffer *buf = evbuffer_new();

	CHECK_NOTNULL(buf);
	return buf;
}

static void
on_change(struct evbuffer *buf, const struct evbuffer_cb_info *info, void *arg)
{
	struct told *told = arg;

	CHECK_NOTNULL(buf);
	told->count++;
	told->last = *info;
	told->order = ++calls;
}

/* The last call was this one. */
static void
check_told(const struct told *told, int count, size_t orig, size_t added,
    size_t deleted)
{
	CHECK_EQ(told->count, count);
	CHECK_EQ(told->last.orig_size, orig);
	CHECK_EQ(told->last.n_added, added);
	CHECK_EQ(told->last.n_deleted, deleted);
}

/* Figures are exact for each call; nothing is told of no change. */
TEST(figures_are_exact)
{
	struct evbuffer *buf = buffer_new();
	struct told told = { 0 };
	char out[4];

	CHECK_EQ(evbuffer_add(buf, "before", 6), 0);
	CHECK_NOTNULL(evbuffer_add_cb(buf, on_change, &told));
	CHECK_EQ(evbuffer_add(buf, "abc", 3), 0);
	check_told(&told, 1, 6, 3, 0);
	CHECK_EQ(evbuffer_prepend(buf, "xy", 2), 0);
	check_told(&told, 2, 9, 2, 0);
	CHECK_EQ(evbuffer_remove(buf, out, 4), 4);
	check_told(&told, 3, 11, 0, 4);
	CHECK_EQ(evbuffer_drain(buf, 1000), 0);
	check_told(&told, 4, 7, 0, 7);
	CHECK_EQ(evbuffer_drain(buf, 1000), 0);
	CHECK_EQ(evbuffer_add(buf, "", 0), 0);
	CHECK_EQ(evbuffer_remove(buf, out, 4), 0);
	CHECK_EQ(told.count, 4);
	evbuffer_free(buf);
}

/* The newest is called first; disabled ones are not called. */
TEST(newest_first_and_only_if_enabled)
{
	struct evbuffer *buf = buffer_new();
	struct told a = { 0 }, b = { 0 };

	calls = 0;
	a.entry = evbuffer_add_cb(buf, on_change, &a);
	CHECK_NOTNULL(a.entry);
	b.entry = evbuffer_add_cb(buf, on_change, &b);
	CHECK_NOTNULL(b.entry);
	CHECK_EQ(evbuffer_add(buf, "x", 1), 0);
	CHECK_EQ(b.order, 1);
	CHECK_EQ(a.order, 2);
	CHECK_EQ(evbuffer_cb_clear_flags(buf, b.entry, EVBUFFER_CB_ENABLED), 0);
	CHECK_EQ(evbuffer_add(buf, "x", 1), 0);
	CHECK_EQ(b.count, 1);
	CHECK_EQ(a.count, 2);
	CHECK_EQ(evbuffer_cb_set_flags(buf, b.entry, EVBUFFER_CB_ENABLED), 0);
	CHECK_EQ(evbuffer_add(buf, "x", 1), 0);
	check_told(&b, 2, 2, 1, 0);
	evbuffer_free(buf);
}

/* Removing by entry and by function; what is not there is -1. */
TEST(removed_callbacks_are_not_called)
{
	struct evbuffer *buf = buffer_new();
	struct told a = { 0 }, b = { 0 };

	CHECK_EQ(evbuffer_remove_cb(buf, on_change, &a), -1);
	CHECK_NOTNULL(evbuffer_add_cb(buf, on_change, &a));
	b.entry = evbuffer_add_cb(buf, on_change, &b);
	CHECK_NOTNULL(b.entry);
	CHECK_EQ(evbuffer_remove_cb(buf, on_change, NULL), -1);
	CHECK_EQ(evbuffer_remove_cb(buf, on_change, &a), 0);
	CHECK_EQ(evbuffer_add(buf, "x", 1), 0);
	CHECK_EQ(a.count, 0);
	CHECK_EQ(b.count, 1);
	CHECK_EQ(evbuffer_remove_cb_entry(buf, b.entry), 0);
	CHECK_EQ(evbuffer_add(buf, "x", 1), 0);
	CHECK_EQ(b.count, 1);
	evbuffer_free(buf);
}

/* The two that take each other out. */
struct feud {
	struct evbuffer_cb_entry *self, *other;
	int count;
};

static void
on_change_feud(struct evbuffer *buf, const struct evbuffer_cb_info *info,
    void *arg)
{
	struct feud *feud = arg;

	CHECK_GT(info->n_added, 0);
	feud->count++;
	evbuffer_remove_cb_entry(buf, feud->other);
	evbuffer_remove_cb_entry(buf, feud->self);
}

/* A callback may remove itself and its successor. */
TEST(callbacks_may_remove_each_other)
{
	struct evbuffer *buf = buffer_new();
	struct told first = { 0 };
	struct feud a = { 0 }, b = { 0 };

	CHECK_NOTNULL(evbuffer_add_cb(buf, on_change, &first));
	a.self = b.other = evbuffer_add_cb(buf, on_change_feud, &a);
	CHECK_NOTNULL(a.self);
	b.self = a.other = evbuffer_add_cb(buf, on_change_feud, &b);
	CHECK_NOTNULL(b.self);
	CHECK_EQ(evbuffer_add(buf, "x", 1), 0);
	CHECK_EQ(b.count, 1);
	CHECK_EQ(a.count, 0);
	CHECK_EQ(first.count, 1);
	CHECK_EQ(evbuffer_add(buf, "x", 1), 0);
	CHECK_EQ(b.count, 1);
	CHECK_EQ(first.count, 2);
	evbuffer_free(buf);
}

static void
on_change_trim(struct evbuffer *buf, const struct evbuffer_cb_info *info,
    void *arg)
{
	on_change(buf, info, arg);
	if (evbuffer_get_length(buf) > 4)
		evbuffer_drain(buf, evbuffer_get_length(buf) - 4);
}

/* A callback may change the buffer; each change is told once. */
TEST(callbacks_may_change_the_buffer)
{
	struct evbuffer *buf = buffer_new();
	struct told told = { 0 };

	CHECK_NOTNULL(evbuffer_add_cb(buf, on_change_trim, &told));
	CHECK_EQ(evbuffer_add(buf, "123456", 6), 0);
	CHECK_EQ(evbuffer_get_length(buf), 4);
	check_told(&told, 2, 6, 0, 2);
	evbuffer_free(buf);
}

/* Deferred callbacks run from the loop, once, with the sums. */
TEST(deferred_callbacks_see_sums)
{
	struct event_base *base = test_base();
	struct evbuffer *buf = buffer_new();
	struct told told = { 0 };

	CHECK_NOTNULL(evbuffer_add_cb(buf, on_change, &told));
	CHECK_EQ(evbuffer_defer_callbacks(buf, base), 0);
	CHECK_EQ(evbuffer_add(buf, "abcdef", 6), 0);
	CHECK_EQ(evbuffer_drain(buf, 2), 0);
	CHECK_EQ(evbuffer_add(buf, "gh", 2), 0);
	CHECK_EQ(told.count, 0);
	event_base_loop(base, EVLOOP_NONBLOCK);
	check_told(&told, 1, 0, 8, 2);
	event_base_loop(base, EVLOOP_NONBLOCK);
	CHECK_EQ(told.count, 1);
	evbuffer_free(buf);
	event_base_free(base);
}

/* A freed buffer lives until its deferred callback has run. */
TEST(deferred_callbacks_outlive_free)
{
	struct event_base *base = test_base();
	struct evbuffer *buf = buffer_new();
	struct told told = { 0 };

	CHECK_NOTNULL(evbuffer_add_cb(buf, on_change, &told));
	CHECK_EQ(evbuffer_defer_callbacks(buf, base), 0);
	CHECK_EQ(evbuffer_add(buf, "abc", 3), 0);
	evbuffer_free(buf);
	event_base_loop(base, EVLOOP_NONBLOCK);
	check_told(&told, 1, 0, 3, 0);
	event_base_free(base);
}

/* Free the buffer from its own callback. */
static void
free_it(struct evbuffer *buf, const struct evbuffer_cb_info *info, void *arg)
{
	int *count = arg;

	CHECK_EQ(info->n_added, 3);
	if (++*count == 1)
		evbuffer_free(buf);
	else
		CHECK_EQ(evbuffer_get_length(buf), 3);
}

/* A deferred callback may free its buffer, and those after it still run. */
TEST(deferred_callbacks_may_free)
{
	struct event_base *base = test_base();
	struct evbuffer *buf = buffer_new();
	int count = 0;

	CHECK_NOTNULL(evbuffer_add_cb(buf, free_it, &count));
	CHECK_NOTNULL(evbuffer_add_cb(buf, free_it, &count));
	CHECK_EQ(evbuffer_defer_callbacks(buf, base), 0);
	CHECK_EQ(evbuffer_defer_callbacks(buf, base), 0);
	CHECK_EQ(evbuffer_add(buf, "abc", 3), 0);
	event_base_loop(base, EVLOOP_NONBLOCK);
	CHECK_EQ(count, 2);
	event_base_free(base);
}

/* A base that is freed drops the call that waits, and the buffer with it. */
TEST(a_freed_base_lets_go_of_buffers)
{
	struct event_base *base = test_base();
	struct evbuffer *freed = buffer_new();
	struct evbuffer *kept = buffer_new();
	struct told told = { 0 };

	CHECK_NOTNULL(evbuffer_add_cb(freed, on_change, &told));
	CHECK_EQ(evbuffer_defer_callbacks(freed, base), 0);
	CHECK_EQ(evbuffer_add(freed, "abc", 3), 0);
	CHECK_NOTNULL(evbuffer_add_cb(kept, on_change, &told));
	CHECK_EQ(evbuffer_defer_callbacks(kept, base), 0);
	CHECK_EQ(evbuffer_add(kept, "abc", 3), 0);
	evbuffer_free(freed);
	event_base_free(base);
	CHECK_EQ(told.count, 0);
	CHECK_EQ(evbuffer_get_length(kept), 3);
	evbuffer_free(kept);
}

/* What on_change_old was told. */
struct told_old {
	int count;
	size_t old_len, new_len;
};

static void
on_change_old(struct evbuffer *buf, size_t old_len, size_t new_len, void *arg)
{
	struct told_old *told = arg;

	CHECK_EQ(evbuffer_get_length(buf), new_len);
	told->count++;
	told->old_len = old_len;
	told->new_len = new_len;
}

/* setcb replaces all callbacks, and tells lengths. */
TEST(compat_setcb_replaces_all)
{
	struct evbuffer *buf = buffer_new();
	struct told told = { 0 };
	struct told_old old = { 0, 0, 0 };

	CHECK_NOTNULL(evbuffer_add_cb(buf, on_change, &told));
	CHECK_EQ(evbuffer_setcb(buf, on_change_old, &old), 0);
	CHECK_EQ(evbuffer_add(buf, "abc", 3), 0);
	CHECK_EQ(evbuffer_drain(buf, 1), 0);
	CHECK_EQ(told.count, 0);
	CHECK_EQ(old.count, 2);
	CHECK_EQ(old.old_len, 3);
	CHECK_EQ(old.new_len, 2);
	CHECK_EQ(evbuffer_setcb(buf, NULL, NULL), 0);
	CHECK_EQ(evbuffer_add(buf, "abc", 3), 0);
	CHECK_EQ(old.count, 2);
	evbuffer_free(buf);
}

static int is_memory_out;

static void *
scarce_alloc(size_t size)
{
	return is_memory_out ? NULL : malloc(size);
}

/* Without memory setcb changes nothing. */
TEST(compat_setcb_keeps_all_on_failure)
{
	struct told told = { 0 };
	struct told_old old = { 0, 0, 0 };

	event_set_mem_functions(scarce_alloc, realloc, free);

	struct evbuffer *buf = buffer_new();

	CHECK_NOTNULL(evbuffer_add_cb(buf, on_change, &told));
	is_memory_out = 1;
	CHECK_EQ(evbuffer_setcb(buf, on_change_old, &old), -1);
	is_memory_out = 0;
	CHECK_EQ(evbuffer_add(buf, "abc", 3), 0);
	CHECK_EQ(told.count, 1);
	CHECK_EQ(old.count, 0);
	evbuffer_free(buf);
}
