/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * config.h - what event_config_new() hands out.
 */
#ifndef EVI_EVENT_CONFIG_H
#define EVI_EVENT_CONFIG_H

#include <stdint.h>

#include "event/backend/backend.h"

struct event_config {
	char **avoided; /* method names */
	int avoided_count;
	int features;            /* that the backend must have */
	int flags;               /* EVENT_BASE_FLAG_* */
	int64_t dispatch_ns_max; /* -1: no limit */
	int dispatch_count_max;
	int dispatch_limit_priority;
};

/*
 * The first backend that `config` (may be NULL) and, unless it says to ignore
 * it, the environment allow; NULL if there is none.
 */
const struct evi_backend *evi_event_config_backend(
    const struct event_config *config);

/* The flags of `config` with what the environment adds. */
int evi_event_config_flags(const struct event_config *config);

#endif
