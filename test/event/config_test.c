/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * config_test.c - what a base shall be like: configuration, environment.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "test.h"

static struct event_config *
config_new(void)
{
	struct event_config *config = event_config_new();

	CHECK_NOTNULL(config);
	return config;
}

/* The method of a base with `config`, which is freed; "none" without. */
static const char *
method_of(struct event_config *config)
{
	struct event_base *base = event_base_new_with_config(config);
	const char *method = base ? event_base_get_method(base) : "none";

	event_config_free(config);
	if (base)
		event_base_free(base);
	return method;
}

/* Methods are tried in order of preference, but for avoided ones. */
TEST(avoided_methods)
{
	struct event_config *config = config_new();

	CHECK_STR(method_of(config), "epoll");
	config = config_new();
	CHECK_EQ(event_config_avoid_method(config, "epoll"), 0);
	CHECK_EQ(event_config_avoid_method(config, "no such thing"), 0);
	CHECK_STR(method_of(config), "poll");
	config = config_new();
	CHECK_EQ(event_config_avoid_method(config, "poll"), 0);
	CHECK_EQ(event_config_avoid_method(config, "epoll"), 0);
	CHECK_STR(method_of(config), "select");
	config = config_new();
	CHECK_EQ(event_config_avoid_method(config, "poll"), 0);
	CHECK_EQ(event_config_avoid_method(config, "epoll"), 0);
	CHECK_EQ(event_config_avoid_method(config, "select"), 0);
	(void)test_log_take();
	CHECK_STR(method_of(config), "none");
	CHECK_NOTNULL(strstr(test_log_take(), "no event mechanism available"));
}

/* Features that are asked for decide, too. */
TEST(required_features)
{
	struct event_config *config = config_new();

	CHECK_EQ(event_config_require_features(config, EV_FEATURE_FDS), 0);
	CHECK_STR(method_of(config), "poll");
	config = config_new();
	CHECK_EQ(event_config_require_features(config,
		     EV_FEATURE_ET | EV_FEATURE_O1 | EV_FEATURE_EARLY_CLOSE),
	    0);
	CHECK_STR(method_of(config), "epoll");
	config = config_new();
	CHECK_EQ(event_config_require_features(config,
		     EV_FEATURE_ET | EV_FEATURE_FDS),
	    0);
	CHECK_STR(method_of(config), "none");
}

/* The environment switches methods off, unless it is to be ignored. */
TEST(environment)
{
	CHECK_EQ(setenv("EVENT_NOEPOLL", "1", 1), 0);
	CHECK_STR(method_of(config_new()), "poll");
	CHECK_EQ(setenv("EVENT_NOPOLL", "1", 1), 0);
	CHECK_STR(method_of(config_new()), "select");
	CHECK_EQ(setenv("EVENT_NOSELECT", "1", 1), 0);
	CHECK_STR(method_of(config_new()), "none");
	struct event_config *config = config_new();
	CHECK_EQ(event_config_set_flag(config, EVENT_BASE_FLAG_IGNORE_ENV), 0);
	CHECK_STR(method_of(config), "epoll");
	unsetenv("EVENT_NOEPOLL");
	CHECK_EQ(setenv("EVENT_EPOLL_USE_CHANGELIST", "1", 1), 0);
	CHECK_EQ(setenv("EVENT_PRECISE_TIMER", "1", 1), 0);
	CHECK_STR(method_of(config_new()), "epoll (with changelist)");
}

/* EVENT_SHOW_METHOD has the method told in the log. */
TEST(show_method)
{
	CHECK_EQ(setenv("EVENT_SHOW_METHOD", "1", 1), 0);
	(void)test_log_take();
	CHECK_STR(method_of(config_new()), "epoll");
	CHECK_STR(test_log_take(), "[msg] libevent using: epoll\n");
}

/* A changelist where there is none changes nothing. */
TEST(changelist_is_for_epoll)
{
	struct event_config *config = config_new();

	CHECK_EQ(event_config_set_flag(config,
		     EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST),
	    0);
	CHECK_EQ(event_config_avoid_method(config, "epoll"), 0);
	CHECK_STR(method_of(config), "poll");
}

/* Features and signal methods of what test_base() makes. */
TEST(facts_of_a_base)
{
	struct event_base *base = test_base();
	int features = event_base_get_features(base);

	if (strstr(event_base_get_method(base), "epoll"))
		CHECK_EQ(features,
		    EV_FEATURE_ET | EV_FEATURE_O1 | EV_FEATURE_EARLY_CLOSE);
	else
		CHECK_NE(features & EV_FEATURE_FDS, 0);
	CHECK_STR(event_base_get_signal_method(base),
	    test_backend_is("signalfd") ? "signalfd_signal" : "signal");
	event_base_free(base);
}

/* No configuration, or nothing to put into it: refused. */
TEST(bad_arguments)
{
	struct event_config *config = config_new();

	CHECK_EQ(event_config_avoid_method(NULL, "epoll"), -1);
	CHECK_EQ(event_config_avoid_method(config, NULL), -1);
	CHECK_EQ(event_config_require_features(NULL, 0), -1);
	CHECK_EQ(event_config_set_flag(NULL, 0), -1);
	CHECK_EQ(event_config_set_num_cpus_hint(NULL, 1), -1);
	CHECK_EQ(event_config_set_num_cpus_hint(config, 1), 0);
	CHECK_EQ(event_config_set_max_dispatch_interval(NULL, NULL, 1, 1), -1);
	event_config_free(config);
	event_config_free(NULL);
}
