/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * conversation.h - a conversation of which something is freed at step n.
 *
 * A client connects to a listener, says something three times, hears it echoed
 * and leaves.  Each callback, of whatever kind, is a step.  At one of them an
 * end, or both, or the listener is freed, or the loop is left for good.  No
 * bufferevent calls once it is freed, and what is left over notices and ends
 * by itself.
 */
#ifndef TEST_WOUNDS_CONVERSATION_H_
#define TEST_WOUNDS_CONVERSATION_H_

#include <sys/socket.h>
#include <sys/un.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>

#include "wound.h"

#define ROUNDS 3
#define MESSAGE 5000
#define STEPS_MIN 20
#define STEPS_MAX 1000

/* What is freed at the step. */
#define CLIENT 1
#define SERVER 2
#define LISTENER 4
#define LOOP 8 /* all, outside of it */

struct end {
	struct bufferevent *bev; /* NULL: not yet, or freed */
	size_t received;
};

static struct {
	struct event_base *base;
	struct evconnlistener *listener;
	struct end client, server;
	int accepted;
	int layered; /* the client is a filter upon its socket */
	int options;
	int parts; /* to free */
	int at;    /* which step */
	int step;
} world;

static inline void
listener_free(void)
{
	if (world.listener)
		evconnlistener_free(world.listener);
	world.listener = NULL;
}

/* With the last end, the listener goes. */
static inline void
end_free(struct end *end)
{
	if (!end->bev)
		return;
	bufferevent_free(end->bev);
	end->bev = NULL;
	if (world.accepted && !world.client.bev && !world.server.bev)
		listener_free();
}

static inline void
step(void)
{
	CHECK(++world.step < STEPS_MAX);
	if (world.step != world.at)
		return;
	if (world.parts & LISTENER)
		listener_free();
	if (world.parts & CLIENT)
		end_free(&world.client);
	if (world.parts & SERVER)
		end_free(&world.server);
	if (world.parts & LOOP)
		event_base_loopbreak(world.base);
}

/* May come when its end is freed: the call that works on the buffer ends. */
static inline void
on_change(struct evbuffer *buf, const struct evbuffer_cb_info *info, void *arg)
{
	struct end *end = arg;

	(void)info;
	if (!end->bev)
		return;
	CHECK(bufferevent_get_input(end->bev) == buf ||
	    bufferevent_get_output(end->bev) == buf);
	step();
}

static inline void
on_write(struct bufferevent *bev, void *arg)
{
	CHECK(((struct end *)arg)->bev == bev);
	step();
}

static inline void
say(struct bufferevent *bev)
{
	static const char message[MESSAGE];

	CHECK_EQ(bufferevent_write(bev, message, MESSAGE), 0);
}

/* The server echoes; the client speaks again, or leaves. */
static inline void
on_read(struct bufferevent *bev, void *arg)
{
	struct end *end = arg;
	size_t before = end->received;

	CHECK(end->bev == bev);
	step();
	if (!end->bev)
		return;
	end->received += evbuffer_get_length(bufferevent_get_input(bev));
	if (end == &world.server) {
		CHECK_EQ(bufferevent_write_buffer(bev,
			     bufferevent_get_input(bev)),
		    0);
		return;
	}
	evbuffer_drain(bufferevent_get_input(bev), SIZE_MAX);
	if (!end->bev || end->received / MESSAGE == before / MESSAGE)
		return;
	if (end->received >= (size_t)ROUNDS * MESSAGE)
		end_free(end);
	else
		say(bev);
}

static inline void
on_event(struct bufferevent *bev, short what, void *arg)
{
	struct end *end = arg;

	CHECK(end->bev == bev);
	step();
	if (!end->bev)
		return;
	if (what & BEV_EVENT_CONNECTED)
		say(bev);
	else
		end_free(end);
}

static inline void
end_start(struct end *end)
{
	struct timeval late = { 1000, 0 };

	CHECK(end->bev != NULL);
	bufferevent_setcb(end->bev, on_read, on_write, on_event, end);
	CHECK_EQ(bufferevent_set_timeouts(end->bev, &late, &late), 0);
	evbuffer_add_cb(bufferevent_get_input(end->bev), on_change, end);
	evbuffer_add_cb(bufferevent_get_output(end->bev), on_change, end);
	CHECK_EQ(bufferevent_enable(end->bev, EV_READ | EV_WRITE), 0);
}

static inline void
on_accept(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *addr, int len, void *arg)
{
	(void)addr;
	(void)len;
	(void)arg;
	CHECK(world.listener == listener);
	CHECK_EQ(world.accepted++, 0);
	world.server.bev = bufferevent_socket_new(world.base, fd,
	    world.options);
	end_start(&world.server);
	step();
}

/* The listener has an address that the kernel chose. */
static inline void
start(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct sockaddr *place = (struct sockaddr *)&addr;
	socklen_t len = sizeof(addr);
	struct bufferevent *bev;

	world.base = event_base_new();
	world.listener = evconnlistener_new_bind(world.base, on_accept, NULL,
	    LEV_OPT_CLOSE_ON_FREE, 5, place, sizeof(addr.sun_family));
	CHECK(world.listener != NULL);
	CHECK_EQ(getsockname(evconnlistener_get_fd(world.listener), place,
		     &len),
	    0);
	bev = bufferevent_socket_new(world.base, -1, world.options);
	world.client.bev = !world.layered
	    ? bev
	    : bufferevent_filter_new(bev, NULL, NULL, world.options, NULL,
		  NULL);
	end_start(&world.client);
	CHECK_EQ(bufferevent_socket_connect(bev, place, (int)len), 0);
}

/* Returns whether the conversation came to step `at`. */
static inline int
conversation_run(int options, int layered, int parts, int at)
{
	memset(&world, 0, sizeof(world));
	world.options = options | BEV_OPT_CLOSE_ON_FREE;
	world.layered = layered;
	world.parts = parts;
	world.at = at;
	printf("options %x, layered %d, parts %x, step %d\n", (unsigned)options,
	    layered, (unsigned)parts, at);
	fflush(stdout);
	start();
	CHECK(event_base_dispatch(world.base) >= 0);
	CHECK((world.parts & LOOP) || (!world.client.bev && !world.server.bev));
	end_free(&world.client);
	end_free(&world.server);
	listener_free();
	event_base_free(world.base);
	return world.step >= at;
}

/* All steps there are, one conversation for each. */
static inline void
conversation_try(int options, int layered, int parts)
{
	int at = 1;

	while (conversation_run(options, layered, parts, at))
		at++;
	CHECK(at > STEPS_MIN);
}

/* The same for each of `parts`, with callbacks at once and deferred. */
static inline void
conversation_try_each(const int *parts, size_t count, int layered)
{
	size_t i;

	for (i = 0; i < count; i++) {
		conversation_try(0, layered, parts[i]);
		conversation_try(BEV_OPT_DEFER_CALLBACKS, layered, parts[i]);
	}
}

#endif /* TEST_WOUNDS_CONVERSATION_H_ */
