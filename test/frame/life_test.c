/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * life_test.c - frames that begin, pause, change and end in the middle of
 * things, and streams that do.
 */
#include "helper.h"

/* What the next message callback does before it takes its note. */
static void (*act)(struct peer *peer);
static int act_at;

static void
on_message_act(struct evframe *frame, struct evframe_message *message,
    void *arg)
{
	struct peer *peer = arg;

	note_message(frame, message, arg);
	if (peer->notes.messages == act_at)
		act(peer);
}

static void
on_error_act(struct evframe *frame, enum evframe_error error, void *arg)
{
	note_error(frame, error, arg);
	if (act_at == 0)
		act(arg);
}

static void
on_event_act(struct bufferevent *bev, short what, void *arg)
{
	note_event(bev, what, arg);
	if (act_at < 0)
		act(arg);
}

/* A peer with messages of one length byte that does `what` in message `at`
 * (0: in the error, -1: in an event). */
static void
acting(struct peer *peer, void (*what)(struct peer *), int at, int options)
{
	struct evframe_length length = { .size = 1, .strip = 1 };
	struct evframe_codec *codec = evframe_codec_length_new(&length, 50);

	act = what;
	act_at = at;
	peer_open(peer, options);
	bufferevent_setcb(peer->bev, NULL, NULL, on_event_act, peer);
	CHECK_NOTNULL(codec);
	peer->frame = evframe_new(peer->bev, codec, on_message_act,
	    on_error_act, peer);
	evframe_codec_free(codec);
	CHECK_NOTNULL(peer->frame);
}

static void
free_frame(struct peer *peer)
{
	evframe_free(peer->frame);
	peer->frame = NULL;
}

static void
free_bev(struct peer *peer)
{
	bufferevent_free(peer->bev);
	peer->bev = NULL;
}

static void
free_both(struct peer *peer)
{
	free_frame(peer);
	free_bev(peer);
}

static void
free_both_the_other_way(struct peer *peer)
{
	free_bev(peer);
	free_frame(peer);
}

/* The frame is freed in its second callback: the third message stays. */
TEST(free_frame_in_message)
{
	static struct peer peer;
	char left[8];

	acting(&peer, free_frame, 2, 0);
	say(&peer, "\1a\2bc\3def", 9);
	CHECK_EQ(peer.notes.messages, 2);
	CHECK_EQ(input_len(&peer), 4);
	CHECK_EQ(bufferevent_read(peer.bev, left, sizeof(left)), 4);
	CHECK_MEM(left, "\3def", 4);
	peer_free(&peer);
}

/* Everything is freed in a callback, in either order: no call after it. */
TEST(free_all_in_message)
{
	static struct peer peer;
	void (*const ways[])(
	    struct peer *) = { free_both, free_both_the_other_way, free_bev };

	for (int i = 0; i < 3; i++) {
		for (int options = 0; options < 2; options++) {
			acting(&peer, ways[i], 1,
			    options ? BEV_OPT_DEFER_CALLBACKS : 0);
			say(&peer, "\1a\2bc\3def", 9);
			CHECK_EQ(peer.notes.messages, 1);
			CHECK_EQ(peer.notes.events, 0);
			peer_free(&peer);
		}
	}
}

/* The same in the error callback, with the end of the stream waiting. */
TEST(free_all_in_error)
{
	static struct peer peer;
	void (*const ways[])(
	    struct peer *) = { free_both, free_both_the_other_way, free_bev };

	for (int i = 0; i < 3; i++) {
		acting(&peer, ways[i], 0, 0);
		CHECK_EQ(send(peer.fd, "\1a\2b", 4, MSG_NOSIGNAL), 4);
		peer_hang_up(&peer);
		turn(&peer);
		CHECK_EQ(peer.notes.messages, 1);
		CHECK_EQ(peer.notes.errors, 1);
		CHECK_EQ(peer.notes.events, 0);
		peer_free(&peer);
	}
}

