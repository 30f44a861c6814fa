/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * churn/uv.c - interest that comes and goes: libuv.
 */
#include "churn/churn.h"
#include "common/bench.h"

#include <uv.h>

static uv_loop_t loop;
static uv_poll_t cold[CHURN_PAIRS];
static uv_poll_t hot[CHURN_TOGGLES];

static void
on_unwanted(uv_poll_t *poll, int status, int what)
{
	(void)poll;
	(void)status;
	(void)what;
	bench_need(0, "stopping a watcher");
}

static void
on_pairs(uv_poll_t *poll, int status, int what)
{
	(void)poll;
	(void)status;
	(void)what;
	for (int i = 0; i < CHURN_PAIRS; i++) {
		uv_poll_start(&cold[i], UV_READABLE, on_unwanted);
		uv_poll_stop(&cold[i]);
	}
	if (churn_done(2 * CHURN_PAIRS))
		uv_stop(&loop);
}

static void
on_toggle(uv_poll_t *poll, int status, int what)
{
	(void)status;
	(void)what;
	uv_poll_start(poll, UV_READABLE | UV_WRITABLE, on_toggle);
	uv_poll_start(poll, UV_READABLE, on_toggle);
	if (churn_done(1))
		uv_stop(&loop);
}

static void
run(void *arg)
{
	(void)arg;
	uv_run(&loop, UV_RUN_DEFAULT);
}

int
main(int argc, char **argv)
{
	(void)argc;
	churn_init(argv);
	uv_loop_init(&loop);
	for (int i = 0; i < CHURN_PAIRS; i++)
		uv_poll_init(&loop, &cold[i], churn_cold_fd(i));
	for (int i = 0; i < churn_hot_count(); i++) {
		uv_poll_init(&loop, &hot[i], churn_hot_fd(i));
		uv_poll_start(&hot[i], UV_READABLE,
		    churn_is_toggle() ? on_toggle : on_pairs);
	}
	churn_run(run);
	return 0;
}
