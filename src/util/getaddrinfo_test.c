/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * getaddrinfo_test.c - what resolvers build on: numeric answers, lists, the
 * registration of an asynchronous resolver.
 */
#include "util/util.h"

#include <string.h>

#include "base/mem.h"
#include "os/socket.h"
#include "test.h"

/* One numeric question: the code, "address:port ..." to `text`. */
static int
ask(const char *node, const char *service, struct evutil_addrinfo *hints,
    char *text, size_t size)
{
	struct evutil_addrinfo *list;
	char part[64];
	int port;
	int r = evi_util_getaddrinfo_numeric(node, service, hints, &list,
	    &port);

	text[0] = '\0';
	if (r != 0)
		CHECK_NULL(list);
	for (struct evutil_addrinfo *at = list; at; at = at->ai_next) {
		size_t len = strlen(text);

		evutil_snprintf(text + len, size - len, "%s %d/%d;",
		    evi_util_addr_format(at->ai_addr, part, sizeof(part)),
		    at->ai_socktype, at->ai_protocol);
	}
	evutil_freeaddrinfo(list);
	return r;
}

/* Hints of this family, type and flags. */
static struct evutil_addrinfo
hints_of(int family, int socktype, int flags)
{
	struct evutil_addrinfo hints = { .ai_family = family };

	hints.ai_socktype = socktype;
	hints.ai_flags = flags;
	return hints;
}

/* A numeric host is answered, in two kinds when the kind is open. */
TEST(numeric_hosts_are_answered)
{
	struct evutil_addrinfo any = hints_of(0, 0, 0);
	struct evutil_addrinfo stream = hints_of(0, SOCK_STREAM, 0);
	char text[200];

	CHECK_EQ(ask("1.2.3.4", "80", &any, text, sizeof(text)), 0);
	CHECK_STR(text, "1.2.3.4:80 1/6;1.2.3.4:80 2/17;");
	CHECK_EQ(ask("::1", "80", &stream, text, sizeof(text)), 0);
	CHECK_STR(text, "[::1]:80 1/6;");
	CHECK_EQ(ask("1.2.3.4", NULL, &stream, text, sizeof(text)), 0);
	CHECK_STR(text, "1.2.3.4:0 1/6;");
}

/* No host is loopback, or any address for those who will listen. */
TEST(no_host_is_loopback_or_any)
{
	struct evutil_addrinfo hints = hints_of(0, SOCK_STREAM, 0);
	char text[200];

	CHECK_EQ(ask(NULL, "80", &hints, text, sizeof(text)), 0);
	CHECK_STR(text, "127.0.0.1:80 1/6;[::1]:80 1/6;");
	hints.ai_flags = EVUTIL_AI_PASSIVE;
	CHECK_EQ(ask(NULL, "80", &hints, text, sizeof(text)), 0);
	CHECK_STR(text, "0.0.0.0:80 1/6;[::]:80 1/6;");
	hints.ai_family = AF_INET;
	CHECK_EQ(ask(NULL, "80", &hints, text, sizeof(text)), 0);
	CHECK_STR(text, "0.0.0.0:80 1/6;");
	hints.ai_family = AF_INET6;
	CHECK_EQ(ask(NULL, "80", &hints, text, sizeof(text)), 0);
	CHECK_STR(text, "[::]:80 1/6;");
	CHECK_EQ(ask(NULL, NULL, &hints, text, sizeof(text)),
	    EVUTIL_EAI_NONAME);
}

/* Type and protocol complete one another. */
TEST(hints_are_completed)
{
	struct evutil_addrinfo hints = hints_of(0, 0, 0);
	char text[200];

	hints.ai_protocol = IPPROTO_UDP;
	CHECK_EQ(ask("1.2.3.4", "5", &hints, text, sizeof(text)), 0);
	CHECK_STR(text, "1.2.3.4:5 2/17;");
	hints = hints_of(0, 0, 0);
	hints.ai_protocol = IPPROTO_TCP;
	CHECK_EQ(ask("1.2.3.4", "5", &hints, text, sizeof(text)), 0);
	CHECK_STR(text, "1.2.3.4:5 1/6;");
	hints = hints_of(0, SOCK_DGRAM, 0);
	CHECK_EQ(ask("1.2.3.4", "5", &hints, text, sizeof(text)), 0);
	CHECK_STR(text, "1.2.3.4:5 2/17;");
	hints = hints_of(0, SOCK_RAW, 0);
	CHECK_EQ(ask("1.2.3.4", "5", &hints, text, sizeof(text)), 0);
	CHECK_STR(text, "1.2.3.4:5 3/0;");
}

