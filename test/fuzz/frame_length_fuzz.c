/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * frame_length_fuzz.c - any bytes through the length-field codec.
 *
 * The first byte picks one of many headers, or the packet's.
 */
#include "frame_fuzz.h"

static struct evframe_length length;
static size_t max;

static struct evframe_codec *
make(unsigned pick, unsigned size_max)
{
	max = size_max * 4u + 4;
	memset(&length, 0, sizeof(length));
	if (pick == 0) {
		length.size = 2;
		length.byte_order = EVFRAME_LITTLE_ENDIAN;
		length.counts_header = 1;
		length.strip = 4;
		length.header_size = 4;
		length.opcode_offset = 2;
		length.opcode_size = 2;
		return evframe_codec_packet_new(max);
	}
	length.size = (size_t)1 << (pick & 3);
	length.offset = pick >> 2 & 3;
	length.byte_order = pick & 16 ? EVFRAME_LITTLE_ENDIAN
				      : EVFRAME_BIG_ENDIAN;
	length.counts_header = !!(pick & 32);
	length.adjustment = (int)(pick >> 6) - 2;
	length.header_size = length.offset + length.size + size_max % 5;
	length.strip = size_max % (length.header_size + 1);
	return evframe_codec_length_new(&length, max);
}

static uint64_t
number_at(const uint8_t *data, size_t size)
{
	uint64_t number = 0;

	for (size_t i = 0; i < size; i++) {
		size_t shift = length.byte_order == EVFRAME_LITTLE_ENDIAN
		    ? i
		    : size - 1 - i;

		number += (uint64_t)data[i] << (8 * shift);
	}
	return number;
}

static void
model(const uint8_t *data, size_t len, struct fuzz_message *m)
{
	uint64_t number;
	int64_t total;

	if (len < length.offset + length.size)
		return;
	number = number_at(data + length.offset, length.size);
	total = number > 1000000 ? 1000000 : (int64_t)number;
	total += length.adjustment;
	if (!length.counts_header)
		total += (int64_t)length.header_size;
	if (total < (int64_t)length.header_size)
		m->error = EVFRAME_ERROR_TOO_SHORT;
	else if (total > (int64_t)max)
		m->error = EVFRAME_ERROR_TOO_LONG;
	else if (total <= (int64_t)len) {
		m->total = (size_t)total;
		m->start = length.strip;
		m->len = m->total - m->start;
		m->opcode = (uint32_t)number_at(data + length.opcode_offset,
		    length.opcode_size);
	}
}

/* Not if there are bytes that are neither length nor opcode nor stripped. */
static int
is_invertible(void)
{
	return length.strip == length.header_size &&
	    length.size + length.opcode_size == length.header_size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_codec how = { make, model, is_invertible };

	return fuzz_frame(&how, data, size);
}
