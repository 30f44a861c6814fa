/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bufferevent_nest.c - triggers, callbacks that change things from inside,
 * references and when a freed bufferevent is really gone.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/util.h>

static int depth;

static void
on_read(struct bufferevent *bev, void *arg)
{
	printf("  [%d] read %zu %s\n", depth,
	    evbuffer_get_length(bufferevent_get_input(bev)), (char *)arg);
}

static void
on_write(struct bufferevent *bev, void *arg)
{
	printf("  [%d] write, output %zu %s\n", depth,
	    evbuffer_get_length(bufferevent_get_output(bev)), (char *)arg);
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	printf("  [%d] event 0x%x enabled 0x%x %s\n", depth, (unsigned)what,
	    (unsigned)bufferevent_get_enabled(bev), (char *)arg);
}

static void
turn(struct event_base *base)
{
	int i;

	for (i = 0; i < 4; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

static char name_a[] = "a";
static char name_b[] = "b";

static struct bufferevent *
make(struct event_base *base, int options, evutil_socket_t *ret_peer)
{
	evutil_socket_t fds[2];
	struct bufferevent *bev;

	if (evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0)
		_exit(2);
	evutil_make_socket_nonblocking(fds[0]);
	*ret_peer = fds[1];
	bev = bufferevent_socket_new(base, fds[0], options);
	bufferevent_setcb(bev, on_read, on_write, on_event, name_a);
	return bev;
}

static void
triggers(struct event_base *base, int options)
{
	evutil_socket_t peer, fd;
	struct bufferevent *bev = make(base, options, &peer);

	fd = bufferevent_getfd(bev);
	printf("trigger read and write, direct\n");
	depth = 1;
	bufferevent_trigger(bev, EV_READ | EV_WRITE, 0);
	depth = 0;
	turn(base);
	printf("deferred\n");
	depth = 1;
	bufferevent_trigger(bev, EV_READ | EV_WRITE, BEV_TRIG_DEFER_CALLBACKS);
	depth = 0;
	turn(base);
	printf("low mark 1\n");
	bufferevent_setwatermark(bev, EV_READ, 1, 0);
	bufferevent_trigger(bev, EV_READ, 0);
	turn(base);
	printf("ignoring marks\n");
	bufferevent_trigger(bev, EV_READ, BEV_TRIG_IGNORE_WATERMARKS);
	turn(base);
	printf("events, direct and deferred\n");
	depth = 1;
	bufferevent_trigger_event(bev, BEV_EVENT_EOF | BEV_EVENT_READING, 0);
	bufferevent_trigger_event(bev, BEV_EVENT_ERROR,
	    BEV_TRIG_DEFER_CALLBACKS);
	bufferevent_trigger_event(bev, BEV_EVENT_TIMEOUT,
	    BEV_TRIG_DEFER_CALLBACKS);
	depth = 0;
	turn(base);
	printf("everything deferred, in the wrong order\n");
	bufferevent_trigger_event(bev, BEV_EVENT_EOF, BEV_TRIG_DEFER_CALLBACKS);
	bufferevent_trigger(bev, EV_WRITE, BEV_TRIG_DEFER_CALLBACKS);
	bufferevent_trigger(bev, EV_READ,
	    BEV_TRIG_DEFER_CALLBACKS | BEV_TRIG_IGNORE_WATERMARKS);
	bufferevent_trigger_event(bev, BEV_EVENT_CONNECTED,
	    BEV_TRIG_DEFER_CALLBACKS);
	turn(base);
	printf("deferred, then other callbacks are set\n");
	bufferevent_trigger(bev, EV_WRITE, BEV_TRIG_DEFER_CALLBACKS);
	bufferevent_setcb(bev, on_read, on_write, on_event, name_b);
	turn(base);
	printf("deferred, then none is set\n");
	bufferevent_trigger(bev, EV_WRITE, BEV_TRIG_DEFER_CALLBACKS);
	bufferevent_trigger_event(bev, BEV_EVENT_EOF, BEV_TRIG_DEFER_CALLBACKS);
	bufferevent_setcb(bev, NULL, NULL, NULL, NULL);
	turn(base);
	printf("deferred, then freed\n");
	bufferevent_setcb(bev, on_read, on_write, on_event, name_b);
	bufferevent_trigger(bev, EV_WRITE, BEV_TRIG_DEFER_CALLBACKS);
	bufferevent_free(bev);
	turn(base);
	close(fd);
	close(peer);
}

static int
is_open(evutil_socket_t fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static void
free_in_read(struct bufferevent *bev, void *arg)
{
	evutil_socket_t *fd = arg;

	bufferevent_free(bev);
	printf("  freed in read; descriptor open %d\n", is_open(*fd));
}

static void
lifetimes(struct event_base *base, int options)
{
	evutil_socket_t peer, fd;
	struct bufferevent *bev;
	bufferevent_data_cb readcb, writecb;
	bufferevent_event_cb eventcb;
	void *arg;
	int r;

	printf("free, close on free\n");
	bev = make(base, options | BEV_OPT_CLOSE_ON_FREE, &peer);
	fd = bufferevent_getfd(bev);
	bufferevent_enable(bev, EV_READ);
	bufferevent_free(bev);
	turn(base);
	printf("  open after a turn %d\n", is_open(fd));
	close(peer);
	printf("free in the read callback\n");
	bev = make(base, options | BEV_OPT_CLOSE_ON_FREE, &peer);
	fd = bufferevent_getfd(bev);
	bufferevent_setcb(bev, free_in_read, on_write, on_event, &fd);
	bufferevent_enable(bev, EV_READ);
	if (send(peer, "abc", 3, 0) != 3)
		_exit(2);
	turn(base);
	printf("  open after a turn %d\n", is_open(fd));
	close(peer);
	printf("unsent output is lost\n");
	bev = make(base, options | BEV_OPT_CLOSE_ON_FREE, &peer);
	bufferevent_write(bev, "x", 1);
	bufferevent_free(bev);
	turn(base);
	r = (int)recv(peer, name_a, 1, MSG_DONTWAIT);
	printf("  peer receives %d\n", r);
	close(peer);
	printf("references\n");
	bev = make(base, options | BEV_OPT_CLOSE_ON_FREE, &peer);
	fd = bufferevent_getfd(bev);
	bufferevent_incref(bev);
	bufferevent_incref(bev);
	printf("  decref %d\n", bufferevent_decref(bev));
	bufferevent_getcb(bev, &readcb, &writecb, &eventcb, &arg);
	printf("  callbacks %d %d %d %d\n", readcb == on_read,
	    writecb == on_write, eventcb == on_event, arg == name_a);
	bufferevent_free(bev);
	turn(base);
	bufferevent_getcb(bev, &readcb, &writecb, &eventcb, &arg);
	printf("  freed but held: open %d callbacks %d %d %d %d fd %d\n",
	    is_open(fd), readcb != NULL, writecb != NULL, eventcb != NULL,
	    arg != NULL, bufferevent_getfd(bev) == fd);
	printf("  decref %d\n", bufferevent_decref(bev));
	turn(base);
	printf("  open %d\n", is_open(fd));
	close(peer);
	printf("options that contradict each other\n");
	bev = bufferevent_socket_new(base, -1, BEV_OPT_UNLOCK_CALLBACKS);
	printf("  %s\n", bev ? "made" : "refused");
	if (bev)
		bufferevent_free(bev);
	bev = bufferevent_socket_new(base, -1,
	    BEV_OPT_THREADSAFE | BEV_OPT_UNLOCK_CALLBACKS);
	printf("  %s\n", bev ? "made" : "refused");
	bev = bufferevent_socket_new(base, -1, 1 << 12);
	printf("  %s\n", bev ? "made" : "refused");
	if (bev)
		bufferevent_free(bev);
	turn(base);
}

static void
queries(struct event_base *base)
{
	struct event_base *other = event_base_new();
	struct bufferevent *bev = bufferevent_socket_new(base, -1, 0);
	struct evbuffer *buf = evbuffer_new();
	char data[8];

	printf("queries\n");
	printf("  fd %d base %d under %d partner %d\n",
	    (int)bufferevent_getfd(bev), bufferevent_get_base(bev) == base,
	    bufferevent_get_underlying(bev) != NULL,
	    bufferevent_pair_get_partner(bev) != NULL);
	printf("  priority %d\n", bufferevent_get_priority(bev));
	printf("  set 0: %d\n", bufferevent_priority_set(bev, 0));
	printf("  set 5: %d\n", bufferevent_priority_set(bev, 5));
	printf("  priority %d\n", bufferevent_get_priority(bev));
	printf("  read %zu\n", bufferevent_read(bev, data, sizeof(data)));
	printf("  read_buffer %d\n", bufferevent_read_buffer(bev, buf));
	printf("  write_buffer %d\n", bufferevent_write_buffer(bev, buf));
	printf("  add to input %d\n",
	    evbuffer_add(bufferevent_get_input(bev), "abc", 3));
	printf("  prepend to input %d\n",
	    evbuffer_prepend(bufferevent_get_input(bev), "abc", 3));
	printf("  input %zu\n",
	    evbuffer_get_length(bufferevent_get_input(bev)));
	printf("  drain %d\n", evbuffer_drain(bufferevent_get_input(bev), 3));
	printf("  base_set %d\n", bufferevent_base_set(other, bev));
	printf("  base %d\n", bufferevent_get_base(bev) == other);
	printf("  write %d\n", bufferevent_write(bev, "abc", 3));
	printf("  drain output %d\n",
	    evbuffer_drain(bufferevent_get_output(bev), 3));
	printf("  prepend to output %d\n",
	    evbuffer_prepend(bufferevent_get_output(bev), "abc", 3));
	printf("  output %zu\n",
	    evbuffer_get_length(bufferevent_get_output(bev)));
	printf("  flush %d\n",
	    bufferevent_flush(bev, EV_READ | EV_WRITE, BEV_FINISHED));
	printf("  enable with other bits %d",
	    bufferevent_enable(bev, EV_READ | EV_SIGNAL | EV_PERSIST));
	printf(" 0x%x\n", (unsigned)bufferevent_get_enabled(bev));
	printf("  disable %d", bufferevent_disable(bev, EV_WRITE));
	printf(" 0x%x\n", (unsigned)bufferevent_get_enabled(bev));
	bufferevent_free(bev);
	evbuffer_free(buf);
	turn(other);
	event_base_free(other);
}

int
main(void)
{
	struct event_base *base = event_base_new();

	triggers(base, 0);
	printf("options: deferred\n");
	triggers(base, BEV_OPT_DEFER_CALLBACKS);
	lifetimes(base, 0);
	printf("options: deferred\n");
	lifetimes(base, BEV_OPT_DEFER_CALLBACKS);
	queries(base);
	event_base_free(base);
	return 0;
}
