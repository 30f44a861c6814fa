/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * socket_test.c - socket bufferevents: bytes, callbacks, states, sockets.
 */
#include <netinet/in.h>
#include <sys/un.h>

#include "helper.h"

/* Bytes ------------------------------------------------------------------- */

struct stream {
	struct event_base *base;
	size_t sent, received, total;
	int is_done;
};

/* Add some more of the stream, in pieces of odd sizes. */
static void
send_more(struct bufferevent *bev, void *arg)
{
	struct stream *s = arg;
	unsigned char data[40000];

	while (s->sent < s->total && output_len(bev) < 100000) {
		size_t n = 1 + (s->sent * 7919) % sizeof(data);

		if (n > s->total - s->sent)
			n = s->total - s->sent;
		for (size_t i = 0; i < n; i++)
			data[i] = stream_byte(s->sent + i);
		CHECK_EQ(bufferevent_write(bev, data, n), 0);
		s->sent += n;
	}
}

/* Compare all input with the stream and drop it. */
static void
receive(struct bufferevent *bev, void *arg)
{
	struct stream *s = arg;
	unsigned char data[4096];
	size_t n;

	while ((n = bufferevent_read(bev, data, sizeof(data))) > 0) {
		for (size_t i = 0; i < n; i++)
			if (data[i] != stream_byte(s->received + i))
				CHECK_EQ(data[i], stream_byte(s->received + i));
		s->received += n;
	}
	if (s->received >= s->total)
		s->is_done = 1;
}

static void
no_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	(void)arg;
	CHECK_EQ(what, 0);
}

/* Send `total` bytes each way at once between two bufferevents. */
static void
both_ways(int options, size_t total, int buffer_size)
{
	struct event_base *base = test_base();
	struct stream s[2] = { { .base = base, .total = total },
		{ .base = base, .total = total } };
	struct bufferevent *bev[2];
	evutil_socket_t fds[2];

	socket_pair(fds);
	for (int i = 0; i < 2; i++) {
		if (buffer_size)
			setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &buffer_size,
			    sizeof(buffer_size));
		bev[i] = bufferevent_socket_new(base, fds[i],
		    BEV_OPT_CLOSE_ON_FREE | options);
		CHECK_NOTNULL(bev[i]);
		bufferevent_setcb(bev[i], receive, send_more, no_event, &s[i]);
		CHECK_EQ(bufferevent_enable(bev[i], EV_READ | EV_WRITE), 0);
	}
	turn_until(base, &s[0].is_done, 1);
	turn_until(base, &s[1].is_done, 1);
	CHECK_EQ(s[0].received, total);
	CHECK_EQ(s[1].received, total);
	CHECK_EQ(s[0].sent, total);
	bufferevent_free(bev[0]);
	bufferevent_free(bev[1]);
	event_base_free(base);
}

/* A stream goes both ways at once: nothing lost, doubled or out of order. */
TEST(bytes_both_ways)
{
	both_ways(0, 600000, 0);
}

/* The same with the callbacks deferred. */
TEST(bytes_both_ways_deferred)
{
	both_ways(BEV_OPT_DEFER_CALLBACKS, 600000, 0);
}

/* The same when the kernel takes only a little at a time. */
TEST(bytes_both_ways_small_kernel_buffers)
{
	both_ways(0, 200000, 2048);
}

/* One read takes 16 KiB when that many wait. */
TEST(one_read_takes_16k)
{
	struct event_base *base = test_base();
	static char data[20000];
	struct notes notes = { 0 };
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, &notes, &peer);

	CHECK_EQ(send(peer, data, sizeof(data), 0), sizeof(data));
	bufferevent_enable(bev, EV_READ);
	event_base_loop(base, EVLOOP_ONCE);
	CHECK_EQ(notes.reads, 1);
	CHECK_EQ(input_len(bev), 16384);
	bufferevent_free(bev);
	close(peer);
	event_base_free(base);
}

/* Writing ----------------------------------------------------------------- */

static void
echo(struct bufferevent *bev, void *arg)
{
	(void)arg;
	CHECK_EQ(bufferevent_write_buffer(bev, bufferevent_get_input(bev)), 0);
}

