/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * frame/raw.c - the same messages, read and told apart by hand.
 *
 * One buffer, one read for each segment, messages that never straddle two of
 * them: a limit and not a rival.
 */
#include "common/bench.h"

#include <string.h>
#include <unistd.h>

#define SEGMENT_MAX 65536

static unsigned char segment[SEGMENT_MAX], input[SEGMENT_MAX];
static size_t size, len;
static const char *what;
static uint64_t check;
static int pair[2];

/* The size of the message at `data`, and where in it its bytes are. */
static size_t
look(const unsigned char *data, size_t *ret_start, size_t *ret_len)
{
	size_t total = size;

	*ret_start = 0;
	if (what[0] == 'l') {
		total = (size_t)data[0] | (size_t)data[1] << 8;
		*ret_start = 4;
	} else if (what[0] == 'v') {
		total = (size_t)data[0] + 1;
		*ret_start = 1;
	} else if (what[0] == 'd') {
		const unsigned char *end = memchr(data, '\n', size);

		total = (size_t)(end - data) + 1;
	}
	*ret_len = total - *ret_start - (what[0] == 'd');
	return total;
}

static void
deliver(void *arg)
{
	ssize_t got = read(pair[0], input, len);

	(void)arg;
	bench_need(got == (ssize_t)len, "read");
	for (size_t at = 0; at < len;) {
		size_t start, message_len;
		size_t total = look(input + at, &start, &message_len);

		check += message_len + input[at + start];
		at += total;
	}
}

static void
fill_segment(void)
{
	memset(segment, 'x', size);
	if (what[0] == 'l') {
		segment[0] = (unsigned char)size;
		segment[1] = (unsigned char)(size >> 8);
	} else if (what[0] == 'v') {
		segment[0] = (unsigned char)(size - 1);
	} else if (what[0] == 'd') {
		segment[size - 1] = '\n';
	}
	for (size_t at = size; at + size <= SEGMENT_MAX; at += size)
		memcpy(segment + at, segment, size);
}

int
main(int argc, char **argv)
{
	long ops = bench_long(argv, "ops", 1000000);
	long count, left = ops;

	(void)argc;
	size = (size_t)bench_long(argv, "size", 64);
	what = bench_word(argv, "what", "length");
	bench_need(size >= 8 && size <= 128, "sizes are from 8 to 128");
	bench_socketpair(pair);
	fill_segment();
	count = (long)(SEGMENT_MAX / size);
	while (left > 0) {
		len = (size_t)(left < count ? left : count) * size;
		bench_need(write(pair[1], segment, len) == (ssize_t)len,
		    "write");
		bench_measure(deliver, NULL);
		left -= (long)(len / size);
	}
	bench_report(ops, check);
	return 0;
}
