/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * proxy.c - pass connections on to another server, not too fast.
 *
 *     proxy ADDRESS:PORT [EACH [ALL [LISTEN_PORT]]]
 *
 * EACH is how many bytes a second one connection may carry each way, ALL how
 * many all of them together; 0 is no limit.
 *
 * A connection is a pair of bufferevents: what comes in on one side, its end
 * too, goes to the other, and while that is full the first is not read.
 */
#include "serve.h"

#include <err.h>
#include <event2/buffer.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>

enum {
	UNSENT_MAX = 256 * 1024
};

struct side {
	struct side *pair, *other; /* pair: the client's, the server's */
	struct bufferevent *bev;
	bool at_end, is_told; /* it sends no more; knows the other doesn't */
};

static struct sockaddr_storage target;
static struct sockaddr *const to = (struct sockaddr *)&target;
static int to_len = sizeof(target);
static struct ev_token_bucket_cfg *each_limit, *all_limit;
static struct bufferevent_rate_limit_group *group;

static void
pair_free(struct side *pair)
{
	bufferevent_free(pair[0].bev);
	bufferevent_free(pair[1].bev);
	free(pair);
}

/* If all is sent that there will ever be, say so.  May free the pair. */
static void
finish(struct side *side)
{
	if (!side->other->at_end || side->is_told ||
	    evbuffer_get_length(bufferevent_get_output(side->bev)) > 0)
		return;
	shutdown(bufferevent_getfd(side->bev), SHUT_WR);
	side->is_told = true;
	if (side->other->is_told)
		pair_free(side->pair);
}

/* Input has come: it is the other side's output. */
static void
on_read(struct bufferevent *bev, void *arg)
{
	struct side *side = arg;
	struct evbuffer *output = bufferevent_get_output(side->other->bev);

	evbuffer_add_buffer(output, bufferevent_get_input(bev));
	if (evbuffer_get_length(output) >= UNSENT_MAX)
		bufferevent_disable(bev, EV_READ);
}

/* All output has gone: get more from the other side. */
static void
on_sent(struct bufferevent *bev, void *arg)
{
	struct side *side = arg;

	(void)bev;
	if (!side->other->at_end)
		bufferevent_enable(side->other->bev, EV_READ);
	finish(side);
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	struct side *side = arg;

	(void)bev;
	side->at_end |= (what & BEV_EVENT_EOF) != 0;
	if (what & BEV_EVENT_ERROR)
		pair_free(side->pair);
	else if (what & BEV_EVENT_CONNECTED)
		bufferevent_enable(side->other->bev, EV_READ);
	else
		finish(side->other);
}

/* Set the limits, on the client's side of a pair only. */
static void
limit_rate(struct event_base *base, struct bufferevent *bev)
{
	bufferevent_set_rate_limit(bev, each_limit); /* NULL: none */
	if (all_limit && !group) /* stays until the program ends */
		group = bufferevent_rate_limit_group_new(base, all_limit);
	if (group)
		bufferevent_add_to_rate_limit_group(bev, group);
}

/* A client has connected: connect to the target, then read the client. */
static void
on_peer(struct event_base *base, struct bufferevent *bev)
{
	struct side *pair = calloc(2, sizeof(*pair));
	struct bufferevent *server = bufferevent_socket_new(base, -1,
	    BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);

	if (!pair || !server)
		abort(); /* no memory */
	pair[0] = (struct side){ pair, &pair[1], bev, false, false };
	pair[1] = (struct side){ pair, &pair[0], server, false, false };
	bufferevent_setcb(bev, on_read, on_sent, on_event, &pair[0]);
	bufferevent_setcb(server, on_read, on_sent, on_event, &pair[1]);
	limit_rate(base, bev);
	bufferevent_disable(bev, EV_READ);
	bufferevent_enable(server, EV_READ);
	if (bufferevent_socket_connect(server, to, to_len) < 0)
		pair_free(pair);
}

/* A limit in bytes a second; NULL for 0, which is none. */
static struct ev_token_bucket_cfg *
parse_limit(const char *text)
{
	struct timeval tick = { .tv_usec = 100000 };
	size_t rate = strtoul(text, NULL, 10) / 10; /* in a tick */

	if (rate == 0)
		return NULL;
	return ev_token_bucket_cfg_new(rate, rate, rate, rate, &tick);
}

int
main(int argc, char **argv)
{
	if (argc < 2 || evutil_parse_sockaddr_port(argv[1], to, &to_len))
		errx(2, "usage: proxy ADDRESS:PORT [EACH [ALL [LISTEN_PORT]]]");
	each_limit = argc > 2 ? parse_limit(argv[2]) : NULL;
	all_limit = argc > 3 ? parse_limit(argv[3]) : NULL;
	return serve(argc > 4 ? argv[4] : NULL, on_peer);
}
