/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event_closed_feature.c - EV_CLOSED on every backend, with and without
 * EV_FEATURE_EARLY_CLOSE: is it taken, is it reported?
 */
#include "trace.h"

ROLE(closed);
ROLE(both);

int
main(void)
{
	struct event_base *base;
	evutil_socket_t fd[2];

	event_set_log_callback(on_log);
	base = new_base();
	trace("early close: %d",
	    (event_base_get_features(base) & EV_FEATURE_EARLY_CLOSE) != 0);
	open_pair(fd);
	assign(&closed, base, fd[0], EV_CLOSED, on_role);
	assign(&both, base, fd[0], EV_CLOSED | EV_READ, on_role);
	CALL(event_add(&closed.ev, NULL));
	CALL(event_add(&both.ev, NULL));
	trace("closed %s, both %s", pending_name(&closed.ev),
	    pending_name(&both.ev));
	close(fd[1]);
	loop(base, EVLOOP_NONBLOCK);
	trace("closed %s, both %s", pending_name(&closed.ev),
	    pending_name(&both.ev));
	event_del(&closed.ev);
	event_del(&both.ev);
	close(fd[0]);
	event_base_free(base);
	return 0;
}
