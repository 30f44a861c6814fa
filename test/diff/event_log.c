/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event_log.c - the log callback, the default log on standard error, the
 * fatal callback, and debug logging.
 */
#include "trace.h"

static int debug_seen;

static void
on_fatal(int err)
{
	trace("  fatal callback %d", err);
	_exit(7);
}

static void
count_debug(int severity, const char *text)
{
	(void)text;
	if (severity == EVENT_LOG_DEBUG)
		debug_seen++;
	else
		trace("  log %s", severity_name(severity));
}

/* A call that warns on every backend. */
static void
warn(void)
{
	struct event ev;
	struct event_base *base = new_base();

	event_assign(&ev, base, 0, EV_SIGNAL | EV_READ, on_role, NULL);
	event_base_free(base);
}

/* Without a callback: the line goes to standard error, with its prefix. */
static void
default_log(void)
{
	char text[512], plain[512];
	FILE *file = tmpfile();
	int saved = dup(2);

	dup2(fileno(file), 2);
	event_set_log_callback(NULL);
	warn();
	dup2(saved, 2);
	close(saved);
	rewind(file);
	while (fgets(text, sizeof(text), file)) {
		text[strcspn(text, "\n")] = '\0';
		normalise(plain, sizeof(plain), text);
		trace("  stderr: %s", plain);
	}
	fclose(file);
}

/* Adding an event that was never assigned is an error of the program. */
static void
misuse_step(void)
{
	struct event ev;

	memset(&ev, 0, sizeof(ev));
	event_add(&ev, NULL);
	trace("survived");
}

static void
misuse_fatal_step(void)
{
	event_set_fatal_callback(on_fatal);
	event_enable_debug_mode();
	misuse_step();
}

static void
misuse_debug_step(void)
{
	event_enable_debug_mode();
	misuse_step();
}

int
main(void)
{
	event_set_log_callback(on_log_text);
	warn();
	default_log();
	event_set_log_callback(count_debug);
	warn();
	trace("debug lines while off: %d", debug_seen);
	event_enable_debug_logging(EVENT_DBG_ALL);
	warn();
	event_enable_debug_logging(EVENT_DBG_NONE);
	trace("debug lines while on: %s", debug_seen ? "some" : "none");
	debug_seen = 0;
	warn();
	trace("debug lines while off: %d", debug_seen);
	event_set_log_callback(on_log);
	in_child("misuse", misuse_step);
	in_child("misuse, debug", misuse_debug_step);
	in_child("misuse, debug, fatal callback", misuse_fatal_step);
	return 0;
}
