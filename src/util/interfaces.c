/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * interfaces.c - which address families this host can reach others with.
 *
 * The list of interfaces is read, nothing is sent or connected.  A host "has"
 * a family when an interface that is up has an address of it that can leave
 * the link: not loopback, not link-local, not multicast, not "any".
 *
 * The answer is kept for a second, since a busy client asks for every
 * connection.  Two threads may read the list at once; both find the same,
 * and the two variables are atomic.
 */
#include "util/util.h"

#include <stdatomic.h>

#include "base/time.h"
#include "os/clock.h"
#include "os/netconf.h"
#include "os/socket.h"

#define KEEP_NS EVI_TIME_NS_PER_S

#define HAS_V4 1
#define HAS_V6 2

static atomic_int kept_families;
static _Atomic int64_t kept_until_ns; /* 0: nothing is kept */

/* Can an IPv4 address, in host order, leave the link? */
static int
is_routable4(uint32_t addr)
{
	unsigned first = addr >> 24;

	return first != 0 && first != 127 && first < 224 &&
	    addr >> 16 != 0xa9fe; /* 169.254.0.0/16 */
}

/* The same for IPv6. */
static int
is_routable6(const struct in6_addr *addr)
{
	return !IN6_IS_ADDR_UNSPECIFIED(addr) && !IN6_IS_ADDR_LOOPBACK(addr) &&
	    !IN6_IS_ADDR_LINKLOCAL(addr) && !IN6_IS_ADDR_MULTICAST(addr);
}

/* Add one address to the set of families at `arg`. */
static void
visit(const struct sockaddr *addr, void *arg)
{
	const struct sockaddr_in *sin = (const void *)addr;
	const struct sockaddr_in6 *sin6 = (const void *)addr;
	int *families = arg;

	if (addr->sa_family == AF_INET &&
	    is_routable4(ntohl(sin->sin_addr.s_addr)))
		*families |= HAS_V4;
	if (addr->sa_family == AF_INET6 && is_routable6(&sin6->sin6_addr))
		*families |= HAS_V6;
}

/* The set of families; empty when the system does not say. */
static int
get_families(void)
{
	int64_t now = evi_os_clock_coarse();
	int families = 0;

	if (now < atomic_load(&kept_until_ns))
		return atomic_load(&kept_families);
	if (evi_os_netconf_visit_addresses(visit, &families) < 0)
		return 0;
	atomic_store(&kept_families, families);
	atomic_store(&kept_until_ns, now + KEEP_NS);
	return families;
}

void
evi_util_interfaces_adjust_hints(struct evutil_addrinfo *hints)
{
	if (!(hints->ai_flags & EVUTIL_AI_ADDRCONFIG) ||
	    hints->ai_family != AF_UNSPEC)
		return;

	int families = get_families();

	if (families == HAS_V4)
		hints->ai_family = AF_INET;
	else if (families == HAS_V6)
		hints->ai_family = AF_INET6;
}
