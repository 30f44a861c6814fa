/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fork_inside.c - fork and event_reinit inside a callback, as programs do
 * that become daemons or start workers: the child's loop goes on.
 */
#include "trace.h"

ROLE(forker);
ROLE(io);
ROLE(timer);
ROLE(sig);

static evutil_socket_t fd[2];
static pid_t child = -1;

static void
on_end(evutil_socket_t sock, short what, void *arg)
{
	on_role(sock, what, arg);
	drain(sock);
	event_base_loopexit(event_get_base(&io.ev), NULL);
}

static void
on_fork(evutil_socket_t sock, short what, void *arg)
{
	struct event_base *base = event_get_base(&forker.ev);
	int status;

	on_role(sock, what, arg);
	child = fork();
	must(child >= 0, "fork");
	if (child == 0) {
		CALL(event_reinit(base));
		raise(SIGUSR1);
		put(fd[1]);
		return;
	}
	must(waitpid(child, &status, 0) == child, "waitpid");
	trace("child ended: %d", WEXITSTATUS(status));
	put(fd[1]);
}

int
main(void)
{
	struct event_base *base = new_base();

	open_pair(fd);
	assign(&forker, base, -1, 0, on_fork);
	assign(&io, base, fd[0], EV_READ | EV_PERSIST, on_end);
	event_add(&io.ev, NULL);
	watch(&sig, base, SIGUSR1, EV_SIGNAL | EV_PERSIST, NULL);
	event_add(&forker.ev, ms(0));
	watch(&timer, base, -1, 0, ms(5000));
	loop(base, 0);
	if (child == 0) {
		trace("-- the child's second loop");
		put(fd[1]);
		loop(base, 0);
		event_base_free(base);
		_exit(3);
	}
	trace("-- the parent's signal");
	raise(SIGUSR1);
	loop(base, EVLOOP_ONCE);
	event_base_free(base);
	close_pair(fd);
	return 0;
}
