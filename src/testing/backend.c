/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * backend.c - the scripted backend.
 */
#include "testing/backend.h"

#include <string.h>

#include "base/base.h"
#include "base/time.h"
#include "event/event.h"
#include "test.h"
#include "testing/clock.h"

#define REPORTS_MAX 64

struct report {
	int64_t at_ns;
	struct evi_ready ready;
};

struct evi_testing_script evi_testing_script;

static struct report reports[REPORTS_MAX];
static int report_count;
static struct evi_ready due[REPORTS_MAX];

void
evi_testing_report(int64_t at_ns, int fd, int what)
{
	CHECK_LT(report_count, REPORTS_MAX);
	reports[report_count++] = (struct report){ .at_ns = at_ns,
		.ready = { .fd = fd, .what = (uint16_t)what } };
}

static int
script_open(int flags, void **ret_self)
{
	(void)flags;
	*ret_self = &evi_testing_script;
	return 0;
}

static int
script_set(void *self, int fd, struct evi_backend_slot *slot, int was, int now)
{
	struct evi_testing_script *script = self;
	int r = script->set_error;

	(void)slot;
	script->set_error = 0;
	if (script->sets_made < (int)EVI_COUNT_OF(script->sets))
		script->sets[script->sets_made] = (struct evi_testing_set){ fd,
			was, now };
	script->sets_made++;
	return now ? r : 0;
}

static int
script_stray(void *self, struct evi_ready ready, struct evi_backend_slot *slot,
    int wanted)
{
	(void)self, (void)ready, (void)slot, (void)wanted;
	return 0;
}

static void
script_prepare(void *self)
{
	(void)self;
}

/* When the next report is, or EVI_TIME_NEVER. */
static int64_t
next_report(void)
{
	int64_t next = EVI_TIME_NEVER;

	for (int i = 0; i < report_count; i++)
		if (reports[i].at_ns < next)
			next = reports[i].at_ns;
	return next;
}

/* Take what is due out of the script, in the order it was written. */
static int
take_due(void)
{
	int64_t now = evi_testing_clock_now();
	int count = 0, kept = 0;

	for (int i = 0; i < report_count; i++) {
		if (reports[i].at_ns <= now)
			due[count++] = reports[i].ready;
		else
			reports[kept++] = reports[i];
	}
	report_count = kept;
	return count;
}

static int
script_wait(void *self, int64_t timeout_ns, const struct evi_ready **ret_ready)
{
	struct evi_testing_script *script = self;
	int64_t now = evi_testing_clock_now();
	int64_t end = timeout_ns < 0 ? EVI_TIME_NEVER
				     : evi_time_add(now, timeout_ns);
	int r = script->wait_error;

	script->waits++;
	script->timeout_ns = timeout_ns;
	script->wait_error = 0;
	if (script->during_wait)
		script->during_wait();
	if (r < 0)
		return r;

	int64_t next = next_report();
	CHECK(next != EVI_TIME_NEVER || timeout_ns >= 0);
	end = next < end ? next : end;
	if (end > now)
		evi_testing_clock_advance(end - now + script->oversleep_ns);
	*ret_ready = due;
	return take_due();
}

static void
script_forget(void *self, int fd, struct evi_backend_slot *slot)
{
	(void)self, (void)fd, (void)slot;
}

static void
script_close(void *self)
{
	(void)self;
}

static const struct evi_backend backend = {
	.name = "script",
	.env_off = "EVENT_NOSCRIPT",
	.features = EV_FEATURE_O1 | EV_FEATURE_EARLY_CLOSE,
	.open = script_open,
	.set = script_set,
	.stray = script_stray,
	.prepare = script_prepare,
	.wait = script_wait,
	.forget = script_forget,
	.close = script_close,
};

struct event_base *
evi_testing_base(void)
{
	struct event_base *base = event_base_new();

	if (!base)
		return NULL;
	evi_testing_clock_set(EVI_TESTING_START);
	base->backend->close(base->backend_state);
	base->backend = &backend;
	CHECK_EQ(backend.open(0, &base->backend_state), 0);

	/* Descriptors below 256 need not exist. */
	if (evi_event_fdmap_watch(base, 0, 0) < 0) {
		event_base_free(base);
		return NULL;
	}
	return base;
}
