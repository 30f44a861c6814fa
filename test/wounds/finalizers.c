/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * finalizers.c - events finalised by their own callback, by another one of the
 * same iteration, or outside of the loop (uses after free and double frees,
 * 2014 to 2019).
 *
 * base_finalizes.c is about finalizers that the loop has no time to run.
 *
 * debian: passes
 */
#include <sys/socket.h>

#include <event2/event_struct.h>

#include "wound.h"

enum who {
	ITSELF,
	OTHER,
	NOBODY,
	WHO
};
enum how {
	FREE,
	FINALIZE,
	HOW
};

static const char *const whos[] = { "by itself", "by another", "by nobody" };
static const char *const hows[] = { "event_free_finalize", "event_finalize" };

struct subject {
	struct event *ev;
	void *block; /* freed by the finalizer of FINALIZE */
	int finalizing;
	int finalized;
};

static struct subject subjects[2];
static enum who who;
static enum how how;

static void
on_finalize(struct event *ev, void *arg)
{
	struct subject *subject = arg;

	CHECK_EQ(subject->ev == ev, 1);
	CHECK_EQ(subject->finalized, 0);
	subject->finalized = 1;
	if (how == FINALIZE)
		wound_free(subject->block);
}

static void
finalize(struct subject *subject)
{
	if (subject->finalizing)
		return;
	subject->finalizing = 1;
	if (how == FREE)
		CHECK_EQ(event_free_finalize(0, subject->ev, on_finalize), 0);
	else
		CHECK_EQ(event_finalize(0, subject->ev, on_finalize), 0);
}

/* May not run once it is being finalised. */
static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	struct subject *subject = arg;

	(void)fd;
	(void)what;
	CHECK_EQ(subject->finalizing, 0);
	if (who == ITSELF)
		finalize(subject);
	if (who == OTHER)
		finalize(&subjects[subject == subjects]);
}

static void
subject_open(struct subject *subject, struct event_base *base, int fd)
{
	memset(subject, 0, sizeof(*subject));
	if (how == FREE) {
		subject->ev = event_new(base, fd, EV_READ | EV_PERSIST,
		    on_event, subject);
	} else {
		subject->block = wound_malloc(event_get_struct_event_size());
		subject->ev = subject->block;
		event_assign(subject->ev, base, fd, EV_READ | EV_PERSIST,
		    on_event, subject);
	}
	CHECK_EQ(event_add(subject->ev, NULL), 0);
}

/* `turns` iterations; what is not finalised by then is after them. */
static void
run(int turns)
{
	struct event_base *base = event_base_new();
	int i, fds[2];

	printf("%s, %s, %d turns\n", whos[who], hows[how], turns);
	fflush(stdout);
	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	CHECK_EQ(write(fds[1], "x", 1), 1);
	for (i = 0; i < 2; i++)
		subject_open(&subjects[i], base, fds[0]);
	for (i = 0; i < turns; i++)
		CHECK(event_base_loop(base, EVLOOP_ONCE) >= 0);
	CHECK_EQ(subjects[0].finalizing + subjects[1].finalizing,
	    !turns || who == NOBODY ? 0
		: who == ITSELF     ? 2
				    : 1);
	for (i = 0; i < 2; i++)
		finalize(&subjects[i]);
	CHECK(event_base_loop(base, EVLOOP_NONBLOCK) >= 0);
	for (i = 0; i < 2; i++)
		CHECK_EQ(subjects[i].finalized, 1);
	event_base_free(base);
	close(fds[0]);
	close(fds[1]);
}

int
main(void)
{
	int turns, all;

	wound_watch();
	for (all = 0; all < WHO * HOW; all++)
		for (turns = 0; turns < 4; turns++) {
			who = all % WHO;
			how = all / WHO;
			run(turns);
		}
	return wound_end();
}
