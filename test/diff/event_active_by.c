/* SPDX-License-Identifier: BSD-3-Clause */
/* event_active_by.c - event_base_active_by_fd and _by_signal. */
#include "trace.h"

ROLE(reader);
ROLE(writer);
ROLE(both);
ROLE(timed);
ROLE(sig1);
ROLE(sig2);

int
main(void)
{
	struct event_base *base = new_base();
	evutil_socket_t fd[2];

	open_pair(fd);
	watch(&reader, base, fd[0], EV_READ | EV_PERSIST, NULL);
	watch(&writer, base, fd[0], EV_WRITE, NULL);
	watch(&both, base, fd[1], EV_READ | EV_WRITE | EV_PERSIST, NULL);
	watch(&timed, base, fd[1], EV_READ | EV_PERSIST, ms(60000));
	watch(&sig1, base, SIGUSR1, EV_SIGNAL | EV_PERSIST, NULL);
	watch(&sig2, base, SIGUSR1, EV_SIGNAL, NULL);
	event_base_active_by_fd(base, fd[0], EV_READ);
	event_base_active_by_fd(base, fd[1], EV_WRITE);
	event_del(&both.ev);
	event_del(&writer.ev);
	loop(base, EVLOOP_NONBLOCK);
	trace("-- the wrong kind");
	event_base_active_by_fd(base, fd[0], EV_CLOSED);
	event_base_active_by_fd(base, fd[1], EV_WRITE);
	loop(base, EVLOOP_NONBLOCK);
	trace("-- timeout");
	event_base_active_by_fd(base, fd[1], EV_TIMEOUT);
	event_base_active_by_fd(base, fd[0], EV_TIMEOUT);
	loop(base, EVLOOP_NONBLOCK);
	trace("-- several at once");
	event_base_active_by_fd(base, fd[1], EV_TIMEOUT | EV_READ);
	loop(base, EVLOOP_NONBLOCK);
	trace("-- signals");
	event_base_active_by_signal(base, SIGUSR1);
	event_base_active_by_signal(base, SIGUSR2);
	loop(base, EVLOOP_NONBLOCK);
	event_base_active_by_signal(base, SIGUSR1);
	loop(base, EVLOOP_NONBLOCK);
	event_del(&sig1.ev);
	event_base_active_by_signal(base, SIGUSR1);
	loop(base, EVLOOP_NONBLOCK);
	event_base_free(base);
	close_pair(fd);
	return 0;
}
