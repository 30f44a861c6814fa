/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bufferevent_events.c - end of file, errors, timeouts: what is reported, in
 * which order with the data, and what stays enabled.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/util.h>

static void
on_read(struct bufferevent *bev, void *arg)
{
	(void)arg;
	printf("  read %zu\n", evbuffer_get_length(bufferevent_get_input(bev)));
}

/* Take 3 bytes whenever the input has reached its high mark. */
static void
on_read_take(struct bufferevent *bev, void *arg)
{
	struct evbuffer *input = bufferevent_get_input(bev);
	size_t high = 0;

	(void)arg;
	bufferevent_getwatermark(bev, EV_READ, NULL, &high);
	printf("  read %zu\n", evbuffer_get_length(input));
	if (high && evbuffer_get_length(input) >= high)
		evbuffer_drain(input, 3);
}

static void
on_write(struct bufferevent *bev, void *arg)
{
	(void)arg;
	printf("  write, output %zu\n",
	    evbuffer_get_length(bufferevent_get_output(bev)));
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	size_t out = evbuffer_get_length(bufferevent_get_output(bev));

	(void)arg;
	/* How much the kernel takes is its own affair. */
	printf("  event 0x%x enabled 0x%x input %zu output %zu\n",
	    (unsigned)what, (unsigned)bufferevent_get_enabled(bev),
	    evbuffer_get_length(bufferevent_get_input(bev)),
	    out < 100 ? out : 100);
}

