/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bracket_length.c - evutil_parse_sockaddr_port() and an address in brackets
 * that is longer than any buffer, or than an int can say (CVE-2016-10196).
 *
 * debian: passes
 */
#include <limits.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <event2/util.h>

#include "wound.h"

#define PIECE ((size_t)1 << 20)
#define HUGE ((size_t)INT_MAX + 1 + 2 * PIECE)

/* A text of `len` bytes that ends at a page that may not be touched. */
static char *
text_new(size_t len, char fill)
{
	char *text = wound_malloc(len + 1);

	CHECK(text != NULL);
	memset(text, fill, len);
	text[len] = '\0';
	return text;
}

/* The text is no address, and nothing is written but into its own place. */
static void
refuse(const char *text)
{
	struct sockaddr_storage out[2];
	const char *after = (const char *)&out[1];
	int out_len = sizeof(out[0]);
	size_t i;

	memset(out, 7, sizeof(out));
	CHECK_EQ(evutil_parse_sockaddr_port(text, (struct sockaddr *)out,
		     &out_len),
	    -1);
	CHECK_EQ(out_len, sizeof(out[0]));
	for (i = 0; i < sizeof(out[1]); i++)
		CHECK_EQ(after[i], 7);
}

/* "[fff...]:80", "[fff...]", "[fff..." and "fff.fff". */
static void
try_length(size_t len, char fill)
{
	char *text = text_new(len + 5, fill);

	text[0] = '[';
	memcpy(text + 1 + len, "]:80", 4);
	refuse(text);
	text[len + 2] = '\0';
	refuse(text);
	text[len + 1] = '\0';
	refuse(text);
	text[0] = fill;
	text[len / 2] = '.';
	refuse(text);
	wound_free(text);
}

/* The same pages again and again: two gigabytes of text that cost few. */
static void
try_huge(void)
{
	char *text = mmap(NULL, HUGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int fd = memfd_create("piece", 0);
	static char piece[PIECE];
	size_t at;

	if (text == MAP_FAILED || fd < 0)
		wound_skip("no room for two gigabytes of addresses");
	memset(piece, 'f', sizeof(piece));
	CHECK_EQ(write(fd, piece, sizeof(piece)), sizeof(piece));
	for (at = 0; at < HUGE; at += PIECE)
		if (mmap(text + at, PIECE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_FIXED, fd, 0) == MAP_FAILED)
			wound_skip("too few mappings");
	text[0] = '[';
	memcpy(text + HUGE - 5, "]:80", 5);
	refuse(text);
	close(fd);
	munmap(text, HUGE);
}

int
main(void)
{
	const size_t lens[] = { 45, 46, 47, 63, 64, 127, 128, 129, 255, 256,
		1023, 1024, 65535, 65536, 1000000 };
	size_t i;

	wound_watch();
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		try_length(lens[i], 'f');
		try_length(lens[i], ':');
		try_length(lens[i], '1');
	}
	try_huge();
	return wound_end();
}