static void
free_in_event(struct evframe *frame, short what, void *arg)
{
	struct peer *peer = arg;

	CHECK_PTR(frame, peer->frame);
	CHECK_EQ(what, BEV_EVENT_EOF | BEV_EVENT_READING);
	peer->notes.err++;
	free_both(peer);
}

/* A frame's own event callback is called instead of the bufferevent's. */
TEST(own_event_callback)
{
	static struct peer peer;

	acting(&peer, NULL, 1000, 0);
	evframe_set_event_cb(peer.frame, free_in_event);
	evframe_set_event_cb(peer.frame, NULL);
	evframe_set_event_cb(peer.frame, free_in_event);
	peer_hang_up(&peer);
	turn(&peer);
	CHECK_EQ(peer.notes.err, 1);
	CHECK_EQ(peer.notes.events, 0);
	peer_free(&peer);
}

/* Everything is freed in the bufferevent's event callback. */
TEST(free_all_in_event)
{
	static struct peer peer;
	void (*const ways[])(struct peer *) = { free_both,
		free_both_the_other_way, free_bev, free_frame };

	for (int i = 0; i < 4; i++) {
		acting(&peer, ways[i], -1, 0);
		peer_hang_up(&peer);
		turn(&peer);
		CHECK_EQ(peer.notes.events, 1);
		CHECK_EQ(peer.notes.errors, 0);
		peer_free(&peer);
	}
}

static void
pause_frame(struct peer *peer)
{
	evframe_pause(peer->frame);
}

/* Paused: nothing comes, not even the end; resumed: all of it. */
TEST(pause_and_resume)
{
	static struct peer peer;

	acting(&peer, pause_frame, 1, 0);
	CHECK_EQ(send(peer.fd, "\1a\2bc\3def", 9, MSG_NOSIGNAL), 9);
	peer_hang_up(&peer);
	turn(&peer);
	CHECK_EQ(peer.notes.messages, 1);
	CHECK_EQ(peer.notes.events, 0);
	evframe_resume(peer.frame);
	CHECK_EQ(peer.notes.messages, 1);
	turn(&peer);
	CHECK_EQ(peer.notes.messages, 3);
	CHECK_EQ(peer.notes.events, 1);
	CHECK_EQ(peer.notes.errors, 0);
	CHECK_EQ(peer.notes.messages_before_event, 3);
	peer_free(&peer);
}

static void
trigger(struct peer *peer)
{
	bufferevent_trigger(peer->bev, EV_READ, BEV_TRIG_IGNORE_WATERMARKS);
}

/* An end that waits is not lost when the frame is freed before it is told. */
TEST(free_while_the_end_waits)
{
	static struct peer peer;

	acting(&peer, pause_frame, 1, 0);
	CHECK_EQ(send(peer.fd, "\1a\2bc", 5, MSG_NOSIGNAL), 5);
	peer_hang_up(&peer);
	turn(&peer);
	CHECK_EQ(peer.notes.messages, 1);
	free_frame(&peer);
	CHECK_EQ(peer.notes.events, 0);
	turn(&peer);
	CHECK_EQ(peer.notes.events, 1);
	CHECK_EQ(peer.notes.what, BEV_EVENT_EOF | BEV_EVENT_READING);
	CHECK_EQ(input_len(&peer), 3);
	peer_free(&peer);
}

/* Called again from inside: no message twice, none lost. */
TEST(trigger_in_message)
{
	static struct peer peer;

	acting(&peer, trigger, 1, 0);
	say(&peer, "\1a\2bc\3def", 9);
	CHECK_EQ(peer.notes.messages, 3);
	CHECK_MEM(peer.notes.bytes, "abcdef", 6);
	peer_free(&peer);
}

static void
take_callbacks(struct peer *peer)
{
	bufferevent_setcb(peer->bev, NULL, NULL, NULL, NULL);
}

