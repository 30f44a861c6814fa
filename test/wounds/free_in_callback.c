/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * free_in_callback.c - connections, listeners and events freed by each kind of
 * callback, while there is more to be called (uses after free, 2015 to 2023).
 *
 * A second object has something to say in the same iteration, and the first
 * one's next callback is due: neither may be called once it is freed.
 *
 * debian: passes
 */
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event_struct.h>
#include <event2/listener.h>

#include "wound.h"

enum kind {
	SOCKET,
	PAIR,
	FILTER,
	KINDS
};
enum when {
	ON_READ,
	ON_WRITE,
	ON_EVENT,
	ON_ADDED,
	ON_DRAINED,
	WHENS
};

static const char *const kinds[] = { "socket", "pair", "filter" };
static const char *const whens[] = { "read", "write", "event", "input grows",
	"output shrinks" };

/* Two connected ends; the callback named by `when` frees one or both. */
struct meeting {
	struct event_base *base;
	struct bufferevent *end[2];
	int options;
	enum when when;
	int both;
	int freed;
};

static void
free_ends(struct meeting *meeting)
{
	CHECK_EQ(meeting->freed, 0);
	meeting->freed = 1;
	bufferevent_free(meeting->end[0]);
	if (meeting->both)
		bufferevent_free(meeting->end[1]);
}

static void
on_read(struct bufferevent *bev, void *arg)
{
	struct meeting *meeting = arg;

	(void)bev;
	CHECK_EQ(meeting->freed, 0);
	if (meeting->when == ON_READ)
		free_ends(meeting);
}

static void
on_write(struct bufferevent *bev, void *arg)
{
	struct meeting *meeting = arg;

	(void)bev;
	CHECK_EQ(meeting->freed, 0);
	if (meeting->when == ON_WRITE)
		free_ends(meeting);
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	struct meeting *meeting = arg;

	(void)bev;
	(void)what;
	CHECK_EQ(meeting->freed, 0);
	if (meeting->when == ON_EVENT)
		free_ends(meeting);
}

static void
on_input(struct evbuffer *buf, const struct evbuffer_cb_info *info, void *arg)
{
	struct meeting *meeting = arg;

	(void)buf;
	if (meeting->when == ON_ADDED && info->n_added && !meeting->freed)
		free_ends(meeting);
}

static void
on_output(struct evbuffer *buf, const struct evbuffer_cb_info *info, void *arg)
{
	struct meeting *meeting = arg;

	(void)buf;
	if (meeting->when == ON_DRAINED && info->n_deleted && !meeting->freed)
		free_ends(meeting);
}

static void
connect_sockets(struct event_base *base, int options, struct bufferevent **end)
{
	int i, fds[2];

	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	for (i = 0; i < 2; i++) {
		end[i] = bufferevent_socket_new(base, fds[i],
		    options | BEV_OPT_CLOSE_ON_FREE);
		CHECK(end[i] != NULL);
	}
}

static void
meeting_open(struct meeting *meeting, enum kind kind)
{
	struct bufferevent **end = meeting->end;
	int i;

	meeting->base = event_base_new();
	if (kind == PAIR)
		CHECK_EQ(bufferevent_pair_new(meeting->base, meeting->options,
			     end),
		    0);
	else
		connect_sockets(meeting->base, meeting->options, end);
	for (i = 0; i < 2 && kind == FILTER; i++)
		end[i] = bufferevent_filter_new(end[i], NULL, NULL,
		    meeting->options | BEV_OPT_CLOSE_ON_FREE, NULL, NULL);
}

