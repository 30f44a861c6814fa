/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * frame_fuzz.h - any bytes through a frame, compared with a plain parser.
 *
 * The bytes go through a pair of bufferevents in pieces; the pieces, how a
 * message is looked at and what a callback does besides (pause, start a new
 * frame on the same stream, call itself) are drawn from a seed.  A model,
 * which sees the whole stream as an array, says what must come: these
 * messages, then this error or the end.  Every message is sent back, and if
 * the codec's header can be told from the message, byte for byte what came.
 *
 * One codec a program: each gives a model and a maker of codecs.
 */
#ifndef TEST_FUZZ_FRAME_FUZZ_H
#define TEST_FUZZ_FRAME_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event2/buffer.h"
#include "event2/bufferevent.h"
#include "event2/event.h"
#include "event2/frame.h"

/* What the first message of an array is. */
struct fuzz_message {
	size_t total; /* 0: more bytes are needed */
	size_t start;
	size_t len;
	uint32_t opcode;
	int error; /* EVFRAME_ERROR_*, or 0 */
};

/* How a fuzzer's codec is made, from two bytes of the input, and modelled. */
struct fuzz_codec {
	struct evframe_codec *(*make)(unsigned pick, unsigned size_max);
	void (*model)(const uint8_t *data, size_t len, struct fuzz_message *m);
	int (*is_invertible)(void); /* does sending give the same bytes? */
};

struct fuzz_run {
	const struct fuzz_codec *how;
	struct evframe_codec *codec;
	struct event_base *base;
	struct bufferevent *near;
	struct bufferevent *far;
	struct evframe *frame;
	const uint8_t *data;
	size_t len;
	size_t at;   /* how much of data has been delivered */
	size_t told; /* how much was sent to the far end's bufferevent */
	unsigned seed;
	int errors;
	int error;
	int events;
};

/* A test names its own. */
#ifndef FUZZ_MUST
#define FUZZ_MUST(cond) fuzz_must(!!(cond), #cond, __LINE__)
#endif

/* Stop at the first difference. */
static inline void
fuzz_must(int ok, const char *what, int line)
{
	if (ok)
		return;
	fprintf(stderr, "frame_fuzz: line %d: %s\n", line, what);
	abort();
}

static inline unsigned
fuzz_below(struct fuzz_run *run, unsigned count)
{
	run->seed = run->seed * 1664525u + 1013904223u;
	return (run->seed >> 16) % count;
}

/* The message that is due. */
static inline void
fuzz_expect(const struct fuzz_run *run, struct fuzz_message *m)
{
	memset(m, 0, sizeof(*m));
	if (run->at < run->told)
		run->how->model(run->data + run->at, run->told - run->at, m);
}

static inline void
fuzz_look(struct fuzz_run *run, struct evframe_message *message,
    const uint8_t *want, size_t len)
{
	static uint8_t copy[8192];
	struct evbuffer_iovec vec[64];
	size_t seen = 0;
	int count;

	FUZZ_MUST(len <= sizeof(copy));
	switch (fuzz_below(run, 3)) {
	case 0:
		FUZZ_MUST(
		    (evframe_message_get_data(message) != NULL) == (len > 0));
		if (len)
			FUZZ_MUST(memcmp(evframe_message_get_data(message),
				      want, len) == 0);
		return;
	case 1:
		FUZZ_MUST(
		    evframe_message_copy(message, copy, sizeof(copy)) == len);
		FUZZ_MUST(memcmp(copy, want, len) == 0);
		return;
	default:
		count = evframe_message_peek(message, vec, 64);
		FUZZ_MUST(count >= 0 && count <= 64);
		for (int i = 0; i < count; i++) {
			FUZZ_MUST(vec[i].iov_len <= len - seen);
			FUZZ_MUST(memcmp(vec[i].iov_base, want + seen,
				      vec[i].iov_len) == 0);
			seen += vec[i].iov_len;
		}
		FUZZ_MUST(seen == len);
	}
}

/* Send it back, in one of two ways. */
static inline void
fuzz_return(struct fuzz_run *run, struct evframe_message *message,
    const uint8_t *body, const struct fuzz_message *m)
{
	if (!run->how->is_invertible())
		return;
	if (fuzz_below(run, 2)) {
		FUZZ_MUST(
		    evframe_send(run->frame, m->opcode, body, m->len) == 0);
		return;
	}

	struct evbuffer *payload = evbuffer_new();

	FUZZ_MUST(payload);
	FUZZ_MUST(evframe_message_take(message, payload) == 0);
	FUZZ_MUST(evbuffer_get_length(payload) == m->len);
	FUZZ_MUST(evframe_send_buffer(run->frame, m->opcode, payload) == 0);
	evbuffer_free(payload);
}

static inline void fuzz_on_message(struct evframe *frame,
    struct evframe_message *message, void *arg);

static inline void
fuzz_on_error(struct evframe *frame, enum evframe_error error, void *arg)
{
	struct fuzz_run *run = arg;

	FUZZ_MUST(frame == run->frame);
	run->errors++;
	run->error = (int)error;
}

