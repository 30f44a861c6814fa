/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * filter_test.c - filters that answer oddly and writers that never stop.
 */
#include "helper.h"

/* Filters ----------------------------------------------------------------- */

/* Take everything and give nothing. */
static enum bufferevent_filter_result
swallow(struct evbuffer *src, struct evbuffer *dst, ev_ssize_t limit,
    enum bufferevent_flush_mode mode, void *arg)
{
	(void)dst;
	(void)limit;
	(void)mode;
	(void)arg;
	evbuffer_drain(src, evbuffer_get_length(src));
	return BEV_OK;
}

/* Pass whole lines; `arg` counts the answers by their kind. */
static enum bufferevent_filter_result
lines(struct evbuffer *src, struct evbuffer *dst, ev_ssize_t limit,
    enum bufferevent_flush_mode mode, void *arg)
{
	int *answers = arg;
	size_t len;
	char *line = evbuffer_readln(src, &len, EVBUFFER_EOL_LF);

	(void)limit;
	if (!line && mode == BEV_FINISHED && evbuffer_get_length(src) > 0) {
		evbuffer_add_buffer(dst, src);
		answers[BEV_OK]++;
		return BEV_OK;
	}
	if (!line) {
		answers[BEV_NEED_MORE]++;
		return BEV_NEED_MORE;
	}
	enum bufferevent_filter_result result = len ? BEV_OK : BEV_ERROR;
	if (len)
		evbuffer_add_printf(dst, "%s\n", line);
	test_free(line);
	answers[result]++;
	return result;
}

/* Copy no more than it was told. */
static enum bufferevent_filter_result
obedient(struct evbuffer *src, struct evbuffer *dst, ev_ssize_t limit,
    enum bufferevent_flush_mode mode, void *arg)
{
	size_t want = limit < 0 ? evbuffer_get_length(src) : (size_t)limit;

	(void)mode;
	(void)arg;
	return evbuffer_remove_buffer(src, dst, want) > 0 ? BEV_OK
							  : BEV_NEED_MORE;
}

static struct bufferevent *
filter_on(struct bufferevent *below, bufferevent_filter_cb in,
    bufferevent_filter_cb out, int options, void *arg)
{
	struct bufferevent *top = bufferevent_filter_new(below, in, out,
	    BEV_OPT_CLOSE_ON_FREE | options, NULL, arg);

	if (!top)
		bufferevent_free(below); /* still the caller's */
	CHECK_NOTNULL(top);
	return top;
}

/* Writers ----------------------------------------------------------------- */

struct writer {
	int calls;
	int most; /* writes, 0: no end */
};

static void
write_again(struct bufferevent *bev, void *arg)
{
	struct writer *writer = arg;

	CHECK_LT(++writer->calls, 10000000); /* else nobody else ran */
	if (!writer->most || writer->calls < writer->most) {
		unsigned char byte = stream_byte((size_t)writer->calls);

		bufferevent_write(bev, &byte, 1);
	}
}

static void
stop_loop(evutil_socket_t fd, short what, void *base)
{
	(void)fd;
	(void)what;
	event_base_loopbreak(base);
}

/*
 * A write callback that always writes does not keep bufferevent_write() from
 * returning nor a timer from firing, and goes on in later turns: with a
 * filter that copies, one that swallows, one below that has a mark, and
 * deferred.
 */
TEST(endless_writer_starves_nobody)
{
	for (int kind = 0; kind < 4; kind++) {
		struct event_base *base = test_base();
		struct timeval soon = { 0, 1000 };
		struct writer writer = { 0, 0 };
		evutil_socket_t peer;
		struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);

		if (kind == 2)
			bufferevent_setwatermark(bev, EV_WRITE, 0, 10);
		bev = filter_on(bev, NULL, kind == 1 ? swallow : NULL,
		    kind == 3 ? BEV_OPT_DEFER_CALLBACKS : 0, NULL);
		bufferevent_setcb(bev, NULL, write_again, NULL, &writer);
		CHECK_EQ(bufferevent_write(bev, "", 1), 0);
		for (int i = 0; i < 8; i++) {
			static char sink[65536];
			int before = writer.calls;

			(void)recv(peer, sink, sizeof(sink), 0);
			CHECK_EQ(event_base_once(base, -1, EV_TIMEOUT,
				     stop_loop, base, &soon),
			    0);
			event_base_dispatch(base);
			CHECK_GT(writer.calls, before);
		}
		bufferevent_free(bev);
		turn(base);
		close(peer);
		event_base_free(base);
	}
}

