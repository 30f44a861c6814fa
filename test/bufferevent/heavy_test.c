/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heavy_test.c - bufferevents under load: a long stream and many idle
 * connections.
 *
 * Quick by default; with TEST_HEAVY=1 in full size: 1 GiB, 10,000
 * connections.
 */
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>

#include "helper.h"

/* Not in every libc, and only in sanitizers; NULL then. */
extern int malloc_trim(size_t) __attribute__((weak));
extern void __sanitizer_purge_allocator(void) __attribute__((weak));

#define LIMIT 600 /* seconds */
#define MIB (1024L * 1024)

static long
size(long quick, long heavy)
{
	if (test_is_faulty())
		return quick / 20;
	return getenv("TEST_HEAVY") ? heavy : quick;
}

/* A stream ---------------------------------------------------------------- */

struct flow {
	struct bufferevent *from, *to;
	long total, sent, received;
	uint64_t sent_hash, received_hash;
	uint32_t random;
	int is_done;
};

/* FNV-1a, eight bytes at a time would miss what is out of order in them. */
static uint64_t
hash(uint64_t h, const unsigned char *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		h = (h ^ data[i]) * 1099511628211u;
	return h;
}

static void
write_piece(struct bufferevent *bev, void *arg)
{
	static unsigned char piece[300000];
	struct flow *flow = arg;

	while (flow->sent < flow->total && output_len(bev) < MIB) {
		flow->random = flow->random * 1664525 + 1013904223;
		size_t len = 1 + (flow->random >> 8) % sizeof(piece);

		if ((long)len > flow->total - flow->sent)
			len = (size_t)(flow->total - flow->sent);
		memset(piece, (int)(flow->random >> 24), len);
		memcpy(piece, &flow->random,
		    len < sizeof(flow->random) ? len : sizeof(flow->random));
		CHECK_EQ(bufferevent_write(bev, piece, len), 0);
		flow->sent_hash = hash(flow->sent_hash, piece, len);
		flow->sent += (long)len;
	}
}

static void
read_piece(struct bufferevent *bev, void *arg)
{
	struct flow *flow = arg;
	struct evbuffer *input = bufferevent_get_input(bev);
	size_t len;

	while ((len = evbuffer_get_contiguous_space(input)) > 0) {
		flow->received_hash = hash(flow->received_hash,
		    evbuffer_pullup(input, (ev_ssize_t)len), len);
		flow->received += (long)len;
		CHECK_EQ(evbuffer_drain(input, len), 0);
	}
	if (flow->received >= flow->total)
		flow->is_done = 1;
}

static void
end_of_flow(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	(void)arg;
	CHECK_EQ(what, 0);
}

/* A long stream arrives as it was sent, by its hash, in bounded memory. */
TEST_LIMIT(long_stream, LIMIT)
{
	struct event_base *base = test_base();
	struct flow flow = { .total = size(3 * MIB, 1024 * MIB) };
	evutil_socket_t fds[2];

	socket_pair(fds);
	flow.from = bufferevent_socket_new(base, fds[0], BEV_OPT_CLOSE_ON_FREE);
	CHECK_NOTNULL(flow.from);
	flow.to = bufferevent_socket_new(base, fds[1], BEV_OPT_CLOSE_ON_FREE);
	CHECK_NOTNULL(flow.to);
	bufferevent_setcb(flow.from, NULL, write_piece, end_of_flow, &flow);
	bufferevent_setcb(flow.to, read_piece, NULL, end_of_flow, &flow);
	CHECK_EQ(bufferevent_enable(flow.to, EV_READ), 0);
	CHECK_EQ(bufferevent_enable(flow.from, EV_WRITE), 0);
	while (!flow.is_done)
		CHECK_EQ(event_base_loop(base, EVLOOP_ONCE), 0);
	CHECK_EQ(flow.received, flow.total);
	CHECK_EQ(flow.received_hash == flow.sent_hash, 1);
	bufferevent_free(flow.from);
	bufferevent_free(flow.to);
	event_base_free(base);
}

/* Idle connections -------------------------------------------------------- */