static inline void
fuzz_on_event(struct bufferevent *bev, short what, void *arg)
{
	struct fuzz_run *run = arg;

	FUZZ_MUST(bev == run->near);
	FUZZ_MUST(what & BEV_EVENT_EOF);
	run->events++;
}

static inline void
fuzz_start(struct fuzz_run *run)
{
	run->frame = evframe_new(run->near, run->codec, fuzz_on_message,
	    fuzz_on_error, run);
	FUZZ_MUST(run->frame);
}

/* Something besides, now and then. */
static inline void
fuzz_disturb(struct fuzz_run *run)
{
	switch (fuzz_below(run, 12)) {
	case 0:
		evframe_pause(run->frame);
		return;
	case 1:
		evframe_free(run->frame);
		fuzz_start(run);
		return;
	case 2:
		bufferevent_trigger(run->near, EV_READ,
		    BEV_TRIG_IGNORE_WATERMARKS);
		return;
	default:
		return;
	}
}

static inline void
fuzz_on_message(struct evframe *frame, struct evframe_message *message,
    void *arg)
{
	struct fuzz_run *run = arg;
	struct fuzz_message m;
	const uint8_t *body;

	FUZZ_MUST(frame == run->frame);
	FUZZ_MUST(run->errors == 0 && run->events == 0);
	fuzz_expect(run, &m);
	FUZZ_MUST(m.total && !m.error);
	FUZZ_MUST(evframe_message_get_length(message) == m.len);
	FUZZ_MUST(evframe_message_get_opcode(message) == m.opcode);
	body = run->data + run->at + m.start;
	fuzz_look(run, message, body, m.len);
	fuzz_return(run, message, body, &m);
	run->at += m.total;
	fuzz_disturb(run);
}

static inline void
fuzz_turn(struct fuzz_run *run)
{
	evframe_resume(run->frame);
	event_base_loop(run->base, EVLOOP_NONBLOCK);
}

/* Turn until nothing more is delivered. */
static inline void
fuzz_settle(struct fuzz_run *run)
{
	for (int quiet = 0; quiet < 3; quiet++) {
		size_t before = run->at;

		fuzz_turn(run);
		if (run->at != before)
			quiet = 0;
	}
}

/* All that has arrived has been judged rightly. */
static inline void
fuzz_compare(struct fuzz_run *run, int is_end)
{
	struct fuzz_message m;

	fuzz_settle(run);
	fuzz_expect(run, &m);
	FUZZ_MUST(m.error || m.total == 0);
	if (is_end && !m.error && run->at < run->told)
		m.error = EVFRAME_ERROR_TRUNCATED;
	FUZZ_MUST(run->errors == !!m.error);
	FUZZ_MUST(run->error == m.error);
}

static inline void
fuzz_say(struct fuzz_run *run)
{
	while (run->told < run->len) {
		size_t piece = 1 +
		    fuzz_below(run, fuzz_below(run, 2) ? 7 : 700);

		if (piece > run->len - run->told)
			piece = run->len - run->told;
		FUZZ_MUST(bufferevent_write(run->far, run->data + run->told,
			      piece) == 0);
		run->told += piece;
		if (fuzz_below(run, 2))
			fuzz_turn(run);
		else
			fuzz_compare(run, 0);
	}
}

/* What was sent back is what has been delivered. */
static inline void
fuzz_compare_returned(struct fuzz_run *run)
{
	struct evbuffer *input = bufferevent_get_input(run->far);

	if (!run->how->is_invertible() || run->at == 0)
		return;
	FUZZ_MUST(evbuffer_get_length(input) == run->at);
	FUZZ_MUST(memcmp(evbuffer_pullup(input, -1), run->data, run->at) == 0);
}

/* One input: pick, maximum, two bytes of seed, the stream. */
static inline int
fuzz_frame(const struct fuzz_codec *how, const uint8_t *data, size_t size)
{
	struct fuzz_run run = { .how = how };
	struct bufferevent *pair[2];

	if (size < 4)
		return 0;
	run.seed = (unsigned)data[2] << 8 | data[3];
	run.data = data + 4;
	run.len = size - 4;
	run.codec = how->make(data[0], data[1]);
	if (!run.codec)
		return 0;
	run.base = event_base_new();
	FUZZ_MUST(run.base);
	FUZZ_MUST(bufferevent_pair_new(run.base, 0, pair) == 0);
	run.far = pair[0];
	run.near = pair[1];
	bufferevent_setcb(run.near, NULL, NULL, fuzz_on_event, &run);
	bufferevent_enable(run.near, EV_READ | EV_WRITE);
	bufferevent_enable(run.far, EV_READ | EV_WRITE);
	fuzz_start(&run);
	fuzz_say(&run);
	fuzz_compare(&run, 0);
	fuzz_compare_returned(&run);
	if (!run.errors) {
		bufferevent_flush(run.far, EV_WRITE, BEV_FINISHED);
		fuzz_compare(&run, 1);
		FUZZ_MUST(run.events == 1);
	}
	evframe_free(run.frame);
	evframe_codec_free(run.codec);
	bufferevent_free(run.near);
	bufferevent_free(run.far);
	event_base_free(run.base);
	return 0;
}

#endif
