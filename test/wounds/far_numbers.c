/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * far_numbers.c - descriptors of numbers that no process has, and as high as
 * this one may (an endless loop over INT_MAX / 2, 2019).
 *
 * debian: passes
 */
#include <fcntl.h>
#include <limits.h>
#include <sys/resource.h>

#include <event2/event_struct.h>

#include "wound.h"

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	++*(int *)arg;
}

static void
on_log(int severity, const char *text)
{
	(void)severity;
	(void)text;
}

/* Refused, on an empty base and on one that watches something. */
static void
try_absent(struct event_base *base, evutil_socket_t fd)
{
	struct event ev, once;
	int calls = 0;

	printf("%d\n", fd);
	fflush(stdout);
	CHECK_EQ(event_assign(&ev, base, fd, EV_READ | EV_PERSIST, on_event,
		     &calls),
	    0);
	CHECK_EQ(event_add(&ev, NULL), -1);
	CHECK(!event_pending(&ev, EV_READ, NULL));
	CHECK_EQ(event_assign(&once, base, fd, EV_WRITE, on_event, &calls), 0);
	CHECK_EQ(event_add(&once, NULL), -1);
	CHECK(event_base_loop(base, EVLOOP_NONBLOCK) >= 0);
	CHECK_EQ(calls, 0);
	CHECK_EQ(event_del(&ev), 0);
}

/* The highest number that there may be is watched as any other. */
static void
try_highest(struct event_base *base)
{
	struct rlimit limit;
	struct event ev;
	int fds[2], high, calls = 0;

	CHECK_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
	if (limit.rlim_max > 1 << 20)
		limit.rlim_max = 1 << 20;
	limit.rlim_cur = limit.rlim_max;
	CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
	CHECK_EQ(pipe(fds), 0);
	high = dup2(fds[0], (int)limit.rlim_max - 1);
	printf("the highest, %d\n", high);
	fflush(stdout);
	CHECK(high > 0);
	event_assign(&ev, base, high, EV_READ, on_event, &calls);
	CHECK_EQ(event_add(&ev, NULL), 0);
	CHECK_EQ(write(fds[1], "x", 1), 1);
	CHECK(event_base_loop(base, EVLOOP_ONCE) >= 0);
	CHECK_EQ(calls, 1);
	close(high);
	close(fds[0]);
	close(fds[1]);
}

int
main(void)
{
	const int numbers[] = { 1 << 20, 1 << 25, (1 << 30) - 1, 1 << 30,
		(1 << 30) + 1, INT_MAX - 1, INT_MAX };
	struct event_base *base;
	struct event ev;
	int i, calls = 0;

	/* A table up to INT_MAX does not fit: it must not be tried for ever. */
	wound_max = (size_t)1 << 30;
	wound_watch();
	event_set_log_callback(on_log);
	base = event_base_new();
	for (i = 0; i < (int)(sizeof(numbers) / sizeof(numbers[0])); i++)
		try_absent(base, numbers[i]);
	try_highest(base);
	for (i = -1; i > -3; i--) {
		calls = 0;
		event_assign(&ev, base, i, 0, on_event, &calls);
		event_active(&ev, EV_READ, 1);
		CHECK_EQ(event_base_loop(base, EVLOOP_NONBLOCK), 1);
		CHECK_EQ(calls, 1);
	}
	event_base_free(base);
	return wound_end();
}
