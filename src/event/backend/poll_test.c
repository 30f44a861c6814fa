/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * poll_test.c - the backend poll() on its own, and in a base.
 */
#include "event/backend/backend.h"

#include <sys/socket.h>
#include <unistd.h>

#include "event2/event.h"
#include "test.h"

#define POLL (&evi_backend_poll)

static int runs;

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
	runs++;
}

static struct event_base *
poll_base(void)
{
	struct event_config *config = event_config_new();

	CHECK_NOTNULL(config);
	CHECK_EQ(event_config_avoid_method(config, "epoll"), 0);
	struct event_base *base = event_base_new_with_config(config);
	event_config_free(config);
	CHECK_NOTNULL(base);
	CHECK_STR(event_base_get_method(base), "poll");
	return base;
}

/* Wait at once; how many are ready. */
static int
wait_now(void *state, const struct evi_ready **ready)
{
	POLL->prepare(state);
	return POLL->wait(state, 0, ready);
}

/* One that is closed while it is watched is reported once. */
TEST(dead_one_is_reported_once)
{
	struct evi_backend_slot dead = { 0 }, alive = { 0 };
	const struct evi_ready *ready;
	int fds[2];
	void *state = NULL;

	CHECK_EQ(POLL->open(0, &state), 0);

	CHECK_NOTNULL(state);
	CHECK_EQ(pipe(fds), 0);
	CHECK_EQ(POLL->set(state, fds[0], &dead, 0, EV_READ), 0);
	CHECK_EQ(POLL->set(state, fds[1], &alive, 0, EV_WRITE), 0);
	int copy = dup(fds[0]);
	close(fds[0]);
	CHECK_EQ(wait_now(state, &ready), 2);
	CHECK_EQ(ready[0].fd, fds[0]);
	CHECK_EQ(ready[0].what, EV_READ | EV_WRITE);
	CHECK_EQ(wait_now(state, &ready), 1);
	CHECK_EQ(ready[0].fd, fds[1]);

	/* Removing what is no longer polled is harmless. */
	CHECK_EQ(POLL->set(state, fds[0], &dead, EV_READ, 0), 0);
	CHECK_EQ(wait_now(state, &ready), 1);
	POLL->close(state);
	close(copy);
	close(fds[1]);
}

/* The loop tells a dead descriptor's event once and does not spin. */
TEST(loop_does_not_spin_on_a_dead_one)
{
	struct event_base *base = poll_base();
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
	CHECK_LE(test_calls_made("ppoll"), 4);
	event_free(ev);
	event_base_free(base);
}

/* A hang-up that nobody listens for does not make it spin. */
TEST(loop_does_not_spin_on_a_hangup)
{
	struct event_base *base = poll_base();
	struct timeval tv = { 0, 20000 };
	int fds[2];

	CHECK_EQ(pipe(fds), 0);
	struct event *ev = event_new(base, fds[0], EV_CLOSED | EV_PERSIST,
	    on_event, NULL);
	CHECK_NOTNULL(ev);
	CHECK_EQ(event_add(ev, NULL), 0);
	close(fds[1]);
	CHECK_EQ(event_base_loopexit(base, &tv), 0);
	CHECK_EQ(event_base_dispatch(base), 0);
	CHECK_EQ(runs, 0);
	CHECK_LE(test_calls_made("ppoll"), 4);
	event_free(ev);
	event_base_free(base);
	close(fds[0]);
}

/* EV_CLOSED is told by the peer's shutdown, and not by its data. */
TEST(closed_is_reported)
{
	struct evi_backend_slot slot = { 0 };
	const struct evi_ready *ready;
	int fds[2];
	void *state = NULL;

	CHECK_EQ(POLL->open(0, &state), 0);

	CHECK_NOTNULL(state);
	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	CHECK_EQ(POLL->set(state, fds[0], &slot, 0, EV_CLOSED), 0);
	CHECK_EQ(write(fds[1], "x", 1), 1);
	CHECK_EQ(wait_now(state, &ready), 0);
	CHECK_EQ(shutdown(fds[1], SHUT_WR), 0);
	CHECK_EQ(wait_now(state, &ready), 1);
	CHECK_EQ(ready[0].what, EV_CLOSED);
	POLL->close(state);
	close(fds[0]);
	close(fds[1]);
}