/* A write callback that writes a hundred times: each once, all in order. */
TEST(long_writer_loses_nothing)
{
	for (int layers = 1; layers < 4; layers++) {
		struct event_base *base = test_base();
		struct writer writer = { 0, 100 };
		unsigned char got[200], byte = stream_byte(0);
		evutil_socket_t peer;
		struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);

		for (int i = 0; i < layers; i++)
			bev = filter_on(bev, NULL, obedient, 0, NULL);
		bufferevent_setcb(bev, NULL, write_again, NULL, &writer);
		CHECK_EQ(bufferevent_write(bev, &byte, 1), 0);
		turn(base);
		CHECK_EQ(writer.calls, 100);
		CHECK_EQ(recv(peer, got, sizeof(got), 0), 100);
		for (size_t i = 0; i < 100; i++)
			CHECK_EQ(got[i], stream_byte(i));
		bufferevent_free(bev);
		turn(base);
		close(peer);
		event_base_free(base);
	}
}

static void
write_then_free(struct bufferevent *bev, void *arg)
{
	struct writer *writer = arg;

	if (++writer->calls == writer->most)
		bufferevent_free(bev);
	else
		bufferevent_write(bev, "x", 1);
}

/*
 * Freed from inside, before and after its turn has become another one, and
 * from outside while that is queued.
 */
TEST(endless_writer_is_freed)
{
	for (int most = 1; most < 40; most += 3) {
		struct event_base *base = test_base();
		struct writer writer = { 0, most };
		evutil_socket_t peer;
		struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);

		bev = filter_on(bev, NULL, NULL, 0, NULL);
		bufferevent_setcb(bev, NULL, write_then_free, NULL, &writer);
		CHECK_EQ(bufferevent_write(bev, "x", 1), 0);
		if (most == 31)
			bufferevent_free(bev); /* while it is queued */
		turn(base);
		CHECK_EQ(writer.calls, most == 31 ? 16 : most);
		close(peer);
		event_base_free(base);
	}
}

/* Answers ----------------------------------------------------------------- */

/* BEV_NEED_MORE keeps the rest until more comes; so does BEV_ERROR. */
TEST(filter_waits_for_whole_lines)
{
	struct event_base *base = test_base();
	struct notes notes = { 0 };
	int answers[3] = { 0 };
	char text[64];
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);

	bev = filter_on(bev, lines, lines, 0, answers);
	bufferevent_setcb(bev, note_read, note_write, note_event, &notes);
	bufferevent_enable(bev, EV_READ);
	send(peer, "a\nb", 3, 0);
	turn(base);
	CHECK_EQ(notes.reads, 1);
	CHECK_EQ(input_len(bev), 2);
	CHECK_EQ(answers[BEV_OK], 1);
	CHECK_EQ(answers[BEV_NEED_MORE], 1);
	send(peer, "c\n", 2, 0);
	turn(base);
	CHECK_EQ(bufferevent_read(bev, text, sizeof(text)), 5);
	CHECK_MEM(text, "a\nbc\n", 5);
	CHECK_EQ(notes.reads, 2);
	send(peer, "\nd\n", 3, 0); /* an empty line is an error to it */
	turn(base);
	CHECK_EQ(answers[BEV_ERROR], 1);
	CHECK_EQ(notes.reads, 2);
	CHECK_EQ(notes.events, 0);

	bufferevent_write(bev, "half", 4);
	turn(base);
	CHECK_EQ(output_len(bev), 4);
	CHECK_EQ(notes.writes, 0);
	CHECK_EQ(bufferevent_flush(bev, EV_WRITE, BEV_FINISHED), 1);
	turn(base);
	CHECK_EQ(output_len(bev), 0);
	CHECK_EQ(recv(peer, text, sizeof(text), 0), 4);
	CHECK_GE(notes.writes, 1);
	bufferevent_free(bev);
	turn(base);
	close(peer);
	event_base_free(base);
}

/* What the mark below has held back is swallowed once there is room. */
static enum bufferevent_filter_result
copy_then_swallow(struct evbuffer *src, struct evbuffer *dst, ev_ssize_t limit,
    enum bufferevent_flush_mode mode, void *arg)
{
	int *calls = arg;

	if ((*calls)++ == 0)
		return evbuffer_remove_buffer(src, dst, 100) == 100 ? BEV_OK
								    : BEV_ERROR;
	if (mode != BEV_NORMAL)
		return BEV_NEED_MORE;
	return swallow(src, dst, limit, mode, NULL);
}

/* The close ends although the last thing the filter does shows nowhere. */
TEST(close_ends_when_the_rest_is_swallowed)
{
	struct event_base *base = test_base();
	int calls = 0;
	char data[200] = { 0 };
	evutil_socket_t peer;
	struct bufferevent *bev = bev_and_peer(base, 0, NULL, &peer);
	evutil_socket_t fd = bufferevent_getfd(bev);

	bufferevent_setwatermark(bev, EV_WRITE, 0, 100);
	bev = filter_on(bev, NULL, copy_then_swallow, 0, &calls);
	CHECK_EQ(bufferevent_write(bev, data, sizeof(data)), 0);
	CHECK_EQ(output_len(bev), 100);
	CHECK_EQ(bufferevent_close_after_flush(bev, NULL), 0);
	CHECK(is_open(fd));
	turn(base);
	CHECK(!is_open(fd));
	CHECK_EQ(recv(peer, data, sizeof(data), 0), 100);
	close(peer);
	event_base_free(base);
}
