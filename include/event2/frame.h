/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event2/frame.h - whole messages over a bufferevent (in libevent_extra).
 *
 * TCP is a stream of bytes: messages arrive stuck together and broken apart.
 * A codec says where a message ends; a frame puts a codec to work on a
 * bufferevent and calls back once for each whole message.
 *
 *	codec = evframe_codec_packet_new(4096);
 *	frame = evframe_new(bev, codec, on_message, on_error, arg);
 *	evframe_codec_free(codec);
 *	bufferevent_enable(bev, EV_READ);
 *
 * Sizes.  Every codec has a maximum: the bytes that a whole message may have
 * in the stream, header or delimiter included, INT_MAX at most.  It is
 * enforced as soon as the length is known, before there is room for the
 * message: the input buffer never grows beyond the maximum (or 64 KiB if that
 * is more).
 *
 * Order.  All whole messages are delivered before the end of the stream is
 * told.  A frame delivers at most 256 messages in one go and then lets other
 * events have their turn.
 *
 * Errors.  Functions return 0 or a pointer, and -1 or NULL with errno set on
 * failure.  What the peer does wrong goes to the error callback.
 *
 * Threads.  A frame uses its bufferevent's lock; with BEV_OPT_THREADSAFE
 * evframe_send*(), evframe_pause() and evframe_resume() may be called from
 * any thread.  Callbacks run in the loop's thread, with the lock held unless
 * BEV_OPT_UNLOCK_CALLBACKS was given; with that option evframe_free() is for
 * the loop's thread only.
 */
#ifndef EVENT2_FRAME_H_INCLUDED_
#define EVENT2_FRAME_H_INCLUDED_

#include <event2/visibility.h>

