/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * timer_common.c - common timeouts: first in, first out, whatever mix of
 * persistent and plain; limits of event_base_init_common_timeout.
 */
#include "trace.h"

ROLE(a);
ROLE(b);
ROLE(c);
ROLE(plain);

static void
order(struct event_base *base, const struct timeval *common)
{
	trace("-- first in, first out; deleting and re-adding in between");
	watch(&a, base, -1, 0, common);
	watch(&b, base, -1, EV_PERSIST, common);
	watch(&c, base, -1, 0, common);
	event_del(&a.ev);
	event_add(&a.ev, common);
	watch(&plain, base, -1, 0, ms(60));
	loop(base, EVLOOP_ONCE);
	event_del(&b.ev);
	loop(base, 0);
}

static void
values(struct event_base *base)
{
	const struct timeval *one = event_base_init_common_timeout(base,
	    ms(5000));
	const struct timeval *same = event_base_init_common_timeout(base,
	    ms(5000));
	const struct timeval *nested = event_base_init_common_timeout(base,
	    one);
	struct timeval odd = { 1, 1500000 };
	const struct timeval *carried = event_base_init_common_timeout(base,
	    &odd);

	trace("-- values");
	CALL(one == same);
	CALL(one == nested);
	CALL(one->tv_sec);
	CALL(one->tv_usec & 0xfffff);
	CALL(one->tv_usec > 1000000);
	trace("carried %ld s, %ld us", (long)carried->tv_sec,
	    (long)carried->tv_usec & 0xfffff);
}

static void
many(struct event_base *base)
{
	int i;

	for (i = 0; i < 300; i++)
		if (!event_base_init_common_timeout(base, ms(10000 + i)))
			break;
	trace("-- room for %d more", i);
}

int
main(void)
{
	struct event_base *base = new_base();
	struct event_base *other = new_base();
	const struct timeval *common = event_base_init_common_timeout(base,
	    ms(20));

	event_set_log_callback(on_log);
	order(base, common);
	values(base);
	many(base);
	trace("-- by value, copied; all deleted, base freed");
	{
		struct timeval copy = *common;

		watch(&a, base, -1, 0, &copy);
		loop(base, 0);
		watch(&a, base, -1, 0, &copy);
	}
	event_base_free(base);
	event_base_free(other);
	return 0;
}
