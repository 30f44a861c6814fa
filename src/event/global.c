/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * global.c - the old calls without a base, facts about the library, and its
 * shutdown.  Nothing in the library calls what is here but for the base that
 * event_init() leaves behind.
 */
#include "event/event.h"

#include <errno.h>

#include "event2/event_compat.h"
#include "base/base.h"
#include "base/err.h"
#include "base/log.h"
#include "util/util.h"

struct event_base *evi_event_global_base;

void
evi_event_global_forget(const struct event_base *base)
{
	if (evi_event_global_base == base)
		evi_event_global_base = NULL;
}

struct event_base *
event_init(void)
{
	struct event_base *base = event_base_new_with_config(NULL);

	if (!base)
		evi_log_fatal(1, "event_init: Unable to construct event_base");
	evi_event_global_base = base;
	return base;
}

int
event_dispatch(void)
{
	return event_loop(0);
}

int
event_loop(int flags)
{
	return event_base_loop(evi_event_global_base, flags);
}

int
event_loopexit(const struct timeval *tv)
{
	return event_base_loopexit(evi_event_global_base, tv);
}

int
event_loopbreak(void)
{
	return event_base_loopbreak(evi_event_global_base);
}

int
event_once(evutil_socket_t fd, short events,
    void (*callback)(evutil_socket_t, short, void *), void *arg,
    const struct timeval *timeout)
{
	return event_base_once(evi_event_global_base, fd, events, callback, arg,
	    timeout);
}

int
event_priority_init(int priorities)
{
	return event_base_priority_init(evi_event_global_base, priorities);
}

const char *
event_get_method(void)
{
	return event_base_get_method(evi_event_global_base);
}

const char *
event_get_version(void)
{
	return LIBEVENT_VERSION;
}

ev_uint32_t
event_get_version_number(void)
{
	return LIBEVENT_VERSION_NUMBER;
}

const char **
event_get_supported_methods(void)
{
	return evi_backend_names();
}

void
libevent_global_shutdown(void)
{
	evi_event_debug_global_shutdown();
	evi_event_signal_global_shutdown();
	evi_util_rng_global_shutdown();
	evi_lock_global_shutdown();
}
