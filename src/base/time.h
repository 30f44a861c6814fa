/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * time.h - time inside the library is int64_t nanoseconds; struct timeval
 * exists only at the border.
 *
 * Conversions saturate: a timeval too large for int64 nanoseconds (292 years)
 * becomes INT64_MAX, which never comes due.
 */
#ifndef EVI_BASE_TIME_H
#define EVI_BASE_TIME_H

#include <stdint.h>
#include <sys/time.h>

#define EVI_TIME_NS_PER_S INT64_C(1000000000)
#define EVI_TIME_NS_PER_MS INT64_C(1000000)
#define EVI_TIME_NS_PER_US INT64_C(1000)
#define EVI_TIME_NEVER INT64_MAX
/* A clock's time and a duration below this add up without overflow. */
#define EVI_TIME_PLAIN (INT64_MAX / 2)

/* Does the timeval hold 0 <= tv_usec < 1e6 and tv_sec >= 0? */
static inline int
evi_time_is_valid(const struct timeval *tv)
{
	return tv->tv_sec >= 0 && tv->tv_usec >= 0 && tv->tv_usec < 1000000;
}

/* Nanoseconds of a timeval; tv_usec may be any value that fits. */
static inline int64_t
evi_time_from_timeval(const struct timeval *tv)
{
	int64_t limit = INT64_MAX / EVI_TIME_NS_PER_S - 1;
	int64_t sec = (int64_t)tv->tv_sec;
	int64_t usec = (int64_t)tv->tv_usec;
	int64_t more = usec / 1000000;

	usec %= 1000000;
	if (sec >= limit - more)
		return INT64_MAX;
	if (sec <= -limit - more)
		return INT64_MIN;
	return (sec + more) * EVI_TIME_NS_PER_S + usec * EVI_TIME_NS_PER_US;
}

/* The timeval of `ns` >= 0, rounded down to microseconds. */
static inline void
evi_time_to_timeval(int64_t ns, struct timeval *ret_tv)
{
	int64_t sec = ns / EVI_TIME_NS_PER_S;

	ret_tv->tv_sec = (time_t)sec;
	if (ret_tv->tv_sec != sec) /* a time_t of 32 bits */
		ret_tv->tv_sec = (time_t)INT32_MAX;
	ret_tv->tv_usec = (suseconds_t)(ns % EVI_TIME_NS_PER_S /
	    EVI_TIME_NS_PER_US);
}

/* a + b, saturating at INT64_MIN and EVI_TIME_NEVER. */
static inline int64_t
evi_time_add(int64_t a, int64_t b)
{
	if (b > 0 && a > INT64_MAX - b)
		return INT64_MAX;
	if (b < 0 && a < INT64_MIN - b)
		return INT64_MIN;
	return a + b;
}

#endif
