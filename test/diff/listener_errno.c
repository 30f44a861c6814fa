/* SPDX-License-Identifier: BSD-3-Clause */
/* listener_errno.c - listeners on what is no listening socket: which errno. */
#include "trace.h"

#include <event2/listener.h>

static void
on_accept(struct evconnlistener *lev, evutil_socket_t fd, struct sockaddr *sa,
    int len, void *arg)
{
	(void)lev;
	(void)fd;
	(void)sa;
	(void)len;
	(void)arg;
}

/* One listener; errno counts only after a failure. */
static void
make(struct event_base *base, const char *name, unsigned flags, int backlog,
    evutil_socket_t fd)
{
	struct evconnlistener *lev;

	errno = 0;
	lev = evconnlistener_new(base, on_accept, NULL, flags, backlog, fd);
	trace("%s: %s%s", name, lev ? "made" : "refused, ",
	    lev ? "" : strerror(errno));
	if (!lev)
		return;
	if (flags & LEV_OPT_DISABLED)
		CALL_ERRNO(evconnlistener_enable(lev));
	evconnlistener_free(lev);
}

static void
make_all(struct event_base *base, unsigned flags, int backlog)
{
	evutil_socket_t fds[2], listening = socket(AF_INET, SOCK_STREAM, 0);
	FILE *file = tmpfile();

	must(file && pipe(fds) == 0 && listening >= 0, "descriptors");
	trace("-- %s, backlog %d", flags ? "disabled" : "enabled", backlog);
	make(base, "a regular file", flags, backlog, fileno(file));
	make(base, "a pipe", flags, backlog, fds[0]);
	make(base, "a socket", flags, backlog, listening);
	make(base, "no descriptor", flags, backlog, -1);
	fclose(file);
	close_pair(fds);
	make(base, "a closed one", flags, backlog, listening + 1000);
	close(listening);
}

int
main(void)
{
	struct event_base *base = new_base();

	event_set_log_callback(on_log);
	make_all(base, 0, -1);
	make_all(base, 0, 0);
	make_all(base, LEV_OPT_DISABLED, 0);
	event_base_free(base);
	return 0;
}
