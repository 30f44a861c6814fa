/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * echo/uv.c - an echo server on streams: libuv.
 */
#include "common/bench.h"
#include "echo/echo.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

struct answer {
	uv_write_t request;
	char bytes[];
};

static uv_loop_t loop;

static void
on_room_wanted(uv_handle_t *handle, size_t size, uv_buf_t *ret_room)
{
	static char room[65536];

	(void)handle;
	(void)size;
	*ret_room = uv_buf_init(room, sizeof(room));
}

static void
on_closed(uv_handle_t *handle)
{
	free(handle);
	if (echo_closed())
		uv_stop(&loop);
}

static void
on_written(uv_write_t *request, int status)
{
	bench_need(status == 0, "uv_write");
	free(request);
}

static void
on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *room)
{
	struct answer *answer;
	uv_buf_t bytes;

	if (len < 0)
		uv_close((uv_handle_t *)stream, on_closed);
	if (len <= 0)
		return;
	answer = malloc(sizeof(*answer) + (size_t)len);
	memcpy(answer->bytes, room->base, (size_t)len);
	bytes = uv_buf_init(answer->bytes, (unsigned int)len);
	uv_write(&answer->request, stream, &bytes, 1, on_written);
	if (echo_moved((size_t)len))
		uv_stop(&loop);
}

static void
on_connection(uv_stream_t *listener, int status)
{
	uv_tcp_t *tcp = malloc(sizeof(*tcp));

	bench_need(status == 0, "uv_listen");
	uv_tcp_init(&loop, tcp);
	bench_need(!uv_accept(listener, (uv_stream_t *)tcp), "uv_accept");
	uv_read_start((uv_stream_t *)tcp, on_room_wanted, on_read);
}

static void
run(void *arg)
{
	(void)arg;
	uv_run(&loop, UV_RUN_DEFAULT);
}

int
main(int argc, char **argv)
{
	static uv_tcp_t listener;
	int fd = echo_init(argv);

	(void)argc;
	uv_loop_init(&loop);
	uv_tcp_init(&loop, &listener);
	uv_tcp_open(&listener, fd);
	bench_need(!uv_listen((uv_stream_t *)&listener, 4096, on_connection),
	    "uv_listen");
	echo_run(run);
	return 0;
}
