/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * frame_varint_fuzz.c - any bytes through the varint codec.
 */
#include "frame_fuzz.h"

static size_t max;

static struct evframe_codec *
make(unsigned pick, unsigned size_max)
{
	max = size_max * (pick % 8 + 1);
	return evframe_codec_varint_new(max);
}

/* The number, with all of its bytes in view.  Returns how many, 0 if the last
 * is not there, -1 if the form is wrong. */
static int
read_varint(const uint8_t *data, size_t len, uint64_t *ret_number)
{
	uint64_t number = 0;

	for (int i = 0; i < 10 && i < (int)len; i++) {
		if ((i > 0 && data[i] == 0) || (i == 9 && data[i] > 1))
			return -1;
		number += (uint64_t)(data[i] % 128) << (i * 7);
		if (data[i] < 128) {
			*ret_number = number;
			return i + 1;
		}
		if ((size_t)i + 1 == max) {
			*ret_number = UINT64_MAX;
			return i + 1;
		}
	}
	return 0;
}

static void
model(const uint8_t *data, size_t len, struct fuzz_message *m)
{
	uint64_t number = 0;
	int head = read_varint(data, len, &number);

	if (head == 0)
		return;
	if (head < 0) {
		m->error = EVFRAME_ERROR_VARINT;
		return;
	}
	if (number > max || number + (uint64_t)head > max) {
		m->error = EVFRAME_ERROR_TOO_LONG;
		return;
	}
	if (len < (size_t)head + number)
		return;
	m->total = (size_t)head + (size_t)number;
	m->start = (size_t)head;
	m->len = (size_t)number;
}

static int
is_invertible(void)
{
	return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_codec how = { make, model, is_invertible };

	return fuzz_frame(&how, data, size);
}