/* Other callbacks silence the frame, and it does not touch them. */
TEST(other_callbacks)
{
	static struct peer peer;
	bufferevent_event_cb eventcb;

	acting(&peer, take_callbacks, 1, 0);
	say(&peer, "\1a\2bc\3def", 9);
	CHECK_EQ(peer.notes.messages, 1);
	free_frame(&peer);
	bufferevent_getcb(peer.bev, NULL, NULL, &eventcb, NULL);
	CHECK(eventcb == NULL);
	CHECK_EQ(input_len(&peer), 7);
	peer_free(&peer);
}

static void
go_on_with_lines(struct peer *peer)
{
	free_frame(peer);
	peer_frame(peer, evframe_codec_delimiter_new("\n", 1, 100));
}

/* One codec after another on one stream, the end included. */
TEST(change_codec_in_message)
{
	static struct peer peer;

	acting(&peer, go_on_with_lines, 1, 0);
	CHECK_EQ(send(peer.fd, "\2upone\ntwo\n", 11, MSG_NOSIGNAL), 11);
	peer_hang_up(&peer);
	turn(&peer);
	CHECK_EQ(peer.notes.messages, 3);
	CHECK_MEM(peer.notes.bytes, "uponetwo", 8);
	CHECK_EQ(peer.notes.errors, 0);
	CHECK_EQ(peer.notes.events, 1);
	CHECK_EQ(peer.notes.messages_before_event, 3);
	peer_free(&peer);
}

/* The end inside a message is an error, then an event. */
TEST(truncated)
{
	struct evframe_codec *const codecs[] = { evframe_codec_fixed_new(5),
		evframe_codec_packet_new(1000), evframe_codec_varint_new(1000),
		evframe_codec_delimiter_new("\n", 1, 1000) };

	for (int i = 0; i < 4; i++) {
		struct peer *peer = peer_new(codecs[i]);

		CHECK_EQ(send(peer->fd, "\5\0\1", 3, MSG_NOSIGNAL), 3);
		peer_hang_up(peer);
		turn(peer);
		CHECK_EQ(peer->notes.messages, 0);
		CHECK_EQ(peer->notes.errors, 1);
		CHECK_EQ(peer->notes.error, EVFRAME_ERROR_TRUNCATED);
		CHECK_EQ(peer->notes.events, 1);
		CHECK_EQ(peer->notes.what, BEV_EVENT_EOF | BEV_EVENT_READING);
		peer_free(peer);
	}
}

/* The end between messages is none, however many wait before it. */
TEST(end_after_many)
{
	struct peer *peer = peer_new(evframe_codec_fixed_new(2));
	unsigned char text[4000];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = stream_byte(i);
	CHECK_EQ(send(peer->fd, text, sizeof(text), MSG_NOSIGNAL),
	    (ssize_t)sizeof(text));
	peer_hang_up(peer);
	for (int i = 0; i < 50 && !peer->notes.events; i++)
		turn(peer);
	CHECK_EQ(peer->notes.messages, 2000);
	CHECK_EQ(peer->notes.messages_before_event, 2000);
	CHECK_EQ(peer->notes.errors, 0);
	CHECK_EQ(peer->notes.events, 1);
	peer_free(peer);
}

/* Who does not take messages makes the peer wait: memory stays bounded. */
TEST(backpressure)
{
	static unsigned char text[60000];
	struct peer *peer = peer_new(evframe_codec_fixed_new(100000));
	ssize_t n = 1;
	size_t sent = 0;

	evframe_pause(peer->frame);
	while (sent < 3000000 && n > 0) {
		n = send(peer->fd, text, sizeof(text),
		    MSG_NOSIGNAL | MSG_DONTWAIT);
		sent += n > 0 ? (size_t)n : 0;
		turn(peer);
		CHECK_LE(input_len(peer), 100000);
	}
	CHECK_EQ(n, -1);
	CHECK_EQ(input_len(peer), 100000);
	evframe_resume(peer->frame);
	turn(peer);
	CHECK_GE(peer->notes.messages, 1);
	peer_free(peer);
}

/* Bytes that were there before the frame count. */
TEST(input_before_the_frame)
{
	static struct peer peer;

	peer_open(&peer, 0);
	say(&peer, "abcde", 5);
	CHECK_EQ(input_len(&peer), 5);
	peer_frame(&peer, evframe_codec_fixed_new(2));
	CHECK_EQ(peer.notes.messages, 0);
	turn(&peer);
	CHECK_EQ(peer.notes.messages, 2);
	peer_free(&peer);
}

