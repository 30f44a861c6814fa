/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * time.c - dates for protocols, and the public monotonic timer.
 *
 * A timer that was not configured, and one asked for EV_MONOT_FALLBACK,
 * reads the wall clock and keeps it from running backward: whatever it falls
 * behind is added from then on.  The other two kinds read the system's
 * monotonic clock, coarse or precise.
 *
 * A timer has no lock; one thread uses it at a time.
 */
#include "event2/util.h"

#include <errno.h>
#include <time.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/time.h"
#include "os/clock.h"

enum clock_kind {
	CLOCK_KIND_WALL,
	CLOCK_KIND_COARSE,
	CLOCK_KIND_PRECISE,
};

struct evutil_monotonic_timer {
	enum clock_kind kind;
	int64_t last_ns;   /* what the wall clock gave last, adjusted */
	int64_t adjust_ns; /* what it fell behind so far */
};

struct evutil_monotonic_timer *
evutil_monotonic_timer_new(void)
{
	return evi_new(struct evutil_monotonic_timer);
}

void
evutil_monotonic_timer_free(struct evutil_monotonic_timer *timer)
{
	evi_mem_free(timer);
}

int
evutil_configure_monotonic_time(struct evutil_monotonic_timer *timer, int flags)
{
	timer->last_ns = 0;
	timer->adjust_ns = 0;
	if (flags & EV_MONOT_FALLBACK)
		timer->kind = CLOCK_KIND_WALL;
	else if (flags & EV_MONOT_PRECISE)
		timer->kind = CLOCK_KIND_PRECISE;
	else
		timer->kind = CLOCK_KIND_COARSE;
	return 0;
}

/* The wall clock, never less than the time before. */
static int64_t
read_wall(struct evutil_monotonic_timer *timer)
{
	int64_t now = evi_os_clock_wall() + timer->adjust_ns;

	if (now < timer->last_ns) {
		timer->adjust_ns += timer->last_ns - now;
		now = timer->last_ns;
	}
	timer->last_ns = now;
	return now;
}

int
evutil_gettime_monotonic(struct evutil_monotonic_timer *timer,
    struct timeval *ret_now)
{
	int64_t now;

	if (timer->kind == CLOCK_KIND_PRECISE)
		now = evi_os_clock_monotonic();
	else if (timer->kind == CLOCK_KIND_COARSE)
		now = evi_os_clock_coarse();
	else
		now = read_wall(timer);
	evi_time_to_timeval(now, ret_now);
	return 0;
}

/* The names of RFC 1123 do not follow the locale, so no strftime(). */
int
evutil_date_rfc1123(char *date, const size_t datelen, const struct tm *tm)
{
	static const char days[][4] = {
		"Sun",
		"Mon",
		"Tue",
		"Wed",
		"Thu",
		"Fri",
		"Sat",
	};
	static const char months[][4] = {
		"Jan",
		"Feb",
		"Mar",
		"Apr",
		"May",
		"Jun",
		"Jul",
		"Aug",
		"Sep",
		"Oct",
		"Nov",
		"Dec",
	};
	struct tm now;

	if (!tm) {
		time_t t = (time_t)(evi_os_clock_wall() / EVI_TIME_NS_PER_S);

		tm = gmtime_r(&t, &now);
	}
	if (tm->tm_wday < 0 || tm->tm_wday > 6 || tm->tm_mon < 0 ||
	    tm->tm_mon > 11)
		return evi_err_public(-EINVAL);
	return evutil_snprintf(date, datelen,
	    "%s, %02d %s %4d %02d:%02d:%02d GMT", days[tm->tm_wday],
	    tm->tm_mday, months[tm->tm_mon], 1900 + tm->tm_year, tm->tm_hour,
	    tm->tm_min, tm->tm_sec);
}
