/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * select_test.c - the backend select() on its own, and in a base.
 */
#include "event/backend/backend.h"

#include <unistd.h>

#include "event2/event.h"
#include "test.h"

#define SELECT (&evi_backend_select)

static int runs;

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
	runs++;
}

static struct event_base *
select_base(void)
{
	struct event_config *config = event_config_new();

	CHECK_NOTNULL(config);
	CHECK_EQ(event_config_avoid_method(config, "epoll"), 0);
	CHECK_EQ(event_config_avoid_method(config, "poll"), 0);
	struct event_base *base = event_base_new_with_config(config);
	event_config_free(config);
	CHECK_NOTNULL(base);
	CHECK_STR(event_base_get_method(base), "select");
	return base;
}

/* Wait at once; how many are ready. */
static int
wait_now(void *state, const struct evi_ready **ready)
{
	SELECT->prepare(state);
	return SELECT->wait(state, 0, ready);
}

/* One that is closed while it is watched is reported once. */
TEST(dead_one_is_reported_once)
{
	struct evi_backend_slot dead = { 0 }, alive = { 0 };
	const struct evi_ready *ready;
	int fds[2];
	void *state = NULL;

	CHECK_EQ(SELECT->open(0, &state), 0);

	CHECK_NOTNULL(state);
	CHECK_EQ(pipe(fds), 0);
	CHECK_EQ(SELECT->set(state, fds[0], &dead, 0, EV_READ), 0);
	CHECK_EQ(SELECT->set(state, fds[1], &alive, 0, EV_WRITE), 0);
	int copy = dup(fds[0]);
	close(fds[0]);
	CHECK_EQ(wait_now(state, &ready), 1);
	CHECK_EQ(ready[0].fd, fds[0]);
	CHECK_EQ(ready[0].what, EV_READ);
	CHECK_EQ(wait_now(state, &ready), 1);
	CHECK_EQ(ready[0].fd, fds[1]);

	/* Removing what is no longer polled is harmless. */
	CHECK_EQ(SELECT->set(state, fds[0], &dead, EV_READ, 0), 0);
	CHECK_EQ(wait_now(state, &ready), 1);
	SELECT->close(state);
	close(copy);
	close(fds[1]);
}

/* The loop tells a dead descriptor's event once and does not spin. */
TEST(loop_does_not_spin_on_a_dead_one)
{
	struct event_base *base = select_base();
	struct timeval tv = { 0, 20000 };
	int fd = dup(0);
	struct event *ev = event_new(base, fd, EV_READ | EV_PERSIST, on_event,
	    NULL);

	CHECK_NOTNULL(ev);
	CHECK_EQ(event_add(ev, NULL), 0);
	close(fd);
	CHECK_EQ(event_base_loopexit(base, &tv), 0);
	CHECK_EQ(event_base_dispatch(base), 0);
	CHECK_EQ(runs, 1);
	CHECK_LE(test_calls_made("pselect"), 4);
	event_free(ev);
	event_base_free(base);
}

/* A hang-up is something to read. */
TEST(hangup_is_readable)
{
	struct evi_backend_slot slot = { 0 };
	const struct evi_ready *ready;
	int fds[2];
	void *state = NULL;

	CHECK_EQ(SELECT->open(0, &state), 0);

	CHECK_NOTNULL(state);
	CHECK_EQ(pipe(fds), 0);
	CHECK_EQ(SELECT->set(state, fds[0], &slot, 0, EV_READ), 0);
	CHECK_EQ(wait_now(state, &ready), 0);
	close(fds[1]);
	CHECK_EQ(wait_now(state, &ready), 1);
	CHECK_EQ(ready[0].what, EV_READ);
	CHECK_EQ(SELECT->stray(state, ready[0], &slot, EV_READ), 0);
	SELECT->close(state);
	close(fds[0]);
}

/* Descriptors above FD_SETSIZE work, and the sets grow as they must. */
TEST(numbers_beyond_fd_setsize)
{
	static const int numbers[] = { 63, 64, 1023, 1024, 1025, 3000 };
	enum {
		COUNT = sizeof(numbers) / sizeof(*numbers)
	};
	struct event_base *base = select_base();
	struct event *evs[COUNT];
	int fds[2];

	CHECK_EQ(pipe(fds), 0);
	CHECK_EQ(write(fds[1], "x", 1), 1);
	for (int i = 0; i < COUNT; i++) {
		if (dup2(fds[0], numbers[i]) < 0)
			SKIP("the limit of descriptors is below 3000");
		evs[i] = event_new(base, numbers[i], EV_READ, on_event, NULL);
		CHECK_NOTNULL(evs[i]);
		CHECK_EQ(event_add(evs[i], NULL), 0);
	}
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(runs, COUNT);
	for (int i = COUNT - 1; i >= 0; i--)
		CHECK_EQ(event_add(evs[i], NULL), 0);
	CHECK_EQ(event_base_dispatch(base), 1);
	CHECK_EQ(runs, 2 * COUNT);
	for (int i = 0; i < COUNT; i++) {
		event_free(evs[i]);
		close(numbers[i]);
	}
	event_base_free(base);
	close(fds[0]);
	close(fds[1]);
}

/* Forgetting a number that the sets never reached is harmless. */
TEST(forgetting_the_unknown)
{
	struct evi_backend_slot slot = { 0 };
	const struct evi_ready *ready;
	void *state = NULL;

	CHECK_EQ(SELECT->open(0, &state), 0);

	CHECK_NOTNULL(state);
	SELECT->forget(state, 900, &slot);
	CHECK_EQ(wait_now(state, &ready), 0);
	SELECT->close(state);
}