static void
note_write(struct bufferevent *bev, void *arg)
{
	(void)bev;
	((struct peer *)arg)->notes.err++;
}

/* Callbacks and marks are lent: they work meanwhile and come back. */
TEST(callbacks_come_back)
{
	static struct peer peer;
	bufferevent_data_cb readcb, writecb;
	bufferevent_event_cb eventcb;
	void *arg;
	size_t low, high;
	char got[8];

	peer_open(&peer, 0);
	bufferevent_setcb(peer.bev, note_write, note_write, note_event, &peer);
	bufferevent_setwatermark(peer.bev, EV_READ, 7, 9);
	peer_frame(&peer, evframe_codec_fixed_new(2));
	CHECK_PTR(evframe_get_bufferevent(peer.frame), peer.bev);
	CHECK_EQ(evframe_send(peer.frame, 0, "ab", 2), 0);
	CHECK_EQ(hear(&peer, got, sizeof(got)), 2);
	CHECK_EQ(peer.notes.err, 1);
	say(&peer, "cd", 2);
	CHECK_EQ(peer.notes.messages, 1);
	CHECK_EQ(peer.notes.err, 1);
	free_frame(&peer);
	bufferevent_getcb(peer.bev, &readcb, &writecb, &eventcb, &arg);
	CHECK(readcb == note_write && writecb == note_write);
	CHECK(eventcb == note_event);
	CHECK_PTR(arg, &peer);
	CHECK_EQ(bufferevent_getwatermark(peer.bev, EV_READ, &low, &high), 0);
	CHECK_EQ(low, 7);
	CHECK_EQ(high, 9);
	peer_free(&peer);
}

/* Events that are no end pass at once, a message half there or not. */
TEST(timeout_passes)
{
	struct peer *peer = peer_new(evframe_codec_fixed_new(4));
	struct timeval tv = { 0, 1000 }, wait = { 0, 20000 };

	say(peer, "ab", 2);
	CHECK_EQ(bufferevent_set_timeouts(peer->bev, &tv, NULL), 0);
	for (int i = 0; i < 100 && !peer->notes.events; i++) {
		CHECK_EQ(event_base_loopexit(peer->base, &wait), 0);
		CHECK_EQ(event_base_dispatch(peer->base), 0);
	}
	CHECK_EQ(peer->notes.what, BEV_EVENT_TIMEOUT | BEV_EVENT_READING);
	CHECK_EQ(peer->notes.errors, 0);
	peer_free(peer);
}

/* What evframe_new() does not take. */
TEST(invalid)
{
	static struct peer peer;
	struct evframe_codec *codec = evframe_codec_fixed_new(2);

	CHECK_NOTNULL(codec);
	peer_open(&peer, 0);
	errno = 0;
	CHECK_NULL(evframe_new(NULL, codec, note_message, note_error, NULL));
	CHECK_EQ(errno, EINVAL);
	CHECK_NULL(evframe_new(peer.bev, NULL, note_message, note_error, NULL));
	CHECK_NULL(evframe_new(peer.bev, codec, NULL, note_error, NULL));
	CHECK_NULL(evframe_new(peer.bev, codec, note_message, NULL, NULL));
	evframe_free(NULL);
	evframe_codec_free(NULL);
	evframe_codec_free(codec);
	peer_free(&peer);
}

/* Each rule has words of its own. */
TEST(words)
{
	const char *seen[6];

	for (int i = 0; i < 6; i++) {
		seen[i] = evframe_error_to_string((enum evframe_error)i);
		CHECK_NOTNULL(seen[i]);
		for (int j = 1; j < i && i < 5; j++)
			CHECK(strcmp(seen[i], seen[j]) != 0);
	}
	CHECK_STR(seen[0], "unknown error");
	CHECK_STR(seen[5], "unknown error");
}
