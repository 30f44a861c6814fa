/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * buffer_search.c - traces positions, searches and lines.
 */
/* backends: epoll */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/buffer_compat.h>

static const char *const style_names[] = { "any", "crlf", "strict", "lf",
	"nul" };

/* A buffer of the text, a block for every `step` bytes. */
static struct evbuffer *
buffer_of(const char *text, size_t len, size_t step)
{
	struct evbuffer *buf = evbuffer_new();
	size_t at;

	for (at = 0; at < len; at += step) {
		size_t n = len - at < step ? len - at : step;

		evbuffer_add_reference(buf, text + at, n, NULL, NULL);
	}
	return buf;
}

static void
trace_positions(void)
{
	struct evbuffer *buf = buffer_of("0123456789", 10, 4);
	struct evbuffer *empty = evbuffer_new();
	struct evbuffer_ptr pos;
	size_t at;

	for (at = 0; at < 13; at++) {
		int r = evbuffer_ptr_set(buf, &pos, at, EVBUFFER_PTR_SET);

		printf("set %lu: %d pos %ld\n", (unsigned long)at, r,
		    (long)pos.pos);
	}
	evbuffer_ptr_set(buf, &pos, 3, EVBUFFER_PTR_SET);
	printf("add 4: %d", evbuffer_ptr_set(buf, &pos, 4, EVBUFFER_PTR_ADD));
	printf(" pos %ld\n", (long)pos.pos);
	printf("add 3: %d", evbuffer_ptr_set(buf, &pos, 3, EVBUFFER_PTR_ADD));
	printf(" pos %ld\n", (long)pos.pos);
	printf("add 0: %d", evbuffer_ptr_set(buf, &pos, 0, EVBUFFER_PTR_ADD));
	printf(" pos %ld\n", (long)pos.pos);
	printf("add 1: %d", evbuffer_ptr_set(buf, &pos, 1, EVBUFFER_PTR_ADD));
	printf(" pos %ld\n", (long)pos.pos);
	evbuffer_ptr_set(buf, &pos, 3, EVBUFFER_PTR_SET);
	printf("add max: %d",
	    evbuffer_ptr_set(buf, &pos, (size_t)-1, EVBUFFER_PTR_ADD));
	printf(" pos %ld\n", (long)pos.pos);
	printf("empty 0: %d",
	    evbuffer_ptr_set(empty, &pos, 0, EVBUFFER_PTR_SET));
	printf(" pos %ld\n", (long)pos.pos);
	printf("empty 1: %d",
	    evbuffer_ptr_set(empty, &pos, 1, EVBUFFER_PTR_SET));
	printf(" pos %ld\n", (long)pos.pos);
	evbuffer_free(buf);
	evbuffer_free(empty);
}

static void
trace_search(const char *text, const char *what, size_t step)
{
	struct evbuffer *buf = buffer_of(text, strlen(text), step);
	struct evbuffer_ptr start, end, found;
	size_t len = strlen(text);
	size_t from, to;

	found = evbuffer_search(buf, what, strlen(what), NULL);
	printf("search \"%s\" in \"%s\" by %lu: %ld\n", what, text,
	    (unsigned long)step, (long)found.pos);
	for (from = 0; from <= len; from += 2) {
		evbuffer_ptr_set(buf, &start, from, EVBUFFER_PTR_SET);
		found = evbuffer_search(buf, what, strlen(what), &start);
		printf(" from %lu: %ld to", (unsigned long)from,
		    (long)found.pos);
		for (to = 0; to <= len; to += 3) {
			evbuffer_ptr_set(buf, &end, to, EVBUFFER_PTR_SET);
			found = evbuffer_search_range(buf, what, strlen(what),
			    &start, &end);
			printf(" %lu:%ld", (unsigned long)to, (long)found.pos);
		}
		printf("\n");
	}
	evbuffer_free(buf);
}

