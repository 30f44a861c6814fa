/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * thread_listener.c - another thread uses a listener whose accept callback
 * is running: which calls wait for the callback?
 */
/* backends: epoll */
#include <pthread.h>

#include <event2/thread.h>

#include "trace_listener.h"

static void
set_other(struct evconnlistener *lev)
{
	static int unused;

	evconnlistener_set_cb(lev, on_accept_count, &unused);
}

static void
enable(struct evconnlistener *lev)
{
	evconnlistener_enable(lev);
}

static struct call {
	const char *name;
	void (*make)(struct evconnlistener *lev);
} calls[] = {
	{ "enable", enable },
	{ "set another callback", set_other },
	{ "free", evconnlistener_free },
};

static struct evconnlistener *lev;
static pthread_t thread;
static int accepted, returned;

static void *
make_call(void *arg)
{
	((struct call *)arg)->make(lev);
	__atomic_store_n(&returned, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

/* Wait for the call's return, but not for ever. */
static void
on_accept_call(struct evconnlistener *unused, evutil_socket_t fd,
    struct sockaddr *sa, int len, void *arg)
{
	int i;

	(void)unused;
	(void)sa;
	(void)len;
	trace("  accepted");
	close(fd);
	if (accepted++ > 0)
		return;
	returned = 0;
	must(!pthread_create(&thread, NULL, make_call, arg), "thread");
	for (i = 0; i < 2500; i++) {
		pass_ms(2);
		if (__atomic_load_n(&returned, __ATOMIC_SEQ_CST))
			break;
	}
	trace("  returned while the callback ran: %d",
	    __atomic_load_n(&returned, __ATOMIC_SEQ_CST));
}

int
main(void)
{
	struct event_base *base;
	struct sockaddr_un sun;
	socklen_t len;
	evutil_socket_t fd, fds[2];
	size_t i;

	must(evthread_use_pthreads() == 0, "evthread_use_pthreads");
	base = new_base();
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		trace("-- %s", calls[i].name);
		fd = local_socket(&sun, &len);
		accepted = 0;
		lev = evconnlistener_new(base, on_accept_call, &calls[i],
		    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_THREADSAFE, 5, fd);
		must(lev != NULL, "evconnlistener_new");
		dial(2, fds, &sun, len);
		event_base_loop(base, EVLOOP_ONCE);
		pthread_join(thread, NULL);
		trace("accepted %d", accepted);
		event_base_loop(base, EVLOOP_NONBLOCK);
		trace("listener open %d", fcntl(fd, F_GETFD) >= 0);
		if (calls[i].make != evconnlistener_free)
			evconnlistener_free(lev);
		hang_up(2, fds);
	}
	event_base_free(base);
	return 0;
}