#define CONNECTIONS_MAX 10000

/* Static: the harness looks here for what can still be freed. */
static struct bufferevent *bevs[CONNECTIONS_MAX];
static int peers[CONNECTIONS_MAX];

static void
echo(struct bufferevent *bev, void *arg)
{
	(void)arg;
	CHECK_EQ(bufferevent_write_buffer(bev, bufferevent_get_input(bev)), 0);
}

/* Bytes of memory the process has resident. */
static long
resident(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	long pages = 0, all = 0;

	CHECK_NOTNULL(file);
	CHECK_EQ(fscanf(file, "%ld %ld", &all, &pages), 2);
	fclose(file);
	return pages * sysconf(_SC_PAGESIZE);
}

/* Raise the limit of descriptors; how many pairs of sockets there may be. */
static long
pairs_possible(long wanted)
{
	struct rlimit limit;

	CHECK_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = limit.rlim_max;
	CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
	long possible = (long)(limit.rlim_cur / 2) - 50;
	return possible < wanted ? possible : wanted;
}

/* Open `count` connections, let each echo a message, then close them. */
static void
open_and_close(struct event_base *base, long count, long *ret_open)
{
	char message[2000] = "";

	for (long i = 0; i < count; i++) {
		bevs[i] = bev_and_peer(base, 0, NULL, &peers[i]);
		bufferevent_setcb(bevs[i], echo, NULL, NULL, NULL);
		CHECK_EQ(bufferevent_enable(bevs[i], EV_READ), 0);
		CHECK_EQ(send(peers[i], message, sizeof(message), 0), 2000);
	}
	turn(base);
	for (long i = 0; i < count; i++) {
		for (int turns = 0;
		     recv(peers[i], message, sizeof(message), 0) < 0; turns++) {
			CHECK_LT(turns, 1000);
			turn(base);
		}
		CHECK_EQ(input_len(bevs[i]) + output_len(bevs[i]), 0);
	}
	*ret_open = resident();
	for (long i = 0; i < count; i++) {
		bufferevent_free(bevs[i]);
		close(peers[i]);
	}
	turn(base);
}

/* The same once what is free has been given back; ASan keeps it for a while. */
static long
resident_trimmed(void)
{
	if (malloc_trim)
		(void)malloc_trim(0);
	if (__sanitizer_purge_allocator)
		__sanitizer_purge_allocator();
	return resident();
}

/*
 * An idle connection costs less than 1,000 bytes.  When they have gone, what
 * they cost is given back but for what a base keeps (a megabyte of blocks, and
 * tables by descriptor); later ones leave no more than a tenth beside.  When
 * the base has gone too, all is back but for a tenth of the cost.  (Bare: the
 * harness would keep a table of all blocks.)
 */
TEST_DEFINE_(idle_connections, LIMIT, 1)
{
	long count = pairs_possible(size(400, CONNECTIONS_MAX));
	struct event_base *base = test_base();
	long open[3], closed[3];

	memset(peers, 1, sizeof(peers)); /* resident, too */
	memset(bevs, 1, sizeof(bevs));
	long before = resident();
	for (int i = 0; i < 3; i++) {
		open_and_close(base, count, &open[i]);
		closed[i] = resident_trimmed();
	}
	event_base_free(base);
	long after = resident_trimmed();
	long cost = open[0] - before;
	printf("    %ld idle connections: %ld resident bytes each; %ld before, "
	       "%ld open, %ld closed, %ld without the base\n",
	    count, cost / count, before, open[0], closed[0], after);
	CHECK_LT(open[2], open[0] + open[0] / 10);
	CHECK_LE(closed[2], closed[0] + closed[0] / 10);
	if (getenv("TEST_TIME_SCALE"))
		return; /* tools have memory of their own */
	CHECK_LT(cost, count * 1000 + MIB);
	CHECK_LT(closed[0] - before, cost / 10 + MIB + 64 * count);
	/* A few pages are the C library's, whatever the count. */
	CHECK_LT(after - before, cost / 10 + (count < 5000 ? MIB / 4 : 0));
}
