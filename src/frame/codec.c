/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * codec.c - the driver: from bytes in a bufferevent to calls with messages.
 *
 * A frame sits in the place of the bufferevent's callbacks.  run() is the
 * only one to feed the parser and, with settle(), to change what state the
 * frame is in; whatever happens ends there.  At the front of the input is
 * always the beginning of a message; scan says how much of it is known, and
 * it is drained after it was shown.
 *
 * Trap: every callback may free the frame, the bufferevent or both, give the
 * bufferevent other callbacks, or bring us here again (draining moves bytes
 * in filters and pairs).  So is_attached() is asked after each; RUNNING turns
 * a second run() away; `calls` keeps the memory until the outermost function
 * leaves.  That the bufferevent's argument is no longer the frame shows all
 * the ways of taking it away.
 *
 * Trap: to come back later must not need memory, else a stream would stand
 * still.  So evframe_new() has the bufferevent make what deferring needs.
 *
 * Locks: the bufferevent's, taken by enter() and given up by leave().  It is
 * lent to the application if BEV_OPT_UNLOCK_CALLBACKS says so.
 */
#include "frame/frame.h"
#include "frame/message.h"

#include <errno.h>

#include "event2/buffer.h"
#include "event2/bufferevent_struct.h"
#include "event2/event.h"
#include "base/err.h"
#include "base/mem.h"
#include "bufferevent/bufferevent.h"

/* Bits of evframe.state. */
#define RUNNING 1
#define FREED 2
#define PAUSED 4
#define STOPPED 8 /* a rule was broken */

/* Messages in one go, before others have their turn. */
#define PASS_MAX 256

/* What the input may hold if the longest message has less. */
#define INPUT_MAX 65536

#define ENDS (BEV_EVENT_EOF | BEV_EVENT_ERROR)

/* Codecs ------------------------------------------------------------------ */

struct evframe_codec *
evi_frame_codec_new(const struct evi_frame_kind *kind, size_t size_max,
    size_t least)
{
	struct evframe_codec *codec;

	if (size_max < least || size_max > EVI_FRAME_SIZE_MAX) {
		errno = EINVAL;
		return NULL;
	}
	codec = evi_new(struct evframe_codec);
	if (!codec)
		return NULL;
	codec->kind = kind;
	codec->size_max = size_max;
	return codec;
}

void
evframe_codec_free(struct evframe_codec *codec)
{
	evi_mem_free(codec);
}

const char *
evframe_error_to_string(enum evframe_error error)
{
	switch (error) {
	case EVFRAME_ERROR_TOO_LONG:
		return "message longer than the maximum";
	case EVFRAME_ERROR_TOO_SHORT:
		return "length smaller than the header";
	case EVFRAME_ERROR_VARINT:
		return "varint not in its shortest form or above 64 bits";
	case EVFRAME_ERROR_TRUNCATED:
		return "stream ended inside a message";
	}
	return "unknown error";
}

/* Coming and going -------------------------------------------------------- */

static void
enter(struct evframe *frame)
{
	bufferevent_lock(frame->bev);
	frame->calls++;
}

static void
leave(struct evframe *frame)
{
	struct bufferevent *bev = frame->bev;

	if (--frame->calls == 0 && (frame->state & FREED)) {
		evi_mem_free(frame);
		(void)bufferevent_decref(bev);
	}
	bufferevent_unlock(bev);
}

/* Give the lock back for the application, if it asked for that. */
static void
lend_lock(struct evframe *frame)
{
	if (evi_bufferevent_of(frame->bev)->options & BEV_OPT_UNLOCK_CALLBACKS)
		bufferevent_unlock(frame->bev);
}

static void
take_lock_back(struct evframe *frame)
{
	if (evi_bufferevent_of(frame->bev)->options & BEV_OPT_UNLOCK_CALLBACKS)
		bufferevent_lock(frame->bev);
}

/* Is the frame still what the bufferevent calls? */
static int
is_attached(const struct evframe *frame)
{
	return frame->bev->cbarg == frame && !(frame->state & FREED);
}

/* May messages be delivered? */
static int
is_active(const struct evframe *frame)
{
	return is_attached(frame) && !(frame->state & (PAUSED | STOPPED));
}

static size_t
input_len(const struct evframe *frame)
{
	return evi_bufferevent_of(frame->bev)->input.len;
}

