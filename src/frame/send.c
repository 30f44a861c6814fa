/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * send.c - messages on their way out.
 *
 * The codec's wrap says what goes before and after the payload.  It is put
 * together so that nothing remains to fail when the first byte enters the
 * output: in one piece of reserved room, or around the payload in its own
 * buffer, which then moves as a whole.
 *
 * A payload that contains the delimiter would arrive as two messages, maybe
 * of an attacker's making.  The parser itself says whether it does.
 *
 * Locks: the bufferevent's, in which the output changes once.
 */
#include "frame/frame.h"

#include <errno.h>
#include <string.h>

#include "event2/buffer.h"
#include "base/err.h"

/* Header and trailer for `len` bytes.  0 or -errno. */
static int
wrap(const struct evframe *frame, uint32_t opcode, size_t len,
    struct evi_frame_wrap *ret_wrap)
{
	if (len > EVI_FRAME_SIZE_MAX)
		return -EMSGSIZE;
	return frame->codec.kind->wrap(&frame->codec, opcode, len, ret_wrap);
}

/* The payload goes on with `len` bytes: does no message end there? */
static int
is_free_of_ends(const struct evframe_codec *codec, struct evi_frame_scan *scan,
    const void *data, size_t len)
{
	return len == 0 ||
	    codec->kind->parse(codec, scan, data, len) == EVI_FRAME_MORE;
}

/* After the payload comes the trailer: does the message end with it? */
static int
ends_with(const struct evframe_codec *codec, struct evi_frame_scan *scan,
    const struct evi_frame_wrap *wrap)
{
	size_t total = scan->seen + wrap->trailer_len;

	return codec->kind->parse(codec, scan, wrap->trailer,
		   wrap->trailer_len) == EVI_FRAME_OK &&
	    scan->total == total;
}

/* Will the peer take `len` bytes at `data` for one message?  0 or -EINVAL. */
static int
check_data(const struct evframe_codec *codec, const struct evi_frame_wrap *wrap,
    const void *data, size_t len)
{
	struct evi_frame_scan scan;

	if (!wrap->trailer_len)
		return 0;
	evi_frame_scan_reset(&scan);
	return is_free_of_ends(codec, &scan, data, len) &&
		ends_with(codec, &scan, wrap)
	    ? 0
	    : -EINVAL;
}

/* The same for what is in a buffer. */
static int
check_buffer(const struct evframe_codec *codec,
    const struct evi_frame_wrap *wrap, struct evbuffer *payload)
{
	struct evi_frame_scan scan;
	struct evbuffer_iovec piece;
	struct evbuffer_ptr at;

	if (!wrap->trailer_len)
		return 0;
	evi_frame_scan_reset(&scan);
	(void)evbuffer_ptr_set(payload, &at, 0, EVBUFFER_PTR_SET);
	while (evbuffer_peek(payload, -1, &at, &piece, 1) == 1) {
		if (!is_free_of_ends(codec, &scan, piece.iov_base,
			piece.iov_len))
			return -EINVAL;
		(void)evbuffer_ptr_set(payload, &at, piece.iov_len,
		    EVBUFFER_PTR_ADD);
	}
	return scan.seen == evbuffer_get_length(payload) &&
		ends_with(codec, &scan, wrap)
	    ? 0
	    : -EINVAL;
}

/* Append `len` bytes at *at, which moves on. */
static void
put(unsigned char **at, const void *data, size_t len)
{
	if (len)
		memcpy(*at, data, len);
	*at += len;
}

/* Copy all of a message to the output.  0 or -ENOMEM. */
static int
write_copy(struct evbuffer *output, const struct evi_frame_wrap *wrap,
    const void *data, size_t len)
{
	size_t total = wrap->header_len + len + wrap->trailer_len;
	struct evbuffer_iovec room;
	unsigned char *at;

	if (evbuffer_reserve_space(output, (ev_ssize_t)total, &room, 1) != 1)
		return -ENOMEM;
	at = room.iov_base;
	put(&at, wrap->header, wrap->header_len);
	put(&at, data, len);
	put(&at, wrap->trailer, wrap->trailer_len);
	room.iov_len = total;
	return evbuffer_commit_space(output, &room, 1) < 0 ? -ENOMEM : 0;
}

int
evframe_send(struct evframe *frame, ev_uint32_t opcode, const void *data,
    size_t len)
{
	struct evi_frame_wrap around;
	int r = wrap(frame, opcode, len, &around);

	if (r == 0)
		r = check_data(&frame->codec, &around, data, len);
	if (r < 0)
		return evi_err_public(r);
	bufferevent_lock(frame->bev);
	r = write_copy(bufferevent_get_output(frame->bev), &around, data, len);
	bufferevent_unlock(frame->bev);
	return evi_err_public(r);
}

/*
 * Move header, payload and trailer to the output, whose lock is held.  `tail`
 * holds the trailer, or is NULL.  0, or -1 with errno and all unchanged.
 */
static int
write_moved(struct evbuffer *output, const struct evi_frame_wrap *wrap,
    struct evbuffer *payload, struct evbuffer *tail)
{
	if (wrap->header_len &&
	    evbuffer_prepend(payload, wrap->header, wrap->header_len) < 0)
		return -1;
	if (evbuffer_add_buffer(output, payload) < 0) {
		(void)evbuffer_drain(payload, wrap->header_len);
		return -1;
	}
	/* What took the payload takes this: moving needs no memory. */
	return tail ? evbuffer_add_buffer(output, tail) : 0;
}

/* A buffer with the trailer in it, or NULL. */
static struct evbuffer *
tail_new(const struct evi_frame_wrap *wrap)
{
	struct evbuffer *tail = evbuffer_new();

	if (tail && evbuffer_add(tail, wrap->trailer, wrap->trailer_len) < 0) {
		evbuffer_free(tail);
		return NULL;
	}
	return tail;
}

int
evframe_send_buffer(struct evframe *frame, ev_uint32_t opcode,
    struct evbuffer *payload)
{
	struct evbuffer *output = bufferevent_get_output(frame->bev);
	struct evbuffer *tail = NULL;
	struct evi_frame_wrap around;
	int r = -EINVAL;

	if (payload != output && payload != bufferevent_get_input(frame->bev))
		r = wrap(frame, opcode, evbuffer_get_length(payload), &around);
	if (r == 0)
		r = check_buffer(&frame->codec, &around, payload);
	if (r < 0)
		return evi_err_public(r);
	if (around.trailer_len) {
		tail = tail_new(&around);
		if (!tail)
			return evi_err_public(-ENOMEM);
	}
	bufferevent_lock(frame->bev);
	r = write_moved(output, &around, payload, tail);
	bufferevent_unlock(frame->bev);
	if (tail)
		evbuffer_free(tail);
	return r;
}
