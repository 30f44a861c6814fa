/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * evutil.h - the name that <event2/util.h> had before libevent 2.0.
 *
 * New programs include <event2/util.h>.
 */
#ifndef EVENT1_EVUTIL_H_INCLUDED_
#define EVENT1_EVUTIL_H_INCLUDED_

#include <event2/util.h>

#endif /* EVENT1_EVUTIL_H_INCLUDED_ */
