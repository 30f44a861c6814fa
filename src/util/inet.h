/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * inet.h - addresses as text, by pointer and end.  Private to util/.
 *
 * The parsers are pure and never copy, so no length can overflow anything.
 * What `end` points to is not read.
 */
#ifndef EVI_UTIL_INET_H
#define EVI_UTIL_INET_H

/* "1.2.3.4" to four bytes.  Returns 1, or 0 if it is not one. */
int evi_util_inet_parse4(const char *at, const char *end,
    unsigned char *ret_addr);

/*
 * "::1" or "fe80::1%eth0" to sixteen bytes and the interface's index, 0 for
 * none.  Returns 1, or 0 if it is not one or there is no such interface.
 */
int evi_util_inet_parse6(const char *at, const char *end,
    unsigned char *ret_addr, unsigned *ret_scope);

#endif
