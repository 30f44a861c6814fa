/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bufferevent_filter.c - filters: what they are asked, what passes through,
 * marks, flushes, errors, and who frees what.
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

static int quiet;
static int result_in = BEV_OK, result_out = BEV_OK;

static void
on_read(struct bufferevent *bev, void *arg)
{
	printf("  read %zu %s\n",
	    evbuffer_get_length(bufferevent_get_input(bev)), (char *)arg);
}

/* Take 3 bytes whenever the input has reached its high mark. */
static void
on_read_take(struct bufferevent *bev, void *arg)
{
	struct evbuffer *input = bufferevent_get_input(bev);
	size_t high = 0;

	bufferevent_getwatermark(bev, EV_READ, NULL, &high);
	printf("  read %zu %s\n", evbuffer_get_length(input), (char *)arg);
	if (high && evbuffer_get_length(input) >= high)
		evbuffer_drain(input, 3);
}

static void
on_write(struct bufferevent *bev, void *arg)
{
	printf("  write, output %zu %s\n",
	    evbuffer_get_length(bufferevent_get_output(bev)), (char *)arg);
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	printf("  event 0x%x enabled 0x%x input %zu %s\n", (unsigned)what,
	    (unsigned)bufferevent_get_enabled(bev),
	    evbuffer_get_length(bufferevent_get_input(bev)), (char *)arg);
}

/* Pass at most 4 bytes a call, in upper case. */
static enum bufferevent_filter_result
pass(const char *name, struct evbuffer *src, struct evbuffer *dst,
    ev_ssize_t limit, enum bufferevent_flush_mode mode, int result)
{
	char data[4];
	int n, i;

	if (!quiet)
		printf("  %s filter: src %zu dst %zu limit %d mode %d\n", name,
		    evbuffer_get_length(src), evbuffer_get_length(dst),
		    (int)limit, (int)mode);
	if (result != BEV_OK)
		return result;
	if (evbuffer_get_length(src) == 0)
		return BEV_NEED_MORE;
	n = evbuffer_remove(src, data, sizeof(data));
	for (i = 0; i < n; i++)
		data[i] ^= 0x20;
	evbuffer_add(dst, data, (size_t)n);
	return BEV_OK;
}

static enum bufferevent_filter_result
filter_in(struct evbuffer *src, struct evbuffer *dst, ev_ssize_t limit,
    enum bufferevent_flush_mode mode, void *arg)
{
	(void)arg;
	return pass("input", src, dst, limit, mode, result_in);
}

static enum bufferevent_filter_result
filter_out(struct evbuffer *src, struct evbuffer *dst, ev_ssize_t limit,
    enum bufferevent_flush_mode mode, void *arg)
{
	(void)arg;
	return pass("output", src, dst, limit, mode, result_out);
}

static void
on_context_free(void *arg)
{
	printf("  context %s is freed\n", (char *)arg);
}

