/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * util.h - the door of util/: what the upper layers may use beyond the
 * public event2/util.h.
 *
 * Name resolution is here, blocking; an asynchronous resolver sits in a
 * higher layer and registers itself (evi_util_getaddrinfo_set_resolver), so
 * that nothing here calls upward by name.
 */
#ifndef EVI_UTIL_UTIL_H
#define EVI_UTIL_UTIL_H

#include <stddef.h>
#include <stdint.h>

#include "event2/util.h"
#include "base/base.h"

struct evdns_base;
struct evdns_getaddrinfo_request;

/*
 * Told once how a resolution ended: `result` is 0 and `res` belongs to the
 * callee (evutil_freeaddrinfo), or an EVUTIL_EAI_ code and `res` is NULL.
 */
typedef void (*evi_util_getaddrinfo_fn)(int result, struct evutil_addrinfo *res,
    void *arg);

/* What getaddrinfo() is asked; all borrowed, each may be NULL. */
struct evi_util_question {
	const char *node;
	const char *service;
	const struct evutil_addrinfo *hints;
};

/*
 * The asynchronous resolver.  `start` has the contract of
 * evdns_getaddrinfo(): it may call `cb` before it returns, and then it
 * returns NULL.  `cancel` leads to one last `cb` with EVUTIL_EAI_CANCEL.
 */
struct evi_util_resolver {
	struct evdns_getaddrinfo_request *(*start)(struct evdns_base *dns,
	    const struct evi_util_question *question,
	    evi_util_getaddrinfo_fn cb, void *arg);
	void (*cancel)(struct evdns_getaddrinfo_request *request);
};

/* Register the resolver; `resolver` lives for ever.  NULL takes it out. */
void evi_util_getaddrinfo_set_resolver(
    const struct evi_util_resolver *resolver);

/*
 * Resolve with `dns`, or at once by the blocking evutil_getaddrinfo() when
 * `dns` is NULL or no resolver is registered.  `cb` is called exactly once;
 * in the blocking case, and whenever NULL is returned, it already was.
 * Otherwise the result is for evi_util_getaddrinfo_cancel(), until `cb`.
 */
struct evdns_getaddrinfo_request *evi_util_getaddrinfo_async(struct evdns_base
								 *dns,
    const struct evi_util_question *question, evi_util_getaddrinfo_fn cb,
    void *arg);

/* Cancel what evi_util_getaddrinfo_async() returned; NULL is fine. */
void evi_util_getaddrinfo_cancel(struct evdns_getaddrinfo_request *request);

/*
 * The part of getaddrinfo that needs no question to anyone, for resolvers:
 * no host (loopback or any address), a numeric host, the service's port.
 * Returns 0 with the answer in *ret_res, an EVUTIL_EAI_ code, or
 * EVI_UTIL_NEED_RESOLVE: ask for the name.  What *hints leave open of type
 * and protocol is filled in where one tells the other; *ret_port is in host
 * order, 0 for none.
 */
#define EVI_UTIL_NEED_RESOLVE (-90002)
int evi_util_getaddrinfo_numeric(const char *node, const char *service,
    struct evutil_addrinfo *hints, struct evutil_addrinfo **ret_res,
    int *ret_port);

/*
 * One address as a list: one entry, or two (stream and datagram) when the
 * hints leave both type and protocol open.  NULL: out of memory.  Entries
 * are freed by evutil_freeaddrinfo(); their ai_canonname is NULL or from
 * evi_mem_strdup().
 */
struct evutil_addrinfo *evi_util_getaddrinfo_entry(const struct sockaddr *addr,
    socklen_t len, const struct evutil_addrinfo *hints);

/* `first` with `second` at its end; either may be NULL. */
struct evutil_addrinfo *evi_util_getaddrinfo_append(struct evutil_addrinfo
							*first,
    struct evutil_addrinfo *second);

/*
 * With EVUTIL_AI_ADDRCONFIG and an open family, narrow hints->ai_family to
 * the one family this host has addresses of.  Sends nothing.
 */
void evi_util_interfaces_adjust_hints(struct evutil_addrinfo *hints);

/* Is it 127.0.0.0/8 or ::1? */
int evi_util_addr_is_loopback(const struct sockaddr *addr);

/* "1.2.3.4:80" or "[::1]:80"; returns buf, cut if it is too small. */
const char *evi_util_addr_format(const struct sockaddr *addr, char *buf,
    size_t size);

/* A secure random number below `limit` > 0, each as likely. */
uint32_t evi_util_rng_below(uint32_t limit);

/*
 * Give back the pool of random bytes (libevent_global_shutdown).  Nobody
 * may be asking for some meanwhile.
 */
void evi_util_rng_global_shutdown(void);

#endif
