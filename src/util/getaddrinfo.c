/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * getaddrinfo.c - names to addresses: blocking, asynchronous, and the part
 * that both have in common.
 *
 * The blocking call is the system's own.  The asynchronous one belongs to a
 * higher layer that registers itself; without it, or without a DNS base, the
 * blocking call answers.
 *
 * Lists come from two places, the system and us.  Ours have ADDRINFO_OURS in
 * ai_flags, a bit that no system uses: so evutil_freeaddrinfo() knows.  An
 * entry of ours is one block with its address behind it.
 *
 * The registration happens when the resolver is first used and is read
 * without a lock.
 */
#include "util/util.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "os/netconf.h"
#include "os/socket.h"
#include "util/inet.h"

#define ADDRINFO_OURS INT32_MIN /* the highest bit of ai_flags */

static _Atomic(const struct evi_util_resolver *) resolver;

void
evi_util_getaddrinfo_set_resolver(const struct evi_util_resolver *r)
{
	atomic_store(&resolver, r);
}

/* A number of 16 bits, or -1.  Blanks and a '+' before it are let pass. */
static int
parse_port(const char *text)
{
	int port = 0;

	while (evi_str_is_space(*text))
		text++;
	if (*text == '+')
		text++;
	if (!evi_str_is_digit(*text))
		return -1;
	for (; evi_str_is_digit(*text); text++) {
		port = port * 10 + (*text - '0');
		if (port > UINT16_MAX)
			return -1;
	}
	return *text == '\0' ? port : -1;
}

/* Is it digits and nothing else? */
static int
is_number(const char *text)
{
	while (evi_str_is_digit(*text))
		text++;
	return *text == '\0';
}

/*
 * No hints are the same as empty ones; to the system alone they would also
 * mean AI_V4MAPPED and AI_ADDRCONFIG.  Systems take port 65536 for 0; we do
 * not.
 */
int
evutil_getaddrinfo(const char *nodename, const char *servname,
    const struct evutil_addrinfo *hints, struct evutil_addrinfo **ret_list)
{
	const struct evutil_addrinfo empty = { .ai_family = AF_UNSPEC };

	if (servname && *servname && is_number(servname) &&
	    parse_port(servname) < 0)
		return EVUTIL_EAI_SERVICE;
	return getaddrinfo(nodename, servname, hints ? hints : &empty,
	    ret_list);
}

void
evutil_freeaddrinfo(struct evutil_addrinfo *list)
{
	while (list) {
		struct evutil_addrinfo *next = list->ai_next;

		if (!(list->ai_flags & ADDRINFO_OURS)) {
			freeaddrinfo(list);
			return;
		}
		evi_mem_free(list->ai_canonname);
		evi_mem_free(list);
		list = next;
	}
}

const char *
evutil_gai_strerror(int err)
{
	static const struct {
		int err;
		const char *text;
	} table[] = {
		{ 0, "No error" },
		{ EVUTIL_EAI_CANCEL, "Request canceled" },
		{ EVUTIL_EAI_ADDRFAMILY,
		    "address family for nodename not supported" },
		{ EVUTIL_EAI_AGAIN, "temporary failure in name resolution" },
		{ EVUTIL_EAI_BADFLAGS, "invalid value for ai_flags" },
		{ EVUTIL_EAI_FAIL,
		    "non-recoverable failure in name resolution" },
		{ EVUTIL_EAI_FAMILY, "ai_family not supported" },
		{ EVUTIL_EAI_MEMORY, "memory allocation failure" },
		{ EVUTIL_EAI_NODATA, "no address associated with nodename" },
		{ EVUTIL_EAI_NONAME,
		    "nodename nor servname provided, or not known" },
		{ EVUTIL_EAI_SERVICE,
		    "servname not supported for ai_socktype" },
		{ EVUTIL_EAI_SOCKTYPE, "ai_socktype not supported" },
		{ EVUTIL_EAI_SYSTEM, "system error" },
	};

	for (size_t i = 0; i < EVI_COUNT_OF(table); i++) {
		if (table[i].err == err)
			return table[i].text;
	}
	return gai_strerror(err);
}

struct evdns_getaddrinfo_request *
evi_util_getaddrinfo_async(struct evdns_base *dns,
    const struct evi_util_question *question, evi_util_getaddrinfo_fn cb,
    void *arg)
{
	const struct evi_util_resolver *r = atomic_load(&resolver);
	struct evutil_addrinfo *list = NULL;

	if (dns && r)
		return r->start(dns, question, cb, arg);

	int result = evutil_getaddrinfo(question->node, question->service,
	    question->hints, &list);

	cb(result, result == 0 ? list : NULL, arg);
	return NULL;
}

void
evi_util_getaddrinfo_cancel(struct evdns_getaddrinfo_request *request)
{
	const struct evi_util_resolver *r = atomic_load(&resolver);

	if (request && r)
		r->cancel(request);
}

/* Fill in the one of type and protocol that the other tells. */
static void
complete_hints(struct evutil_addrinfo *hints)
{
	if (hints->ai_socktype == 0 && hints->ai_protocol == IPPROTO_TCP)
		hints->ai_socktype = SOCK_STREAM;
	else if (hints->ai_socktype == 0 && hints->ai_protocol == IPPROTO_UDP)
		hints->ai_socktype = SOCK_DGRAM;
	else if (hints->ai_protocol == 0 && hints->ai_socktype == SOCK_STREAM)
		hints->ai_protocol = IPPROTO_TCP;
	else if (hints->ai_protocol == 0 && hints->ai_socktype == SOCK_DGRAM)
		hints->ai_protocol = IPPROTO_UDP;
}

