/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * config.c - event_config_*: how the next base shall be.
 *
 * The environment has its say too, unless EVENT_BASE_FLAG_IGNORE_ENV is set
 * or the program runs with more rights than its user.
 */
#include "event/config.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "event2/event.h"
#include "base/base.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/time.h"
#include "os/env.h"

struct event_config *
event_config_new(void)
{
	struct event_config *config = evi_new(struct event_config);

	if (!config)
		return NULL;
	config->dispatch_ns_max = -1;
	config->dispatch_count_max = INT_MAX;
	config->dispatch_limit_priority = 1;
	return config;
}

void
event_config_free(struct event_config *config)
{
	if (!config)
		return;
	for (int i = 0; i < config->avoided_count; i++)
		evi_mem_free(config->avoided[i]);
	evi_mem_free(config->avoided);
	evi_mem_free(config);
}

int
event_config_avoid_method(struct event_config *config, const char *method)
{
	if (!config || !method)
		return evi_err_public(-EINVAL);

	char *name = evi_mem_strdup(method);
	if (!name)
		return evi_err_public(-ENOMEM);
	char **avoided = evi_mem_realloc_array(config->avoided,
	    (size_t)config->avoided_count + 1, sizeof(*avoided));
	if (!avoided) {
		evi_mem_free(name);
		return evi_err_public(-ENOMEM);
	}
	avoided[config->avoided_count++] = name;
	config->avoided = avoided;
	return 0;
}

int
event_config_require_features(struct event_config *config, int features)
{
	if (!config)
		return evi_err_public(-EINVAL);
	config->features = features;
	return 0;
}

int
event_config_set_flag(struct event_config *config, int flag)
{
	if (!config)
		return evi_err_public(-EINVAL);
	config->flags |= flag;
	return 0;
}

int
event_config_set_num_cpus_hint(struct event_config *config, int cpus)
{
	(void)cpus; /* for completion ports, which this build has not */
	return config ? 0 : evi_err_public(-EINVAL);
}

int
event_config_set_max_dispatch_interval(struct event_config *config,
    const struct timeval *interval_max, int callbacks_max, int priority_min)
{
	if (!config)
		return evi_err_public(-EINVAL);
	config->dispatch_ns_max = interval_max
	    ? evi_time_from_timeval(interval_max)
	    : -1;
	config->dispatch_count_max = callbacks_max >= 0 ? callbacks_max
							: INT_MAX;
	config->dispatch_limit_priority = priority_min >= 0 ? priority_min : 0;
	return 0;
}

static const char *
env_get(int flags, const char *name)
{
	return flags & EVENT_BASE_FLAG_IGNORE_ENV ? NULL : evi_os_env_get(name);
}

int
evi_event_config_flags(const struct event_config *config)
{
	int flags = config ? config->flags : 0;

	if (env_get(flags, "EVENT_PRECISE_TIMER"))
		flags |= EVENT_BASE_FLAG_PRECISE_TIMER;
	if (env_get(flags, "EVENT_EPOLL_USE_CHANGELIST"))
		flags |= EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST;
	return flags;
}

static int
is_avoided(const struct event_config *config, const char *name)
{
	for (int i = 0; config && i < config->avoided_count; i++)
		if (!strcmp(config->avoided[i], name))
			return 1;
	return 0;
}

const struct evi_backend *
evi_event_config_backend(const struct event_config *config)
{
	int features = config ? config->features : 0;
	int flags = config ? config->flags : 0;
	const struct evi_backend *backend;

	for (int i = 0; (backend = evi_backend_at(i)); i++) {
		if ((backend->features & features) == features &&
		    !is_avoided(config, backend->name) &&
		    !env_get(flags, backend->env_off))
			return backend;
	}
	return NULL;
}
