/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * frame.h - the door of the frame folder: codecs, and the frame that puts
 * one to work on a bufferevent.
 *
 * A codec has a kind, which is two pure functions: parse finds where a
 * message ends, wrap makes what goes around one that is sent.  parse is fed
 * the bytes of a message in pieces, each byte once, and keeps what it knows
 * in a struct evi_frame_scan; so any split of a stream gives the same
 * result.  It never sees the bytes after a message's header.
 *
 * codec.c drives: it feeds the parser, hands messages to the application and
 * drains them.  All sizes are at most EVI_FRAME_SIZE_MAX, so that sums of
 * them do not overflow.
 */
#ifndef EVI_FRAME_FRAME_H
#define EVI_FRAME_FRAME_H

#include <limits.h>
#include <stdint.h>

#include "event2/bufferevent.h"
#include "event2/frame.h"

#define EVI_FRAME_SIZE_MAX ((size_t)INT_MAX)

struct evi_frame_scan;
struct evi_frame_wrap;

enum evi_frame_verdict {
	EVI_FRAME_OK,   /* the scan's result is complete */
	EVI_FRAME_MORE, /* all bytes were taken; more are needed */
	EVI_FRAME_BAD   /* the scan's `error` says why */
};

struct evi_frame_kind {
	/*
	 * Look at the next `len` > 0 bytes after those seen.  Not called
	 * again after OK and BAD until the scan is reset.
	 */
	enum evi_frame_verdict (*parse)(const struct evframe_codec *codec,
	    struct evi_frame_scan *scan, const unsigned char *data, size_t len);

	/*
	 * What goes around a message of `len` bytes, len at most
	 * EVI_FRAME_SIZE_MAX.  0, -EMSGSIZE or -EINVAL.
	 */
	int (*wrap)(const struct evframe_codec *codec, uint32_t opcode,
	    size_t len, struct evi_frame_wrap *ret_wrap);
};

struct evframe_codec {
	const struct evi_frame_kind *kind;
	size_t size_max; /* of a whole message in the stream */

	/* The length codec; header_size is never 0 here. */
	struct evframe_length length;

	/* The delimiter, and for each of its beginnings how many bytes of it
	 * are still matched when the next byte differs. */
	unsigned char delimiter[EVFRAME_DELIMITER_MAX];
	unsigned char fallback[EVFRAME_DELIMITER_MAX];
	size_t delimiter_len;
};

/* What a parser knows of a message. */
struct evi_frame_scan {
	size_t seen;    /* bytes it was fed */
	size_t matched; /* bytes of the delimiter at their end */
	uint64_t value; /* the varint so far */
	unsigned char header[EVFRAME_HEADER_MAX];

	/* The result of OK. */
	size_t total; /* bytes of the message in the stream */
	size_t start; /* where in it what is handed over starts */
	size_t len;   /* and how long that is */
	uint32_t opcode;

	enum evframe_error error; /* the result of BAD */
};

/* What goes around a message. */
struct evi_frame_wrap {
	unsigned char header[EVFRAME_HEADER_MAX];
	size_t header_len;
	const unsigned char *trailer;
	size_t trailer_len;
};

/* The message that the application is being shown: message.c. */
struct evframe_message {
	struct evbuffer *input;
	size_t left;  /* bytes at the front of the input that are its own */
	size_t start; /* of them, before what is handed over */
	size_t len;   /* handed over */
	uint32_t opcode;
};

struct evframe {
	struct bufferevent *bev; /* a reference */
	struct evframe_codec codec;
	struct evi_frame_scan scan;
	struct evframe_message message;

	evframe_message_cb on_message;
	evframe_error_cb on_error;
	evframe_event_cb on_event; /* or NULL: eventcb */
	void *arg;

	/* The bufferevent's own, given back in the end. */
	bufferevent_data_cb readcb;
	bufferevent_data_cb writecb;
	bufferevent_event_cb eventcb;
	void *cbarg;
	size_t low;
	size_t high;

	int calls;       /* functions at work with it */
	int held_error;  /* the errno of held_what */
	short held_what; /* BEV_EVENT_* waiting for messages */
	uint8_t state;
};

/* A codec of `kind`; NULL with errno, EINVAL if the maximum is below `least`
 * or above EVI_FRAME_SIZE_MAX. */
struct evframe_codec *evi_frame_codec_new(const struct evi_frame_kind *kind,
    size_t size_max, size_t least);

/* Forget what is known: the next byte begins a message. */
static inline void
evi_frame_scan_reset(struct evi_frame_scan *scan)
{
	scan->seen = 0;
	scan->matched = 0;
	scan->value = 0;
	scan->total = 0;
}

/* For a parser: the result OK, a message of `total` bytes of which the ones
 * from `start` to `end` are handed over. */
static inline enum evi_frame_verdict
evi_frame_scan_done(struct evi_frame_scan *scan, size_t total, size_t start,
    size_t end)
{
	scan->total = total;
	scan->start = start;
	scan->len = end - start;
	scan->opcode = 0;
	return EVI_FRAME_OK;
}

/* For a parser: the result BAD. */
static inline enum evi_frame_verdict
evi_frame_scan_fail(struct evi_frame_scan *scan, enum evframe_error error)
{
	scan->error = error;
	return EVI_FRAME_BAD;
}

#endif
