/* SPDX-License-Identifier: BSD-3-Clause */
/* event_assign_errors.c - which combinations event_assign refuses. */
#include "trace.h"

static struct event_base *base;
static evutil_socket_t fd[2];

static void
try(short events, evutil_socket_t target, const char *target_name)
{
	struct event ev;
	struct event *made;
	int rc;

	memset(&ev, 0, sizeof(ev));
	rc = event_assign(&ev, base, target, events, on_role, NULL);
	trace("assign %s on %s = %d", what_name(events), target_name, rc);
	made = event_new(base, target, events, on_role, NULL);
	trace("new %s on %s: %s", what_name(events), target_name,
	    made ? "pointer" : "NULL");
	if (made)
		event_free(made);
}

int
main(void)
{
	static const short all[] = {
		0,
		EV_READ,
		EV_READ | EV_WRITE | EV_CLOSED,
		EV_TIMEOUT,
		EV_TIMEOUT | EV_PERSIST,
		EV_PERSIST,
		EV_SIGNAL,
		EV_SIGNAL | EV_PERSIST,
		EV_SIGNAL | EV_READ,
		EV_SIGNAL | EV_WRITE,
		EV_SIGNAL | EV_CLOSED,
		EV_SIGNAL | EV_ET,
		EV_SIGNAL | EV_TIMEOUT,
		EV_ET,
		EV_READ | EV_ET,
		EV_FINALIZE,
		EV_READ | EV_FINALIZE,
	};
	size_t i;

	event_set_log_callback(on_log_text);
	base = new_base();
	open_pair(fd);
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		try(all[i], fd[0], "a socket");
		try(all[i], -1, "-1");
	}
	try(EV_SIGNAL, SIGUSR1, "SIGUSR1");
	try(EV_SIGNAL | EV_READ, SIGUSR1, "SIGUSR1");
	close_pair(fd);
	event_base_free(base);
	return 0;
}