/* Names are for a resolver, unless they were forbidden. */
TEST(names_need_a_resolver)
{
	struct evutil_addrinfo hints = hints_of(0, SOCK_STREAM, 0);
	struct evutil_addrinfo *list;
	char text[200];
	int port;

	CHECK_EQ(evi_util_getaddrinfo_numeric("name", "80", &hints, &list,
		     &port),
	    EVI_UTIL_NEED_RESOLVE);
	CHECK_NULL(list);
	CHECK_EQ(port, 80);
	CHECK_EQ(hints.ai_protocol, IPPROTO_TCP);
	hints.ai_family = AF_INET6;
	CHECK_EQ(ask("1.2.3.4", "80", &hints, text, sizeof(text)),
	    EVI_UTIL_NEED_RESOLVE);
	hints.ai_family = AF_INET;
	CHECK_EQ(ask("::1", "80", &hints, text, sizeof(text)),
	    EVI_UTIL_NEED_RESOLVE);
	hints.ai_flags = EVUTIL_AI_NUMERICHOST;
	CHECK_EQ(ask("name", "80", &hints, text, sizeof(text)),
	    EVUTIL_EAI_NONAME);
}

/* Bad services and families are told apart from unknown hosts. */
TEST(bad_questions_are_refused)
{
	static const char *const bad[] = {
		"65536",
		"-1",
		"80x",
		"",
		"no-such-service",
	};
	struct evutil_addrinfo hints = hints_of(0, SOCK_STREAM, 0);
	char text[200];

	for (size_t i = 0; i < EVI_COUNT_OF(bad); i++) {
		CHECK_EQ(ask("1.2.3.4", bad[i], &hints, text, sizeof(text)),
		    EVUTIL_EAI_NONAME);
	}
	hints.ai_flags = EVUTIL_AI_NUMERICSERV;
	CHECK_EQ(ask("1.2.3.4", "http", &hints, text, sizeof(text)),
	    EVUTIL_EAI_NONAME);
	hints = hints_of(99, 0, 0);
	CHECK_EQ(ask("1.2.3.4", "80", &hints, text, sizeof(text)),
	    EVUTIL_EAI_FAMILY);
}

/* Lists are joined end to end; either may be empty. */
TEST(lists_are_joined)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct evutil_addrinfo hints = hints_of(0, 0, 0);
	struct evutil_addrinfo *a, *b, *both;
	int count = 0;

	a = evi_util_getaddrinfo_entry((void *)&sin, sizeof(sin), &hints);
	b = evi_util_getaddrinfo_entry((void *)&sin, sizeof(sin), &hints);
	CHECK_PTR(evi_util_getaddrinfo_append(a, NULL), a);
	CHECK_PTR(evi_util_getaddrinfo_append(NULL, b), b);
	both = evi_util_getaddrinfo_append(a, b);
	CHECK_PTR(both, a);
	for (struct evutil_addrinfo *at = both; at; at = at->ai_next)
		count++;
	CHECK_EQ(count, 4);
	both->ai_canonname = evi_mem_strdup("canonical");
	evutil_freeaddrinfo(both);
	evutil_freeaddrinfo(NULL);
}

/* A list of ours may go on with one of the system's. */
TEST(mixed_lists_are_freed)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct evutil_addrinfo hints = hints_of(0, SOCK_STREAM, 0);
	struct evutil_addrinfo *ours, *theirs;

	ours = evi_util_getaddrinfo_entry((void *)&sin, sizeof(sin), &hints);
	CHECK_EQ(evutil_getaddrinfo("127.0.0.1", "80", &hints, &theirs), 0);
	evutil_freeaddrinfo(evi_util_getaddrinfo_append(ours, theirs));
}

static int answers;
static int last_result;
static struct evutil_addrinfo *last_list;

static void
on_answer(int result, struct evutil_addrinfo *list, void *arg)
{
	CHECK_PTR(arg, &answers);
	answers++;
	last_result = result;
	last_list = list;
}