/* Run again, from the loop. */
static void
run_later(struct evframe *frame)
{
	bufferevent_trigger(frame->bev, EV_READ,
	    BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);
}

/* Telling the application ------------------------------------------------- */

static void
tell_message(struct evframe *frame)
{
	lend_lock(frame);
	frame->on_message(frame, &frame->message, frame->arg);
	take_lock_back(frame);
	evi_frame_message_drop(&frame->message);
}

/* A rule was broken: the end of all messages. */
static void
tell_error(struct evframe *frame, enum evframe_error error)
{
	frame->state |= STOPPED;
	(void)bufferevent_disable(frame->bev, EV_READ);
	lend_lock(frame);
	frame->on_error(frame, error, frame->arg);
	take_lock_back(frame);
}

static void
tell_event(struct evframe *frame, short what, int err)
{
	if (!frame->on_event && !frame->eventcb)
		return;
	lend_lock(frame);
	EVUTIL_SET_SOCKET_ERROR(err);
	if (frame->on_event)
		frame->on_event(frame, what, frame->arg);
	else
		frame->eventcb(frame->bev, what, frame->cbarg);
	take_lock_back(frame);
}

/* Messages ---------------------------------------------------------------- */

/* Show the parser the next bytes that lie in one piece. */
static enum evi_frame_verdict
feed(struct evframe *frame)
{
	struct evbuffer *input = frame->message.input;
	struct evi_frame_scan *scan = &frame->scan;
	struct evbuffer_ptr *start = NULL;
	struct evbuffer_iovec piece;
	struct evbuffer_ptr at;

	if (input_len(frame) <= scan->seen)
		return EVI_FRAME_MORE;
	if (scan->seen) {
		(void)evbuffer_ptr_set(input, &at, scan->seen,
		    EVBUFFER_PTR_SET);
		start = &at;
	}
	if (evbuffer_peek(input, -1, start, &piece, 1) != 1)
		return EVI_FRAME_MORE;
	return frame->codec.kind->parse(&frame->codec, scan, piece.iov_base,
	    piece.iov_len);
}

/* Is all of a message there? */
static enum evi_frame_verdict
find_message(struct evframe *frame)
{
	while (!frame->scan.total) {
		size_t seen = frame->scan.seen;
		enum evi_frame_verdict verdict = feed(frame);

		if (verdict == EVI_FRAME_BAD)
			return EVI_FRAME_BAD;
		if (verdict == EVI_FRAME_MORE && frame->scan.seen == seen)
			return EVI_FRAME_MORE;
	}
	return input_len(frame) < frame->scan.total ? EVI_FRAME_MORE
						    : EVI_FRAME_OK;
}

/* Hand over the message that was found. */
static void
deliver_message(struct evframe *frame)
{
	const struct evi_frame_scan *scan = &frame->scan;
	struct evframe_message *message = &frame->message;

	message->left = scan->total;
	message->start = scan->start;
	message->len = scan->len;
	message->opcode = scan->opcode;
	evi_frame_scan_reset(&frame->scan);
	tell_message(frame);
}

/* Deliver what there is.  OK: more than fits into one go. */
static enum evi_frame_verdict
deliver(struct evframe *frame)
{
	for (int i = 0; i < PASS_MAX; i++) {
		enum evi_frame_verdict verdict;

		if (!is_active(frame))
			return EVI_FRAME_MORE;
		verdict = find_message(frame);
		if (verdict != EVI_FRAME_OK)
			return verdict;
		deliver_message(frame);
	}
	return input_len(frame) ? EVI_FRAME_OK : EVI_FRAME_MORE;
}

/* What follows from how the delivery ended. */
static void
settle(struct evframe *frame, enum evi_frame_verdict verdict)
{
	if (!is_attached(frame) || frame->state & PAUSED)
		return;
	if (verdict == EVI_FRAME_OK) {
		run_later(frame);
		return;
	}
	if (verdict == EVI_FRAME_BAD)
		tell_error(frame, frame->scan.error);
	else if (frame->held_what && input_len(frame) && is_active(frame))
		tell_error(frame, EVFRAME_ERROR_TRUNCATED);
	while (frame->held_what && is_attached(frame)) {
		short what = frame->held_what;

		frame->held_what = 0;
		tell_event(frame, what, frame->held_error);
	}
}

