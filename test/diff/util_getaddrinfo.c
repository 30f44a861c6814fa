/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * util_getaddrinfo.c - numeric names, no names, services, every hint; and
 * what the errors are called.  No name is asked of anyone.
 */
#include "trace.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <event2/util.h>

static void
show(const struct evutil_addrinfo *ai)
{
	const struct sockaddr_in *sin = (const void *)ai->ai_addr;
	const struct sockaddr_in6 *sin6 = (const void *)ai->ai_addr;
	char buf[INET6_ADDRSTRLEN];
	int is_v6 = ai->ai_family == AF_INET6;

	trace("  flags %x type %d protocol %d length %d: %s port %d scope %u, "
	      "name %s",
	    ai->ai_flags, ai->ai_socktype, ai->ai_protocol, (int)ai->ai_addrlen,
	    inet_ntop(ai->ai_family,
		is_v6 ? (const void *)&sin6->sin6_addr : &sin->sin_addr, buf,
		sizeof(buf)),
	    ntohs(is_v6 ? sin6->sin6_port : sin->sin_port),
	    is_v6 ? sin6->sin6_scope_id : 0,
	    ai->ai_canonname ? ai->ai_canonname : "NULL");
}

static void
finish(int r, struct evutil_addrinfo *list)
{
	struct evutil_addrinfo *ai;

	trace("  = %d", r);
	if (r != 0)
		return;
	for (ai = list; ai; ai = ai->ai_next)
		show(ai);
	evutil_freeaddrinfo(list);
}

static void
ask(const char *node, const char *service, int flags, int family, int type,
    int protocol)
{
	struct evutil_addrinfo hints, *list = NULL;
	int r;

	memset(&hints, 0, sizeof(hints));
	hints.ai_flags = flags;
	hints.ai_family = family;
	hints.ai_socktype = type;
	hints.ai_protocol = protocol;
	trace("<%s> <%s> flags %x family %d type %d protocol %d",
	    node ? node : "NULL", service ? service : "NULL", flags, family,
	    type, protocol);
	r = evutil_getaddrinfo(node, service, &hints, &list);
	finish(r, list);
}

static void
ask_without_hints(const char *node, const char *service)
{
	struct evutil_addrinfo *list = NULL;
	int r;

	trace("<%s> <%s> no hints", node, service);
	r = evutil_getaddrinfo(node, service, NULL, &list);
	finish(r, list);
}

static void
numeric(void)
{
	ask("127.0.0.1", "80", 0, 0, 0, 0);
	ask("127.0.0.1", "80", 0, 0, SOCK_STREAM, 0);
	ask("127.0.0.1", "80", 0, 0, 0, IPPROTO_UDP);
	ask("127.0.0.1", NULL, 0, 0, SOCK_STREAM, 0);
	ask("::1", "80", 0, 0, SOCK_STREAM, 0);
	ask("::1", "80", 0, AF_INET, SOCK_STREAM, 0);
	ask("127.0.0.1", "80", 0, AF_INET6, SOCK_STREAM, 0);
	ask("127.0.0.1", "80", AI_V4MAPPED, AF_INET6, SOCK_STREAM, 0);
	ask("127.0.0.1", "80", AI_V4MAPPED | AI_ALL, AF_INET6, SOCK_STREAM, 0);
	ask("::1", "80", AI_V4MAPPED | AI_ALL, AF_INET6, SOCK_STREAM, 0);
	ask("1.2.3.4", "80", AI_CANONNAME, 0, SOCK_STREAM, 0);
	ask("1.2.3.4", "80", AI_ADDRCONFIG, 0, SOCK_STREAM, 0);
	ask("fe80::1%lo", "80", 0, 0, SOCK_STREAM, 0);
	ask("name.invalid", "80", AI_NUMERICHOST, 0, SOCK_STREAM, 0);
	ask("", "80", AI_NUMERICHOST, 0, SOCK_STREAM, 0);
	ask(" 1.2.3.4", "80", AI_NUMERICHOST, 0, SOCK_STREAM, 0);
	ask_without_hints("1.2.3.4", "80");
}

static void
nobody(void)
{
	ask(NULL, "80", 0, 0, SOCK_STREAM, 0);
	ask(NULL, "80", AI_PASSIVE, 0, SOCK_STREAM, 0);
	ask(NULL, "80", AI_PASSIVE, AF_INET, SOCK_STREAM, 0);
	ask(NULL, "80", 0, AF_INET6, SOCK_STREAM, 0);
	ask(NULL, NULL, 0, 0, 0, 0);
	ask(NULL, "80", AI_CANONNAME, 0, SOCK_STREAM, 0);
}

static void
services(void)
{
	ask("1.2.3.4", "nosuchservice", 0, 0, SOCK_STREAM, 0);
	ask("1.2.3.4", "http", AI_NUMERICSERV, 0, SOCK_STREAM, 0);
	ask("1.2.3.4", "-1", 0, 0, SOCK_STREAM, 0);
	ask("1.2.3.4", "", 0, 0, SOCK_STREAM, 0);
	ask("1.2.3.4", "0", 0, 0, SOCK_STREAM, 0);
	ask("1.2.3.4", "65535", 0, 0, SOCK_STREAM, 0);
	ask("1.2.3.4", "65536", 0, 0, SOCK_STREAM, 0);
}

static void
bad_hints(void)
{
	ask("1.2.3.4", "80", 0, 99, SOCK_STREAM, 0);
	ask("1.2.3.4", "80", 0, 0, 77, 0);
	ask("1.2.3.4", "80", 0, 0, SOCK_STREAM, IPPROTO_UDP);
	ask("1.2.3.4", "80", 0x40000000, 0, SOCK_STREAM, 0);
}

static void
names_of_errors(void)
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
		-12345,
	};
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		trace("error %d: %s", errors[i],
		    evutil_gai_strerror(errors[i]));
}

int
main(void)
{
	numeric();
	nobody();
	services();
	bad_hints();
	names_of_errors();
	return 0;
}
