/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * text.c - printing, numbers and case.
 *
 * No state, no locks; the locale plays no part in comparing.
 */
#include "event2/util.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"

ev_int64_t
evutil_strtoll(const char *s, char **endptr, int base)
{
	return (ev_int64_t)strtoll(s, endptr, base);
}

/*
 * As C99's, the length that the whole text has; only with no room at all is
 * the answer 0 and `buf` not looked at, as it has always been here.
 */
int
evutil_vsnprintf(char *buf, size_t buflen, const char *format, va_list ap)
{
	if (buflen == 0)
		return 0;

	int r = vsnprintf(buf, buflen, format, ap);

	buf[buflen - 1] = '\0';
	return r;
}

int
evutil_snprintf(char *buf, size_t buflen, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	int r = evutil_vsnprintf(buf, buflen, format, ap);
	va_end(ap);
	return r;
}

int
evutil_ascii_strcasecmp(const char *str1, const char *str2)
{
	return evutil_ascii_strncasecmp(str1, str2, SIZE_MAX);
}

int
evutil_ascii_strncasecmp(const char *str1, const char *str2, size_t n)
{
	for (; n > 0; n--) {
		char a = evi_str_lower(*str1++);
		char b = evi_str_lower(*str2++);

		if (a != b)
			return a < b ? -1 : 1;
		if (a == '\0')
			return 0;
	}
	return 0;
}
