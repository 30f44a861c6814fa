/* SPDX-License-Identifier: BSD-3-Clause */
/* event_config.c - what event_base_new_with_config grants and refuses. */
#include "trace.h"

static void
show(const char *name, struct event_config *cfg)
{
	struct event_base *base = event_base_new_with_config(cfg);

	if (!base) {
		trace("%s: NULL", name);
	} else {
		trace("%s: method %s, features %#x, npriorities %d", name,
		    event_base_get_method(base),
		    (unsigned)event_base_get_features(base),
		    event_base_get_npriorities(base));
		event_base_free(base);
	}
	event_config_free(cfg);
}

static void
features(void)
{
	static const int wants[] = {
		0,
		EV_FEATURE_ET,
		EV_FEATURE_O1,
		EV_FEATURE_FDS,
		EV_FEATURE_EARLY_CLOSE,
		EV_FEATURE_ET | EV_FEATURE_O1,
		EV_FEATURE_ET | EV_FEATURE_FDS,
		EV_FEATURE_EARLY_CLOSE | EV_FEATURE_FDS,
		0x100,
	};
	size_t i;

	for (i = 0; i < sizeof(wants) / sizeof(wants[0]); i++) {
		struct event_config *cfg = event_config_new();

		trace("require %#x = %d", (unsigned)wants[i],
		    event_config_require_features(cfg, wants[i]));
		show("  required", cfg);
	}
	CALL(event_config_require_features(NULL, 0));
}

static void
methods(void)
{
	static const char *const avoids[][4] = {
		{ "epoll" },
		{ "poll" },
		{ "select" },
		{ "epoll", "poll" },
		{ "epoll", "poll", "select" },
		{ "kqueue" },
		{ "" },
	};
	size_t i, j;

	for (i = 0; i < sizeof(avoids) / sizeof(avoids[0]); i++) {
		struct event_config *cfg = event_config_new();

		for (j = 0; j < 4 && avoids[i][j]; j++)
			trace("avoid '%s' = %d", avoids[i][j],
			    event_config_avoid_method(cfg, avoids[i][j]));
		show("  avoided", cfg);
	}
}

static void
flags(void)
{
	static const int each[] = {
		0,
		EVENT_BASE_FLAG_NOLOCK,
		EVENT_BASE_FLAG_IGNORE_ENV,
		EVENT_BASE_FLAG_STARTUP_IOCP,
		EVENT_BASE_FLAG_NO_CACHE_TIME,
		EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST,
		EVENT_BASE_FLAG_PRECISE_TIMER,
		0x4000,
	};
	size_t i;

	for (i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
		struct event_config *cfg = event_config_new();

		trace("flag %#x = %d", (unsigned)each[i],
		    event_config_set_flag(cfg, each[i]));
		show("  flagged", cfg);
	}
	CALL(event_config_set_flag(NULL, 0));
}

static void
others(void)
{
	struct event_config *cfg = event_config_new();

	CALL(event_config_set_num_cpus_hint(cfg, 4));
	CALL(event_config_set_num_cpus_hint(NULL, 4));
	CALL(event_config_set_max_dispatch_interval(cfg, ms(10), 5, 1));
	CALL(event_config_set_max_dispatch_interval(cfg, NULL, -1, -1));
	CALL(event_config_set_max_dispatch_interval(cfg, NULL, 0, 0));
	show("others", cfg);
}

int
main(void)
{
	event_set_log_callback(on_log);
	features();
	methods();
	flags();
	others();
	return 0;
}
