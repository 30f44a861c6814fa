/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * buffer_file.c - traces file segments: what may be added, what arrives, and
 * when the segment, its callback and its descriptor go.
 */
/* backends: epoll */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/util.h>

#define TEXT "the content of the file"

/* A file of that text, already unlinked. */
static int
file_of(const char *text)
{
	char path[] = "/tmp/buffer_file.XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		_exit(1);
	unlink(path);
	return fd;
}

static int
is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static int watched_fd;

static void
on_cleanup(struct evbuffer_file_segment const *seg, int flags, void *arg)
{
	printf("  cleanup %s: segment %d flags %d fd open %d\n",
	    (const char *)arg, seg != NULL, flags, is_open(watched_fd));
}

static void
show(const char *title, struct evbuffer *buf)
{
	char text[128];
	ev_ssize_t n = evbuffer_copyout(buf, text, sizeof(text));

	printf("  %s holds %lu \"%.*s\"\n", title,
	    (unsigned long)evbuffer_get_length(buf), (int)n, text);
}

/* Make a segment with these flags; use it twice; free in this order. */
static void
trace_life(unsigned flags)
{
	struct evbuffer *a = evbuffer_new();
	struct evbuffer *b = evbuffer_new();
	struct evbuffer_file_segment *seg;

	watched_fd = file_of(TEXT);
	seg = evbuffer_file_segment_new(watched_fd, 4, 18, flags);
	printf("flags %u made %d\n", flags, seg != NULL);
	evbuffer_file_segment_add_cleanup_cb(seg, on_cleanup, (void *)"x");
	printf(" add all %d\n", evbuffer_add_file_segment(a, seg, 0, -1));
	printf(" add part %d\n", evbuffer_add_file_segment(b, seg, 8, 6));
	printf(" add end %d\n", evbuffer_add_file_segment(b, seg, 15, -1));
	show("a", a);
	show("b", b);
	printf(" freed by the maker\n");
	evbuffer_file_segment_free(seg);
	printf(" drain a\n");
	evbuffer_drain(a, 100);
	printf(" free b\n");
	evbuffer_free(b);
	printf(" fd open %d\n", is_open(watched_fd));
	evbuffer_free(a);
	if (!(flags & EVBUF_FS_CLOSE_ON_FREE))
		close(watched_fd);
}

static void
trace_bounds(void)
{
	/* The original frees a segment whose range it refuses: none here. */
	static const long ranges[][2] = { { 0, 0 }, { 0, 10 }, { 10, 0 },
		{ 10, -1 }, { 5, 5 }, { 5, -1 }, { 0, -1 } };
	struct evbuffer *buf = evbuffer_new();
	struct evbuffer_file_segment *seg;
	size_t i;
	int fd = file_of(TEXT);

	seg = evbuffer_file_segment_new(fd, 0, 10, EVBUF_FS_DISABLE_SENDFILE);
	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		int r = evbuffer_add_file_segment(buf, seg, ranges[i][0],
		    ranges[i][1]);

		printf("range %ld %ld: %d now %lu\n", ranges[i][0],
		    ranges[i][1], r, (unsigned long)evbuffer_get_length(buf));
		evbuffer_drain(buf, 1000);
	}
	evbuffer_file_segment_free(seg);
	evbuffer_free(buf);
	close(fd);
}

static void
trace_add_file(const char *text, long offset, long length)
{
	struct evbuffer *buf = evbuffer_new();
	int fd = file_of(text);
	int r = evbuffer_add_file(buf, fd, offset, length);

	printf("add_file of %lu, %ld %ld: %d\n", (unsigned long)strlen(text),
	    offset, length, r);
	show("buffer", buf);
	evbuffer_drain(buf, 3);
	printf(" fd open %d\n", is_open(fd));
	evbuffer_free(buf);
	printf(" fd open at the end %d\n", is_open(fd));
	close(fd);
}

/* Text, file, text to a socket, by sendfile where there is one. */
static void
trace_send(int flags, unsigned seg_flags)
{
	struct evbuffer *out = evbuffer_new();
	struct evbuffer *in = evbuffer_new();
	struct evbuffer_file_segment *seg;
	int fds[2], n, rounds = 0, fd = file_of(TEXT);

	if (evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0)
		_exit(1);
	evbuffer_set_flags(out, flags);
	evbuffer_add(out, "before ", 7);
	seg = evbuffer_file_segment_new(fd, 0, -1, seg_flags);
	printf("send flags %d seg flags %u\n", flags, seg_flags);
	printf(" add %d\n", evbuffer_add_file_segment(out, seg, 4, -1));
	evbuffer_add(out, " after", 6);
	printf(" length %lu\n", (unsigned long)evbuffer_get_length(out));
	while (evbuffer_get_length(out) && rounds++ < 20) {
		n = evbuffer_write(out, fds[0]);
		if (n < 0)
			printf(" write %d\n", n);
	}
	while (evbuffer_get_length(in) < 7 + strlen(TEXT) - 4 + 6)
		if (evbuffer_read(in, fds[1], -1) <= 0)
			break;
	show("arrived", in);
	evbuffer_file_segment_free(seg);
	evbuffer_free(in);
	evbuffer_free(out);
	close(fds[0]);
	close(fds[1]);
	close(fd);
}

static void
trace_refusals(void)
{
	struct evbuffer *buf = evbuffer_new();
	struct evbuffer_file_segment *seg;
	int fds[2];

	seg = evbuffer_file_segment_new(-1, 0, -1, 0);
	printf("no descriptor, no length: %d\n", seg != NULL);
	if (pipe(fds) < 0)
		_exit(1);
	seg = evbuffer_file_segment_new(fds[0], 0, -1, 0);
	printf("a pipe, no length: %d\n", seg != NULL);
	if (seg)
		evbuffer_file_segment_free(seg);
	printf("add_file of -1: %d\n", evbuffer_add_file(buf, -1, 0, -1));
	close(fds[0]);
	close(fds[1]);
	evbuffer_free(buf);
}

int
main(void)
{
	unsigned flags;

	setvbuf(stdout, NULL, _IOLBF, 0); /* in order with warnings */
	for (flags = 0; flags < 16; flags++)
		trace_life(flags);
	trace_bounds();
	trace_add_file(TEXT, 0, -1);
	trace_add_file(TEXT, 4, 7);
	trace_add_file(TEXT, 4, 0);
	trace_add_file(TEXT, 23, -1);
	trace_add_file("", 0, -1);
	trace_add_file("", 0, 0);
	trace_send(0, 0);
	trace_send(EVBUFFER_FLAG_DRAINS_TO_FD, 0);
	trace_send(EVBUFFER_FLAG_DRAINS_TO_FD, EVBUF_FS_DISABLE_SENDFILE);
	trace_send(EVBUFFER_FLAG_DRAINS_TO_FD, EVBUF_FS_DISABLE_MMAP);
	trace_send(0, EVBUF_FS_DISABLE_MMAP);
	trace_refusals();
	return 0;
}
