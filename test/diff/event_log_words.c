/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event_log_words.c - the words of common warnings, which people grep for
 * in logs; numbers as N.
 */
#include "trace.h"

ROLE(a);

int
main(void)
{
	struct event_base *base;
	struct event zero;
	evutil_socket_t fd[2];

	event_set_log_callback(on_log_text);
	base = new_base();
	memset(&zero, 0, sizeof(zero));
	event_add(&zero, NULL);
	event_del(&zero);
	event_active(&zero, EV_READ, 1);
	event_pending(&zero, EV_READ, NULL);
	open_pair(fd);
	close_pair(fd);
	assign(&a, base, fd[0], EV_READ, on_role);
	event_add(&a.ev, NULL);
	event_del(&a.ev);
	assign(&a, base, fd[0], EV_READ | EV_WRITE, on_role);
	event_add(&a.ev, NULL);
	event_del(&a.ev);
	assign(&a, base, SIGKILL, EV_SIGNAL, on_role);
	event_add(&a.ev, NULL);
	event_base_loopexit(NULL, NULL);
	event_base_free(base);
	event_base_free(NULL);
	return 0;
}
