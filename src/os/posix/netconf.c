/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * netconf.c - getifaddrs() and the services file.
 *
 * No state, no locks.  Services are asked for through getaddrinfo() without
 * a host, because getservbyname() is not safe with threads and its safe
 * forms differ from system to system.
 */
#include "os/netconf.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

int
evi_os_netconf_visit_addresses(void (*visit)(const struct sockaddr *addr,
				   void *arg),
    void *arg)
{
	struct ifaddrs *first;

	if (getifaddrs(&first) < 0)
		return -errno;
	for (struct ifaddrs *at = first; at; at = at->ifa_next) {
		if (at->ifa_addr && (at->ifa_flags & IFF_UP))
			visit(at->ifa_addr, arg);
	}
	freeifaddrs(first);
	return 0;
}

unsigned
evi_os_netconf_interface_index(const char *name)
{
	return if_nametoindex(name);
}

int
evi_os_netconf_service_port(const char *name, int socktype)
{
	struct addrinfo hints = { .ai_family = AF_INET };
	struct addrinfo *list;

	hints.ai_socktype = socktype;
	if (*name == '\0' || getaddrinfo(NULL, name, &hints, &list) != 0)
		return -ENOENT;

	int port = ntohs(
	    ((struct sockaddr_in *)(void *)list->ai_addr)->sin_port);

	freeaddrinfo(list);
	return port;
}
