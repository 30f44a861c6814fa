/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * trace.h - what a program of the differential suite writes down.
 *
 * A program is built once and run on two libraries; its standard output
 * is compared line by line.  So a trace holds what the application can
 * see (order, arguments, return values) and nothing that changes from run
 * to run: no addresses, no process ids, no descriptor numbers, no times.
 *
 * Every line is one write(2): nothing is buffered, so forked children
 * and aborts neither lose nor repeat lines.
 */
#ifndef TEST_DIFF_TRACE_H_
#define TEST_DIFF_TRACE_H_

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/event_struct.h>

/* An application's event with a name; the usual callback argument. */
struct role {
	const char *name;
	struct event ev;
};

/* Write one line to standard output. */
static inline void __attribute__((format(printf, 1, 2)))
trace(const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line) - 1, fmt, ap);
	va_end(ap);
	strcat(line, "\n");
	if (write(1, line, strlen(line)) < 0)
		_exit(99);
}

/* Stop the program: its own set-up failed, so its trace means nothing. */
static inline void
must(int ok, const char *what)
{
	if (ok)
		return;
	trace("set-up failed: %s: %s", what, strerror(errno));
	_exit(98);
}

/* Write an integer expression and its value. */
#define CALL(expr) trace(#expr " = %lld", (long long)(expr))

/* Write an expression that gives a pointer: only whether it is NULL. */
#define CALL_PTR(expr) trace(#expr " = %s", (expr) ? "pointer" : "NULL")

/* Write an expression, and the errno it sets when it is negative. */
#define CALL_ERRNO(expr) \
	do { \
		long long r_; \
		errno = 0; \
		r_ = (expr); \
		trace(#expr " = %lld%s%s", r_, r_ < 0 ? " " : "", \
		    r_ < 0 ? strerror(errno) : ""); \
	} while (0)

/* Name the bits of `what`; good until the fourth call after this one. */
static inline const char *
what_name(int what)
{
	static char ring[4][96];
	static unsigned turn;
	static const struct {
		int bit;
		const char *name;
	} bits[] = {
		{ EV_TIMEOUT, "TIMEOUT" },
		{ EV_READ, "READ" },
		{ EV_WRITE, "WRITE" },
		{ EV_SIGNAL, "SIGNAL" },
		{ EV_PERSIST, "PERSIST" },
		{ EV_ET, "ET" },
		{ EV_FINALIZE, "FINALIZE" },
		{ EV_CLOSED, "CLOSED" },
	};
	char *out = ring[turn++ % 4];
	size_t i;

	out[0] = '\0';
	for (i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		if (!(what & bits[i].bit))
			continue;
		if (out[0])
			strcat(out, "|");
		strcat(out, bits[i].name);
		what &= ~bits[i].bit;
	}
	if (what || !out[0])
		sprintf(out + strlen(out), "%s%#x", out[0] ? "|" : "",
		    (unsigned)what);
	return out;
}

/* What of the event is pending, by the library's own answer. */
static inline const char *
pending_name(const struct event *ev)
{
	return what_name(event_pending(ev,
	    EV_TIMEOUT | EV_READ | EV_WRITE | EV_SIGNAL | EV_CLOSED, NULL));
}

/* The usual callback: who, why, and what is still pending inside. */
static inline void
on_role(evutil_socket_t fd, short what, void *arg)
{
	struct role *role = arg;

	(void)fd;
	trace("  callback %s: %s, pending %s", role->name, what_name(what),
	    pending_name(&role->ev));
}

/* An event of the program, called after its variable. */
#define ROLE(var) static struct role var = { .name = #var }

static inline void
assign(struct role *role, struct event_base *base, evutil_socket_t fd,
    short events, event_callback_fn cb)
{
	must(event_assign(&role->ev, base, fd, events, cb, role) == 0,
	    "event_assign");
}

/* Assign and add. */
static inline void
watch(struct role *role, struct event_base *base, evutil_socket_t fd,
    short events, const struct timeval *timeout)
{
	assign(role, base, fd, events, on_role);
	must(event_add(&role->ev, timeout) == 0, "event_add");
}

