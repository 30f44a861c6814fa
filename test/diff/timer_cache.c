/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * timer_cache.c - the time is cached while callbacks run: timers added in
 * a long callback count from its start, unless the cache is renewed or
 * off.
 */
#include "trace.h"

ROLE(slow);
ROLE(timer);
ROLE(far);

static int renew, ask_first;

/* Whether the base's idea of now lies well before the real now. */
static int
is_behind(struct event_base *base)
{
	struct timeval cached, now, age;

	must(event_base_gettimeofday_cached(base, &cached) == 0, "cached");
	gettimeofday(&now, NULL);
	timersub(&now, &cached, &age);
	return age.tv_sec * 1000 + age.tv_usec / 1000 >= 20;
}

static void
on_slow(evutil_socket_t fd, short what, void *arg)
{
	struct event_base *base = event_get_base(&slow.ev);

	on_role(fd, what, arg);
	if (ask_first)
		CALL(is_behind(base));
	pass_ms(40);
	CALL(is_behind(base));
	if (renew) {
		CALL(event_base_update_cache_time(base));
		CALL(is_behind(base));
	}
	event_add(&timer.ev, ms(30));
}

/* Is the timer due at once after the slow callback, or only later? */
static void
run(struct event_base *base)
{
	assign(&slow, base, -1, 0, on_slow);
	assign(&timer, base, -1, 0, on_role);
	event_active(&slow.ev, EV_READ, 1);
	loop(base, EVLOOP_ONCE);
	CALL(is_behind(base));
	loop(base, EVLOOP_NONBLOCK);
	event_del(&timer.ev);
}

int
main(void)
{
	struct event_base *base = new_base();
	struct event_config *cfg = event_config_new();
	struct timeval tv;

	CALL(event_base_gettimeofday_cached(NULL, &tv));
	CALL(event_base_update_cache_time(base));
	pass_ms(30);
	CALL(is_behind(base));
	run(base);
	trace("-- asked for before time passes");
	ask_first = 1;
	run(base);
	trace("-- with a timer pending");
	ask_first = 0;
	watch(&far, base, -1, 0, ms(60000));
	run(base);
	event_del(&far.ev);
	trace("-- renewed in the callback");
	renew = 1;
	run(base);
	event_base_free(base);
	trace("-- without a cache");
	renew = 0;
	event_config_set_flag(cfg, EVENT_BASE_FLAG_NO_CACHE_TIME);
	base = event_base_new_with_config(cfg);
	run(base);
	event_base_free(base);
	event_config_free(cfg);
	return 0;
}
