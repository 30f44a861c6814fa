/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * timer_never_early.c - with a precise clock a timer never fires before
 * its time, and an empty loop of one short timer does not spin.
 */
#include <time.h>

#include "trace.h"

ROLE(timer);

static long long
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

int
main(void)
{
	struct event_config *cfg = event_config_new();
	struct event_base *base;
	int early = 0, i;

	event_config_set_flag(cfg, EVENT_BASE_FLAG_PRECISE_TIMER);
	base = event_base_new_with_config(cfg);
	assign(&timer, base, -1, 0, on_role);
	for (i = 0; i < 10; i++) {
		struct timeval tv = { 0, 1500 + 777 * i };
		long long start = now_us();

		event_add(&timer.ev, &tv);
		must(event_base_loop(base, EVLOOP_ONCE) >= 0, "loop");
		if (now_us() - start < tv.tv_usec)
			early++;
	}
	trace("early: %d of %d", early, i);
	event_base_free(base);
	event_config_free(cfg);
	return 0;
}
