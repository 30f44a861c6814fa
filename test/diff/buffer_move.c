/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * buffer_move.c - traces moving, sharing and referencing, with the callbacks
 * that both buffers see.
 */
/* backends: epoll */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>

static void
on_change(struct evbuffer *buf, const struct evbuffer_cb_info *info, void *arg)
{
	printf("  %s: was %lu added %lu deleted %lu now %lu\n",
	    (const char *)arg, (unsigned long)info->orig_size,
	    (unsigned long)info->n_added, (unsigned long)info->n_deleted,
	    (unsigned long)evbuffer_get_length(buf));
}

static void
on_release(const void *data, size_t len, void *arg)
{
	printf("  release %s: %lu bytes \"%.*s\"\n", (const char *)arg,
	    (unsigned long)len, (int)len, (const char *)data);
}

static void
show(const char *title, struct evbuffer *buf)
{
	size_t len = evbuffer_get_length(buf);
	char text[128];
	ev_ssize_t n = evbuffer_copyout(buf, text, sizeof(text));

	printf("  %s holds %lu \"%.*s\"\n", title, (unsigned long)len, (int)n,
	    text);
}

struct pair {
	struct evbuffer *a, *b;
};

/*
 * An empty one has had nothing added, not even no bytes: sharing into such a
 * buffer breaks older libevents (test/wounds/share_into_empty.c).
 */
static struct pair
pair_new(const char *a, const char *b)
{
	struct pair pair;

	pair.a = evbuffer_new();
	pair.b = evbuffer_new();
	if (*a)
		evbuffer_add(pair.a, a, strlen(a));
	if (*b)
		evbuffer_add(pair.b, b, strlen(b));
	evbuffer_add_cb(pair.a, on_change, (void *)"a");
	evbuffer_add_cb(pair.b, on_change, (void *)"b");
	return pair;
}

static void
pair_free(struct pair pair)
{
	show("a", pair.a);
	show("b", pair.b);
	evbuffer_free(pair.a);
	evbuffer_free(pair.b);
}

/* Each moving call on every mix of empty and not. */
static void
trace_moves(const char *a, const char *b)
{
	struct pair pair;
	size_t n;

	printf("\"%s\" and \"%s\"\n", a, b);
	pair = pair_new(a, b);
	printf(" add_buffer(a, b) %d\n", evbuffer_add_buffer(pair.a, pair.b));
	pair_free(pair);
	pair = pair_new(a, b);
	printf(" prepend_buffer(a, b) %d\n",
	    evbuffer_prepend_buffer(pair.a, pair.b));
	pair_free(pair);
	for (n = 0; n < 12; n += 3) {
		pair = pair_new(a, b);
		printf(" remove_buffer(b, a, %lu) %d\n", (unsigned long)n,
		    evbuffer_remove_buffer(pair.b, pair.a, n));
		pair_free(pair);
	}
	pair = pair_new(a, b);
	printf(" add_buffer(a, a) %d\n", evbuffer_add_buffer(pair.a, pair.a));
	printf(" prepend_buffer(a, a) %d\n",
	    evbuffer_prepend_buffer(pair.a, pair.a));
	printf(" remove_buffer(a, a) %d\n",
	    evbuffer_remove_buffer(pair.a, pair.a, 2));
	printf(" add_buffer_reference(a, a) %d\n",
	    evbuffer_add_buffer_reference(pair.a, pair.a));
	pair_free(pair);
	pair = pair_new(a, b);
	printf(" add_buffer_reference(a, b) %d\n",
	    evbuffer_add_buffer_reference(pair.a, pair.b));
	pair_free(pair);
}

/* Which freezes stop which call; `which` 1: a, 2: b. */
static void
trace_frozen(int which, int at_front)
{
	struct pair pair;
	int call;

	printf("frozen %s of %s\n", at_front ? "front" : "end",
	    which == 1 ? "a" : "b");
	for (call = 0; call < 4; call++) {
		pair = pair_new("first", "second");
		evbuffer_freeze(which == 1 ? pair.a : pair.b, at_front);
		if (call == 0)
			printf(" add_buffer %d\n",
			    evbuffer_add_buffer(pair.a, pair.b));
		else if (call == 1)
			printf(" prepend_buffer %d\n",
			    evbuffer_prepend_buffer(pair.a, pair.b));
		else if (call == 2)
			printf(" remove_buffer %d\n",
			    evbuffer_remove_buffer(pair.b, pair.a, 3));
		else
			printf(" add_buffer_reference %d\n",
			    evbuffer_add_buffer_reference(pair.a, pair.b));
		evbuffer_unfreeze(which == 1 ? pair.a : pair.b, at_front);
		pair_free(pair);
	}
}

/* When is referenced memory released? */
static void
trace_references(void)
{
	struct pair pair = pair_new("", "");
	char out[8];

	printf("references\n");
	printf(" add %d\n",
	    evbuffer_add_reference(pair.a, "hello", 5, on_release,
		(void *)"hello"));
	printf(" add no cleanup %d\n",
	    evbuffer_add_reference(pair.a, "-", 1, NULL, NULL));
	printf(" add %d\n",
	    evbuffer_add_reference(pair.a, "world", 5, on_release,
		(void *)"world"));
	printf(" drain 4 %d\n", evbuffer_drain(pair.a, 4));
	printf(" drain 1 %d\n", evbuffer_drain(pair.a, 1));
	printf(" add_buffer %d\n", evbuffer_add_buffer(pair.b, pair.a));
	printf(" remove %d\n", evbuffer_remove(pair.b, out, 6));
	printf(" free with a reference\n");
	evbuffer_add_reference(pair.a, "last", 4, on_release, (void *)"last");
	pair_free(pair);
}

/* Shared content lives as long as its last holder. */
static void
trace_sharing(int source_first)
{
	struct pair pair = pair_new("", "");
	char out[16] = "";

	printf("sharing, source goes %s\n", source_first ? "first" : "last");
	evbuffer_add_reference(pair.b, "shared", 6, on_release,
	    (void *)"shared");
	evbuffer_add(pair.b, " copy", 5);
	printf(" share %d\n", evbuffer_add_buffer_reference(pair.a, pair.b));
	printf(" add to the source %d\n", evbuffer_add(pair.b, "!", 1));
	printf(" add to the copy %d\n", evbuffer_add(pair.a, "?", 1));
	show("a", pair.a);
	show("b", pair.b);
	printf(" drain source 3 %d\n", evbuffer_drain(pair.b, 3));
	printf(" prepend to source %d\n", evbuffer_prepend(pair.b, "XY", 2));
	show("a", pair.a);
	show("b", pair.b);
	if (source_first)
		evbuffer_free(pair.b);
	printf(" remove %d", evbuffer_remove(pair.a, out, 8));
	printf(" \"%.8s\"\n", out);
	show("a", pair.a);
	evbuffer_free(pair.a);
	if (!source_first)
		evbuffer_free(pair.b);
}

int
main(void)
{
	trace_moves("", "");
	trace_moves("one", "");
	trace_moves("", "second");
	trace_moves("one", "second");
	trace_frozen(1, 0);
	trace_frozen(1, 1);
	trace_frozen(2, 0);
	trace_frozen(2, 1);
	trace_references();
	trace_sharing(0);
	trace_sharing(1);
	return 0;
}
