/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * thread_test.c - frames that several threads use.
 */
#include <pthread.h>

#include <event2/thread.h>

#include "helper.h"

#define SENDERS 3
#define EACH 400

struct shared {
	struct evframe *sender;
	struct evframe *receiver;
	struct event_base *base;
	int count[SENDERS];
	int total;
	int is_bad;
};

struct sender {
	struct shared *shared;
	int number;
};

/* Two bytes of a number, the sender's in front. */
static void
on_message(struct evframe *frame, struct evframe_message *message, void *arg)
{
	struct shared *shared = arg;
	unsigned char data[5];
	int number, at;

	(void)frame;
	if (evframe_message_copy(message, data, sizeof(data)) != 3) {
		shared->is_bad = 1;
		event_base_loopbreak(shared->base);
		return;
	}
	number = data[0];
	at = data[1] << 8 | data[2];
	if (number >= SENDERS || at != shared->count[number]++)
		shared->is_bad = 1;
	if (++shared->total == SENDERS * EACH || shared->is_bad)
		event_base_loopbreak(shared->base);
}

static void
on_error(struct evframe *frame, enum evframe_error error, void *arg)
{
	struct shared *shared = arg;

	(void)frame;
	(void)error;
	shared->is_bad = 1;
	event_base_loopbreak(shared->base);
}

static void
on_event(struct evframe *frame, short what, void *arg)
{
	struct shared *shared = arg;

	(void)frame;
	(void)what;
	event_base_loopbreak(shared->base);
}

/* Send, and pause and resume the receiver now and then. */
static void *
run_sender(void *arg)
{
	struct sender *sender = arg;
	struct shared *shared = sender->shared;

	for (int i = 0; i < EACH; i++) {
		unsigned char data[3] = { (unsigned char)sender->number,
			(unsigned char)(i >> 8), (unsigned char)i };

		if (i % 7 == 0)
			evframe_pause(shared->receiver);
		if (evframe_send(shared->sender, 0, data, sizeof(data)) < 0)
			event_base_loopbreak(shared->base);
		evframe_resume(shared->receiver);
	}
	return NULL;
}

static struct evframe *
open_frame(struct shared *shared, evutil_socket_t fd, int options)
{
	struct evframe_codec *codec = evframe_codec_varint_new(10);
	struct bufferevent *bev = bufferevent_socket_new(shared->base, fd,
	    BEV_OPT_CLOSE_ON_FREE | BEV_OPT_THREADSAFE | options);
	struct evframe *frame;

	CHECK_NOTNULL(bev);
	CHECK_NOTNULL(codec);
	frame = evframe_new(bev, codec, on_message, on_error, shared);
	evframe_codec_free(codec);
	CHECK_NOTNULL(frame);
	evframe_set_event_cb(frame, on_event);
	CHECK_EQ(bufferevent_enable(bev, EV_READ | EV_WRITE), 0);
	return frame;
}

static void
close_frame(struct evframe *frame)
{
	struct bufferevent *bev = evframe_get_bufferevent(frame);

	evframe_free(frame);
	bufferevent_free(bev);
}

static void
exchange(int options)
{
	struct shared shared;
	struct sender senders[SENDERS];
	pthread_t threads[SENDERS];
	struct timeval patience = { 4, 0 };
	evutil_socket_t fds[2];

	memset(&shared, 0, sizeof(shared));
	CHECK_EQ(evthread_use_pthreads(), 0);
	shared.base = test_base();
	CHECK_EQ(evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	CHECK_EQ(evutil_make_socket_nonblocking(fds[0]), 0);
	CHECK_EQ(evutil_make_socket_nonblocking(fds[1]), 0);
	shared.sender = open_frame(&shared, fds[0], options);
	shared.receiver = open_frame(&shared, fds[1], options);
	CHECK_EQ(event_base_loopexit(shared.base, &patience), 0);
	for (int i = 0; i < SENDERS; i++) {
		senders[i] = (struct sender){ &shared, i };
		CHECK_EQ(pthread_create(&threads[i], NULL, run_sender,
			     &senders[i]),
		    0);
	}
	event_base_loop(shared.base, EVLOOP_NO_EXIT_ON_EMPTY);
	for (int i = 0; i < SENDERS; i++)
		CHECK_EQ(pthread_join(threads[i], NULL), 0);
	CHECK_EQ(shared.is_bad, 0);
	CHECK_EQ(shared.total, SENDERS * EACH);
	close_frame(shared.sender);
	close_frame(shared.receiver);
	event_base_free(shared.base);
}

/* Messages of several threads arrive whole, each thread's in order. */
TEST(senders)
{
	exchange(0);
}

/* The same when callbacks run without the lock, and deferred. */
TEST(senders_unlocked)
{
	exchange(BEV_OPT_DEFER_CALLBACKS | BEV_OPT_UNLOCK_CALLBACKS);
}