/* Both ends have bytes to read, to write, and then their peer's end. */
static void
meet(enum kind kind, enum when when, int options, int both)
{
	struct meeting meeting = { NULL, { NULL, NULL }, options, when, both,
		0 };
	struct bufferevent **end = meeting.end;
	int i;

	printf("%s, options %x, at %s, %s\n", kinds[kind], (unsigned)options,
	    whens[when], both ? "both" : "one");
	fflush(stdout);
	meeting_open(&meeting, kind);
	bufferevent_setcb(end[0], on_read, on_write, on_event, &meeting);
	evbuffer_add_cb(bufferevent_get_input(end[0]), on_input, &meeting);
	evbuffer_add_cb(bufferevent_get_output(end[0]), on_output, &meeting);
	for (i = 0; i < 2; i++) {
		bufferevent_enable(end[i], EV_READ | EV_WRITE);
		CHECK_EQ(bufferevent_write(end[i], "some bytes", 10), 0);
	}
	for (i = 0; i < 4 && !meeting.freed; i++)
		CHECK(event_base_loop(meeting.base, EVLOOP_NONBLOCK) >= 0);
	if (when == ON_EVENT) {
		CHECK_EQ(meeting.freed, 0);
		bufferevent_trigger_event(end[0], BEV_EVENT_EOF, 0);
		bufferevent_trigger(end[0], EV_READ | EV_WRITE, 0);
	}
	for (i = 0; i < 4; i++)
		CHECK(event_base_loop(meeting.base, EVLOOP_NONBLOCK) >= 0);
	CHECK_EQ(meeting.freed, 1);
	if (!both)
		bufferevent_free(end[1]);
	CHECK(event_base_loop(meeting.base, EVLOOP_NONBLOCK) >= 0);
	event_base_free(meeting.base);
}

/* Two events of one iteration: the first one frees both. */
static struct event *events[2];
static int events_called;

static void
on_free_both(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	events_called++;
	event_free(events[0]);
	event_free(events[1]);
}

static void
free_events(short what)
{
	struct event_base *base = event_base_new();
	struct timeval now = { 0, 0 };
	int i, fds[2];

	printf("events, %x\n", (unsigned)what);
	fflush(stdout);
	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	CHECK_EQ(write(fds[1], "x", 1), 1);
	events_called = 0;
	for (i = 0; i < 2; i++) {
		events[i] = event_new(base,
		    what & EV_SIGNAL     ? SIGUSR1
			: what & EV_READ ? fds[0]
					 : -1,
		    what, on_free_both, NULL);
		CHECK_EQ(event_add(events[i], what & EV_TIMEOUT ? &now : NULL),
		    0);
	}
	if (what & EV_SIGNAL)
		raise(SIGUSR1);
	for (i = 0; i < 4; i++)
		CHECK(event_base_loop(base, EVLOOP_NONBLOCK) >= 0);
	CHECK_EQ(events_called, 1);
	close(fds[0]);
	close(fds[1]);
	event_base_free(base);
}

static void
on_accept(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *addr, int len, void *arg)
{
	(void)addr;
	(void)len;
	++*(int *)arg;
	close(fd);
	evconnlistener_free(listener);
}

/* Three connections wait; the listener is freed at the first. */
static void
free_listener(unsigned flags)
{
	struct event_base *base = event_base_new();
	struct sockaddr_in addr = { .sin_family = AF_INET };
	struct evconnlistener *listener;
	socklen_t len = sizeof(addr);
	int i, fds[3], calls = 0;

	printf("listener, flags %x\n", flags);
	fflush(stdout);
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = evconnlistener_new_bind(base, on_accept, &calls,
	    flags | LEV_OPT_CLOSE_ON_FREE, 5, (struct sockaddr *)&addr,
	    sizeof(addr));
	CHECK(listener != NULL);
	CHECK_EQ(getsockname(evconnlistener_get_fd(listener),
		     (struct sockaddr *)&addr, &len),
	    0);
	for (i = 0; i < 3; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM, 0);
		CHECK_EQ(connect(fds[i], (struct sockaddr *)&addr, len), 0);
	}
	CHECK(event_base_loop(base, EVLOOP_ONCE) >= 0);
	CHECK(event_base_loop(base, EVLOOP_NONBLOCK) >= 0);
	CHECK_EQ(calls, 1);
	for (i = 0; i < 3; i++)
		close(fds[i]);
	event_base_free(base);
}

int
main(void)
{
	const int options[] = { 0, BEV_OPT_DEFER_CALLBACKS };
	int kind, when, i;

	wound_watch();
	for (kind = 0; kind < KINDS; kind++)
		for (when = 0; when < WHENS; when++)
			for (i = 0; i < 4; i++)
				meet(kind, when, options[i / 2], i % 2);
	free_events(EV_READ | EV_PERSIST);
	free_events(EV_READ | EV_TIMEOUT | EV_PERSIST);
	free_events(EV_TIMEOUT);
	free_events(EV_TIMEOUT | EV_PERSIST);
	free_events(EV_SIGNAL | EV_PERSIST);
	free_listener(0);
	free_listener(LEV_OPT_THREADSAFE);
	return wound_end();
}