static void
trace_eol(const char *text, size_t len, size_t step)
{
	struct evbuffer *buf = buffer_of(text, len, step);
	int style;

	for (style = 0; style < 5; style++) {
		struct evbuffer_ptr start, found;
		size_t from, eol_len;

		printf("eol %s by %lu:", style_names[style],
		    (unsigned long)step);
		for (from = 0; from <= len; from++) {
			evbuffer_ptr_set(buf, &start, from, EVBUFFER_PTR_SET);
			eol_len = 99;
			found = evbuffer_search_eol(buf, &start, &eol_len,
			    (enum evbuffer_eol_style)style);
			printf(" %ld/%lu", (long)found.pos,
			    (unsigned long)eol_len);
		}
		eol_len = 99;
		found = evbuffer_search_eol(buf, NULL, &eol_len,
		    (enum evbuffer_eol_style)style);
		printf(" null %ld/%lu\n", (long)found.pos,
		    (unsigned long)eol_len);
	}
	evbuffer_free(buf);
}

static void
trace_lines(const char *text, size_t len, size_t step)
{
	int style;

	for (style = 0; style < 5; style++) {
		struct evbuffer *buf = buffer_of(text, len, step);
		size_t n = 99;
		char *line;

		printf("lines %s by %lu:", style_names[style],
		    (unsigned long)step);
		while ((line = evbuffer_readln(buf, &n,
			    (enum evbuffer_eol_style)style))) {
			printf(" [%lu", (unsigned long)n);
			for (; n; n--)
				printf(" %02x",
				    (unsigned char)
					line[strlen(line) ? strlen(line) - 1
							  : 0]);
			printf("%s]", line[n] == 0 ? "" : ".");
			free(line);
			n = 99;
		}
		printf(" n %lu left %lu\n", (unsigned long)n,
		    (unsigned long)evbuffer_get_length(buf));
		evbuffer_free(buf);
	}
}

static void
trace_compat(void)
{
	struct evbuffer *buf = buffer_of("one\r\n\ntwo\rthree\0", 16, 3);
	unsigned char *found;
	char *line;

	found = evbuffer_find(buf, (const unsigned char *)"two", 3);
	printf("find %.9s\n", found ? (char *)found : "none");
	found = evbuffer_find(buf, (const unsigned char *)"four", 4);
	printf("find %s\n", found ? (char *)found : "none");
	while ((line = evbuffer_readline(buf))) {
		printf("readline %s\n", line);
		free(line);
	}
	printf("left %lu\n", (unsigned long)EVBUFFER_LENGTH(buf));
	printf("data %.5s\n", (char *)EVBUFFER_DATA(buf));
	evbuffer_free(buf);
}

static void
trace_edges(void)
{
	struct evbuffer *buf = buffer_of("abc", 3, 1);
	struct evbuffer *empty = evbuffer_new();
	struct evbuffer_ptr pos;

	printf("search nothing %ld\n",
	    (long)evbuffer_search(buf, "", 0, NULL).pos);
	evbuffer_ptr_set(buf, &pos, 2, EVBUFFER_PTR_SET);
	printf("search nothing from 2 %ld\n",
	    (long)evbuffer_search(buf, "", 0, &pos).pos);
	printf("search in empty %ld\n",
	    (long)evbuffer_search(empty, "a", 1, NULL).pos);
	printf("search nothing in empty %ld\n",
	    (long)evbuffer_search(empty, "", 0, NULL).pos);
	printf("eol in empty %ld\n",
	    (long)evbuffer_search_eol(empty, NULL, NULL, EVBUFFER_EOL_LF).pos);
	evbuffer_free(buf);
	evbuffer_free(empty);
}

int
main(void)
{
	static const char mixed[] = "a\nb\r\nc\r\rd\n\re\r\n\r\n\0f\r";
	static const size_t steps[] = { 1, 2, 3, 5, 100 };
	size_t i;

	trace_positions();
	for (i = 0; i < 5; i++) {
		trace_search("abababbab", "abb", steps[i]);
		trace_search("aaaaaaaab", "aab", steps[i]);
		trace_search("xyz", "xyz", steps[i]);
		trace_search("xyz", "wxyz", steps[i]);
		trace_eol(mixed, sizeof(mixed) - 1, steps[i]);
		trace_lines(mixed, sizeof(mixed) - 1, steps[i]);
		trace_lines("\n\n\n", 3, steps[i]);
	}
	trace_compat();
	trace_edges();
	return 0;
}
