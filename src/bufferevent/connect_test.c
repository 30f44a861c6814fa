/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * connect_test.c - connecting by name, with a resolver that answers when and
 * what the test likes.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "event2/bufferevent.h"
#include "event2/event.h"
#include "event2/util.h"
#include "test.h"
#include "util/util.h"

static struct {
	evi_util_getaddrinfo_fn cb; /* NULL: nothing is asked */
	void *arg;
	int cancels;
} asked;

static struct evdns_getaddrinfo_request *
start(struct evdns_base *dns, const struct evi_util_question *question,
    evi_util_getaddrinfo_fn cb, void *arg)
{
	CHECK_STR(question->node, "name");
	CHECK_NULL(asked.cb);
	asked.cb = cb;
	asked.arg = arg;
	return (void *)dns;
}

static void
answer(int result, struct evutil_addrinfo *list)
{
	evi_util_getaddrinfo_fn cb = asked.cb;

	asked.cb = NULL;
	cb(result, list, asked.arg);
}

static void
cancel(struct evdns_getaddrinfo_request *request)
{
	(void)request;
	asked.cancels++;
	answer(EVUTIL_EAI_CANCEL, NULL);
}

static struct evdns_base *
use_resolver(void)
{
	static const struct evi_util_resolver resolver = {
		.start = start,
		.cancel = cancel,
	};
	static int any;

	evi_util_getaddrinfo_set_resolver(&resolver);
	return (void *)&any;
}