/* Go on with what the input holds and with what waits for it. */
static void
run(struct evframe *frame)
{
	if (frame->state & RUNNING)
		return;
	frame->state |= RUNNING;
	settle(frame, deliver(frame));
	frame->state &= (uint8_t)~RUNNING;
}

/* From the bufferevent ---------------------------------------------------- */

static void
on_read(struct bufferevent *bev, void *arg)
{
	struct evframe *frame = arg;

	(void)bev;
	enter(frame);
	run(frame);
	leave(frame);
}

static void
on_write(struct bufferevent *bev, void *arg)
{
	struct evframe *frame = arg;

	enter(frame);
	lend_lock(frame);
	frame->writecb(bev, frame->cbarg);
	take_lock_back(frame);
	leave(frame);
}

/* The end of the stream waits for the messages before it. */
static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	int err = EVUTIL_SOCKET_ERROR();
	struct evframe *frame = arg;

	(void)bev;
	enter(frame);
	if (what & ENDS) {
		frame->held_what |= what;
		frame->held_error = err;
		run(frame);
	} else {
		tell_event(frame, what, err);
	}
	leave(frame);
}

/* Frames ------------------------------------------------------------------ */

/* Keep what the bufferevent has, and take its place. */
static void
attach(struct evframe *frame, struct bufferevent *bev)
{
	size_t high = frame->codec.size_max;

	frame->bev = bev;
	frame->message.input = bufferevent_get_input(bev);
	bufferevent_getcb(bev, &frame->readcb, &frame->writecb, &frame->eventcb,
	    &frame->cbarg);
	(void)bufferevent_getwatermark(bev, EV_READ, &frame->low, &frame->high);
	bufferevent_setcb(bev, on_read, frame->writecb ? on_write : NULL,
	    on_event, frame);
	bufferevent_setwatermark(bev, EV_READ, 0,
	    high > INPUT_MAX ? high : INPUT_MAX);
	if (input_len(frame))
		run_later(frame);
}

struct evframe *
evframe_new(struct bufferevent *bev, const struct evframe_codec *codec,
    evframe_message_cb on_message, evframe_error_cb on_error, void *arg)
{
	struct evframe *frame;

	if (!bev || !codec || !on_message || !on_error ||
	    !bufferevent_get_base(bev)) {
		errno = EINVAL;
		return NULL;
	}
	frame = evi_new(struct evframe);
	if (!frame)
		return NULL;
	bufferevent_lock(bev);
	if (!evi_bufferevent_extra_get(evi_bufferevent_of(bev))) {
		bufferevent_unlock(bev);
		evi_mem_free(frame);
		errno = ENOMEM;
		return NULL;
	}
	frame->codec = *codec;
	frame->on_message = on_message;
	frame->on_error = on_error;
	frame->arg = arg;
	bufferevent_incref(bev);
	attach(frame, bev);
	bufferevent_unlock(bev);
	return frame;
}

/* Give the bufferevent back what it had; an event that waits goes with it. */
static void
detach(struct evframe *frame)
{
	struct bufferevent *bev = frame->bev;

	bufferevent_setcb(bev, frame->readcb, frame->writecb, frame->eventcb,
	    frame->cbarg);
	bufferevent_setwatermark(bev, EV_READ, frame->low, frame->high);
	if (frame->held_what)
		bufferevent_trigger_event(bev, frame->held_what,
		    BEV_TRIG_DEFER_CALLBACKS);
	frame->held_what = 0;
}

void
evframe_free(struct evframe *frame)
{
	if (!frame)
		return;
	enter(frame);
	evi_frame_message_drop(&frame->message);
	if (is_attached(frame))
		detach(frame);
	frame->state |= FREED;
	leave(frame);
}

void
evframe_set_event_cb(struct evframe *frame, evframe_event_cb eventcb)
{
	enter(frame);
	frame->on_event = eventcb;
	leave(frame);
}

struct bufferevent *
evframe_get_bufferevent(const struct evframe *frame)
{
	return frame->bev;
}

void
evframe_pause(struct evframe *frame)
{
	enter(frame);
	frame->state |= PAUSED;
	leave(frame);
}

void
evframe_resume(struct evframe *frame)
{
	enter(frame);
	if (frame->state & PAUSED) {
		frame->state &= (uint8_t)~PAUSED;
		if (is_attached(frame))
			run_later(frame);
	}
	leave(frame);
}
