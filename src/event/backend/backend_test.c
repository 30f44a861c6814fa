/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * backend_test.c - the table of backends, and what is the same of poll() and
 * select().
 */
#include "event/backend/backend.h"

#include <errno.h>
#include <limits.h>
#include <sys/socket.h>
#include <unistd.h>

#include "event2/event.h"
#include "test.h"

/* The names that are handed out are those of the backends, in order. */
TEST(backend_names_are_the_backends)
{
	const char **names = evi_backend_names();
	int count = 0;

	for (; evi_backend_at(count); count++)
		CHECK_STR(names[count], evi_backend_at(count)->name);
	CHECK_NULL(names[count]);
	CHECK_GE(count, 2);
}

/* A timeout is rounded up to milliseconds and cut to what int holds. */
TEST(backend_timeout_is_never_shorter)
{
	CHECK_EQ(evi_backend_timeout_ms(-1), -1);
	CHECK_EQ(evi_backend_timeout_ms(0), 0);
	CHECK_EQ(evi_backend_timeout_ms(1), 1);
	CHECK_EQ(evi_backend_timeout_ms(1000000), 1);
	CHECK_EQ(evi_backend_timeout_ms(1000001), 2);
	CHECK_EQ(evi_backend_timeout_ms(INT64_MAX), INT_MAX);
}

/* The backends that look at each descriptor -------------------------------- */

static const struct evi_backend *const scanning[] = { &evi_backend_poll,
	&evi_backend_select };

/* Wait at once; how many are ready. */
static int
wait_now(const struct evi_backend *backend, void *state,
    const struct evi_ready **ready)
{
	backend->prepare(state);
	return backend->wait(state, 0, ready);
}

static void
check_interests_come_and_go(const struct evi_backend *backend)
{
	enum {
		COUNT = 100
	};
	struct evi_backend_slot slots[COUNT] = { { 0 } };
	const struct evi_ready *ready;
	int fds[2], copies[COUNT];
	void *state = NULL;

	CHECK_EQ(backend->open(0, &state), 0);
	CHECK_NOTNULL(state);
	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	for (int i = 0; i < COUNT; i++) {
		copies[i] = dup(fds[0]);
		CHECK_EQ(backend->set(state, copies[i], &slots[i], 0, EV_WRITE),
		    0);
	}
	CHECK_EQ(wait_now(backend, state, &ready), COUNT);
	for (int i = 0; i < COUNT; i += 2)
		CHECK_EQ(backend->set(state, copies[i], &slots[i], EV_WRITE,
			     EV_READ),
		    0);
	CHECK_EQ(wait_now(backend, state, &ready), COUNT / 2);
	for (int i = 0; i < COUNT / 2; i++) {
		CHECK_EQ(ready[i].fd, copies[2 * i + 1]);
		CHECK_EQ(ready[i].what, EV_WRITE);
	}
	for (int i = 1; i < COUNT; i += 2)
		CHECK_EQ(backend->set(state, copies[i], &slots[i], EV_WRITE, 0),
		    0);
	CHECK_EQ(wait_now(backend, state, &ready), 0);
	CHECK_EQ(write(fds[1], "x", 1), 1);
	CHECK_EQ(wait_now(backend, state, &ready), COUNT / 2);
	for (int i = 0; i < COUNT; i++) {
		backend->forget(state, copies[i], &slots[i]);
		close(copies[i]);
	}
	CHECK_EQ(wait_now(backend, state, &ready), 0);
	backend->close(state);
	close(fds[0]);
	close(fds[1]);
}

/* Interests come, change and go in any order. */
TEST(interests_come_and_go)
{
	for (int i = 0; i < 2; i++)
		check_interests_come_and_go(scanning[i]);
}

static void
check_set_does_not_disturb_a_wait(const struct evi_backend *backend)
{
	struct evi_backend_slot slot = { 0 };
	const struct evi_ready *ready;
	int fds[2];
	void *state = NULL;

	CHECK_EQ(backend->open(0, &state), 0);
	CHECK_NOTNULL(state);
	CHECK_EQ(pipe(fds), 0);
	CHECK_EQ(backend->set(state, fds[1], &slot, 0, EV_WRITE), 0);
	backend->prepare(state);
	CHECK_EQ(backend->set(state, fds[1], &slot, EV_WRITE, 0), 0);
	CHECK_EQ(backend->wait(state, 0, &ready), 1);
	CHECK_EQ(ready[0].fd, fds[1]);
	CHECK_EQ(wait_now(backend, state, &ready), 0);
	backend->close(state);
	close(fds[0]);
	close(fds[1]);
}

/* What set does during a wait is for the next one. */
TEST(set_does_not_disturb_a_wait)
{
	for (int i = 0; i < 2; i++)
		check_set_does_not_disturb_a_wait(scanning[i]);
}

static void
check_closed_is_refused(const struct evi_backend *backend)
{
	struct evi_backend_slot slot = { 0 };
	const struct evi_ready *ready;
	void *state = NULL;

	CHECK_EQ(backend->open(0, &state), 0);
	int fd = dup(0);

	CHECK_NOTNULL(state);
	close(fd);
	CHECK_EQ(backend->set(state, fd, &slot, 0, EV_READ), -EBADF);
	CHECK_EQ(slot.state, 0);
	CHECK_EQ(wait_now(backend, state, &ready), 0);
	backend->close(state);
}

/* A closed descriptor is refused, and nothing is kept of it. */
TEST(closed_is_refused)
{
	for (int i = 0; i < 2; i++)
		check_closed_is_refused(scanning[i]);
}