/* Run the loop and write down what it returned. */
static inline int
loop(struct event_base *base, int flags)
{
	int rc;

	trace("loop%s%s%s", flags & EVLOOP_ONCE ? " ONCE" : "",
	    flags & EVLOOP_NONBLOCK ? " NONBLOCK" : "",
	    flags & EVLOOP_NO_EXIT_ON_EMPTY ? " NO_EXIT_ON_EMPTY" : "");
	rc = event_base_loop(base, flags);
	trace("loop = %d, exit %d, break %d", rc,
	    event_base_got_exit(base) != 0, event_base_got_break(base) != 0);
	return rc;
}

/* Which kinds of number event_base_get_num_events tells apart. */
static inline void
trace_counts(struct event_base *base)
{
	trace("events: active %d, virtual %d, added %d",
	    event_base_get_num_events(base, EVENT_BASE_COUNT_ACTIVE),
	    event_base_get_num_events(base, EVENT_BASE_COUNT_VIRTUAL),
	    event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED));
}

/* A timeval of so many milliseconds, for one call. */
static inline const struct timeval *
ms(long count)
{
	static struct timeval ring[8];
	static unsigned turn;
	struct timeval *tv = &ring[turn++ % 8];

	tv->tv_sec = count / 1000;
	tv->tv_usec = count % 1000 * 1000;
	return tv;
}

/* Let real time pass; for programs about the loop's cached clock. */
static inline void
pass_ms(long count)
{
	struct timespec span = { count / 1000, count % 1000 * 1000000L };

	while (nanosleep(&span, &span) < 0 && errno == EINTR)
		;
}

static inline struct event_base *
new_base(void)
{
	struct event_base *base = event_base_new();

	must(base != NULL, "event_base_new");
	return base;
}

/* Two connected stream sockets that do not block. */
static inline void
open_pair(evutil_socket_t fd[2])
{
	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd) == 0,
	    "socketpair");
}

static inline void
close_pair(evutil_socket_t fd[2])
{
	close(fd[0]);
	close(fd[1]);
}

/* Make the other end of `fd` readable. */
static inline void
put(evutil_socket_t fd)
{
	must(write(fd, "x", 1) == 1, "write");
}

/* Read all there is. */
static inline void
drain(evutil_socket_t fd)
{
	char bytes[64];

	while (read(fd, bytes, sizeof(bytes)) > 0)
		;
}

static inline const char *
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
	}
	return "unknown";
}

/* Log callback: that something was logged, not in which words. */
static inline void
on_log(int severity, const char *text)
{
	(void)text;
	trace("  log %s", severity_name(severity));
}

/* Copy `text` with every number, plain or 0x..., written as N. */
static inline void
normalise(char *out, size_t size, const char *text)
{
	size_t n = 0;

	while (*text && n + 1 < size) {
		if (*text < '0' || *text > '9') {
			out[n++] = *text++;
			continue;
		}
		if (text[0] == '0' && text[1] == 'x')
			text += 2 + strspn(text + 2, "0123456789abcdef");
		else
			text += strspn(text, "0123456789");
		out[n++] = 'N';
	}
	out[n] = '\0';
}

/* Log callback: the words too, numbers as N. */
static inline void
on_log_text(int severity, const char *text)
{
	char plain[512];

	normalise(plain, sizeof(plain), text);
	trace("  log %s: %s", severity_name(severity), plain);
}

/*
 * Run a step in a child process and write down how it ended: the way to
 * look at calls that may abort.  Standard error is thrown away.
 */
static inline void
in_child(const char *name, void (*step)(void))
{
	int status;
	pid_t pid = fork();

	must(pid >= 0, "fork");
	if (pid == 0) {
		struct rlimit none = { 0, 0 };
		int null = open("/dev/null", O_WRONLY);

		setrlimit(RLIMIT_CORE, &none);
		dup2(null, 2);
		alarm(5);
		step();
		_exit(0);
	}
	must(waitpid(pid, &status, 0) == pid, "waitpid");
	if (WIFSIGNALED(status))
		trace("child %s: killed, %s", name,
		    strsignal(WTERMSIG(status)));
	else
		trace("child %s: exit %d", name, WEXITSTATUS(status));
}

#endif