static void
turn(struct event_base *base)
{
	for (int i = 0; i < 8; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

/* A listener on the loopback; its port. */
static int
listen_there(evutil_socket_t *ret_fd)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	*ret_fd = socket(AF_INET, SOCK_STREAM, 0);
	CHECK_EQ(bind(*ret_fd, (struct sockaddr *)&sin, len), 0);
	CHECK_EQ(listen(*ret_fd, 1), 0);
	CHECK_EQ(getsockname(*ret_fd, (struct sockaddr *)&sin, &len), 0);
	return ntohs(sin.sin_port);
}

static struct evutil_addrinfo *
address_of(const char *port)
{
	struct evutil_addrinfo hints = { .ai_family = AF_INET,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = EVUTIL_AI_NUMERICHOST };
	struct evutil_addrinfo *list = NULL;

	CHECK_EQ(evutil_getaddrinfo("127.0.0.1", port, &hints, &list), 0);
	return list;
}

struct outcome {
	int events;
	short what;
	int err;
};

static void
note(struct bufferevent *bev, short what, void *arg)
{
	struct outcome *outcome = arg;

	(void)bev;
	outcome->err = errno;
	outcome->events++;
	outcome->what |= what;
}

static struct bufferevent *
ask(struct event_base *base, struct evdns_base *dns, struct outcome *outcome,
    int port)
{
	struct bufferevent *bev = bufferevent_socket_new(base, -1,
	    BEV_OPT_CLOSE_ON_FREE);

	CHECK_NOTNULL(bev);
	bufferevent_setcb(bev, NULL, NULL, note, outcome);
	CHECK_EQ(bufferevent_enable(bev, EV_READ), 0);
	CHECK_EQ(bufferevent_socket_connect_hostname(bev, dns, AF_UNSPEC,
		     "name", port),
	    0);
	CHECK_NOTNULL(asked.cb);
	return bev;
}

/*
 * Of several addresses the first is tried and no other: if it
 * refuses, that is one error event with that errno and no error of the lookup.
 */
TEST(first_of_several_addresses_refuses)
{
	struct event_base *base = test_base();
	struct outcome outcome = { 0 };
	evutil_socket_t closed, open;
	char ports[2][8];

	int port = listen_there(&closed);
	evutil_snprintf(ports[0], sizeof(ports[0]), "%d", port);
	evutil_snprintf(ports[1], sizeof(ports[1]), "%d", listen_there(&open));
	close(closed);
	struct bufferevent *bev = ask(base, use_resolver(), &outcome, port);
	struct evutil_addrinfo *list = address_of(ports[0]);
	list->ai_next = address_of(ports[1]);
	turn(base);
	CHECK_EQ(outcome.events, 0);
	answer(0, list);
	turn(base);
	CHECK_EQ(outcome.events, 1);
	CHECK_EQ(outcome.what, BEV_EVENT_ERROR);
	CHECK_EQ(outcome.err, ECONNREFUSED);
	CHECK_EQ(bufferevent_socket_get_dns_error(bev), 0);
	bufferevent_free(bev);
	close(open);
	event_base_free(base);
}

/* What is written before the answer goes out once it has connected. */
TEST(output_waits_for_the_answer)
{
	struct event_base *base = test_base();
	struct outcome outcome = { 0 };
	evutil_socket_t lfd;
	char port_text[8], text[4];
	int port = listen_there(&lfd);

	struct bufferevent *bev = ask(base, use_resolver(), &outcome, port);
	CHECK_EQ(bufferevent_write(bev, "abc", 3), 0);
	turn(base);
	CHECK_EQ(bufferevent_getfd(bev), -1);
	/* One lookup at a time. */
	CHECK_EQ(bufferevent_socket_connect_hostname(bev, use_resolver(),
		     AF_UNSPEC, "name", port),
	    -1);
	evutil_snprintf(port_text, sizeof(port_text), "%d", port);
	answer(0, address_of(port_text));
	turn(base);
	CHECK_EQ(outcome.what, BEV_EVENT_CONNECTED);
	evutil_socket_t fd = accept(lfd, NULL, NULL);
	CHECK_EQ(recv(fd, text, sizeof(text), 0), 3);
	close(fd);
	close(lfd);
	bufferevent_free(bev);
	event_base_free(base);
}

/* A name without addresses: one error event, and the lookup's error told. */
TEST(name_is_unknown)
{
	struct event_base *base = test_base();
	struct outcome outcome = { 0 };
	struct bufferevent *bev = ask(base, use_resolver(), &outcome, 80);

	answer(EVUTIL_EAI_NONAME, NULL);
	turn(base);
	CHECK_EQ(outcome.events, 1);
	CHECK_EQ(outcome.what, BEV_EVENT_ERROR);
	CHECK_EQ(bufferevent_socket_get_dns_error(bev), EVUTIL_EAI_NONAME);
	bufferevent_free(bev);
	event_base_free(base);
}

/* An address that no socket can be made for: the error is the socket's. */
TEST(address_is_of_an_unknown_family)
{
	struct event_base *base = test_base();
	struct outcome outcome = { 0 };
	struct bufferevent *bev = ask(base, use_resolver(), &outcome, 80);
	struct evutil_addrinfo *list = address_of("80");

	list->ai_addr->sa_family = 200;
	answer(0, list);
	turn(base);
	CHECK_EQ(outcome.events, 1);
	CHECK_EQ(outcome.what, BEV_EVENT_ERROR);
	CHECK_EQ(outcome.err, EAFNOSUPPORT);
	CHECK_EQ(bufferevent_socket_get_dns_error(bev), 0);
	bufferevent_free(bev);
	event_base_free(base);
}

/* Freed, or closed after a flush, while it waits for an answer. */
TEST(freed_while_it_asks)
{
	struct event_base *base = test_base();
	struct outcome outcome = { 0 };
	struct bufferevent *bev = ask(base, use_resolver(), &outcome, 80);

	bufferevent_free(bev);
	CHECK_EQ(asked.cancels, 1);
	turn(base);
	bev = ask(base, use_resolver(), &outcome, 80);
	CHECK_EQ(bufferevent_write(bev, "abc", 3), 0);
	CHECK_EQ(bufferevent_close_after_flush(bev, NULL), 0);
	CHECK_EQ(asked.cancels, 1);
	answer(EVUTIL_EAI_NONAME, NULL); /* it gives up */
	turn(base);
	CHECK_EQ(outcome.events, 0);
	event_base_free(base);
}

/* What no lookup is begun for. */
TEST(senseless_questions)
{
	struct event_base *base = test_base();
	struct evdns_base *dns = use_resolver();
	struct bufferevent *bev = bufferevent_socket_new(base, -1, 0);
	struct bufferevent *pair[2];

	CHECK_NOTNULL(bev);
	CHECK_EQ(bufferevent_pair_new(base, 0, pair), 0);
	CHECK_EQ(bufferevent_socket_connect_hostname(bev, dns, AF_UNSPEC,
		     "name", 0),
	    -1);
	CHECK_EQ(bufferevent_socket_connect_hostname(bev, dns, AF_UNSPEC,
		     "name", 65536),
	    -1);
	CHECK_EQ(bufferevent_socket_connect_hostname(bev, dns, AF_UNSPEC, NULL,
		     80),
	    -1);
	CHECK_EQ(bufferevent_socket_connect_hostname(bev, dns, AF_UNIX, "name",
		     80),
	    -1);
	CHECK_EQ(bufferevent_socket_connect_hostname(pair[0], dns, AF_INET6,
		     "name", 80),
	    -1);
	CHECK_EQ(bufferevent_socket_connect(pair[0], NULL, 0), -1);
	CHECK_EQ(bufferevent_socket_connect(bev, NULL, 0), -1);
	CHECK_NULL(asked.cb);
	bufferevent_free(bev);
	bufferevent_free(pair[0]);
	bufferevent_free(pair[1]);
	event_base_free(base);
}
