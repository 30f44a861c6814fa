/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * chat.c - what one peer says, line by line, all the others read.
 *
 *     chat [PORT]			(talk to it with `nc 127.0.0.1 PORT`)
 *
 * It shows lines (evbuffer_readln takes one only when it is complete), and
 * one event that writes to many bufferevents.  Two limits keep a peer from
 * using up our memory: a line has an end, and who does not read is sent off.
 */
#include "serve.h"

#include <event2/buffer.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	LINE_MAX_LEN = 4096,
	UNREAD_MAX = 1 << 20
};

struct guest {
	struct guest *next;
	struct bufferevent *bev;
	int number;
};

static struct guest *guests;
static int last_number;

/*
 * Say something to everyone but `speaker`.  A guest who does not read is cut
 * off by its own event later: nobody may leave the list while we walk it.
 */
static void
say(const struct guest *speaker, const char *verb, const char *text)
{
	struct guest *guest;

	for (guest = guests; guest; guest = guest->next) {
		struct evbuffer *output = bufferevent_get_output(guest->bev);

		if (guest == speaker)
			continue;
		evbuffer_add_printf(output, "guest %d%s%s\n", speaker->number,
		    verb, text);
		if (evbuffer_get_length(output) > UNREAD_MAX)
			bufferevent_trigger_event(guest->bev, BEV_EVENT_ERROR,
			    BEV_OPT_DEFER_CALLBACKS);
	}
}

/* Take a guest off the list, and tell the others. */
static void
guest_leave(struct guest *guest, const char *reason)
{
	struct guest **place = &guests;

	while (*place != guest)
		place = &(*place)->next;
	*place = guest->next;
	say(guest, " leaves", reason);
	bufferevent_free(guest->bev);
	free(guest);
}

/* Pass on every line that is complete. */
static void
on_read(struct bufferevent *bev, void *arg)
{
	struct guest *guest = arg;
	struct evbuffer *input = bufferevent_get_input(bev);
	char *line;

	while ((line = evbuffer_readln(input, NULL, EVBUFFER_EOL_CRLF))) {
		say(guest, ": ", line);
		free(line);
	}
	if (evbuffer_get_length(input) >= LINE_MAX_LEN)
		guest_leave(guest, " (endless line)");
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	guest_leave(arg, what & BEV_EVENT_EOF ? "" : " (broken)");
}

static void
on_peer(struct event_base *base, struct bufferevent *bev)
{
	struct guest *guest = malloc(sizeof(*guest));

	(void)base;
	if (!guest) {
		bufferevent_free(bev);
		return;
	}
	guest->bev = bev;
	guest->number = ++last_number;
	guest->next = guests;
	guests = guest;
	bufferevent_setcb(bev, on_read, NULL, on_event, guest);
	evbuffer_add_printf(bufferevent_get_output(bev), "You are guest %d.\n",
	    guest->number);
	say(guest, " comes", "");
}

/* At the end: free who is still there, without a word. */
static void
free_guests(void)
{
	while (guests) {
		struct guest *guest = guests;

		guests = guest->next;
		free(guest);
	}
}

int
main(int argc, char **argv)
{
	int status = serve(argc > 1 ? argv[1] : NULL, on_peer);

	free_guests();
	return status;
}
