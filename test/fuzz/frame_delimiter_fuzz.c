/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * frame_delimiter_fuzz.c - any bytes through the delimiter codec.
 *
 * Delimiters of a's and b's, so that they begin like themselves.
 */
#include "frame_fuzz.h"

static char delimiter[EVFRAME_DELIMITER_MAX];
static size_t delimiter_len, max;

static struct evframe_codec *
make(unsigned pick, unsigned size_max)
{
	delimiter_len = 1 + pick % 7;
	for (size_t i = 0; i < delimiter_len; i++)
		delimiter[i] = "ab"[pick >> (i + 1) & 1];
	max = size_max;
	return evframe_codec_delimiter_new(delimiter, delimiter_len, max);
}

static void
model(const uint8_t *data, size_t len, struct fuzz_message *m)
{
	for (size_t i = 0; i + delimiter_len <= len; i++) {
		if (i + delimiter_len > max)
			break;
		if (memcmp(data + i, delimiter, delimiter_len) == 0) {
			m->total = i + delimiter_len;
			m->len = i;
			return;
		}
	}
	if (len >= max)
		m->error = EVFRAME_ERROR_TOO_LONG;
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
