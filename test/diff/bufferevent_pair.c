/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bufferevent_pair.c - pairs: when bytes move, what a flush reports, marks,
 * and what one end sees of the other's end.
 */
#include <stdio.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

static void
on_read(struct bufferevent *bev, void *arg)
{
	printf("  %s: read %zu\n", (char *)arg,
	    evbuffer_get_length(bufferevent_get_input(bev)));
}

/* Take 3 bytes whenever the input has reached its high mark. */
static void
on_read_take(struct bufferevent *bev, void *arg)
{
	struct evbuffer *input = bufferevent_get_input(bev);
	size_t high = 0;

	bufferevent_getwatermark(bev, EV_READ, NULL, &high);
	printf("  %s: read %zu\n", (char *)arg, evbuffer_get_length(input));
	if (high && evbuffer_get_length(input) >= high)
		evbuffer_drain(input, 3);
}

static void
on_write(struct bufferevent *bev, void *arg)
{
	printf("  %s: write, output %zu\n", (char *)arg,
	    evbuffer_get_length(bufferevent_get_output(bev)));
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	printf("  %s: event 0x%x enabled 0x%x\n", (char *)arg, (unsigned)what,
	    (unsigned)bufferevent_get_enabled(bev));
}

static void
turn(struct event_base *base)
{
	int i;

	for (i = 0; i < 4; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

static char name_a[] = "a", name_b[] = "b";

static void
make(struct event_base *base, int options, struct bufferevent *pair[2])
{
	printf("  new %d\n", bufferevent_pair_new(base, options, pair));
	bufferevent_setcb(pair[0], on_read, on_write, on_event, name_a);
	bufferevent_setcb(pair[1], on_read_take, on_write, on_event, name_b);
}

static void
show(struct bufferevent *pair[2])
{
	printf("  a %zu %zu b %zu %zu\n",
	    evbuffer_get_length(bufferevent_get_input(pair[0])),
	    evbuffer_get_length(bufferevent_get_output(pair[0])),
	    evbuffer_get_length(bufferevent_get_input(pair[1])),
	    evbuffer_get_length(bufferevent_get_output(pair[1])));
}

static void
moving(struct event_base *base, int options)
{
	struct bufferevent *pair[2];

	printf("options %d\n", options);
	make(base, options, pair);
	printf("  enabled 0x%x partner %d fd %d under %d\n",
	    (unsigned)bufferevent_get_enabled(pair[0]),
	    bufferevent_pair_get_partner(pair[0]) == pair[1],
	    (int)bufferevent_getfd(pair[0]),
	    bufferevent_get_underlying(pair[0]) != NULL);
	printf("  setfd %d\n", bufferevent_setfd(pair[0], -1));
	printf("write, nobody reads\n");
	bufferevent_write(pair[0], "abcdefgh", 8);
	show(pair);
	turn(base);
	printf("enable read\n");
	bufferevent_enable(pair[1], EV_READ);
	show(pair);
	turn(base);
	printf("write to a reader\n");
	bufferevent_write(pair[0], "ijk", 3);
	show(pair);
	turn(base);
	printf("enable write\n");
	bufferevent_enable(pair[0], EV_WRITE);
	turn(base);
	printf("disable write, write, enable\n");
	bufferevent_disable(pair[0], EV_WRITE);
	bufferevent_write(pair[0], "lm", 2);
	show(pair);
	turn(base);
	bufferevent_enable(pair[0], EV_WRITE);
	show(pair);
	turn(base);
	printf("drain, high mark 4\n");
	evbuffer_drain(bufferevent_get_input(pair[1]), 100);
	bufferevent_setwatermark(pair[1], EV_READ, 0, 4);
	bufferevent_write(pair[0], "nopqrstuvw", 10);
	show(pair);
	evbuffer_drain(bufferevent_get_input(pair[1]), 3);
	show(pair);
	turn(base);
	show(pair);
	printf("no mark\n");
	bufferevent_setwatermark(pair[1], EV_READ, 0, 0);
	show(pair);
	turn(base);
	printf("low mark 5\n");
	evbuffer_drain(bufferevent_get_input(pair[1]), 100);
	bufferevent_setwatermark(pair[1], EV_READ, 5, 0);
	bufferevent_write(pair[0], "xyz", 3);
	turn(base);
	bufferevent_write(pair[0], "xyz", 3);
	turn(base);
	printf("both ways\n");
	bufferevent_enable(pair[0], EV_READ);
	bufferevent_write(pair[1], "back", 4);
	turn(base);
	bufferevent_free(pair[0]);
	bufferevent_free(pair[1]);
	turn(base);
}

static void
flushing(struct event_base *base)
{
	struct bufferevent *pair[2];

	printf("flushes\n");
	make(base, 0, pair);
	bufferevent_write(pair[0], "abc", 3);
	printf("  normal %d\n",
	    bufferevent_flush(pair[0], EV_WRITE, BEV_NORMAL));
	show(pair);
	printf("  flush %d\n", bufferevent_flush(pair[0], EV_WRITE, BEV_FLUSH));
	show(pair);
	turn(base);
	printf("  write and finish\n");
	bufferevent_enable(pair[1], EV_READ);
	bufferevent_write(pair[0], "def", 3);
	printf("  finished %d\n",
	    bufferevent_flush(pair[0], EV_WRITE, BEV_FINISHED));
	show(pair);
	turn(base);
	printf("  finish for reading\n");
	printf("  finished %d\n",
	    bufferevent_flush(pair[0], EV_READ, BEV_FINISHED));
	turn(base);
	printf("  finish both\n");
	printf("  finished %d\n",
	    bufferevent_flush(pair[0], EV_READ | EV_WRITE, BEV_FINISHED));
	turn(base);
	printf("  enabled 0x%x 0x%x\n",
	    (unsigned)bufferevent_get_enabled(pair[0]),
	    (unsigned)bufferevent_get_enabled(pair[1]));
	bufferevent_free(pair[0]);
	turn(base);
	printf("  partner is gone %d\n",
	    bufferevent_pair_get_partner(pair[1]) == NULL);
	printf("  write %d\n", bufferevent_write(pair[1], "x", 1));
	printf("  flush %d\n",
	    bufferevent_flush(pair[1], EV_WRITE, BEV_FINISHED));
	bufferevent_enable(pair[1], EV_READ | EV_WRITE);
	turn(base);
	bufferevent_free(pair[1]);
	turn(base);
}

static void
timeouts(struct event_base *base)
{
	struct timeval tv = { 0, 20000 }, end = { 0, 60000 };
	struct bufferevent *pair[2];

	printf("timeouts\n");
	make(base, 0, pair);
	bufferevent_set_timeouts(pair[1], &tv, NULL);
	bufferevent_set_timeouts(pair[0], NULL, &tv);
	bufferevent_enable(pair[1], EV_READ);
	event_base_loopexit(base, &end);
	event_base_dispatch(base);
	bufferevent_write(pair[0], "abc", 3);
	event_base_loopexit(base, &end);
	event_base_dispatch(base);
	show(pair);
	bufferevent_free(pair[1]);
	bufferevent_free(pair[0]);
	turn(base);
}

int
main(void)
{
	struct event_base *base = event_base_new();

	moving(base, 0);
	moving(base, BEV_OPT_DEFER_CALLBACKS);
	flushing(base);
	timeouts(base);
	event_base_free(base);
	return 0;
}