/* What a read callback writes is out at the end of the same pass. */
TEST(answer_leaves_in_the_same_pass)
{
	struct event_base *base = test_base();
	char answer[8];
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);

	bufferevent_setcb(bev, echo, NULL, NULL, NULL);
	bufferevent_enable(bev, EV_READ);
	turn(base);
	CHECK_EQ(send(peer, "ping", 4, 0), 4);
	event_base_loop(base, EVLOOP_ONCE);
	CHECK_EQ(recv(peer, answer, sizeof(answer), 0), 4);
	CHECK_MEM(answer, "ping", 4);
	bufferevent_free(bev);
	close(peer);
	event_base_free(base);
}

/* Enabling writing on an empty output costs no epoll_ctl. */
TEST(enabling_is_free)
{
	struct event_base *base = test_base();
	struct notes notes = { 0 };
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, &notes, &peer);
	unsigned long before = test_calls_made("epoll_ctl");

	bufferevent_enable(bev, EV_WRITE);
	turn(base);
	CHECK_EQ(notes.writes, 1);
	CHECK_EQ(test_calls_made("epoll_ctl"), before);
	bufferevent_write(bev, "x", 1);
	turn(base);
	CHECK_EQ(notes.writes, 2);
	CHECK_EQ(test_calls_made("epoll_ctl"), before);
	bufferevent_free(bev);
	close(peer);
	event_base_free(base);
}

/* A write that the kernel takes a part of goes on when there is room. */
TEST(short_write_goes_on)
{
	struct event_base *base = test_base();
	size_t size = 3000000, got = 0;
	char *data = calloc(1, size);
	struct notes notes = { 0 };
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, &notes, &peer);

	CHECK_NOTNULL(data);
	CHECK_EQ(bufferevent_write(bev, data, size), 0);
	turn(base);
	CHECK_GT(output_len(bev), 0);
	CHECK_EQ(notes.writes, 0);
	for (int i = 0; i < 10000 && got < size; i++) {
		ssize_t n = recv(peer, data, size, 0);

		if (n > 0)
			got += (size_t)n;
		event_base_loop(base, EVLOOP_NONBLOCK);
	}
	CHECK_EQ(got, size);
	CHECK_EQ(output_len(bev), 0);
	CHECK_EQ(notes.writes, 1);
	free(data);
	bufferevent_free(bev);
	close(peer);
	event_base_free(base);
}

static void
write_for_ever(struct bufferevent *bev, void *arg)
{
	static char data[16384];

	++*(int *)arg;
	bufferevent_write(bev, data, sizeof(data));
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	*(int *)arg = 1;
}

/* A write callback that always writes more keeps nobody else waiting. */
TEST(endless_writer_starves_nobody)
{
	struct event_base *base = test_base();
	struct timeval soon = { 0, 1000 };
	int calls = 0, has_fired = 0;
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);

	bufferevent_setcb(bev, NULL, write_for_ever, NULL, &calls);
	CHECK_EQ(event_base_once(base, -1, EV_TIMEOUT, on_timer, &has_fired,
		     &soon),
	    0);
	bufferevent_enable(bev, EV_WRITE);
	for (int i = 0; i < 100000 && !has_fired; i++) {
		static char sink[100000];

		event_base_loop(base, EVLOOP_NONBLOCK);
		while (recv(peer, sink, sizeof(sink), 0) > 0)
			;
	}
	CHECK(has_fired);
	CHECK_GT(calls, 0);
	bufferevent_free(bev);
	close(peer);
	event_base_free(base);
}

/* The peer's reset is reported, with its errno, once. */
TEST(reset_is_reported)
{
	struct event_base *base = test_base();
	struct notes notes = { 0 };
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, &notes, &peer);

	bufferevent_enable(bev, EV_READ);
	bufferevent_write(bev, "x", 1);
	turn(base);
	close(peer); /* with a byte unread: a reset */
	turn(base);
	CHECK_EQ(notes.events, 1);
	CHECK_EQ(notes.what, BEV_EVENT_READING | BEV_EVENT_ERROR);
	CHECK_EQ(notes.err, ECONNRESET);
	CHECK_EQ(bufferevent_get_enabled(bev), EV_WRITE);
	bufferevent_free(bev);
	event_base_free(base);
}

/* Writing to a peer that has gone is reported as EPIPE, without a signal. */
TEST(broken_pipe_is_reported)
{
	struct event_base *base = test_base();
	struct notes notes = { 0 };
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, &notes, &peer);

	close(peer);
	bufferevent_write(bev, "x", 1);
	turn(base);
	CHECK_EQ(notes.events, 1);
	CHECK_EQ(notes.what, BEV_EVENT_WRITING | BEV_EVENT_ERROR);
	CHECK_EQ(notes.err, EPIPE);
	CHECK_EQ(output_len(bev), 1);
	bufferevent_free(bev);
	event_base_free(base);
}

