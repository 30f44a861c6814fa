/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * netconf_test.c - what the host says of itself.
 */
#include "os/netconf.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>

#include "os/socket.h"
#include "test.h"

/* Count the loopback addresses among those visited. */
static void
count_loopback(const struct sockaddr *addr, void *arg)
{
	const struct sockaddr_in *sin = (const void *)addr;
	int *count = arg;

	if (addr->sa_family == AF_INET &&
	    sin->sin_addr.s_addr == htonl(INADDR_LOOPBACK))
		(*count)++;
}

/* The loopback address is among the host's. */
TEST(loopback_is_visited)
{
	int count = 0;

	CHECK_EQ(evi_os_netconf_visit_addresses(count_loopback, &count), 0);
	CHECK_EQ(count, 1);
}

/* Interfaces have numbers, names without an interface none. */
TEST(interfaces_have_numbers)
{
	char name[IF_NAMESIZE];

	CHECK_NOTNULL(if_indextoname(1, name));
	CHECK_EQ(evi_os_netconf_interface_index(name), 1);
	CHECK_EQ(evi_os_netconf_interface_index("no-such-if"), 0);
	CHECK_EQ(evi_os_netconf_interface_index(""), 0);
	CHECK_EQ(EVI_OS_NETCONF_NAME_SIZE, IF_NAMESIZE);
}

/* Services are found by name and kind. */
TEST(services_have_ports)
{
	CHECK_EQ(evi_os_netconf_service_port("no-such-service", 0), -ENOENT);
	CHECK_EQ(evi_os_netconf_service_port("", SOCK_STREAM), -ENOENT);
	CHECK_EQ(evi_os_netconf_service_port("8080", SOCK_STREAM), 8080);
	FILE *services = fopen("/etc/services", "r");

	if (!services)
		SKIP("there is no /etc/services here");
	fclose(services);
	CHECK_EQ(evi_os_netconf_service_port("http", SOCK_STREAM), 80);
	CHECK_EQ(evi_os_netconf_service_port("domain", SOCK_DGRAM), 53);
	CHECK_EQ(evi_os_netconf_service_port("tftp", SOCK_STREAM), -ENOENT);
	CHECK_EQ(evi_os_netconf_service_port("tftp", 0), 69);
}
