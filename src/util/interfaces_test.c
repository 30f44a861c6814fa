/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * interfaces_test.c - AI_ADDRCONFIG against the host's own addresses.
 */
#include "util/util.h"

#include <ifaddrs.h>
#include <net/if.h>

#include "os/socket.h"
#include "test.h"

/* Has an interface that is up an address of `family` beyond the link? */
static int
host_has(int family)
{
	struct ifaddrs *first;
	int has = 0;

	CHECK_EQ(getifaddrs(&first), 0);
	for (struct ifaddrs *at = first; at; at = at->ifa_next) {
		const struct sockaddr_in *sin = (const void *)at->ifa_addr;
		const struct sockaddr_in6 *sin6 = (const void *)at->ifa_addr;

		if (!at->ifa_addr || !(at->ifa_flags & IFF_UP) ||
		    at->ifa_flags & IFF_LOOPBACK ||
		    at->ifa_addr->sa_family != family)
			continue;
		if (family == AF_INET)
			has |= ntohl(sin->sin_addr.s_addr) >> 16 != 0xa9fe;
		else
			has |= !IN6_IS_ADDR_LINKLOCAL(&sin6->sin6_addr);
	}
	freeifaddrs(first);
	return has;
}

/* The family is narrowed exactly when the host has one of the two. */
TEST(family_is_narrowed_to_what_there_is)
{
	int v4 = host_has(AF_INET);
	int v6 = host_has(AF_INET6);
	int want = v4 == v6 ? AF_UNSPEC : v4 ? AF_INET : AF_INET6;

	for (int i = 0; i < 2; i++) { /* asked, and remembered */
		struct evutil_addrinfo hints = { .ai_family = AF_UNSPEC };

		hints.ai_flags = EVUTIL_AI_ADDRCONFIG;
		evi_util_interfaces_adjust_hints(&hints);
		CHECK_EQ(hints.ai_family, want);
	}
}

/* Without the flag, or with a family chosen, nothing changes. */
TEST(other_hints_stay)
{
	struct evutil_addrinfo hints = { .ai_family = AF_UNSPEC };

	evi_util_interfaces_adjust_hints(&hints);
	CHECK_EQ(hints.ai_family, AF_UNSPEC);
	hints.ai_flags = EVUTIL_AI_ADDRCONFIG;
	hints.ai_family = AF_INET6;
	evi_util_interfaces_adjust_hints(&hints);
	CHECK_EQ(hints.ai_family, AF_INET6);
}