/* Files ------------------------------------------------------------------- */

/* A file of `len` bytes that has no name any more. */
static int
file_of(size_t len)
{
	char path[] = "/tmp/bufferevent_test_XXXXXX";
	int fd = mkstemp(path);

	CHECK_GE(fd, 0);
	CHECK_EQ(unlink(path), 0);
	CHECK_EQ(ftruncate(fd, (off_t)len), 0);
	return fd;
}

/*
 * A file in the output is sent from the file itself, by sendfile, which
 * says EIO when the file has become shorter: a mapping could not.
 */
TEST(file_is_not_mapped)
{
	struct event_base *base = test_base();
	struct notes notes = { 0 };
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, &notes, &peer);
	int fd = file_of(10000);
	int file = dup(fd);

	CHECK_EQ(evbuffer_add_file(bufferevent_get_output(bev), fd, 0, -1), 0);
	CHECK_EQ(ftruncate(file, 0), 0);
	turn(base);
	CHECK_EQ(notes.events, 1);
	CHECK_EQ(notes.what, BEV_EVENT_WRITING | BEV_EVENT_ERROR);
	CHECK_EQ(notes.err, EIO);
	bufferevent_free(bev);
	close(file);
	close(peer);
	event_base_free(base);
}

/* Marks ------------------------------------------------------------------- */

static void
take_three(struct bufferevent *bev, void *arg)
{
	++*(int *)arg;
	evbuffer_drain(bufferevent_get_input(bev), 3);
}

/* At the high mark a callback that takes something is called again. */
TEST(high_mark_repeats_while_something_is_taken)
{
	struct event_base *base = test_base();
	int calls = 0;
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);

	bufferevent_setcb(bev, take_three, NULL, NULL, &calls);
	bufferevent_enable(bev, EV_READ);
	CHECK_EQ(send(peer, "0123456789abcdef", 16, 0), 16);
	turn(base);
	CHECK_EQ(calls, 1);
	CHECK_EQ(input_len(bev), 13);
	bufferevent_setwatermark(bev, EV_READ, 0, 5);
	bufferevent_trigger(bev, EV_READ, 0);
	turn(base);
	CHECK_EQ(calls, 4); /* 13 -> 10 -> 7 -> 4 */
	CHECK_EQ(input_len(bev), 4);
	bufferevent_free(bev);
	close(peer);
	event_base_free(base);
}

/* A callback that takes nothing at the high mark is not called for ever. */
TEST(high_mark_does_not_spin)
{
	struct event_base *base = test_base();
	struct notes notes = { 0 };
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, &notes, &peer);

	bufferevent_setwatermark(bev, EV_READ, 0, 4);
	bufferevent_enable(bev, EV_READ);
	CHECK_EQ(send(peer, "0123456789", 10, 0), 10);
	turn(base);
	CHECK_EQ(notes.reads, 1);
	CHECK_EQ(input_len(bev), 4);
	evbuffer_drain(bufferevent_get_input(bev), 1);
	turn(base);
	CHECK_EQ(notes.reads, 2);
	CHECK_EQ(input_len(bev), 4);
	bufferevent_free(bev);
	close(peer);
	event_base_free(base);
}

/* Sockets ----------------------------------------------------------------- */

/* replacefd closes the old socket if the bufferevent owns it. */
TEST(replacefd_closes_the_old_one)
{
	struct event_base *base = test_base();
	struct notes notes = { 0 };
	evutil_socket_t peer, fds[2], old;
	struct bufferevent *bev = bev_and_peer(base, 0, &notes, &peer);

	old = bufferevent_getfd(bev);
	bufferevent_enable(bev, EV_READ);
	socket_pair(fds);
	CHECK_EQ(bufferevent_replacefd(bev, fds[0]), 0);
	CHECK(!is_open(old));
	CHECK_EQ(bufferevent_getfd(bev), fds[0]);
	CHECK_EQ(send(fds[1], "abc", 3, 0), 3);
	turn(base);
	CHECK_EQ(input_len(bev), 3);
	CHECK_EQ(bufferevent_replacefd(bev, -1), 0);
	CHECK(!is_open(fds[0]));
	close(fds[1]);
	close(peer);
	bufferevent_free(bev);

	bev = bufferevent_socket_new(base, -1, 0);
	CHECK_NOTNULL(bev);
	socket_pair(fds);
	CHECK_EQ(bufferevent_replacefd(bev, fds[0]), 0);
	CHECK_EQ(bufferevent_replacefd(bev, -1), 0);
	CHECK(is_open(fds[0]));
	close(fds[0]);
	close(fds[1]);
	bufferevent_free(bev);
	event_base_free(base);
}

