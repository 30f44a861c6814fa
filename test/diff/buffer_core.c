/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * buffer_core.c - traces what adding, taking and freezing return.
 */
/* backends: epoll */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/buffer_compat.h>

/* Print the content, marking the unprintable. */
static void
show(const char *title, struct evbuffer *buf)
{
	size_t len = evbuffer_get_length(buf);
	unsigned char text[256];
	ev_ssize_t n = evbuffer_copyout(buf, text, sizeof(text));
	ev_ssize_t i;

	printf("%s: len %lu copied %ld \"", title, (unsigned long)len, (long)n);
	for (i = 0; i < n; i++)
		putchar(text[i] >= 32 && text[i] < 127 ? text[i] : '?');
	printf("\"\n");
}

static void
trace_empty(void)
{
	struct evbuffer *buf = evbuffer_new();
	char out[8];

	printf("drain empty %d\n", evbuffer_drain(buf, 10));
	printf("remove empty %d\n", evbuffer_remove(buf, out, 8));
	printf("copyout empty %ld\n", (long)evbuffer_copyout(buf, out, 8));
	printf("pullup empty -1 %d\n", evbuffer_pullup(buf, -1) != NULL);
	printf("pullup empty 0 %d\n", evbuffer_pullup(buf, 0) != NULL);
	printf("pullup empty 1 %d\n", evbuffer_pullup(buf, 1) != NULL);
	printf("add nothing %d\n", evbuffer_add(buf, "x", 0));
	printf("prepend nothing %d\n", evbuffer_prepend(buf, "x", 0));
	printf("contiguous %lu\n",
	    (unsigned long)evbuffer_get_contiguous_space(buf));
	printf("printf nothing %d\n", evbuffer_add_printf(buf, "%s", ""));
	show("empty", buf);
	evbuffer_free(buf);
}

static void
trace_taking(void)
{
	struct evbuffer *buf = evbuffer_new();
	struct evbuffer_ptr pos;
	unsigned char *data;
	char out[32];

	printf("add %d\n", evbuffer_add(buf, "0123456789", 10));
	printf("prepend %d\n", evbuffer_prepend(buf, "abc", 3));
	printf("printf %d\n", evbuffer_add_printf(buf, "<%d-%s>", 42, "x"));
	show("built", buf);
	printf("contiguous ok %d\n", evbuffer_get_contiguous_space(buf) > 0);
	printf("pullup too much %d\n", evbuffer_pullup(buf, 1000) != NULL);
	data = evbuffer_pullup(buf, 5);
	printf("pullup 5 %.5s\n", data ? (char *)data : "none");
	data = evbuffer_pullup(buf, -1);
	printf("pullup all %.19s\n", data ? (char *)data : "none");
	printf("copyout 4 %ld\n", (long)evbuffer_copyout(buf, out, 4));
	printf("copyout 0 %ld\n", (long)evbuffer_copyout(buf, out, 0));
	printf("remove 0 %d\n", evbuffer_remove(buf, out, 0));
	printf("ptr %d\n", evbuffer_ptr_set(buf, &pos, 4, EVBUFFER_PTR_SET));
	printf("copyout_from %ld\n",
	    (long)evbuffer_copyout_from(buf, &pos, out, 5));
	printf("is %.5s\n", out);
	printf("copyout_from long %ld\n",
	    (long)evbuffer_copyout_from(buf, &pos, out, 32));
	printf("ptr end %d\n",
	    evbuffer_ptr_set(buf, &pos, evbuffer_get_length(buf),
		EVBUFFER_PTR_SET));
	printf("copyout_from end %ld\n",
	    (long)evbuffer_copyout_from(buf, &pos, out, 5));
	printf("remove 6 %d\n", evbuffer_remove(buf, out, 6));
	printf("is %.6s\n", out);
	printf("drain 2 %d\n", evbuffer_drain(buf, 2));
	show("after", buf);
	printf("drain 1000 %d\n", evbuffer_drain(buf, 1000));
	show("drained", buf);
	evbuffer_free(buf);
}

