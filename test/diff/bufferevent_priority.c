/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bufferevent_priority.c - the priority at which deferred callbacks of
 * bufferevents and buffers run: the middle one when they were made, or that
 * of bufferevent_priority_set; and that of the descriptor's events.
 */
/* backends: epoll */
#include "trace_bev.h"

#define LEVELS 5

static struct role levels[LEVELS];

static void
on_buffer(struct evbuffer *buf, const struct evbuffer_cb_info *info, void *arg)
{
	(void)buf;
	(void)info;
	trace("  %s: buffer callback", (char *)arg);
}

/* One event of each priority, made active: among them come the deferred. */
static void
activate_levels(struct event_base *base)
{
	static const char *const names[] = { "0", "1", "2", "3", "4" };
	int i, count = event_base_get_npriorities(base);

	for (i = 0; i < count && i < LEVELS; i++) {
		levels[i].name = names[i];
		assign(&levels[i], base, -1, 0, on_role);
		event_priority_set(&levels[i].ev, i);
		event_active(&levels[i].ev, EV_READ, 1);
	}
}

static void
defer_all(struct bufferevent *bev)
{
	bufferevent_trigger(bev, EV_READ,
	    BEV_TRIG_DEFER_CALLBACKS | BEV_TRIG_IGNORE_WATERMARKS);
	bufferevent_trigger_event(bev, BEV_EVENT_EOF, BEV_TRIG_DEFER_CALLBACKS);
}

static void
run(const char *when, int before, int after)
{
	struct event_base *base = new_base();
	struct bufferevent *bev;
	struct evbuffer *buf = evbuffer_new();
	evutil_socket_t peer;

	trace("-- %s", when);
	event_base_priority_init(base, before);
	bev = open_bev(base, BEV_OPT_CLOSE_ON_FREE, "bev", &peer);
	evbuffer_add_cb(buf, on_buffer, (void *)"buf");
	evbuffer_defer_callbacks(buf, base);
	trace("priority %d", bufferevent_get_priority(bev));
	if (after != before)
		event_base_priority_init(base, after);
	activate_levels(base);
	defer_all(bev);
	evbuffer_add(buf, "x", 1);
	loop(base, EVLOOP_NONBLOCK);
	CALL(bufferevent_priority_set(bev, after - 1));
	trace("priority %d", bufferevent_get_priority(bev));
	activate_levels(base);
	defer_all(bev);
	loop(base, EVLOOP_NONBLOCK);
	trace("-- of the descriptor's events");
	bufferevent_enable(bev, EV_READ);
	say(peer, "x", 1);
	activate_levels(base);
	loop(base, EVLOOP_NONBLOCK);
	bufferevent_free(bev);
	evbuffer_free(buf);
	event_base_free(base);
	close(peer);
}

int
main(void)
{
	run("five levels", 5, 5);
	run("two levels, then five", 2, 5);
	run("one level", 1, 1);
	return 0;
}
