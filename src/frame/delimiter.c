/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * delimiter.c - messages that end with a delimiter.
 *
 * Each byte is looked at once, however the stream is split: `matched` is how
 * much of the delimiter the bytes seen end with, and `fallback` says how much
 * stays matched when the next byte differs (Knuth, Morris, Pratt).  While
 * nothing is matched, memchr() looks for the delimiter's first byte.
 *
 * Pure: no I/O, no callbacks, no memory but a new codec.
 */
#include "frame/frame.h"

#include <errno.h>
#include <string.h>

/* How much of the delimiter is matched after one more byte. */
static size_t
match(const struct evframe_codec *codec, size_t matched, unsigned char byte)
{
	for (;;) {
		if (codec->delimiter[matched] == byte)
			return matched + 1;
		if (matched == 0)
			return 0;
		matched = codec->fallback[matched - 1];
	}
}

/* Bytes at the front of data that cannot begin a delimiter. */
static size_t
skip(const struct evframe_codec *codec, const unsigned char *data, size_t len)
{
	const unsigned char *first = memchr(data, codec->delimiter[0], len);

	return first ? (size_t)(first - data) : len;
}

static enum evi_frame_verdict
parse(const struct evframe_codec *codec, struct evi_frame_scan *scan,
    const unsigned char *data, size_t len)
{
	size_t room = codec->size_max - scan->seen;
	size_t end = len < room ? len : room;
	size_t start = scan->seen;
	size_t i = 0;

	while (i < end) {
		if (scan->matched == 0)
			i += skip(codec, data + i, end - i);
		if (i == end)
			break;
		scan->matched = match(codec, scan->matched, data[i++]);
		if (scan->matched == codec->delimiter_len) {
			scan->seen = start + i;
			return evi_frame_scan_done(scan, scan->seen, 0,
			    scan->seen - codec->delimiter_len);
		}
	}
	scan->seen = start + end;
	if (scan->seen == codec->size_max)
		return evi_frame_scan_fail(scan, EVFRAME_ERROR_TOO_LONG);
	return EVI_FRAME_MORE;
}

static int
wrap(const struct evframe_codec *codec, uint32_t opcode, size_t len,
    struct evi_frame_wrap *ret_wrap)
{
	if (opcode)
		return -EINVAL;
	ret_wrap->header_len = 0;
	ret_wrap->trailer = codec->delimiter;
	ret_wrap->trailer_len = codec->delimiter_len;
	return len + codec->delimiter_len > codec->size_max ? -EMSGSIZE : 0;
}

static const struct evi_frame_kind kind = { parse, wrap };

/* For each beginning of the delimiter, the longest shorter one it ends with. */
static void
set_fallback(struct evframe_codec *codec)
{
	size_t matched = 0;

	codec->fallback[0] = 0;
	for (size_t i = 1; i < codec->delimiter_len; i++) {
		matched = match(codec, matched, codec->delimiter[i]);
		codec->fallback[i] = (unsigned char)matched;
	}
}

struct evframe_codec *
evframe_codec_delimiter_new(const void *delimiter, size_t len, size_t size_max)
{
	struct evframe_codec *codec;

	if (!delimiter || len == 0 || len > EVFRAME_DELIMITER_MAX) {
		errno = EINVAL;
		return NULL;
	}
	codec = evi_frame_codec_new(&kind, size_max, len);
	if (!codec)
		return NULL;
	memcpy(codec->delimiter, delimiter, len);
	codec->delimiter_len = len;
	set_fallback(codec);
	return codec;
}
