/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * frame_fixed_fuzz.c - any bytes through the fixed-size codec.
 */
#include "frame_fuzz.h"

static size_t size_of_all;

static struct evframe_codec *
make(unsigned pick, unsigned size_max)
{
	(void)pick;
	size_of_all = size_max;
	return evframe_codec_fixed_new(size_max);
}

static void
model(const uint8_t *data, size_t len, struct fuzz_message *m)
{
	(void)data;
	if (len < size_of_all)
		return;
	m->total = size_of_all;
	m->len = size_of_all;
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
