/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * file-server.c - hand out the files of one folder.
 *
 *     file-server FOLDER [PORT]
 *
 * The peer sends names of files, a line each; the answer to each is a line
 * "ok LENGTH" and so many bytes, or a line "error REASON".
 *
 * A file segment puts the file itself into the output: it is sent by
 * sendfile() or from a mapping, and is not read into memory first.
 *
 * A name from outside is no path: one with a slash or a leading dot, and
 * links that lead elsewhere (O_NOFOLLOW), are refused.
 */
#include "serve.h"

#include <errno.h>
#include <event2/buffer.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	NAME_MAX_LEN = 255,
	UNSENT_MAX = 1 << 20
};

static int folder;

/* Open a regular file of the folder; -1 and errno if that cannot be. */
static int
open_file(const char *name, struct stat *ret_stat)
{
	int fd;

	if (name[0] == '\0' || name[0] == '.' || strchr(name, '/')) {
		errno = EACCES;
		return -1;
	}
	/* Not to wait for the other end, if it is a pipe: O_NONBLOCK. */
	fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return -1;
	if (fstat(fd, ret_stat) == 0 && S_ISREG(ret_stat->st_mode))
		return fd;
	close(fd);
	errno = EACCES;
	return -1;
}

/* Put the answer to one name into the output. */
static void
answer(struct evbuffer *output, const char *name)
{
	struct evbuffer_file_segment *file = NULL;
	struct stat st;
	int fd = open_file(name, &st);

	if (fd >= 0)
		file = evbuffer_file_segment_new(fd, 0, st.st_size,
		    EVBUF_FS_CLOSE_ON_FREE);
	if (!file) {
		evbuffer_add_printf(output, "error %s\n", strerror(errno));
		if (fd >= 0)
			close(fd);
		return;
	}
	evbuffer_add_printf(output, "ok %lld\n", (long long)st.st_size);
	if (st.st_size > 0)
		evbuffer_add_file_segment(output, file, 0, st.st_size);
	/* Our reference; the output has one of its own until all is sent. */
	evbuffer_file_segment_free(file);
}

/*
 * Answer the names that are complete, while few answers are unsent.  False
 * if what has come can be no name.
 */
static bool
answer_names(struct bufferevent *bev)
{
	struct evbuffer *input = bufferevent_get_input(bev);
	struct evbuffer *output = bufferevent_get_output(bev);
	char *name;

	while (evbuffer_get_length(output) < UNSENT_MAX) {
		name = evbuffer_readln(input, NULL, EVBUFFER_EOL_CRLF);
		if (!name)
			return evbuffer_get_length(input) <= NAME_MAX_LEN;
		answer(output, name);
		free(name);
	}
	return true;
}

/*
 * Names have come, or answers have gone and there is room for more.  `at_end`
 * is not NULL if the peer asks no more: then it is over when all has gone.
 */
static void
on_progress(struct bufferevent *bev, void *at_end)
{
	struct evbuffer *output = bufferevent_get_output(bev);

	if (!answer_names(bev) || (at_end && evbuffer_get_length(output) == 0))
		bufferevent_free(bev);
}

/* The peer has sent its last name, or the connection has broken. */
static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	(void)arg;
	bufferevent_setcb(bev, NULL, on_progress, on_event, bev);
	if (what & BEV_EVENT_ERROR)
		bufferevent_free(bev);
	else
		on_progress(bev, bev);
}

static void
on_peer(struct event_base *base, struct bufferevent *bev)
{
	(void)base;
	bufferevent_setwatermark(bev, EV_READ, 0, UNSENT_MAX);
	bufferevent_setcb(bev, on_progress, on_progress, on_event, NULL);
}

int
main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: file-server FOLDER [PORT]\n");
		return 2;
	}
	folder = open(argv[1], O_RDONLY | O_DIRECTORY);
	if (folder < 0) {
		perror(argv[1]);
		return 1;
	}
	return serve(argc > 2 ? argv[2] : NULL, on_peer);
}
