/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * search_test.c - positions, searches and lines, over any cut of the bytes.
 */
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/buffer_compat.h>

#include "test.h"

/* A new buffer, or the end of the test. */
static struct evbuffer *
buffer_new(void)
{
	struct evbuffer *buf = evbuffer_new();

	CHECK_NOTNULL(buf);
	return buf;
}

/* The text, a block for every `step` bytes. */
static struct evbuffer *
buffer_of(const char *text, size_t step)
{
	struct evbuffer *buf = buffer_new();
	size_t len = strlen(text);

	for (size_t at = 0; at < len; at += step)
		CHECK_EQ(evbuffer_add_reference(buf, text + at,
			     len - at < step ? len - at : step, NULL, NULL),
		    0);
	return buf;
}

/* Lines come out the same however the bytes are cut into blocks. */
TEST(lines_of_each_style_over_any_cut)
{
	static const char text[] = "a\nb\r\nc\r\rd\n\re\r\n\r\nf\r";
	static const char *const lines[4][9] = { { "a", "b", "c", "d", "e", "f",
						     NULL },
		{ "a", "b", "c\r\rd", "\re", "", NULL },
		{ "a\nb", "c\r\rd\n\re", "", NULL },
		{ "a", "b\r", "c\r\rd", "\re\r", "\r", NULL } };

	for (size_t step = 1; step < sizeof(text); step++)
		for (int style = 0; style < 4; style++) {
			struct evbuffer *buf = buffer_of(text, step);
			char *line;
			size_t n;
			int i = 0;

			while ((line = evbuffer_readln(buf, &n,
				    (enum evbuffer_eol_style)style))) {
				CHECK_NOTNULL(lines[style][i]);
				CHECK_STR(line, lines[style][i]);
				CHECK_EQ(n, strlen(line));
				test_free(line);
				i++;
			}
			CHECK_NULL(lines[style][i]);
			CHECK_EQ(n, 0);
			evbuffer_free(buf);
		}
}

/* A line may hold bytes 0; they are counted. */
TEST(lines_with_zero_bytes)
{
	struct evbuffer *buf = buffer_new();
	size_t n = 0;

	CHECK_EQ(evbuffer_add(buf, "a\0b\nc\0", 6), 0);
	char *line = evbuffer_readln(buf, &n, EVBUFFER_EOL_LF);
	CHECK_NOTNULL(line);
	CHECK_EQ(n, 3);
	CHECK_MEM(line, "a\0b", 4);
	test_free(line);
	line = evbuffer_readln(buf, &n, EVBUFFER_EOL_NUL);
	CHECK_NOTNULL(line);
	CHECK_STR(line, "c");
	test_free(line);
	CHECK_EQ(evbuffer_get_length(buf), 0);
	CHECK_NULL(evbuffer_readln(buf, NULL, EVBUFFER_EOL_NUL));
	evbuffer_free(buf);
}

/* A CR whose LF has not come yet ends no line in the styles that want LF. */
TEST(a_line_without_its_end_stays)
{
	struct evbuffer *buf = buffer_new();

	CHECK_EQ(evbuffer_add(buf, "half\r", 5), 0);
	CHECK_NULL(evbuffer_readln(buf, NULL, EVBUFFER_EOL_CRLF));
	CHECK_NULL(evbuffer_readln(buf, NULL, EVBUFFER_EOL_CRLF_STRICT));
	CHECK_NULL(evbuffer_readln(buf, NULL, EVBUFFER_EOL_LF));
	CHECK_EQ(evbuffer_get_length(buf), 5);
	CHECK_EQ(evbuffer_add(buf, "\n", 1), 0);
	char *line = evbuffer_readln(buf, NULL, EVBUFFER_EOL_CRLF_STRICT);
	CHECK_NOTNULL(line);
	CHECK_STR(line, "half");
	test_free(line);
	evbuffer_free(buf);
}

