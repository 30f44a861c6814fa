/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * epoll_changes.c - the set of a descriptor changes in every way, also
 * between two waits: what is reported follows the last state.
 */
/* backends: epoll poll select changelist */
#include "trace.h"

ROLE(reader);
ROLE(writer);
ROLE(both);

static struct event_base *base;
static evutil_socket_t fd[2];

static void
once(const char *name)
{
	trace("-- %s", name);
	loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

int
main(void)
{
	base = new_base();
	open_pair(fd);
	put(fd[1]);
	assign(&reader, base, fd[0], EV_READ | EV_PERSIST, on_role);
	assign(&writer, base, fd[0], EV_WRITE | EV_PERSIST, on_role);
	assign(&both, base, fd[0], EV_READ | EV_WRITE | EV_PERSIST, on_role);
	event_add(&reader.ev, NULL);
	once("read");
	event_add(&writer.ev, NULL);
	once("read, write");
	event_del(&reader.ev);
	once("write");
	event_add(&both.ev, NULL);
	event_del(&writer.ev);
	once("both");
	event_del(&both.ev);
	event_add(&both.ev, NULL);
	once("both, deleted and added");
	event_add(&reader.ev, NULL);
	event_del(&both.ev);
	once("read");
	event_del(&reader.ev);
	event_add(&writer.ev, NULL);
	event_del(&writer.ev);
	event_add(&reader.ev, NULL);
	once("read, after write came and went");
	event_del(&reader.ev);
	once("none");
	event_base_free(base);
	close_pair(fd);
	return 0;
}
