/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * length.c - messages with a length in their header.
 *
 * The header is collected in the scan, for it may come in pieces; the length
 * is judged once it is there, though the rest be missing.  With the length L
 * of the header, a message has
 *
 *	L + adjustment			if L counts the header, else
 *	L + adjustment + header_size
 *
 * bytes, and sending computes L from the same two lines.  Sizes are below
 * 2^31 and adjustments within 32 bits, so signed 64 bits hold every sum once
 * L itself is known to be below 2^62.
 *
 * Pure: no I/O, no callbacks, no memory but a new codec.
 */
#include "frame/frame.h"

#include <errno.h>
#include <string.h>

#define LENGTH_TOO_LONG ((uint64_t)1 << 62)

/* The number in `size` bytes at `data`. */
static uint64_t
read_number(const unsigned char *data, size_t size,
    enum evframe_byte_order order)
{
	uint64_t number = 0;

	for (size_t i = 0; i < size; i++) {
		size_t at = order == EVFRAME_BIG_ENDIAN ? i : size - 1 - i;

		number = number << 8 | data[at];
	}
	return number;
}

static void
write_number(unsigned char *data, size_t size, enum evframe_byte_order order,
    uint64_t number)
{
	for (size_t i = 0; i < size; i++) {
		size_t at = order == EVFRAME_BIG_ENDIAN ? size - 1 - i : i;

		data[at] = (unsigned char)number;
		number >>= 8;
	}
}

/* Does `number` fit in `size` bytes? */
static int
fits(uint64_t number, size_t size)
{
	return size == 8 || number >> (8 * size) == 0;
}

/* What a message has more than its length says; may be less than 0. */
static int64_t
extra_of(const struct evframe_length *length)
{
	int64_t header = length->counts_header ? 0
					       : (int64_t)length->header_size;

	return header + length->adjustment;
}

/* The length is there: where does the message end?  0 if nowhere: BAD. */
static size_t
find_end(const struct evframe_codec *codec, struct evi_frame_scan *scan)
{
	const struct evframe_length *length = &codec->length;
	uint64_t number = read_number(scan->header + length->offset,
	    length->size, length->byte_order);
	int64_t total = number < LENGTH_TOO_LONG
	    ? (int64_t)number + extra_of(length)
	    : INT64_MAX;

	if (total < (int64_t)length->header_size)
		(void)evi_frame_scan_fail(scan, EVFRAME_ERROR_TOO_SHORT);
	else if (total > (int64_t)codec->size_max)
		(void)evi_frame_scan_fail(scan, EVFRAME_ERROR_TOO_LONG);
	else
		return (size_t)total;
	return 0;
}

static enum evi_frame_verdict
parse(const struct evframe_codec *codec, struct evi_frame_scan *scan,
    const unsigned char *data, size_t len)
{
	const struct evframe_length *length = &codec->length;
	size_t missing = length->header_size - scan->seen;
	size_t taken = len < missing ? len : missing;
	size_t end;

	memcpy(scan->header + scan->seen, data, taken);
	scan->seen += taken;
	if (scan->seen < length->offset + length->size)
		return EVI_FRAME_MORE;
	end = find_end(codec, scan);
	if (!end)
		return EVI_FRAME_BAD;
	if (taken < missing)
		return EVI_FRAME_MORE;
	(void)evi_frame_scan_done(scan, end, length->strip, end);
	scan->opcode = (uint32_t)read_number(scan->header +
		length->opcode_offset,
	    length->opcode_size, length->byte_order);
	return EVI_FRAME_OK;
}

static int
wrap(const struct evframe_codec *codec, uint32_t opcode, size_t len,
    struct evi_frame_wrap *ret_wrap)
{
	const struct evframe_length *length = &codec->length;
	size_t total = len + length->header_size;
	int64_t number = (int64_t)total - extra_of(length);

	if (!fits(opcode, length->opcode_size))
		return -EINVAL;
	if (total > codec->size_max || number < 0 ||
	    !fits((uint64_t)number, length->size))
		return -EMSGSIZE;
	memset(ret_wrap->header, 0, length->header_size);
	write_number(ret_wrap->header + length->offset, length->size,
	    length->byte_order, (uint64_t)number);
	write_number(ret_wrap->header + length->opcode_offset,
	    length->opcode_size, length->byte_order, opcode);
	ret_wrap->header_len = length->header_size;
	ret_wrap->trailer_len = 0;
	return 0;
}

static const struct evi_frame_kind kind = { parse, wrap };

/* Is there a field of `size` bytes at `offset` in the header? */
static int
is_inside(size_t offset, size_t size, size_t header_size)
{
	return size <= header_size && offset <= header_size - size;
}

static int
is_length_size(size_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

/* Is the opcode, if there is one, in the header and clear of the length? */
static int
is_opcode_valid(const struct evframe_length *length)
{
	size_t size = length->opcode_size;
	size_t offset = length->opcode_offset;

	if (size == 0)
		return 1;
	return is_length_size(size) && size != 8 &&
	    is_inside(offset, size, length->header_size) &&
	    (offset + size <= length->offset ||
		length->offset + length->size <= offset);
}

static int
is_valid(const struct evframe_length *length)
{
	return is_length_size(length->size) &&
	    length->header_size <= EVFRAME_HEADER_MAX &&
	    is_inside(length->offset, length->size, length->header_size) &&
	    (length->byte_order == EVFRAME_BIG_ENDIAN ||
		length->byte_order == EVFRAME_LITTLE_ENDIAN) &&
	    length->strip <= length->header_size && is_opcode_valid(length);
}

struct evframe_codec *
evframe_codec_length_new(const struct evframe_length *length, size_t size_max)
{
	struct evframe_codec *codec;
	struct evframe_length copy;

	if (!length) {
		errno = EINVAL;
		return NULL;
	}
	copy = *length;
	if (copy.header_size == 0 && copy.offset <= EVFRAME_HEADER_MAX)
		copy.header_size = copy.offset + copy.size;
	if (copy.opcode_size == 0)
		copy.opcode_offset = 0;
	if (!is_valid(&copy)) {
		errno = EINVAL;
		return NULL;
	}
	codec = evi_frame_codec_new(&kind, size_max, copy.header_size);
	if (codec)
		codec->length = copy;
	return codec;
}

struct evframe_codec *
evframe_codec_packet_new(size_t size_max)
{
	static const struct evframe_length packet = {
		.size = 2,
		.byte_order = EVFRAME_LITTLE_ENDIAN,
		.counts_header = 1,
		.strip = 4,
		.header_size = 4,
		.opcode_offset = 2,
		.opcode_size = 2,
	};

	if (size_max > UINT16_MAX) {
		errno = EINVAL;
		return NULL;
	}
	return evframe_codec_length_new(&packet, size_max);
}
