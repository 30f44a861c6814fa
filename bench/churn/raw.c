/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * churn/raw.c - interest that comes and goes: epoll by hand.
 *
 * Wishes are kept in an array, as a plain program would.  A toggle costs
 * one epoll_ctl: the program tells the kernel of the result, unasked
 * whether it differs.
 */
#include "churn/churn.h"
#include "common/bench.h"

#include <sys/epoll.h>

static int epoll_fd;
static volatile uint32_t wishes[CHURN_PAIRS];

static bool
pairs(void)
{
	for (int i = 0; i < CHURN_PAIRS; i++) {
		wishes[i] |= EPOLLIN;
		wishes[i] &= ~(uint32_t)EPOLLIN;
	}
	return churn_done(2 * CHURN_PAIRS);
}

static bool
toggle(struct epoll_event *ready)
{
	uint32_t i = ready->data.u32;
	struct epoll_event want = { .events = EPOLLIN, .data.u32 = i };

	wishes[i] |= EPOLLOUT;
	wishes[i] &= ~(uint32_t)EPOLLOUT;
	epoll_ctl(epoll_fd, EPOLL_CTL_MOD, churn_hot_fd((int)i), &want);
	return churn_done(1);
}

/* A hot socket is readable; true when it is time to stop. */
static bool
serve(struct epoll_event *ready)
{
	return churn_is_toggle() ? toggle(ready) : pairs();
}

static void
run(void *arg)
{
	struct epoll_event ready[CHURN_TOGGLES];
	bool is_done = false;

	(void)arg;
	while (!is_done) {
		int count = epoll_wait(epoll_fd, ready, CHURN_TOGGLES, -1);

		for (int i = 0; i < count && !is_done; i++)
			is_done = serve(&ready[i]);
	}
}

int
main(int argc, char **argv)
{
	(void)argc;
	churn_init(argv);
	epoll_fd = epoll_create1(0);
	for (int i = 0; i < churn_hot_count(); i++) {
		struct epoll_event want = { .events = EPOLLIN,
			.data.u32 = (uint32_t)i };

		epoll_ctl(epoll_fd, EPOLL_CTL_ADD, churn_hot_fd(i), &want);
	}
	churn_run(run);
	return 0;
}
