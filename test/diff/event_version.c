/* SPDX-License-Identifier: BSD-3-Clause */
/* event_version.c - version, header version, and names of the library. */
#include "trace.h"

int
main(void)
{
	struct event_base *base;

	trace("version %s", event_get_version());
	trace("number %#lx", (unsigned long)event_get_version_number());
	trace("header %s, %#lx", LIBEVENT_VERSION,
	    (unsigned long)LIBEVENT_VERSION_NUMBER);
	base = new_base();
	trace("method %s", event_base_get_method(base));
	event_base_free(base);
	libevent_global_shutdown();
	return 0;
}