#ifdef __cplusplus
extern "C" {
#endif

#include <event2/buffer.h>

struct bufferevent;

/* How messages are told apart.  Never changes once made; may be shared. */
struct evframe_codec;

/* A codec at work on one bufferevent. */
struct evframe;

/* The message of a running message callback. */
struct evframe_message;

/* Codecs ------------------------------------------------------------------ */

/* Order of the bytes of a number in a header. */
enum evframe_byte_order {
	EVFRAME_BIG_ENDIAN = 0, /* the network's */
	EVFRAME_LITTLE_ENDIAN = 1
};

/* The longest header, and the longest delimiter. */
#define EVFRAME_HEADER_MAX 64
#define EVFRAME_DELIMITER_MAX 16

/*
 * A header with a length in it.  Start from zeros and set what differs:
 * { 0, 4 } is a length of four bytes, big-endian, that counts what follows.
 */
struct evframe_length {
	/* Where the length is: bytes before it, and its own 1, 2, 4 or 8. */
	size_t offset;
	size_t size;

	/* Of the length and of the opcode. */
	enum evframe_byte_order byte_order;

	/* Not 0: the length counts the header too. */
	int counts_header;

	/* Added to a length received, subtracted from one sent. */
	int adjustment;

	/* Bytes at the front of a message that are not handed over; at most
	 * the header. */
	size_t strip;

	/* The whole header; 0: it ends with the length.  At most
	 * EVFRAME_HEADER_MAX. */
	size_t header_size;

	/* An opcode: where, and its 1, 2 or 4 bytes; size 0: there is none.
	 * It must not overlap the length. */
	size_t opcode_offset;
	size_t opcode_size;
};

/*
 * Messages with a length in their header.  `size_max`: see the top.  Returns
 * NULL with EINVAL if the description contradicts itself or size_max does
 * not even hold the header, with ENOMEM if memory is short.
 */
EVENT2_EXPORT_SYMBOL
struct evframe_codec *evframe_codec_length_new(const struct evframe_length
						   *length,
    size_t size_max);

/*
 * The packet { uint16 size; uint16 opcode; } and what follows, little-endian;
 * `size` is that of the whole packet, header included.  The header is
 * stripped.  `size_max` is from 4 to 65535.  Returns as above.
 */
EVENT2_EXPORT_SYMBOL
struct evframe_codec *evframe_codec_packet_new(size_t size_max);

/*
 * Messages that end with a delimiter of `len` bytes, 1 to
 * EVFRAME_DELIMITER_MAX; it is copied.  The delimiter is not part of what is
 * handed over.  Returns as above.
 */
EVENT2_EXPORT_SYMBOL
struct evframe_codec *evframe_codec_delimiter_new(const void *delimiter,
    size_t len, size_t size_max);

/* Messages of `size` bytes each, at least 1.  Returns as above. */
EVENT2_EXPORT_SYMBOL
struct evframe_codec *evframe_codec_fixed_new(size_t size);

/*
 * Messages after their length as a varint: seven bits in each byte, lowest
 * first, the high bit set in all but the last.  The shortest form alone is
 * accepted, up to 64 bits.  The length does not count itself and is stripped.
 * Returns as above.
 */
EVENT2_EXPORT_SYMBOL
struct evframe_codec *evframe_codec_varint_new(size_t size_max);

/* Free it; NULL is fine.  Frames made from it have their own copy. */
EVENT2_EXPORT_SYMBOL
void evframe_codec_free(struct evframe_codec *codec);

/* Frames ------------------------------------------------------------------ */

/* The rule that was broken. */
enum evframe_error {
	/* The message is longer than the maximum. */
	EVFRAME_ERROR_TOO_LONG = 1,

	/* The length says less than the header has. */
	EVFRAME_ERROR_TOO_SHORT = 2,

	/* The varint has more bytes than need be, or more than 64 bits. */
	EVFRAME_ERROR_VARINT = 3,

	/* The stream has ended inside a message. */
	EVFRAME_ERROR_TRUNCATED = 4
};

/* A few words about it, never NULL. */
EVENT2_EXPORT_SYMBOL
const char *evframe_error_to_string(enum evframe_error error);

/*
 * A whole message has come.  `message` is good until the callback returns or
 * frees the frame.  Leave the input buffer itself alone.  The callback may
 * send, pause or free the frame and free the bufferevent.
 */
typedef void (*evframe_message_cb)(struct evframe *frame,
    struct evframe_message *message, void *arg);

/*
 * The peer broke a rule; no more messages will be delivered.  Reading has
 * been disabled and what is not understood is left at the front of the
 * input.  The callback may free the frame and the bufferevent, which is the
 * thing to do.
 */
typedef void (*evframe_error_cb)(struct evframe *frame,
    enum evframe_error error, void *arg);

/*
 * Something happened to the bufferevent: `what` are its BEV_EVENT_*, and the
 * errno is EVUTIL_SOCKET_ERROR().  The callback may free the frame and the
 * bufferevent.
 */
typedef void (*evframe_event_cb)(struct evframe *frame, short what, void *arg);

/*
 * Put a codec (copied) to work on a bufferevent that has an event base.
 * Input that is already there counts; it is delivered from the loop.
 *
 * The frame takes the place of the bufferevent's callbacks.  Its write
 * callback goes on as before; its event callback too, with the end of the
 * stream (BEV_EVENT_EOF, BEV_EVENT_ERROR) held back until all messages are
 * delivered and, if bytes are left, EVFRAME_ERROR_TRUNCATED is told.  Its
 * read callback rests.  So set them before, and leave bufferevent_setcb() and
 * the read water marks alone while there is a frame: other callbacks silence
 * it for good.
 *
 * The frame holds a reference to the bufferevent: free both, in any order,
 * before the base.  The socket is closed when both are gone.
 *
 * Returns NULL with EINVAL if an argument is NULL or there is no base, with
 * ENOMEM if memory is short; the bufferevent is then as it was.
 */
EVENT2_EXPORT_SYMBOL
struct evframe *evframe_new(struct bufferevent *bev,
    const struct evframe_codec *codec, evframe_message_cb on_message,
    evframe_error_cb on_error, void *arg);

/*
 * Tell events to this callback, with the frame's argument, instead of to the
 * bufferevent's own.  NULL: to that one again.
 */
EVENT2_EXPORT_SYMBOL
void evframe_set_event_cb(struct evframe *frame, evframe_event_cb eventcb);

/*
 * End it; NULL is fine.  The bufferevent gets its callbacks and marks back
 * and keeps the bytes not delivered in its input.  In a message callback the
 * message is taken out of the input at once, so that another frame, or the
 * program itself, can go on with what follows.  An end of the stream that
 * was held back goes to the event callback from the loop.
 */
EVENT2_EXPORT_SYMBOL
void evframe_free(struct evframe *frame);

/* The bufferevent it works on. */
EVENT2_EXPORT_SYMBOL
struct bufferevent *evframe_get_bufferevent(const struct evframe *frame);

/*
 * Deliver nothing until evframe_resume().  Input collects up to the maximum;
 * then the peer has to wait.  In a message callback: this is the last one.
 */
EVENT2_EXPORT_SYMBOL
void evframe_pause(struct evframe *frame);

/* Go on.  What has collected is delivered from the loop. */
EVENT2_EXPORT_SYMBOL
void evframe_resume(struct evframe *frame);

/* Messages ---------------------------------------------------------------- */

/* Bytes handed over: without what is stripped, the delimiter, and so on. */
EVENT2_EXPORT_SYMBOL
size_t evframe_message_get_length(const struct evframe_message *message);

/* Its opcode, or 0 if the codec has none. */
EVENT2_EXPORT_SYMBOL
ev_uint32_t evframe_message_get_opcode(const struct evframe_message *message);

/*
 * All of it in one piece, or NULL if it is empty or memory is short.  Not
 * copied if it lies in one piece already, as short ones nearly always do.
 */
EVENT2_EXPORT_SYMBOL
const unsigned char *evframe_message_get_data(struct evframe_message *message);

/*
 * The pieces in which it lies, never copied: fills up to `count_max` of
 * `vec` with exactly the message's bytes and returns how many there are
 * altogether, 0 if it is empty.
 */
EVENT2_EXPORT_SYMBOL
int evframe_message_peek(struct evframe_message *message,
    struct evbuffer_iovec *vec, int count_max);

/* Copy up to `size` bytes from its front; returns how many. */
EVENT2_EXPORT_SYMBOL
size_t evframe_message_copy(struct evframe_message *message, void *data,
    size_t size);

/*
 * Move it to the end of `dst` without copying whole blocks.  The message is
 * empty then.  Returns 0, or -1 with both unchanged: a frozen dst or ENOMEM.
 */
EVENT2_EXPORT_SYMBOL
int evframe_message_take(struct evframe_message *message, struct evbuffer *dst);

/* Sending ----------------------------------------------------------------- */

/*
 * Send a message: the header, `len` bytes of data (copied), the delimiter.
 * Bytes of a header that are neither length nor opcode are zero.  All or
 * nothing goes to the output.
 *
 * Returns 0, or -1 with errno: EMSGSIZE if it is above the maximum, does not
 * fit the length field or is not of the fixed size; EINVAL if the codec has
 * no such opcode or the data contains the delimiter; ENOMEM.
 */
EVENT2_EXPORT_SYMBOL
int evframe_send(struct evframe *frame, ev_uint32_t opcode, const void *data,
    size_t len);

/*
 * The same with all of `payload`, which is not copied but moved and is empty
 * then.  It must not be one of the bufferevent's own buffers (EINVAL), nor
 * frozen (EPERM).  On failure it is unchanged.
 */
EVENT2_EXPORT_SYMBOL
int evframe_send_buffer(struct evframe *frame, ev_uint32_t opcode,
    struct evbuffer *payload);

#ifdef __cplusplus
}
#endif

#endif /* EVENT2_FRAME_H_INCLUDED_ */
