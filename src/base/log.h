/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * log.h - messages to the log callback (stderr by default) and the fatal end.
 *
 * Severity and format are the application's to see: "[warn] text" on stderr
 * when no callback is set.  The _errno forms append ": " and the text of the
 * error `err` (a positive errno).  A message is cut at 1023 bytes.  Never
 * called on the fast path.  errno is left as it was.
 * Thread-safe as far as the callback is.
 */
#ifndef EVI_BASE_LOG_H
#define EVI_BASE_LOG_H

#include <stdarg.h>

#include "base/base.h"

/* What the fatal callback is told when the library is about to abort(). */
#define EVI_LOG_STATUS_ABORT ((int)0xdeaddead)

void evi_log_warn(const char *fmt, ...) EVI_PRINTF(1, 2);
void evi_log_warn_errno(int err, const char *fmt, ...) EVI_PRINTF(2, 3);
void evi_log_msg(const char *fmt, ...) EVI_PRINTF(1, 2);

/*
 * Log at ERR and call the fatal callback with `status`.  When there is none,
 * or it comes back, the program exits with `status`.
 */
EVI_NORETURN void evi_log_fatal(int status, const char *fmt, ...)
    EVI_PRINTF(2, 3);

/* The same for a broken invariant: EVI_LOG_STATUS_ABORT, then abort(). */
EVI_NORETURN void evi_log_abort(const char *fmt, ...) EVI_PRINTF(1, 2);

/* Debug messages exist only after event_enable_debug_logging(). */
#define evi_log_debug(...) \
	(EVI_UNLIKELY(evi_log_debug_mask) ? evi_log_debug_write(__VA_ARGS__) \
					  : (void)0)

extern unsigned evi_log_debug_mask; /* 0: no debug messages */
void evi_log_debug_write(const char *fmt, ...) EVI_PRINTF(1, 2);

/*
 * The one way out: `severity` is an EVENT_LOG_ number, `err` 0 or a positive
 * errno to append, `fmt` may be NULL for no text.
 */
void evi_log_write(int severity, int err, const char *fmt, va_list ap)
    EVI_PRINTF(3, 0);

/* The fatal callback and the exit, without a message. */
EVI_NORETURN void evi_log_exit(int status);

/* Forget callbacks and masks (libevent_global_shutdown). */
void evi_log_reset(void);

#endif
