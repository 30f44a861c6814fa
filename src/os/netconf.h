/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * netconf.h - how this host is connected: its addresses, its interfaces,
 * its list of services.  Nothing here sends a packet.
 */
#ifndef EVI_OS_NETCONF_H
#define EVI_OS_NETCONF_H

#include "base/base.h"

struct sockaddr;

/* Room for the name of any interface, with its NUL. */
#define EVI_OS_NETCONF_NAME_SIZE 16

/*
 * Call `visit` for each address of an interface that is up.  Returns 0, or
 * -errno when the system would not say.
 */
int evi_os_netconf_visit_addresses(void (*visit)(const struct sockaddr *addr,
				       void *arg),
    void *arg);

/* The number of the interface, or 0 if there is none of that name. */
unsigned evi_os_netconf_interface_index(const char *name);

/*
 * The port of a service by name ("http"), for SOCK_STREAM, SOCK_DGRAM or
 * either (0), in host order; -ENOENT if there is none.
 */
int evi_os_netconf_service_port(const char *name, int socktype);

#endif
