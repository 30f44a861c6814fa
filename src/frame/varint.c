/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * varint.c - messages after their length as a varint.
 *
 * A varint is the base-128 number of protocol buffers: seven bits in a byte,
 * the lowest first, the high bit set in all bytes but the last.  Here a
 * number has one form, the shortest: a last byte of zero after others adds
 * nothing and is refused, as is a tenth byte above 1 (bit 64 and up).
 *
 * Pure: no I/O, no callbacks, no memory but a new codec.
 */
#include "frame/frame.h"

#include <errno.h>

#define VARINT_MAX 10 /* bytes of a number of 64 bits */

/* The number is complete: does it stand for a message? */
static enum evi_frame_verdict
judge(const struct evframe_codec *codec, struct evi_frame_scan *scan)
{
	if (scan->value > codec->size_max - scan->seen)
		return evi_frame_scan_fail(scan, EVFRAME_ERROR_TOO_LONG);

	size_t total = scan->seen + (size_t)scan->value;

	return evi_frame_scan_done(scan, total, scan->seen, total);
}

static enum evi_frame_verdict
parse(const struct evframe_codec *codec, struct evi_frame_scan *scan,
    const unsigned char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = data[i];

		if (scan->seen == VARINT_MAX - 1 && byte > 1)
			return evi_frame_scan_fail(scan, EVFRAME_ERROR_VARINT);
		if (scan->seen > 0 && byte == 0)
			return evi_frame_scan_fail(scan, EVFRAME_ERROR_VARINT);
		scan->value |= (uint64_t)(byte & 0x7f) << (7 * scan->seen);
		scan->seen++;
		if (!(byte & 0x80))
			return judge(codec, scan);
		if (scan->seen >= codec->size_max)
			return evi_frame_scan_fail(scan,
			    EVFRAME_ERROR_TOO_LONG);
	}
	return EVI_FRAME_MORE;
}

static int
wrap(const struct evframe_codec *codec, uint32_t opcode, size_t len,
    struct evi_frame_wrap *ret_wrap)
{
	size_t rest = len;
	size_t at = 0;

	if (opcode)
		return -EINVAL;
	for (; rest > 0x7f; rest >>= 7)
		ret_wrap->header[at++] = (unsigned char)(rest | 0x80);
	ret_wrap->header[at++] = (unsigned char)rest;
	ret_wrap->header_len = at;
	ret_wrap->trailer_len = 0;
	return len + at > codec->size_max ? -EMSGSIZE : 0;
}

static const struct evi_frame_kind kind = { parse, wrap };

struct evframe_codec *
evframe_codec_varint_new(size_t size_max)
{
	return evi_frame_codec_new(&kind, size_max, 1);
}