static void
turn(struct event_base *base)
{
	int i;

	for (i = 0; i < 6; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

static void
show_peer(evutil_socket_t peer)
{
	char data[100];
	ssize_t n = recv(peer, data, sizeof(data), MSG_DONTWAIT);

	if (n > 0)
		printf("  peer has %.*s\n", (int)n, data);
	else
		printf("  peer has nothing (%d)\n", n == 0);
}

static char name[] = "f";
static char below_name[] = "below";

static struct bufferevent *
make(struct event_base *base, int options, evutil_socket_t *ret_peer,
    struct bufferevent **ret_below)
{
	evutil_socket_t fds[2];
	struct bufferevent *bev;

	if (evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0)
		_exit(2);
	evutil_make_socket_nonblocking(fds[0]);
	*ret_peer = fds[1];
	*ret_below = bufferevent_socket_new(base, fds[0],
	    BEV_OPT_CLOSE_ON_FREE);
	bufferevent_setcb(*ret_below, on_read, on_write, on_event, below_name);
	bev = bufferevent_filter_new(*ret_below, filter_in, filter_out,
	    BEV_OPT_CLOSE_ON_FREE | options, on_context_free, name);
	bufferevent_setcb(bev, on_read, on_write, on_event, name);
	return bev;
}

static void
show_enabled(const char *when, struct bufferevent *bev,
    struct bufferevent *below)
{
	printf("  %s: enabled 0x%x below 0x%x\n", when,
	    (unsigned)bufferevent_get_enabled(bev),
	    (unsigned)bufferevent_get_enabled(below));
}

static void
say(evutil_socket_t peer, const char *text)
{
	if (send(peer, text, strlen(text), 0) < 0)
		_exit(2);
}

static void
basics(struct event_base *base, int options)
{
	evutil_socket_t peer;
	struct bufferevent *bev, *below;

	printf("basics, options %d\n", options);
	bev = make(base, options, &peer, &below);
	show_enabled("new", bev, below);
	printf("  fd %d underlying %d\n",
	    bufferevent_getfd(bev) == bufferevent_getfd(below),
	    bufferevent_get_underlying(bev) == below);
	turn(base);
	printf(" peer speaks, reading is off\n");
	say(peer, "abcdef");
	turn(base);
	printf(" enable read\n");
	bufferevent_enable(bev, EV_READ);
	show_enabled("then", bev, below);
	turn(base);
	printf(" write\n");
	bufferevent_write(bev, "hello world", 11);
	printf("  output %zu\n",
	    evbuffer_get_length(bufferevent_get_output(bev)));
	turn(base);
	show_peer(peer);
	printf(" enable write\n");
	bufferevent_enable(bev, EV_WRITE);
	turn(base);
	printf(" disable both\n");
	bufferevent_disable(bev, EV_READ | EV_WRITE);
	show_enabled("then", bev, below);
	say(peer, "ghi");
	bufferevent_write(bev, "bye", 3);
	turn(base);
	show_peer(peer);
	printf(" enable both\n");
	bufferevent_enable(bev, EV_READ | EV_WRITE);
	turn(base);
	show_peer(peer);
	printf(" end of file with data\n");
	say(peer, "jkl");
	close(peer);
	turn(base);
	show_enabled("then", bev, below);
	printf(" write into the closed socket\n");
	bufferevent_write(bev, "x", 1);
	turn(base);
	printf(" free\n");
	bufferevent_free(bev);
	printf("  freed\n");
	turn(base);
}

static void
marks(struct event_base *base)
{
	evutil_socket_t peer;
	struct bufferevent *bev, *below;

	printf("marks\n");
	bev = make(base, 0, &peer, &below);
	bufferevent_setcb(bev, on_read_take, on_write, on_event, name);
	bufferevent_setwatermark(bev, EV_READ, 0, 6);
	bufferevent_enable(bev, EV_READ);
	say(peer, "abcdefghijklmnop");
	turn(base);
	printf("  input %zu below %zu\n",
	    evbuffer_get_length(bufferevent_get_input(bev)),
	    evbuffer_get_length(bufferevent_get_input(below)));
	printf(" drain all\n");
	evbuffer_drain(bufferevent_get_input(bev), 100);
	turn(base);
	printf("  input %zu below %zu\n",
	    evbuffer_get_length(bufferevent_get_input(bev)),
	    evbuffer_get_length(bufferevent_get_input(below)));
	printf(" raise the mark\n");
	bufferevent_setwatermark(bev, EV_READ, 0, 100);
	turn(base);
	printf("  input %zu below %zu\n",
	    evbuffer_get_length(bufferevent_get_input(bev)),
	    evbuffer_get_length(bufferevent_get_input(below)));
	printf(" low mark for writing\n");
	bufferevent_setwatermark(bev, EV_WRITE, 5, 0);
	bufferevent_write(bev, "0123456789", 10);
	turn(base);
	show_peer(peer);
	bufferevent_free(bev);
	turn(base);
	close(peer);
}

static void
results(struct event_base *base)
{
	evutil_socket_t peer;
	struct bufferevent *bev, *below;

	printf("results\n");
	bev = make(base, 0, &peer, &below);
	bufferevent_enable(bev, EV_READ);
	result_in = result_out = BEV_NEED_MORE;
	printf(" need more\n");
	say(peer, "abc");
	bufferevent_write(bev, "def", 3);
	turn(base);
	show_peer(peer);
	printf("  output %zu\n",
	    evbuffer_get_length(bufferevent_get_output(bev)));
	printf(" flush read %d\n", bufferevent_flush(bev, EV_READ, BEV_FLUSH));
	printf(" flush write %d\n",
	    bufferevent_flush(bev, EV_WRITE, BEV_FLUSH));
	result_in = result_out = BEV_OK;
	printf(" ok now; flush read %d\n",
	    bufferevent_flush(bev, EV_READ, BEV_FLUSH));
	printf(" flush write %d\n",
	    bufferevent_flush(bev, EV_WRITE, BEV_FINISHED));
	printf(" flush both, nothing left %d\n",
	    bufferevent_flush(bev, EV_READ | EV_WRITE, BEV_NORMAL));
	turn(base);
	show_peer(peer);
	printf(" errors\n");
	result_in = result_out = BEV_ERROR;
	say(peer, "abc");
	turn(base);
	printf("  read error seen\n");
	bufferevent_write(bev, "def", 3);
	turn(base);
	printf("  output %zu enabled 0x%x\n",
	    evbuffer_get_length(bufferevent_get_output(bev)),
	    (unsigned)bufferevent_get_enabled(bev));
	result_in = result_out = BEV_OK;
	bufferevent_free(bev);
	turn(base);
	close(peer);
}

static void
ownership(struct event_base *base)
{
	evutil_socket_t peer, fds[2];
	struct bufferevent *bev, *below;

	printf("without close on free\n");
	if (evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0)
		_exit(2);
	evutil_make_socket_nonblocking(fds[0]);
	peer = fds[1];
	below = bufferevent_socket_new(base, fds[0], BEV_OPT_CLOSE_ON_FREE);
	bev = bufferevent_filter_new(below, NULL, NULL, 0, NULL, NULL);
	bufferevent_setcb(bev, on_read, on_write, on_event, name);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
	printf(" null filters copy\n");
	say(peer, "abc");
	bufferevent_write(bev, "def", 3);
	turn(base);
	show_peer(peer);
	printf(" read timeout\n");
	{
		struct timeval tv = { 0, 20000 }, end = { 0, 60000 };

		bufferevent_set_timeouts(bev, &tv, &tv);
		event_base_loopexit(base, &end);
		event_base_dispatch(base);
		show_enabled("then", bev, below);
	}
	bufferevent_free(bev);
	turn(base);
	printf(" the one below lives on\n");
	bufferevent_setcb(below, on_read, NULL, on_event, below_name);
	bufferevent_enable(below, EV_READ);
	say(peer, "xyz");
	turn(base);
	bufferevent_write(below, "q", 1);
	turn(base);
	show_peer(peer);
	bufferevent_free(below);
	turn(base);
	show_peer(peer);
	close(peer);
}

static void
stacked(struct event_base *base)
{
	evutil_socket_t peer;
	struct bufferevent *bev, *below, *top;

	printf("a filter on a filter\n");
	quiet = 1;
	bev = make(base, 0, &peer, &below);
	top = bufferevent_filter_new(bev, filter_in, filter_out,
	    BEV_OPT_CLOSE_ON_FREE, on_context_free, below_name);
	bufferevent_setcb(top, on_read, on_write, on_event, below_name);
	bufferevent_enable(top, EV_READ);
	say(peer, "abcdefghijk");
	bufferevent_write(top, "lmnopqrstuv", 11);
	turn(base);
	show_peer(peer);
	shutdown(peer, SHUT_WR);
	turn(base);
	bufferevent_free(top);
	turn(base);
	show_peer(peer);
	close(peer);
	quiet = 0;
}

int
main(void)
{
	struct event_base *base = event_base_new();

	signal(SIGPIPE, SIG_IGN);
	basics(base, 0);
	basics(base, BEV_OPT_DEFER_CALLBACKS);
	marks(base);
	results(base);
	ownership(base);
	stacked(base);
	event_base_free(base);
	return 0;
}
