/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event2/visibility.h - the attribute that makes a function part of the ABI.
 *
 * The libraries are built with everything hidden; a declaration that starts
 * with EVENT2_EXPORT_SYMBOL is part of what they export.  Programs need not
 * care.
 */
#ifndef EVENT2_VISIBILITY_H_INCLUDED_
#define EVENT2_VISIBILITY_H_INCLUDED_

#include <event2/event-config.h>

/*
 * Marks an exported function.  A build of the Windows libraries defines
 * EVENT2_BUILDING_DLL while it compiles them; a Windows program may define
 * EVENT_VISIBILITY_WANT_DLLIMPORT for slightly faster calls into a DLL.
 */
#if defined(_WIN32) && defined(EVENT2_BUILDING_DLL)
#define EVENT2_EXPORT_SYMBOL __declspec(dllexport)
#elif defined(_WIN32) && defined(EVENT_VISIBILITY_WANT_DLLIMPORT)
#define EVENT2_EXPORT_SYMBOL __declspec(dllimport)
#elif !defined(_WIN32) && defined(__GNUC__) && __GNUC__ >= 4
#define EVENT2_EXPORT_SYMBOL __attribute__((visibility("default")))
#else
#define EVENT2_EXPORT_SYMBOL
#endif

/* The same for data and functions that only the core library defines. */
#define EVENT2_CORE_EXPORT_SYMBOL EVENT2_EXPORT_SYMBOL

#endif /* EVENT2_VISIBILITY_H_INCLUDED_ */
