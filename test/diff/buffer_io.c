/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * buffer_io.c - traces reading from and writing to descriptors.
 */
/* backends: epoll */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/util.h>

static void
on_change(struct evbuffer *buf, const struct evbuffer_cb_info *info, void *arg)
{
	printf("  %s: was %lu added %lu deleted %lu now %lu\n",
	    (const char *)arg, (unsigned long)info->orig_size,
	    (unsigned long)info->n_added, (unsigned long)info->n_deleted,
	    (unsigned long)evbuffer_get_length(buf));
}

/* A result and, for -1, the name of errno. */
static void
result(const char *what, long r)
{
	int err = errno;

	printf(" %s: %ld%s\n", what, r,
	    r >= 0              ? ""
		: err == EAGAIN ? " again"
		: err == EBADF  ? " badf"
		: err == EPIPE  ? " pipe"
				: " other");
}

static void
pair_open(int *fds)
{
	if (evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0)
		_exit(1);
	evutil_make_socket_nonblocking(fds[0]);
	evutil_make_socket_nonblocking(fds[1]);
}

static void
trace_limits(void)
{
	static const long limits[] = { 0, 1, 3, 100, -1, -7 };
	struct evbuffer *in = evbuffer_new();
	struct evbuffer *out = evbuffer_new();
	size_t i;
	int fds[2];

	pair_open(fds);
	evbuffer_add_cb(in, on_change, (void *)"in");
	evbuffer_add_cb(out, on_change, (void *)"out");
	printf(" write empty %d\n", evbuffer_write(out, fds[0]));
	printf(" write empty atmost %d\n",
	    evbuffer_write_atmost(out, fds[0], 10));
	result("read nothing", evbuffer_read(in, fds[1], -1));
	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		printf(" limit %ld\n", limits[i]);
		evbuffer_add(out, "0123456789", 10);
		result("write_atmost",
		    evbuffer_write_atmost(out, fds[0], limits[i]));
		result("write", evbuffer_write(out, fds[0]));
		result("read", evbuffer_read(in, fds[1], (int)limits[i]));
		result("read rest", evbuffer_read(in, fds[1], -1));
		result("read no more", evbuffer_read(in, fds[1], -1));
	}
	close(fds[0]);
	result("read end", evbuffer_read(in, fds[1], -1));
	result("read end again", evbuffer_read(in, fds[1], 10));
	close(fds[1]);
	evbuffer_free(in);
	evbuffer_free(out);
}

static void
trace_frozen(void)
{
	struct evbuffer *buf = evbuffer_new();
	int fds[2];

	pair_open(fds);
	if (write(fds[0], "data", 4) != 4)
		_exit(1);
	evbuffer_freeze(buf, 0);
	printf(" read frozen %d\n", evbuffer_read(buf, fds[1], -1));
	evbuffer_unfreeze(buf, 0);
	printf(" read %d\n", evbuffer_read(buf, fds[1], -1));
	evbuffer_freeze(buf, 1);
	printf(" write frozen %d\n", evbuffer_write(buf, fds[1]));
	evbuffer_drain(buf, 100);
	evbuffer_unfreeze(buf, 1);
	evbuffer_drain(buf, 100);
	evbuffer_freeze(buf, 1);
	printf(" write empty frozen %d\n", evbuffer_write(buf, fds[1]));
	close(fds[0]);
	close(fds[1]);
	evbuffer_free(buf);
}

static void
trace_errors(void)
{
	struct evbuffer *buf = evbuffer_new();
	int fds[2];

	pair_open(fds);
	evbuffer_add(buf, "data", 4);
	close(fds[1]);
	result("write to a closed peer", evbuffer_write(buf, fds[0]));
	close(fds[0]);
	result("write to no descriptor", evbuffer_write(buf, -1));
	result("read from no descriptor", evbuffer_read(buf, -1, 10));
	printf(" still %lu\n", (unsigned long)evbuffer_get_length(buf));
	evbuffer_free(buf);
}

/* Everything that fits goes; the rest stays; nothing is lost. */
static void
trace_bulk(void)
{
	struct evbuffer *in = evbuffer_new();
	struct evbuffer *out = evbuffer_new();
	static unsigned char block[3000];
	unsigned long sent = 0, got = 0, sum_out = 0, sum_in = 0;
	size_t i;
	int fds[2], n, stuck = 0;

	pair_open(fds);
	for (i = 0; i < 100; i++) {
		memset(block, (int)i, sizeof(block));
		block[0] = 1;
		evbuffer_add(out, block, sizeof(block));
		sum_out += 1 + i * (sizeof(block) - 1);
	}
	while (got < 100 * sizeof(block) && !stuck) {
		n = evbuffer_write(out, fds[0]);
		if (n > 0)
			sent += n;
		stuck = n < 0;
		while ((n = evbuffer_read(in, fds[1], -1)) > 0) {
			got += n;
			stuck = 0;
		}
	}
	while (evbuffer_get_length(in)) {
		n = evbuffer_remove(in, block, sizeof(block));
		for (i = 0; i < (size_t)n; i++)
			sum_in += block[i];
	}
	printf(" bulk sent %lu got %lu same %d\n", sent, got,
	    sum_in == sum_out);
	close(fds[0]);
	close(fds[1]);
	evbuffer_free(in);
	evbuffer_free(out);
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	trace_limits();
	trace_frozen();
	trace_errors();
	trace_bulk();
	return 0;
}
