/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fixed.c - messages that all have the same size.
 *
 * Pure: no I/O, no callbacks, no memory but a new codec.
 */
#include "frame/frame.h"

#include <errno.h>

/* The first byte tells as much as all of them. */
static enum evi_frame_verdict
parse(const struct evframe_codec *codec, struct evi_frame_scan *scan,
    const unsigned char *data, size_t len)
{
	(void)data;
	(void)len;
	return evi_frame_scan_done(scan, codec->size_max, 0, codec->size_max);
}

static int
wrap(const struct evframe_codec *codec, uint32_t opcode, size_t len,
    struct evi_frame_wrap *ret_wrap)
{
	if (opcode)
		return -EINVAL;
	if (len != codec->size_max)
		return -EMSGSIZE;
	ret_wrap->header_len = 0;
	ret_wrap->trailer_len = 0;
	return 0;
}

static const struct evi_frame_kind kind = { parse, wrap };

struct evframe_codec *
evframe_codec_fixed_new(size_t size)
{
	return evi_frame_codec_new(&kind, size, 1);
}
