/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * getaddrinfo_test.c - the blocking lookups that need nobody else.
 */
#include <netinet/in.h>
#include <string.h>

#include <event2/util.h>

#include "test.h"

/*
 * One question; the answer as "address port" and the canonical name if that
 * was asked for (some systems always give it), or the code.
 */
static const char *
ask(const char *node, const char *service, int flags, int family)
{
	static char out[300];
	struct evutil_addrinfo hints = { .ai_family = family };
	struct evutil_addrinfo *list = NULL;

	hints.ai_flags = flags;
	hints.ai_socktype = SOCK_STREAM;
	int r = evutil_getaddrinfo(node, service, &hints, &list);

	if (r != 0)
		return evutil_gai_strerror(r);
	out[0] = '\0';
	for (struct evutil_addrinfo *at = list; at; at = at->ai_next) {
		const struct sockaddr_in *sin = (const void *)at->ai_addr;
		const struct sockaddr_in6 *sin6 = (const void *)at->ai_addr;
		int is_v6 = at->ai_family == AF_INET6;
		char text[INET6_ADDRSTRLEN];
		size_t len = strlen(out);
		int is_named = flags & EVUTIL_AI_CANONNAME && at->ai_canonname;

		evutil_inet_ntop(at->ai_family,
		    is_v6 ? (const void *)&sin6->sin6_addr : &sin->sin_addr,
		    text, sizeof(text));
		evutil_snprintf(out + len, sizeof(out) - len, "%s%s %d%s%s",
		    len ? ", " : "", text,
		    ntohs(is_v6 ? sin6->sin6_port : sin->sin_port),
		    is_named ? " " : "", is_named ? at->ai_canonname : "");
	}
	evutil_freeaddrinfo(list);
	return out;
}

/* Numeric hosts and services, with every hint that concerns them. */
TEST(numeric_names_are_answered)
{
	CHECK_STR(ask("1.2.3.4", "80", 0, 0), "1.2.3.4 80");
	CHECK_STR(ask("::1", "80", 0, AF_INET6), "::1 80");
	CHECK_STR(ask("1.2.3.4", NULL, 0, 0), "1.2.3.4 0");
	CHECK_STR(ask("1.2.3.4", "80",
		      EVUTIL_AI_NUMERICHOST | EVUTIL_AI_NUMERICSERV, 0),
	    "1.2.3.4 80");
	CHECK_STR(ask("1.2.3.4", "80", EVUTIL_AI_CANONNAME, 0),
	    "1.2.3.4 80 1.2.3.4");
	CHECK_STR(ask("1.2.3.4", "80", EVUTIL_AI_ADDRCONFIG, 0), "1.2.3.4 80");
	CHECK_STR(ask("1.2.3.4", "80", EVUTIL_AI_V4MAPPED, AF_INET6),
	    "::ffff:1.2.3.4 80");
	CHECK_STR(ask("1.2.3.4", "80", EVUTIL_AI_V4MAPPED | EVUTIL_AI_ALL,
		      AF_INET6),
	    "::ffff:1.2.3.4 80");
}

/* No host means this one. */
TEST(no_host_is_this_one)
{
	CHECK_STR(ask(NULL, "80", 0, AF_INET), "127.0.0.1 80");
	CHECK_STR(ask(NULL, "80", 0, AF_INET6), "::1 80");
	CHECK_STR(ask(NULL, "80", EVUTIL_AI_PASSIVE, AF_INET), "0.0.0.0 80");
	CHECK_STR(ask(NULL, "80", EVUTIL_AI_PASSIVE, AF_INET6), ":: 80");
	CHECK_STR(ask(NULL, NULL, 0, 0),
	    "nodename nor servname provided, or not known");
}

/* Forbidden names, unknown services and impossible ports are refused. */
TEST(bad_questions_are_refused)
{
	CHECK_STR(ask("name.invalid", "80", EVUTIL_AI_NUMERICHOST, 0),
	    "nodename nor servname provided, or not known");
	CHECK_STR(ask("1.2.3.4", "no-such-service", 0, 0),
	    "servname not supported for ai_socktype");
	CHECK_STR(ask("1.2.3.4", "65536", 0, 0),
	    "servname not supported for ai_socktype");
	CHECK_STR(ask("1.2.3.4", "80", 0, 99), "ai_family not supported");
	CHECK_STR(ask("1.2.3.4", "80", 0x40000000, 0),
	    "invalid value for ai_flags");
}

/* Without hints every kind of socket is listed, and no address left out. */
TEST(hints_may_be_missing)
{
	struct evutil_addrinfo *list;

	CHECK_EQ(evutil_getaddrinfo("127.0.0.1", "80", NULL, &list), 0);
	CHECK_EQ(list->ai_flags, 0);
	CHECK_NOTNULL(list->ai_next);
	evutil_freeaddrinfo(list);
}

/* A list that the system's own call made can be freed as well. */
TEST(the_systems_lists_are_freed)
{
	struct addrinfo *list;

	CHECK_EQ(getaddrinfo("127.0.0.1", "80", NULL, &list), 0);
	evutil_freeaddrinfo(list);
	evutil_freeaddrinfo(NULL);
}

/* Every error has a text of its own, unknown ones too. */
TEST(errors_have_texts)
{
	static const int errors[] = {
		0,
		EVUTIL_EAI_CANCEL,
		EVUTIL_EAI_ADDRFAMILY,
		EVUTIL_EAI_AGAIN,
		EVUTIL_EAI_BADFLAGS,
		EVUTIL_EAI_FAIL,
		EVUTIL_EAI_FAMILY,
		EVUTIL_EAI_MEMORY,
		EVUTIL_EAI_NODATA,
		EVUTIL_EAI_NONAME,
		EVUTIL_EAI_SERVICE,
		EVUTIL_EAI_SOCKTYPE,
		EVUTIL_EAI_SYSTEM,
		12345,
	};
	int count = (int)(sizeof(errors) / sizeof(errors[0]));

	for (int i = 0; i < count; i++) {
		for (int k = 0; k < i; k++) {
			CHECK(strcmp(evutil_gai_strerror(errors[i]),
				  evutil_gai_strerror(errors[k])) != 0);
		}
	}
	CHECK_STR(evutil_gai_strerror(0), "No error");
	CHECK_STR(evutil_gai_strerror(EVUTIL_EAI_CANCEL), "Request canceled");
	CHECK_STR(evutil_gai_strerror(12345), "Unknown error");
}