/* Without a resolver the answer is there before the call returns. */
TEST(without_a_resolver_it_blocks)
{
	struct evutil_addrinfo hints = hints_of(0, SOCK_STREAM,
	    EVUTIL_AI_NUMERICHOST);
	const struct evi_util_question number = { "127.0.0.1", "80", &hints };
	const struct evi_util_question name = { "name", "80", &hints };
	struct evdns_base *no_dns = NULL;
	struct evdns_base *dns = (void *)&answers;

	CHECK_NULL(
	    evi_util_getaddrinfo_async(no_dns, &number, on_answer, &answers));
	CHECK_EQ(answers, 1);
	CHECK_EQ(last_result, 0);
	CHECK_EQ(last_list->ai_family, AF_INET);
	evutil_freeaddrinfo(last_list);
	CHECK_NULL(evi_util_getaddrinfo_async(dns, &name, on_answer, &answers));
	CHECK_EQ(answers, 2);
	CHECK_EQ(last_result, EVUTIL_EAI_NONAME);
	CHECK_NULL(last_list);
	evi_util_getaddrinfo_cancel(NULL);
}

static const void *cancelled;

static struct evdns_getaddrinfo_request *
start(struct evdns_base *dns, const struct evi_util_question *question,
    evi_util_getaddrinfo_fn cb, void *arg)
{
	(void)cb;
	(void)arg;
	CHECK_STR(question->node, "name");
	return (void *)dns;
}

static void
cancel(struct evdns_getaddrinfo_request *request)
{
	cancelled = request;
}

/* With one, questions with a DNS base go there, others do not. */
TEST(a_registered_resolver_is_used)
{
	static const struct evi_util_resolver resolver = {
		.start = start,
		.cancel = cancel,
	};
	struct evdns_base *dns = (void *)&answers;
	struct evutil_addrinfo hints = hints_of(0, SOCK_STREAM,
	    EVUTIL_AI_NUMERICHOST);
	const struct evi_util_question name = { "name", "80", &hints };
	struct evdns_getaddrinfo_request *request;

	evi_util_getaddrinfo_set_resolver(&resolver);
	request = evi_util_getaddrinfo_async(dns, &name, on_answer, &answers);
	CHECK_PTR(request, dns);
	CHECK_EQ(answers, 0);
	evi_util_getaddrinfo_cancel(NULL);
	CHECK_NULL(cancelled);
	evi_util_getaddrinfo_cancel(request);
	CHECK_PTR(cancelled, dns);
	CHECK_NULL(
	    evi_util_getaddrinfo_async(NULL, &name, on_answer, &answers));
	CHECK_EQ(answers, 1);
	evi_util_getaddrinfo_set_resolver(NULL);
	cancelled = NULL;
	evi_util_getaddrinfo_cancel(request);
	CHECK_NULL(cancelled);
}

/* Loopback is known in both families, and nothing else is taken for it. */
TEST(loopback_is_recognised)
{
	static const struct {
		const char *text;
		int is_loopback;
	} table[] = {
		{ "127.0.0.1", 1 },
		{ "127.255.0.9", 1 },
		{ "128.0.0.1", 0 },
		{ "::1", 1 },
		{ "::2", 0 },
		{ "::ffff:127.0.0.1", 0 },
	};
	struct sockaddr unknown = { .sa_family = AF_UNIX };

	for (size_t i = 0; i < EVI_COUNT_OF(table); i++) {
		struct sockaddr_storage ss;
		int len = sizeof(ss);

		CHECK_EQ(evutil_parse_sockaddr_port(table[i].text, (void *)&ss,
			     &len),
		    0);
		CHECK_EQ(evi_util_addr_is_loopback((void *)&ss),
		    table[i].is_loopback);
	}
	CHECK(!evi_util_addr_is_loopback(&unknown));
}

/* Addresses are printed with their port, or by their family. */
TEST(addresses_are_printed)
{
	struct sockaddr unknown = { .sa_family = AF_UNIX };
	struct sockaddr_storage ss;
	int len = sizeof(ss);
	char text[64], small[8];

	evutil_parse_sockaddr_port("[fe80::1]:99", (void *)&ss, &len);
	CHECK_STR(evi_util_addr_format((void *)&ss, text, sizeof(text)),
	    "[fe80::1]:99");
	CHECK_STR(evi_util_addr_format((void *)&ss, small, sizeof(small)),
	    "[fe80::");
	CHECK_STR(evi_util_addr_format(&unknown, text, sizeof(text)),
	    "<address family 1>");
}
