/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * notify/raw.c - waking a loop: an eventfd by hand; a list of callbacks.
 *
 * The eventfd is watched edge-triggered and never read, so that a wake-up
 * is one write and one wait.
 */
#include "common/bench.h"
#include "notify/notify.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct task {
	struct task *next;
};

static int epoll_fds[2];
static int event_fds[2];
static struct task *tasks;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool is_once;

static void
kick(int side)
{
	uint64_t one = 1;

	bench_need(write(event_fds[side], &one, sizeof(one)) == sizeof(one),
	    "write");
}

/* Call what was asked for; true if that was the last. */
static bool
run_tasks(void)
{
	struct task *task;
	bool is_last = false;

	pthread_mutex_lock(&lock);
	task = tasks;
	tasks = NULL;
	pthread_mutex_unlock(&lock);
	while (task) {
		struct task *next = task->next;

		if (notify_hit() == 0)
			is_last = true;
		free(task);
		task = next;
	}
	return is_last;
}

static void
loop(int side)
{
	struct epoll_event ready;
	long left = 1;

	while (left > 0) {
		if (epoll_wait(epoll_fds[side], &ready, 1, -1) < 1)
			continue;
		if (is_once) {
			left = !run_tasks();
			continue;
		}
		left = notify_hit();
		if (left >= 0)
			kick(!side);
	}
}

static void
once(void)
{
	struct task *task = malloc(sizeof(*task));
	bool is_first;

	pthread_mutex_lock(&lock);
	task->next = tasks;
	is_first = !tasks;
	tasks = task;
	pthread_mutex_unlock(&lock);
	if (is_first)
		kick(0);
}

int
main(int argc, char **argv)
{
	static const struct notify_calls calls = { kick, loop, once };

	(void)argc;
	is_once = !strcmp(bench_word(argv, "what", "pingpong"), "once");
	for (int side = 0; side < 2; side++) {
		struct epoll_event want = { .events = EPOLLIN | EPOLLET };

		epoll_fds[side] = epoll_create1(0);
		event_fds[side] = eventfd(0, EFD_NONBLOCK);
		epoll_ctl(epoll_fds[side], EPOLL_CTL_ADD, event_fds[side],
		    &want);
	}
	notify_run(argv, &calls);
	return 0;
}
