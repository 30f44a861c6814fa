/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * buffer_space.c - traces expand, reserve, commit, peek and their refusals.
 */
/* backends: epoll */
#include <stdio.h>
#include <string.h>

#include <event2/buffer.h>

/* The bytes that `n` extents show. */
static unsigned long
room(const struct evbuffer_iovec *vec, int n)
{
	unsigned long sum = 0;
	int i;

	for (i = 0; i < n; i++)
		sum += vec[i].iov_len;
	return sum;
}

static void
show(struct evbuffer *buf)
{
	char text[64];
	ev_ssize_t n = evbuffer_copyout(buf, text, sizeof(text));

	printf("  holds %lu \"%.*s\"\n",
	    (unsigned long)evbuffer_get_length(buf), (int)n, text);
}

static void
trace_reserve(void)
{
	struct evbuffer *buf = evbuffer_new();
	struct evbuffer_iovec vec[4], again[4];
	int n;

	evbuffer_add(buf, "start", 5);
	n = evbuffer_reserve_space(buf, 100, vec, 1);
	printf("reserve 1: %d enough %d\n", n, room(vec, 1) >= 100);
	n = evbuffer_reserve_space(buf, 100, again, 1);
	printf("again same %d\n", again[0].iov_base == vec[0].iov_base);
	memcpy(vec[0].iov_base, "-middle", 7);
	vec[0].iov_len = 7;
	printf("commit %d\n", evbuffer_commit_space(buf, vec, 1));
	show(buf);
	n = evbuffer_reserve_space(buf, 10000, vec, 2);
	printf("reserve 2: ok %d enough %d\n", n > 0, room(vec, n) >= 10000);
	memcpy(vec[0].iov_base, "-end", 4);
	vec[0].iov_len = 4;
	printf("commit %d\n", evbuffer_commit_space(buf, vec, 1));
	show(buf);
	n = evbuffer_reserve_space(buf, 16, vec, 2);
	vec[0].iov_len = 0;
	printf("commit nothing %d\n", evbuffer_commit_space(buf, vec, 1));
	printf("commit no extents %d\n", evbuffer_commit_space(buf, vec, 0));
	show(buf);
	evbuffer_free(buf);
}

static void
trace_refusals(void)
{
	struct evbuffer *buf = evbuffer_new();
	struct evbuffer_iovec vec[4];
	char mine[16];

	evbuffer_add(buf, "x", 1);
	printf("reserve 0 ok %d\n",
	    evbuffer_reserve_space(buf, 0, vec, 2) >= 0);
	printf("reserve negative %d\n",
	    evbuffer_reserve_space(buf, -1, vec, 2));
	printf("reserve no vec %d\n", evbuffer_reserve_space(buf, 10, vec, 0));
	vec[0].iov_base = mine;
	vec[0].iov_len = sizeof(mine);
	printf("commit foreign %d\n", evbuffer_commit_space(buf, vec, 1));
	evbuffer_reserve_space(buf, 10, vec, 1);
	vec[0].iov_len += 1;
	printf("commit too long %d\n", evbuffer_commit_space(buf, vec, 1));
	evbuffer_reserve_space(buf, 10, vec, 1);
	evbuffer_add(buf, "y", 1);
	printf("commit after add %d\n", evbuffer_commit_space(buf, vec, 1));
	evbuffer_reserve_space(buf, 10, vec, 1);
	evbuffer_freeze(buf, 0);
	printf("commit frozen %d\n", evbuffer_commit_space(buf, vec, 1));
	evbuffer_unfreeze(buf, 0);
	show(buf);
	printf("expand 0 %d\n", evbuffer_expand(buf, 0));
	printf("expand %d\n", evbuffer_expand(buf, 10000));
	printf("expand max %d\n", evbuffer_expand(buf, (size_t)-1));
	printf("expand max/2+1 %d\n", evbuffer_expand(buf, (size_t)-1 / 2 + 1));
	printf("add max %d\n", evbuffer_add(buf, "z", (size_t)-1));
	printf("prepend max %d\n", evbuffer_prepend(buf, "z", (size_t)-1));
	show(buf);
	evbuffer_free(buf);
}

/* Ten blocks of four bytes. */
static struct evbuffer *
blocks_new(void)
{
	static const char text[] = "0123456789abcdefghijklmnopqrstuvwxyzABCD";
	struct evbuffer *buf = evbuffer_new();
	int i;

	for (i = 0; i < 10; i++)
		evbuffer_add_reference(buf, text + 4 * i, 4, NULL, NULL);
	return buf;
}

static void
trace_peek(void)
{
	static const long lens[] = { 0, 1, 4, 5, 16, 39, 40, 41, 1000, -1 };
	struct evbuffer *buf = blocks_new();
	struct evbuffer_iovec vec[16];
	struct evbuffer_ptr pos;
	size_t i;
	int count, at, n;

	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
		for (count = 0; count <= 12; count += 3)
			for (at = -1; at <= 40; at += 7) {
				evbuffer_ptr_set(buf, &pos, at < 0 ? 0 : at,
				    EVBUFFER_PTR_SET);
				n = evbuffer_peek(buf, lens[i],
				    at < 0 ? NULL : &pos, count ? vec : NULL,
				    count);
				printf("peek %ld at %d into %d: %d shows "
				       "%lu\n",
				    lens[i], at, count, n,
				    room(vec, n < count ? n : count));
			}
	evbuffer_drain(buf, 100);
	printf("peek empty %d\n", evbuffer_peek(buf, 10, NULL, vec, 4));
	printf("peek empty all %d\n", evbuffer_peek(buf, -1, NULL, NULL, 0));
	printf("peek empty 0 %d\n", evbuffer_peek(buf, 0, NULL, vec, 4));
	evbuffer_free(buf);
}

static void
trace_add_iovec(void)
{
	struct evbuffer *buf = evbuffer_new();
	struct evbuffer_iovec vec[3];

	vec[0].iov_base = (void *)"one";
	vec[0].iov_len = 3;
	vec[1].iov_base = NULL;
	vec[1].iov_len = 0;
	vec[2].iov_base = (void *)"three";
	vec[2].iov_len = 5;
	printf("add_iovec %lu\n",
	    (unsigned long)evbuffer_add_iovec(buf, vec, 3));
	printf("add_iovec none %lu\n",
	    (unsigned long)evbuffer_add_iovec(buf, vec, 0));
	show(buf);
	evbuffer_free(buf);
}

int
main(void)
{
	trace_reserve();
	trace_refusals();
	trace_peek();
	trace_add_iovec();
	return 0;
}
