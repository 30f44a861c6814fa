/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * log.c - one way out for messages, and the two ways to die.
 *
 * The callbacks and the debug mask are set while the program starts and only
 * read afterwards; they are plain variables without a lock.
 *
 * Trap: a callback may itself do anything, so errno is saved around it, and
 * a fatal callback may well come back: then the program still ends.
 */
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event2/event.h"

#define MESSAGE_SIZE 1024

static event_log_cb log_cb;
static event_fatal_cb fatal_cb;
unsigned evi_log_debug_mask;

void
event_set_log_callback(event_log_cb cb)
{
	log_cb = cb;
}

void
event_set_fatal_callback(event_fatal_cb cb)
{
	fatal_cb = cb;
}

void
event_enable_debug_logging(ev_uint32_t which)
{
	evi_log_debug_mask = which;
}

void
evi_log_reset(void)
{
	log_cb = NULL;
	fatal_cb = NULL;
	evi_log_debug_mask = EVENT_DBG_NONE;
}

/* The word in brackets. */
static const char *
severity_name(int severity)
{
	switch (severity) {
	case EVENT_LOG_DEBUG:
		return "debug";
	case EVENT_LOG_MSG:
		return "msg";
	case EVENT_LOG_WARN:
		return "warn";
	case EVENT_LOG_ERR:
		return "err";
	default:
		return "???";
	}
}

void
evi_log_write(int severity, int err, const char *fmt, va_list ap)
{
	int errno_saved = errno;
	char text[MESSAGE_SIZE] = "";

	if (fmt && vsnprintf(text, sizeof(text), fmt, ap) < 0)
		text[0] = '\0';
	if (err) {
		size_t len = strlen(text);

		snprintf(text + len, sizeof(text) - len, ": %s", strerror(err));
	}
	if (log_cb)
		log_cb(severity, text);
	else
		fprintf(stderr, "[%s] %s\n", severity_name(severity), text);
	errno = errno_saved;
}

void
evi_log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	evi_log_write(EVENT_LOG_WARN, 0, fmt, ap);
	va_end(ap);
}

void
evi_log_warn_errno(int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	evi_log_write(EVENT_LOG_WARN, err, fmt, ap);
	va_end(ap);
}

void
evi_log_msg(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	evi_log_write(EVENT_LOG_MSG, 0, fmt, ap);
	va_end(ap);
}

void
evi_log_debug_write(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	evi_log_write(EVENT_LOG_DEBUG, 0, fmt, ap);
	va_end(ap);
}

void
evi_log_exit(int status)
{
	if (fatal_cb)
		fatal_cb(status);
	exit(status);
}

void
evi_log_fatal(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	evi_log_write(EVENT_LOG_ERR, 0, fmt, ap);
	va_end(ap);
	evi_log_exit(status);
}

void
evi_log_abort(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	evi_log_write(EVENT_LOG_ERR, 0, fmt, ap);
	va_end(ap);
	if (fatal_cb)
		fatal_cb(EVI_LOG_STATUS_ABORT);
	abort();
}

void
evi_assert_failed(const char *file, int line, const char *func,
    const char *cond)
{
	evi_log_abort("%s:%d: Assertion %s failed in %s", file, line, cond,
	    func);
}
