/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * epoll_files.c - things that are not sockets: a regular file, /dev/null,
 * a directory, a named pipe.
 */
/* backends: epoll poll select changelist */
#include <sys/stat.h>

#include "trace.h"

ROLE(a);

static struct event_base *base;

static void
try(const char *name, int fd, short events)
{
	must(fd >= 0, name);
	assign(&a, base, fd, events, on_role);
	trace("%s, %s", name, what_name(events));
	CALL_ERRNO(event_add(&a.ev, NULL));
	trace("pending %s", pending_name(&a.ev));
	loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	CALL_ERRNO(event_del(&a.ev));
	close(fd);
}

/* An event that cannot be added may still have a timeout. */
static void
try_with_timeout(void)
{
	FILE *file = tmpfile();

	assign(&a, base, fileno(file), EV_READ, on_role);
	trace("a file, with a timeout");
	CALL_ERRNO(event_add(&a.ev, ms(10)));
	trace("pending %s", pending_name(&a.ev));
	event_del(&a.ev);
	fclose(file);
}

int
main(void)
{
	event_set_log_callback(on_log);
	base = new_base();
	must(mkfifo("fifo", 0600) == 0, "mkfifo");
	try("a file", open("plain", O_RDWR | O_CREAT, 0600), EV_READ);
	try("a file", open("plain", O_RDWR), EV_READ | EV_WRITE);
	try("/dev/null", open("/dev/null", O_RDWR), EV_READ);
	try("a directory", open(".", O_RDONLY), EV_READ);
	try("a named pipe", open("fifo", O_RDWR | O_NONBLOCK), EV_READ);
	try("a named pipe", open("fifo", O_RDWR | O_NONBLOCK), EV_WRITE);
	try("its reading end alone", open("fifo", O_RDONLY | O_NONBLOCK),
	    EV_READ);
	try_with_timeout();
	event_base_free(base);
	return 0;
}
