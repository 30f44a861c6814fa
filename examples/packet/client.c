/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * client.c - says five things, one after the other's answer, and hangs up.
 *
 *     packet-client PORT
 */
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"

#define PACKETS 5

static struct event_base *base;
static int answers;

static void
say(struct evframe *frame)
{
	struct record record;

	memset(&record, 0, sizeof(record));
	record.index = answers + 1;
	record.age = 30 + answers;
	snprintf(record.name, sizeof(record.name), "client");
	snprintf(record.sex, sizeof(record.sex), "unknown");
	snprintf(record.message, sizeof(record.message), "this is message %d",
	    record.index);
	if (evframe_send(frame, OPCODE_SAY, &record, sizeof(record)) < 0)
		event_base_loopbreak(base);
}

static void
on_packet(struct evframe *frame, struct evframe_message *message, void *arg)
{
	struct record record;

	(void)arg;
	if (evframe_message_get_opcode(message) != OPCODE_ANSWER ||
	    record_read(&record, message) < 0) {
		fprintf(stderr, "not an answer\n");
		event_base_loopbreak(base);
		return;
	}
	record_print(&record);
	if (++answers < PACKETS)
		say(frame);
	else
		event_base_loopbreak(base);
}

static void
on_error(struct evframe *frame, enum evframe_error error, void *arg)
{
	(void)frame;
	(void)arg;
	fprintf(stderr, "%s\n", evframe_error_to_string(error));
	event_base_loopbreak(base);
}

static void
on_event(struct evframe *frame, short what, void *arg)
{
	(void)arg;
	if (what & BEV_EVENT_CONNECTED) {
		say(frame);
		return;
	}
	fprintf(stderr, "the server is gone\n");
	event_base_loopbreak(base);
}

/* Connect, and run until all is said.  Returns main's exit status. */
static int
talk(struct bufferevent *bev, struct evframe *frame, int port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	addr.sin_port = htons((in_port_t)port);
	evframe_set_event_cb(frame, on_event);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
	if (bufferevent_socket_connect(bev, (struct sockaddr *)&addr,
		sizeof(addr)) < 0)
		return 1;
	event_base_dispatch(base);
	return answers != PACKETS;
}

int
main(int argc, char **argv)
{
	struct evframe_codec *codec = evframe_codec_packet_new(PACKET_MAX);
	struct bufferevent *bev;
	struct evframe *frame;
	int status = 1;

	if (argc != 2) {
		fprintf(stderr, "usage: packet-client PORT\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	base = event_base_new();
	bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	frame = evframe_new(bev, codec, on_packet, on_error, NULL);
	if (frame)
		status = talk(bev, frame, atoi(argv[1]));
	evframe_free(frame);
	if (bev)
		bufferevent_free(bev);
	evframe_codec_free(codec);
	if (base)
		event_base_free(base);
	return status;
}
