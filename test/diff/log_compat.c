/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * log_compat.c - the logging calls that no header declares, and what the
 * fatal ones do to the program.
 */
#include "trace.h"

#include <event2/util.h>

extern void event_warn(const char *fmt, ...);
extern void event_warnx(const char *fmt, ...);
extern void event_msgx(const char *fmt, ...);
extern void event_debugx_(const char *fmt, ...);
extern void event_sock_warn(evutil_socket_t fd, const char *fmt, ...);
extern void event_err(int eval, const char *fmt, ...);
extern void event_errx(int eval, const char *fmt, ...);
extern void event_sock_err(int eval, evutil_socket_t fd, const char *fmt, ...);

static void
on_text(int severity, const char *text)
{
	trace("  log %d: %.80s (%d bytes)", severity, text, (int)strlen(text));
	errno = EBADF;
}

static void
on_fatal(int err)
{
	trace("  fatal callback %x", (unsigned)err);
}

static void
fatal_err(void)
{
	errno = ENOENT;
	event_err(3, "err %d", 1);
}

static void
fatal_errx(void)
{
	errno = ENOENT;
	event_errx(4, "errx");
}

static void
fatal_sock(void)
{
	errno = EPIPE;
	event_sock_err(6, 0, "sock %s", "err");
}

static void
all_fatal(void)
{
	in_child("event_err", fatal_err);
	in_child("event_errx", fatal_errx);
	in_child("event_sock_err", fatal_sock);
}

static void
all_kinds(void)
{
	char text[3000];

	errno = EAGAIN;
	event_warn("warn %d", 7);
	errno = EAGAIN;
	event_warnx("warnx");
	event_msgx("msg %s", "x");
	errno = ECONNRESET;
	event_sock_warn(0, "sock %d", 1);
	event_debugx_("nobody sees this");
	event_enable_debug_logging(EVENT_DBG_ALL);
	event_debugx_("debug");
	event_enable_debug_logging(2);
	event_debugx_("debug with another mask");
	event_enable_debug_logging(EVENT_DBG_NONE);
	event_debugx_("nobody sees this either");
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	event_warnx("%s", text);
	errno = EINTR;
	event_warn("%s", text);
	errno = EINTR;
	event_warn("%s", text + sizeof(text) - 1015);
}

int
main(void)
{
	dup2(1, 2);
	all_kinds();
	event_set_log_callback(on_text);
	all_kinds();
	all_fatal();
	event_set_fatal_callback(on_fatal);
	all_fatal();
	event_set_log_callback(NULL);
	event_warnx("back to standard error");
	return 0;
}
