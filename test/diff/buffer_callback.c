/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * buffer_callback.c - traces who is called when, with which figures: plain,
 * disabled, removed, deferred, and marked never to be deferred (flag 2).
 */
/* backends: epoll */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/buffer_compat.h>
#include <event2/event.h>

static void
on_change(struct evbuffer *buf, const struct evbuffer_cb_info *info, void *arg)
{
	printf("  %s: was %lu added %lu deleted %lu now %lu\n",
	    (const char *)arg, (unsigned long)info->orig_size,
	    (unsigned long)info->n_added, (unsigned long)info->n_deleted,
	    (unsigned long)evbuffer_get_length(buf));
}

static void
on_change_old(struct evbuffer *buf, size_t old_len, size_t new_len, void *arg)
{
	printf("  %s: %lu to %lu now %lu\n", (const char *)arg,
	    (unsigned long)old_len, (unsigned long)new_len,
	    (unsigned long)evbuffer_get_length(buf));
}

/* Drains all, once: what is called for that? */
static void
on_change_drain(struct evbuffer *buf, const struct evbuffer_cb_info *info,
    void *arg)
{
	on_change(buf, info, arg);
	if (info->n_added)
		evbuffer_drain(buf, 2);
}

static struct evbuffer_cb_entry *self;

static void
on_change_leave(struct evbuffer *buf, const struct evbuffer_cb_info *info,
    void *arg)
{
	on_change(buf, info, arg);
	printf("  leaves: %d\n", evbuffer_remove_cb_entry(buf, self));
}

/* Every kind of change, named. */
static void
change(struct evbuffer *buf)
{
	struct evbuffer_iovec vec[3];
	char out[8];
	char *line;
	int n;

	printf(" add\n");
	evbuffer_add(buf, "one\ntwo\n", 8);
	printf(" add nothing\n");
	evbuffer_add(buf, "", 0);
	printf(" prepend\n");
	evbuffer_prepend(buf, "zero\n", 5);
	printf(" printf\n");
	evbuffer_add_printf(buf, "%d", 12345);
	printf(" readln\n");
	line = evbuffer_readln(buf, NULL, EVBUFFER_EOL_LF);
	free(line);
	printf(" remove\n");
	evbuffer_remove(buf, out, 3);
	printf(" remove nothing\n");
	evbuffer_remove(buf, out, 0);
	printf(" copyout\n");
	evbuffer_copyout(buf, out, 3);
	printf(" pullup\n");
	evbuffer_pullup(buf, -1);
	printf(" expand\n");
	evbuffer_expand(buf, 100);
	printf(" reference\n");
	evbuffer_add_reference(buf, "ref", 3, NULL, NULL);
	printf(" reserve\n");
	n = evbuffer_reserve_space(buf, 4, vec, 1);
	printf(" commit %d\n", n);
	memcpy(vec[0].iov_base, "save", 4);
	vec[0].iov_len = 4;
	evbuffer_commit_space(buf, vec, 1);
	printf(" commit nothing\n");
	n = evbuffer_reserve_space(buf, 4, vec, 1);
	vec[0].iov_len = 0;
	evbuffer_commit_space(buf, vec, n);
	printf(" add_iovec\n");
	vec[0].iov_base = (void *)"io";
	vec[0].iov_len = 2;
	vec[1].iov_base = (void *)"vec";
	vec[1].iov_len = 3;
	evbuffer_add_iovec(buf, vec, 2);
	printf(" drain 2\n");
	evbuffer_drain(buf, 2);
	printf(" drain too much\n");
	evbuffer_drain(buf, 1000);
	printf(" drain empty\n");
	evbuffer_drain(buf, 1000);
	printf(" add for the end\n");
	evbuffer_add(buf, "tail", 4);
}

static void
trace_plain(void)
{
	struct evbuffer *buf = evbuffer_new();
	struct evbuffer_cb_entry *b;

	printf("plain\n");
	evbuffer_add_cb(buf, on_change, (void *)"a");
	b = evbuffer_add_cb(buf, on_change, (void *)"b");
	change(buf);
	printf("disabled %d\n",
	    evbuffer_cb_clear_flags(buf, b, EVBUFFER_CB_ENABLED));
	evbuffer_add(buf, "x", 1);
	printf("enabled %d\n",
	    evbuffer_cb_set_flags(buf, b, EVBUFFER_CB_ENABLED));
	evbuffer_add(buf, "x", 1);
	printf("remove other %d\n", evbuffer_remove_cb(buf, on_change, NULL));
	printf("remove entry %d\n", evbuffer_remove_cb_entry(buf, b));
	evbuffer_add(buf, "x", 1);
	printf("remove a %d\n",
	    evbuffer_remove_cb(buf, on_change, (void *)"a"));
	evbuffer_add(buf, "x", 1);
	printf("free\n");
	evbuffer_add_cb(buf, on_change, (void *)"a");
	evbuffer_free(buf);
}

static void
trace_nested(void)
{
	struct evbuffer *buf = evbuffer_new();

	printf("draining inside\n");
	evbuffer_add_cb(buf, on_change, (void *)"a");
	evbuffer_add_cb(buf, on_change_drain, (void *)"drains");
	evbuffer_add_cb(buf, on_change, (void *)"c");
	evbuffer_add(buf, "12345", 5);
	printf("leaving inside\n");
	self = evbuffer_add_cb(buf, on_change_leave, (void *)"leaver");
	evbuffer_drain(buf, 1);
	evbuffer_drain(buf, 1);
	evbuffer_free(buf);
}

static void
trace_setcb(void)
{
	struct evbuffer *buf = evbuffer_new();

	printf("setcb\n");
	evbuffer_add_cb(buf, on_change, (void *)"a");
	evbuffer_setcb(buf, on_change_old, (void *)"old");
	evbuffer_add_cb(buf, on_change, (void *)"b");
	change(buf);
	evbuffer_setcb(buf, NULL, NULL);
	evbuffer_add(buf, "x", 1);
	evbuffer_free(buf);
}

static void
trace_deferred(int with_nodefer)
{
	struct event_base *base = event_base_new();
	struct evbuffer *buf = evbuffer_new();
	struct evbuffer_cb_entry *b;

	printf("deferred, nodefer %d\n", with_nodefer);
	evbuffer_add_cb(buf, on_change, (void *)"a");
	b = evbuffer_add_cb(buf, on_change, (void *)"b");
	if (with_nodefer)
		evbuffer_cb_set_flags(buf, b, 2);
	printf("defer %d\n", evbuffer_defer_callbacks(buf, base));
	change(buf);
	printf("loop\n");
	event_base_loop(base, EVLOOP_NONBLOCK);
	printf("loop again\n");
	event_base_loop(base, EVLOOP_NONBLOCK);
	printf("in and out\n");
	evbuffer_add(buf, "x", 1);
	evbuffer_drain(buf, 1);
	event_base_loop(base, EVLOOP_NONBLOCK);
	printf("free before the loop\n");
	evbuffer_add(buf, "xyz", 3);
	evbuffer_free(buf);
	event_base_loop(base, EVLOOP_NONBLOCK);
	event_base_free(base);
}

int
main(void)
{
	trace_plain();
	trace_nested();
	trace_setcb();
	trace_deferred(0);
	trace_deferred(1);
	return 0;
}