static void
turn(struct event_base *base)
{
	int i;

	for (i = 0; i < 4; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

/* Let `ms` milliseconds pass in the loop. */
static void
wait_ms(struct event_base *base, int ms)
{
	struct timeval tv;

	tv.tv_sec = 0;
	tv.tv_usec = ms * 1000;
	event_base_loopexit(base, &tv);
	event_base_dispatch(base);
}

static struct bufferevent *
make(struct event_base *base, int options, evutil_socket_t *ret_peer)
{
	evutil_socket_t fds[2];
	struct bufferevent *bev;

	if (evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0)
		_exit(2);
	evutil_make_socket_nonblocking(fds[0]);
	*ret_peer = fds[1];
	bev = bufferevent_socket_new(base, fds[0],
	    BEV_OPT_CLOSE_ON_FREE | options);
	bufferevent_setcb(bev, on_read, on_write, on_event, NULL);
	return bev;
}

static void
end_of_file(struct event_base *base, int options)
{
	evutil_socket_t peer;
	struct bufferevent *bev;

	printf("data and end of file together\n");
	bev = make(base, options, &peer);
	bufferevent_enable(bev, EV_READ);
	if (send(peer, "hello", 5, 0) != 5)
		_exit(2);
	shutdown(peer, SHUT_WR);
	turn(base);
	printf("  enabled 0x%x\n", (unsigned)bufferevent_get_enabled(bev));
	printf("  enable again\n");
	bufferevent_enable(bev, EV_READ);
	turn(base);
	printf("  write still works\n");
	bufferevent_write(bev, "abc", 3);
	turn(base);
	bufferevent_free(bev);
	turn(base);
	close(peer);

	printf("end of file below the low mark\n");
	bev = make(base, options, &peer);
	bufferevent_setwatermark(bev, EV_READ, 10, 0);
	bufferevent_enable(bev, EV_READ);
	if (send(peer, "hello", 5, 0) != 5)
		_exit(2);
	close(peer);
	turn(base);
	bufferevent_free(bev);
	turn(base);

	printf("write to a closed peer, reading off\n");
	bev = make(base, options, &peer);
	close(peer);
	bufferevent_write(bev, "abc", 3);
	turn(base);
	bufferevent_write(bev, "def", 3);
	turn(base);
	printf("  enabled 0x%x output %zu\n",
	    (unsigned)bufferevent_get_enabled(bev),
	    evbuffer_get_length(bufferevent_get_output(bev)));
	bufferevent_free(bev);
	turn(base);

	printf("closed with unread data\n");
	bev = make(base, options, &peer);
	bufferevent_enable(bev, EV_READ);
	bufferevent_write(bev, "abc", 3);
	turn(base);
	close(peer);
	turn(base);
	bufferevent_free(bev);
	turn(base);
}

static void
timeouts(struct event_base *base, int options)
{
	struct timeval ms20 = { 0, 20000 }, zero = { 0, 0 };
	static char big[4000000];
	evutil_socket_t peer;
	struct bufferevent *bev;

	printf("read timeout\n");
	bev = make(base, options, &peer);
	bufferevent_set_timeouts(bev, &ms20, NULL);
	bufferevent_enable(bev, EV_READ);
	wait_ms(base, 50);
	printf("  data while disabled\n");
	if (send(peer, "hello", 5, 0) != 5)
		_exit(2);
	wait_ms(base, 50);
	printf("  enable\n");
	bufferevent_enable(bev, EV_READ);
	wait_ms(base, 60);
	printf("  no timeout when disabled\n");
	bufferevent_disable(bev, EV_READ);
	wait_ms(base, 50);
	printf("  taken off\n");
	bufferevent_enable(bev, EV_READ);
	bufferevent_set_timeouts(bev, &zero, NULL);
	wait_ms(base, 50);
	printf("  put on while enabled\n");
	bufferevent_set_timeouts(bev, &ms20, NULL);
	wait_ms(base, 50);
	bufferevent_free(bev);
	turn(base);
	close(peer);

	printf("write timeout\n");
	bev = make(base, options, &peer);
	bufferevent_set_timeouts(bev, NULL, &ms20);
	wait_ms(base, 50);
	printf("  enable with nothing to write\n");
	bufferevent_enable(bev, EV_WRITE);
	wait_ms(base, 50);
	printf("  write a little\n");
	bufferevent_write(bev, big, 10);
	wait_ms(base, 50);
	printf("  write too much\n");
	bufferevent_setcb(bev, on_read, on_write, on_event, NULL);
	bufferevent_write(bev, big, sizeof(big));
	wait_ms(base, 50);
	printf("  left over: %d\n",
	    evbuffer_get_length(bufferevent_get_output(bev)) > 0);
	printf("  more while disabled\n");
	bufferevent_write(bev, big, 10);
	wait_ms(base, 50);
	bufferevent_setcb(bev, NULL, NULL, NULL, NULL);
	bufferevent_free(bev);
	turn(base);
	close(peer);
}

static void
marks(struct event_base *base, int options)
{
	evutil_socket_t peer;
	struct bufferevent *bev;
	size_t low = 77, high = 77;

	printf("low mark\n");
	bev = make(base, options, &peer);
	bufferevent_setcb(bev, on_read_take, on_write, on_event, NULL);
	bufferevent_setwatermark(bev, EV_READ, 4, 8);
	bufferevent_enable(bev, EV_READ);
	if (send(peer, "abc", 3, 0) != 3)
		_exit(2);
	turn(base);
	printf("  one more\n");
	if (send(peer, "d", 1, 0) != 1)
		_exit(2);
	turn(base);
	printf("  over the high mark\n");
	if (send(peer, "efghijklmnopqrs", 15, 0) != 15)
		_exit(2);
	turn(base);
	printf("  input %zu, drain 2\n",
	    evbuffer_get_length(bufferevent_get_input(bev)));
	evbuffer_drain(bufferevent_get_input(bev), 2);
	turn(base);
	printf("  input %zu, lower the mark\n",
	    evbuffer_get_length(bufferevent_get_input(bev)));
	bufferevent_setwatermark(bev, EV_READ, 0, 2);
	if (send(peer, "tuvw", 4, 0) != 4)
		_exit(2);
	turn(base);
	printf("  input %zu, no mark\n",
	    evbuffer_get_length(bufferevent_get_input(bev)));
	bufferevent_setwatermark(bev, EV_READ, 0, 0);
	turn(base);
	printf("  input %zu\n",
	    evbuffer_get_length(bufferevent_get_input(bev)));
	bufferevent_setwatermark(bev, EV_WRITE, 5, 6);
	printf("  get %d",
	    bufferevent_getwatermark(bev, EV_WRITE, &low, &high));
	printf(" %zu %zu\n", low, high);
	printf("  get both %d\n",
	    bufferevent_getwatermark(bev, EV_READ | EV_WRITE, &low, &high));
	printf("  get none %d\n",
	    bufferevent_getwatermark(bev, 0, &low, &high));
	printf("  get read %d",
	    bufferevent_getwatermark(bev, EV_READ, NULL, &high));
	printf(" %zu\n", high);
	bufferevent_free(bev);
	turn(base);
	close(peer);
}

static void
run(struct event_base *base, int options)
{
	printf("options %d\n", options);
	end_of_file(base, options);
	timeouts(base, options);
	marks(base, options);
}

int
main(void)
{
	struct event_base *base = event_base_new();

	signal(SIGPIPE, SIG_IGN);
	run(base, 0);
	run(base, BEV_OPT_DEFER_CALLBACKS);
	event_base_free(base);
	return 0;
}
