/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event_env.c - the environment variables that choose a backend, and the
 * names by which programs print and compare it.
 * The program sets them itself, so one backend is enough: */
/* backends: epoll */
#include "trace.h"

static void
show(const char *set, int flags)
{
	struct event_config *cfg = event_config_new();
	struct event_base *base;

	if (*set)
		setenv(set, "1", 1);
	event_config_set_flag(cfg, flags);
	base = event_base_new_with_config(cfg);
	trace("%s: %s, features %#x", *set ? set : "nothing",
	    base ? event_base_get_method(base) : "NULL",
	    base ? (unsigned)event_base_get_features(base) : 0);
	if (base)
		event_base_free(base);
	event_config_free(cfg);
}

int
main(void)
{
	const char **methods = event_get_supported_methods();

	event_set_log_callback(on_log_text);
	while (*methods)
		trace("supported: %s", *methods++);
	show("", 0);
	show("EVENT_SHOW_METHOD", 0);
	unsetenv("EVENT_SHOW_METHOD");
	show("EVENT_PRECISE_TIMER", 0);
	show("EVENT_EPOLL_USE_CHANGELIST", 0);
	show("", EVENT_BASE_FLAG_IGNORE_ENV);
	unsetenv("EVENT_EPOLL_USE_CHANGELIST");
	show("", EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
	show("EVENT_NOEPOLL", 0);
	show("", EVENT_BASE_FLAG_IGNORE_ENV);
	show("EVENT_NOPOLL", 0);
	show("EVENT_NOSELECT", 0);
	show("", EVENT_BASE_FLAG_IGNORE_ENV);
	methods = event_get_supported_methods();
	while (*methods)
		trace("supported: %s", *methods++);
	setenv("EVENT_NOSELECT", "", 1);
	unsetenv("EVENT_NOEPOLL");
	setenv("EVENT_NOEPOLL", "", 1);
	show("", 0);
	return 0;
}