/* Options fail to be made that need threads or deferral and lack them. */
TEST(impossible_options)
{
	struct event_base *base = test_base();

	CHECK_NULL(bufferevent_socket_new(base, -1, BEV_OPT_UNLOCK_CALLBACKS));
	CHECK_STR(test_log_take(),
	    "[warn] UNLOCK_CALLBACKS requires DEFER_CALLBACKS\n");
	event_base_free(base);
}

/* A bufferevent moves to another base and works there. */
TEST(another_base)
{
	struct event_base *base = test_base(), *other = test_base();
	struct notes notes = { 0 };
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, &notes, &peer);

	bufferevent_write(bev, "abc", 3);
	CHECK_EQ(bufferevent_base_set(other, bev), 0);
	CHECK_PTR(bufferevent_get_base(bev), other);
	turn(base);
	CHECK_EQ(output_len(bev), 3);
	turn(other);
	CHECK_EQ(output_len(bev), 0);
	bufferevent_free(bev);
	close(peer);
	event_base_free(base);
	event_base_free(other);
}

/* Connecting -------------------------------------------------------------- */

static evutil_socket_t
listen_on(struct sockaddr *sa, socklen_t *len)
{
	evutil_socket_t fd = socket(sa->sa_family, SOCK_STREAM, 0);

	CHECK_GE(fd, 0);
	CHECK_EQ(bind(fd, sa, *len), 0);
	CHECK_EQ(listen(fd, 8), 0);
	CHECK_EQ(getsockname(fd, sa, len), 0);
	return fd;
}

static void
loopback(struct sockaddr_in *sin)
{
	memset(sin, 0, sizeof(*sin));
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}

/* Connected comes first, then the write callback for what was queued. */
TEST(connect_by_address)
{
	struct event_base *base = test_base();
	struct notes notes = { 0 };
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);
	evutil_socket_t lfd, fd;
	struct bufferevent *bev;
	char text[4];

	loopback(&sin);
	lfd = listen_on((struct sockaddr *)&sin, &len);
	bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	CHECK_NOTNULL(bev);
	bufferevent_setcb(bev, note_read, note_write, note_event, &notes);
	bufferevent_write(bev, "abc", 3);
	CHECK_EQ(bufferevent_socket_connect(bev, (struct sockaddr *)&sin,
		     (int)len),
	    0);
	turn_until(base, &notes.writes, 1);
	CHECK_EQ(notes.what, BEV_EVENT_CONNECTED);
	CHECK_EQ(notes.events, 1);
	fd = accept(lfd, NULL, NULL);
	CHECK_EQ(recv(fd, text, 4, 0), 3);
	bufferevent_free(bev);
	close(fd);
	close(lfd);
	event_base_free(base);
}

/*
 * A socket put in while it connects is the one whose connection is told of,
 * with writing off not before it is enabled again.
 */
TEST(another_socket_while_connecting)
{
	struct event_base *base = test_base();
	struct notes notes = { 0 };
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);
	evutil_socket_t lfd, old, fds[2];
	struct bufferevent *bev;

	loopback(&sin);
	lfd = listen_on((struct sockaddr *)&sin, &len);
	bev = bufferevent_socket_new(base, -1, 0);
	CHECK_NOTNULL(bev);
	bufferevent_setcb(bev, note_read, note_write, note_event, &notes);
	CHECK_EQ(bufferevent_enable(bev, EV_READ), 0);
	CHECK_EQ(bufferevent_socket_connect(bev, (struct sockaddr *)&sin,
		     (int)len),
	    0);
	old = bufferevent_getfd(bev);
	CHECK_EQ(bufferevent_disable(bev, EV_WRITE), 0);
	socket_pair(fds);
	CHECK_EQ(bufferevent_setfd(bev, fds[0]), 0);
	CHECK_EQ(send(fds[1], "x", 1, 0), 1);
	turn(base);
	CHECK_EQ(notes.reads, 1);
	CHECK_EQ(notes.events, 0);
	CHECK_EQ(bufferevent_enable(bev, EV_WRITE), 0);
	turn_until(base, &notes.events, 1);
	CHECK_EQ(notes.what, BEV_EVENT_CONNECTED);
	CHECK_EQ(notes.writes, 0);
	bufferevent_free(bev);
	turn(base);
	close(old);
	close(fds[0]);
	close(fds[1]);
	close(lfd);
	event_base_free(base);
}

