/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * listener_errors.c - accept() fails for lack of descriptors: the error
 * callback runs at each wake-up and may do anything; the listener stays
 * enabled, and takes the connection when there is room again.
 */
/* backends: epoll poll */
#include "trace_listener.h"

static struct event_base *base;
static struct sockaddr_un sun;
static socklen_t len;
static int accepted, errors;
static struct rlimit plenty;

enum act {
	NOTHING,
	DISABLE,
	FREE,
	OTHER_CB,
	NO_ERROR_CB,
	ROOM
};

static enum act act;

/* Let no more than the descriptors that are open be open. */
static void
tighten(void)
{
	struct rlimit tight;
	int next = dup(0);

	close(next);
	must(getrlimit(RLIMIT_NOFILE, &plenty) == 0, "getrlimit");
	tight = plenty;
	tight.rlim_cur = (rlim_t)next;
	must(setrlimit(RLIMIT_NOFILE, &tight) == 0, "setrlimit");
}

static void
loosen(void)
{
	must(setrlimit(RLIMIT_NOFILE, &plenty) == 0, "setrlimit");
}

static void
on_accept_other(struct evconnlistener *lev, evutil_socket_t fd,
    struct sockaddr *sa, int sa_len, void *arg)
{
	(void)lev;
	(void)sa;
	(void)sa_len;
	trace("  accepted by the other one, arg %s", (char *)arg);
	close(fd);
}

static void
on_error(struct evconnlistener *lev, void *arg)
{
	static char other[] = "other";
	int err = errno;

	trace("  error: %s, its arg %d", strerror(err), arg == &accepted);
	errors++;
	if (act == DISABLE)
		CALL(evconnlistener_disable(lev));
	else if (act == FREE)
		evconnlistener_free(lev);
	else if (act == OTHER_CB)
		evconnlistener_set_cb(lev, on_accept_other, other);
	else if (act == NO_ERROR_CB)
		evconnlistener_set_error_cb(lev, NULL);
	else if (act == ROOM)
		loosen();
}

static void
turns(int count)
{
	while (count-- > 0)
		event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

static void
run(const char *name, enum act what)
{
	struct evconnlistener *lev;
	evutil_socket_t fd = local_socket(&sun, &len), fds[2];

	trace("-- the callback %s", name);
	accepted = errors = 0;
	act = what;
	lev = evconnlistener_new(base, on_accept_count, &accepted, 0, 5, fd);
	must(lev != NULL, "evconnlistener_new");
	evconnlistener_set_error_cb(lev, on_error);
	turns(1);
	dial(2, fds, &sun, len);
	tighten();
	turns(act == NO_ERROR_CB ? 1 : 3);
	loosen();
	trace("errors %d, accepted %d", errors, accepted);
	if (act != FREE) {
		event_base_loop(base, EVLOOP_NONBLOCK | EVLOOP_ONCE);
		trace("room again: accepted %d", accepted);
		evconnlistener_enable(lev);
		turns(2);
		trace("enabled: accepted %d", accepted);
		evconnlistener_free(lev);
	}
	close(fd);
	hang_up(2, fds);
}

int
main(void)
{
	base = new_base();
	run("does nothing", NOTHING);
	run("disables", DISABLE);
	run("frees", FREE);
	run("sets another accept callback", OTHER_CB);
	run("takes itself away", NO_ERROR_CB);
	run("makes room", ROOM);
	event_base_free(base);
	return 0;
}
