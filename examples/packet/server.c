/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * server.c - takes records and answers each with one of its own.
 *
 *     packet-server [PORT]		(0 or none: any free port)
 *
 * TCP may deliver half a packet, or three at once: the frame calls on_packet
 * once for each whole one.  What is no packet goes to on_error, and the peer
 * goes with it.
 */
#include <stdio.h>
#include <string.h>

#include "../serve.h"
#include "record.h"

/* Both of a peer's objects, in either order. */
static void
hang_up(struct evframe *frame)
{
	struct bufferevent *bev = evframe_get_bufferevent(frame);

	evframe_free(frame);
	bufferevent_free(bev);
}

static void
on_packet(struct evframe *frame, struct evframe_message *message, void *arg)
{
	struct record record;

	(void)arg;
	if (evframe_message_get_opcode(message) != OPCODE_SAY ||
	    record_read(&record, message) < 0) {
		printf("refused: not what is said here\n");
		fflush(stdout);
		hang_up(frame);
		return;
	}
	record_print(&record);
	memset(record.message, 0, sizeof(record.message));
	snprintf(record.message, sizeof(record.message), "answer to %d",
	    record.index);
	if (evframe_send(frame, OPCODE_ANSWER, &record, sizeof(record)) < 0)
		hang_up(frame);
}

static void
on_error(struct evframe *frame, enum evframe_error error, void *arg)
{
	(void)arg;
	printf("refused: %s\n", evframe_error_to_string(error));
	fflush(stdout);
	hang_up(frame);
}

static void
on_event(struct evframe *frame, short what, void *arg)
{
	(void)arg;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
		hang_up(frame);
}

static void
on_peer(struct event_base *base, struct bufferevent *bev)
{
	struct evframe_codec *codec = evframe_codec_packet_new(PACKET_MAX);
	struct evframe *frame = NULL;

	(void)base;
	if (codec)
		frame = evframe_new(bev, codec, on_packet, on_error, NULL);
	evframe_codec_free(codec);
	if (frame)
		evframe_set_event_cb(frame, on_event);
	else
		bufferevent_free(bev);
}

int
main(int argc, char **argv)
{
	return serve(argc > 1 ? argv[1] : NULL, on_peer);
}