/* By a numeric name, without a resolver. */
TEST(connect_by_name)
{
	struct event_base *base = test_base();
	struct evutil_addrinfo hints;
	struct notes notes = { 0 };
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);
	evutil_socket_t lfd;
	struct bufferevent *bev;

	loopback(&sin);
	lfd = listen_on((struct sockaddr *)&sin, &len);
	memset(&hints, 0, sizeof(hints));
	hints.ai_family = AF_INET;
	hints.ai_socktype = SOCK_STREAM;
	hints.ai_flags = EVUTIL_AI_NUMERICHOST;
	bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	CHECK_NOTNULL(bev);
	bufferevent_setcb(bev, note_read, note_write, note_event, &notes);
	CHECK_EQ(bufferevent_socket_connect_hostname_hints(bev, NULL, &hints,
		     "127.0.0.1", ntohs(sin.sin_port)),
	    0);
	turn_until(base, &notes.events, 1);
	CHECK_EQ(notes.what, BEV_EVENT_CONNECTED);
	CHECK_EQ(bufferevent_socket_get_dns_error(bev), 0);
	bufferevent_free(bev);

	notes.events = notes.what = 0;
	bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	CHECK_NOTNULL(bev);
	bufferevent_setcb(bev, note_read, note_write, note_event, &notes);
	CHECK_EQ(bufferevent_socket_connect_hostname_hints(bev, NULL, &hints,
		     "not-an-address", 80),
	    0);
	turn(base);
	CHECK_EQ(notes.what, BEV_EVENT_ERROR);
	CHECK_NE(bufferevent_socket_get_dns_error(bev), 0);
	bufferevent_free(bev);
	close(lfd);
	event_base_free(base);
}

/*
 * Local addresses of every shape: abstract, the longest path that fits with
 * and without a final zero, and lengths that are too long or too short.
 */
TEST(connect_to_local_addresses)
{
	struct event_base *base = test_base();
	struct sockaddr_un suns[2]; /* the second: a NUL after the first */
	struct sockaddr_un *sun = &suns[0];
	struct sockaddr_storage big;
	const char *dir = test_dir();
	size_t want[] = { 107, 108 };

	for (size_t i = 0; i < 2; i++) {
		struct notes notes = { 0 };
		struct bufferevent *bev;
		char path[108];
		socklen_t len;
		evutil_socket_t lfd;

		memset(suns, 0, sizeof(suns));
		sun->sun_family = AF_UNIX;
		memset(path, 'x', sizeof(path));
		memcpy(path, dir, strlen(dir));
		path[strlen(dir)] = '/';
		memcpy(sun->sun_path, path, want[i]);
		len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
		    want[i]);
		lfd = socket(AF_UNIX, SOCK_STREAM, 0);
		CHECK_EQ(bind(lfd, (struct sockaddr *)sun, len), 0);
		CHECK_EQ(listen(lfd, 1), 0);
		bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
		if (bev) {
			bufferevent_setcb(bev, NULL, NULL, note_event, &notes);
			bufferevent_socket_connect(bev, (struct sockaddr *)sun,
			    (int)len);
			turn(base);
			bufferevent_free(bev);
		}
		close(lfd);
		CHECK_NOTNULL(bev);
		CHECK_EQ(notes.what, BEV_EVENT_CONNECTED);
	}

	memset(&big, 'y', sizeof(big));
	((struct sockaddr *)&big)->sa_family = AF_UNIX;
	for (int len = 0; len <= (int)sizeof(big); len += 16) {
		struct bufferevent *bev = bufferevent_socket_new(base, -1,
		    BEV_OPT_CLOSE_ON_FREE);

		CHECK_NOTNULL(bev);
		CHECK_EQ(bufferevent_socket_connect(bev,
			     (struct sockaddr *)&big, len),
		    -1);
		CHECK_EQ(bufferevent_getfd(bev), -1);
		bufferevent_free(bev);
	}
	event_base_free(base);
}