/* The service's port, 0 for no service, or -1. */
static int
find_port(const char *service, const struct evutil_addrinfo *hints)
{
	if (!service)
		return 0;

	int port = parse_port(service);

	if (port < 0 && !is_number(service) &&
	    !(hints->ai_flags & EVUTIL_AI_NUMERICSERV)) {
		port = evi_os_netconf_service_port(service, hints->ai_socktype);
	}
	return port < 0 ? -1 : port;
}

/* An entry of exactly this kind, or NULL. */
static struct evutil_addrinfo *
new_entry(const struct sockaddr *addr, socklen_t len, int socktype,
    int protocol)
{
	struct evutil_addrinfo *entry = evi_mem_zalloc(1, sizeof(*entry) + len);

	if (!entry)
		return NULL;
	entry->ai_flags = ADDRINFO_OURS;
	entry->ai_family = addr->sa_family;
	entry->ai_socktype = socktype;
	entry->ai_protocol = protocol;
	entry->ai_addrlen = len;
	entry->ai_addr = (struct sockaddr *)(void *)(entry + 1);
	memcpy(entry->ai_addr, addr, len);
	return entry;
}

struct evutil_addrinfo *
evi_util_getaddrinfo_entry(const struct sockaddr *addr, socklen_t len,
    const struct evutil_addrinfo *hints)
{
	struct evutil_addrinfo *entry;

	if (hints->ai_socktype != 0 || hints->ai_protocol != 0) {
		return new_entry(addr, len, hints->ai_socktype,
		    hints->ai_protocol);
	}
	entry = new_entry(addr, len, SOCK_STREAM, IPPROTO_TCP);
	if (!entry)
		return NULL;
	entry->ai_next = new_entry(addr, len, SOCK_DGRAM, IPPROTO_UDP);
	if (!entry->ai_next) {
		evutil_freeaddrinfo(entry);
		return NULL;
	}
	return entry;
}

struct evutil_addrinfo *
evi_util_getaddrinfo_append(struct evutil_addrinfo *first,
    struct evutil_addrinfo *second)
{
	struct evutil_addrinfo *last = first;

	if (!first)
		return second;
	while (last->ai_next)
		last = last->ai_next;
	last->ai_next = second;
	return first;
}

/* Add an entry for `addr` to *list.  Returns 0 or EVUTIL_EAI_MEMORY. */
static int
add_entry(struct evutil_addrinfo **list, const void *addr, socklen_t len,
    const struct evutil_addrinfo *hints)
{
	struct evutil_addrinfo *entry = evi_util_getaddrinfo_entry(addr, len,
	    hints);

	if (!entry) {
		evutil_freeaddrinfo(*list);
		*list = NULL;
		return EVUTIL_EAI_MEMORY;
	}
	*list = evi_util_getaddrinfo_append(*list, entry);
	return 0;
}

/* The addresses of nobody: loopback, or any for those who will listen. */
static int
answer_no_host(const struct evutil_addrinfo *hints, int port,
    struct evutil_addrinfo **ret_res)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 };
	int r = 0;

	sin.sin_port = htons((uint16_t)port);
	sin6.sin6_port = htons((uint16_t)port);
	if (!(hints->ai_flags & EVUTIL_AI_PASSIVE)) {
		sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		sin6.sin6_addr.s6_addr[15] = 1;
	}
	if (hints->ai_family != AF_INET6)
		r = add_entry(ret_res, &sin, sizeof(sin), hints);
	if (r == 0 && hints->ai_family != AF_INET)
		r = add_entry(ret_res, &sin6, sizeof(sin6), hints);
	return r;
}

/* A host that is an address already. */
static int
answer_numeric(const char *node, const struct evutil_addrinfo *hints, int port,
    struct evutil_addrinfo **ret_res)
{
	const char *end = node + strlen(node);
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 };
	unsigned scope;

	sin.sin_port = htons((uint16_t)port);
	sin6.sin6_port = htons((uint16_t)port);
	if (hints->ai_family != AF_INET &&
	    evi_util_inet_parse6(node, end, sin6.sin6_addr.s6_addr, &scope)) {
		sin6.sin6_scope_id = scope;
		return add_entry(ret_res, &sin6, sizeof(sin6), hints);
	}
	if (hints->ai_family != AF_INET6 &&
	    evi_util_inet_parse4(node, end, (unsigned char *)&sin.sin_addr))
		return add_entry(ret_res, &sin, sizeof(sin), hints);
	return hints->ai_flags & EVUTIL_AI_NUMERICHOST ? EVUTIL_EAI_NONAME
						       : EVI_UTIL_NEED_RESOLVE;
}

int
evi_util_getaddrinfo_numeric(const char *node, const char *service,
    struct evutil_addrinfo *hints, struct evutil_addrinfo **ret_res,
    int *ret_port)
{
	*ret_res = NULL;
	*ret_port = 0;
	if (!node && !service)
		return EVUTIL_EAI_NONAME;
	if (hints->ai_family != AF_UNSPEC && hints->ai_family != AF_INET &&
	    hints->ai_family != AF_INET6)
		return EVUTIL_EAI_FAMILY;
	complete_hints(hints);

	int port = find_port(service, hints);

	if (port < 0)
		return EVUTIL_EAI_NONAME;
	*ret_port = port;
	if (!node)
		return answer_no_host(hints, port, ret_res);
	return answer_numeric(node, hints, port, ret_res);
}
