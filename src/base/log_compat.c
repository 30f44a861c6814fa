/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * log_compat.c - logging calls that no header declares and yet are linked
 * to: what the RPC generator writes calls event_warnx(), and some programs
 * declare the others themselves.
 *
 * The plain and the sock_ forms append the text of errno, the x forms do
 * not.  Nothing in the library calls these.
 */
#include "base/log.h"

#include <errno.h>

#include "event2/event.h"
#include "event2/util.h"

/* Their only declarations, for the compiler's and the linker's sake. */
EVI_CROSS void event_warn(const char *fmt, ...) EVI_PRINTF(1, 2);
EVI_CROSS void event_warnx(const char *fmt, ...) EVI_PRINTF(1, 2);
EVI_CROSS void event_msgx(const char *fmt, ...) EVI_PRINTF(1, 2);
EVI_CROSS void event_debugx_(const char *fmt, ...) EVI_PRINTF(1, 2);
EVI_CROSS void event_sock_warn(evutil_socket_t sock, const char *fmt, ...)
    EVI_PRINTF(2, 3);
EVI_CROSS EVI_NORETURN void event_err(int eval, const char *fmt, ...)
    EVI_PRINTF(2, 3);
EVI_CROSS EVI_NORETURN void event_errx(int eval, const char *fmt, ...)
    EVI_PRINTF(2, 3);
EVI_CROSS EVI_NORETURN void event_sock_err(int eval, evutil_socket_t sock,
    const char *fmt, ...) EVI_PRINTF(3, 4);

void
event_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	evi_log_write(EVENT_LOG_WARN, errno, fmt, ap);
	va_end(ap);
}

void
event_warnx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	evi_log_write(EVENT_LOG_WARN, 0, fmt, ap);
	va_end(ap);
}

void
event_msgx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	evi_log_write(EVENT_LOG_MSG, 0, fmt, ap);
	va_end(ap);
}

void
event_debugx_(const char *fmt, ...)
{
	va_list ap;

	if (!evi_log_debug_mask)
		return;
	va_start(ap, fmt);
	evi_log_write(EVENT_LOG_DEBUG, 0, fmt, ap);
	va_end(ap);
}

void
event_sock_warn(evutil_socket_t sock, const char *fmt, ...)
{
	va_list ap;

	(void)sock;
	va_start(ap, fmt);
	evi_log_write(EVENT_LOG_WARN, errno, fmt, ap);
	va_end(ap);
}

void
event_err(int eval, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	evi_log_write(EVENT_LOG_ERR, errno, fmt, ap);
	va_end(ap);
	evi_log_exit(eval);
}

void
event_errx(int eval, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	evi_log_write(EVENT_LOG_ERR, 0, fmt, ap);
	va_end(ap);
	evi_log_exit(eval);
}

void
event_sock_err(int eval, evutil_socket_t sock, const char *fmt, ...)
{
	va_list ap;

	(void)sock;
	va_start(ap, fmt);
	evi_log_write(EVENT_LOG_ERR, errno, fmt, ap);
	va_end(ap);
	evi_log_exit(eval);
}
