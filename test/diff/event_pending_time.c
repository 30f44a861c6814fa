/* SPDX-License-Identifier: BSD-3-Clause */
/* event_pending_time.c - the time event_pending gives back. */
#include "trace.h"

ROLE(a);

/* The time until `tv`, to the nearest tenth of a second. */
static int
tenths_until(const struct timeval *tv)
{
	struct timeval now, left;

	gettimeofday(&now, NULL);
	timersub(tv, &now, &left);
	return (int)(left.tv_sec * 10 + (left.tv_usec + 50000) / 100000);
}

static void
show(const char *when)
{
	struct timeval tv = { -1, -1 };
	int bits = event_pending(&a.ev, EV_TIMEOUT | EV_READ, &tv);

	if (tv.tv_sec == -1)
		trace("%s: %s, time untouched", when, what_name(bits));
	else
		trace("%s: %s, in %d tenths", when, what_name(bits),
		    tenths_until(&tv));
}

static void
masks(void)
{
	struct timeval tv = { -1, -1 };

	CALL(event_pending(&a.ev, 0, NULL));
	CALL(event_pending(&a.ev, EV_READ, NULL));
	CALL(event_pending(&a.ev, EV_WRITE, NULL));
	CALL(event_pending(&a.ev, EV_TIMEOUT, NULL));
	CALL(event_pending(&a.ev, EV_PERSIST, NULL));
	CALL(event_pending(&a.ev, 0x7fff, NULL));
	CALL(event_pending(&a.ev, EV_READ, &tv));
	CALL(tv.tv_sec);
}

int
main(void)
{
	struct event_base *base = new_base();
	const struct timeval *common;
	evutil_socket_t fd[2];

	open_pair(fd);
	assign(&a, base, fd[0], EV_READ | EV_PERSIST, on_role);
	show("assigned");
	event_add(&a.ev, NULL);
	show("added");
	event_add(&a.ev, ms(2000));
	show("added with 2 s");
	masks();
	event_add(&a.ev, NULL);
	show("added with NULL");
	event_add(&a.ev, ms(1000));
	show("added with 1 s");
	CALL(event_remove_timer(&a.ev));
	show("timer removed");
	CALL(event_remove_timer(&a.ev));
	common = event_base_init_common_timeout(base, ms(3000));
	event_add(&a.ev, common);
	show("added with a common timeout of 3 s");
	CALL(event_remove_timer(&a.ev));
	show("timer removed");
	event_add(&a.ev, common);
	CALL(event_del(&a.ev));
	show("deleted");
	CALL(event_remove_timer(&a.ev));
	close_pair(fd);
	event_base_free(base);
	return 0;
}