/* Every call on a buffer frozen at one end. */
static void
trace_frozen(int at_front, const char *content)
{
	struct evbuffer *buf = evbuffer_new();
	struct evbuffer *other = evbuffer_new();
	struct evbuffer_iovec vec[2];
	struct evbuffer_ptr pos;
	size_t len = strlen(content);
	char out[8];
	char *line;

	printf("frozen %s \"%s\"\n", at_front ? "front" : "end", content);
	evbuffer_add(buf, content, len);
	evbuffer_add(other, "other", 5);
	printf("freeze %d\n", evbuffer_freeze(buf, at_front));
	printf("twice %d\n", evbuffer_freeze(buf, at_front));
	printf("first drain 0 %d\n", evbuffer_drain(buf, 0));
	printf("first remove %d\n", evbuffer_remove(buf, out, 0));
	printf("add %d\n", evbuffer_add(buf, "x", 1));
	printf("add 0 %d\n", evbuffer_add(buf, "x", 0));
	printf("prepend %d\n", evbuffer_prepend(buf, "x", 1));
	printf("prepend 0 %d\n", evbuffer_prepend(buf, "x", 0));
	printf("drain 0 %d\n", evbuffer_drain(buf, 0));
	printf("drain %d\n", evbuffer_drain(buf, 1));
	printf("drain all %d\n", evbuffer_drain(buf, 100));
	printf("remove %d\n", evbuffer_remove(buf, out, 1));
	printf("remove 0 %d\n", evbuffer_remove(buf, out, 0));
	printf("copyout %ld\n", (long)evbuffer_copyout(buf, out, 1));
	printf("copyout 0 %ld\n", (long)evbuffer_copyout(buf, out, 0));
	evbuffer_ptr_set(buf, &pos, 0, EVBUFFER_PTR_SET);
	printf("copyout_from %ld\n",
	    (long)evbuffer_copyout_from(buf, &pos, out, 1));
	printf("pullup %d\n", evbuffer_pullup(buf, -1) != NULL);
	printf("printf %d\n", evbuffer_add_printf(buf, "a"));
	printf("printf 0 %d\n", evbuffer_add_printf(buf, "%s", ""));
	printf("expand %d\n", evbuffer_expand(buf, 10));
	printf("reserve %d\n", evbuffer_reserve_space(buf, 10, vec, 1) > 0);
	printf("reference %d\n",
	    evbuffer_add_reference(buf, "r", 1, NULL, NULL));
	printf("add_buffer in %d\n", evbuffer_add_buffer(buf, other));
	printf("add_buffer out %d\n", evbuffer_add_buffer(other, buf));
	printf("prepend_buffer in %d\n", evbuffer_prepend_buffer(buf, other));
	printf("prepend_buffer out %d\n", evbuffer_prepend_buffer(other, buf));
	printf("remove_buffer out %d\n", evbuffer_remove_buffer(buf, other, 1));
	printf("remove_buffer in %d\n", evbuffer_remove_buffer(other, buf, 1));
	printf("remove_buffer 0 %d\n", evbuffer_remove_buffer(buf, other, 0));
	printf("buffer_reference %d\n",
	    evbuffer_add_buffer_reference(buf, other));
	line = evbuffer_readln(buf, NULL, EVBUFFER_EOL_LF);
	printf("readln %s\n", line ? line : "none");
	free(line);
	vec[0].iov_base = (void *)"iov";
	vec[0].iov_len = 3;
	printf("add_iovec %lu\n",
	    (unsigned long)evbuffer_add_iovec(buf, vec, 1));
	printf("unfreeze %d\n", evbuffer_unfreeze(buf, at_front));
	show("frozen buffer", buf);
	show("other buffer", other);
	evbuffer_free(buf);
	evbuffer_free(other);
}

static void
trace_flags(void)
{
	struct evbuffer *buf = evbuffer_new();

	printf("set_flags %d\n",
	    evbuffer_set_flags(buf, EVBUFFER_FLAG_DRAINS_TO_FD));
	printf("set_flags unknown %d\n", evbuffer_set_flags(buf, 0xff00));
	printf("clear_flags %d\n",
	    evbuffer_clear_flags(buf, EVBUFFER_FLAG_DRAINS_TO_FD));
	printf("locking without threads %d\n",
	    evbuffer_enable_locking(buf, NULL));
	evbuffer_lock(buf);
	evbuffer_unlock(buf);
	evbuffer_free(buf);
}

int
main(void)
{
	trace_empty();
	trace_taking();
	trace_frozen(1, "");
	trace_frozen(1, "some\ntext");
	trace_frozen(0, "");
	trace_frozen(0, "some\ntext");
	trace_flags();
	return 0;
}