/* A pattern is found across any number of blocks, within its range only. */
TEST(search_over_any_cut)
{
	static const char text[] = "ababcabababcab";

	for (size_t step = 1; step < sizeof(text); step++) {
		struct evbuffer *buf = buffer_of(text, step);
		struct evbuffer_ptr start, end, found;

		found = evbuffer_search(buf, "abc", 3, NULL);
		CHECK_EQ(found.pos, 2);
		CHECK_EQ(evbuffer_ptr_set(buf, &found, 1, EVBUFFER_PTR_ADD), 0);
		start = found;
		found = evbuffer_search(buf, "abc", 3, &start);
		CHECK_EQ(found.pos, 9);
		CHECK_EQ(evbuffer_ptr_set(buf, &end, 12, EVBUFFER_PTR_SET), 0);
		found = evbuffer_search_range(buf, "abc", 3, &start, &end);
		CHECK_EQ(found.pos, 9);
		CHECK_EQ(evbuffer_ptr_set(buf, &end, 11, EVBUFFER_PTR_SET), 0);
		found = evbuffer_search_range(buf, "abc", 3, &start, &end);
		CHECK_EQ(found.pos, -1);
		found = evbuffer_search(buf, "abd", 3, NULL);
		CHECK_EQ(found.pos, -1);
		found = evbuffer_search(buf, text, strlen(text), NULL);
		CHECK_EQ(found.pos, 0);
		found = evbuffer_search(buf, "", 0, &start);
		CHECK_EQ(found.pos, start.pos);
		evbuffer_free(buf);
	}
}

/* search_eol says where and how long, and never looks before its start. */
TEST(search_eol_from_a_start)
{
	struct evbuffer *buf = buffer_of("ab\r\ncd", 1);
	struct evbuffer_ptr start, found;
	size_t len = 9;

	found = evbuffer_search_eol(buf, NULL, &len, EVBUFFER_EOL_CRLF);
	CHECK_EQ(found.pos, 2);
	CHECK_EQ(len, 2);
	CHECK_EQ(evbuffer_ptr_set(buf, &start, 3, EVBUFFER_PTR_SET), 0);
	found = evbuffer_search_eol(buf, &start, &len, EVBUFFER_EOL_CRLF);
	CHECK_EQ(found.pos, 3);
	CHECK_EQ(len, 1);
	found = evbuffer_search_eol(buf, &start, &len,
	    EVBUFFER_EOL_CRLF_STRICT);
	CHECK_EQ(found.pos, -1);
	CHECK_EQ(len, 0);
	evbuffer_free(buf);
}

/* Positions go up to the end and no further. */
TEST(positions_end_at_the_end)
{
	struct evbuffer *buf = buffer_of("0123456789", 3);
	struct evbuffer_ptr pos;

	CHECK_EQ(evbuffer_ptr_set(buf, &pos, 10, EVBUFFER_PTR_SET), 0);
	CHECK_EQ(pos.pos, 10);
	CHECK_EQ(evbuffer_ptr_set(buf, &pos, 0, EVBUFFER_PTR_ADD), 0);
	CHECK_EQ(evbuffer_ptr_set(buf, &pos, 1, EVBUFFER_PTR_ADD), -1);
	CHECK_EQ(pos.pos, -1);
	CHECK_EQ(evbuffer_ptr_set(buf, &pos, 1, EVBUFFER_PTR_ADD), -1);
	CHECK_EQ(evbuffer_ptr_set(buf, &pos, 11, EVBUFFER_PTR_SET), -1);
	CHECK_EQ(evbuffer_search(buf, "0", 1, &pos).pos, -1);
	evbuffer_free(buf);
}

/* The 1.x calls find and read lines as they did. */
TEST(compat_find_and_readline)
{
	struct evbuffer *buf = buffer_of("one\r\n\ntwo\rthree", 2);
	unsigned char *found = evbuffer_find(buf, (const unsigned char *)"two",
	    3);

	CHECK_NOTNULL(found);
	CHECK_MEM(found, "two", 3);
	CHECK_NULL(evbuffer_find(buf, (const unsigned char *)"four", 4));
	char *line = evbuffer_readline(buf);
	CHECK_NOTNULL(line);
	CHECK_STR(line, "one");
	test_free(line);
	line = evbuffer_readline(buf);
	CHECK_NOTNULL(line);
	CHECK_STR(line, "two");
	test_free(line);
	CHECK_NULL(evbuffer_readline(buf));
	evbuffer_free(buf);
}
