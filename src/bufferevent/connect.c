/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * connect.c - a socket bufferevent that connects, by address or by name.
 *
 * By name: the lookup goes through util's resolver hook.  While it runs both
 * directions are suspended and it holds a reference; it answers exactly once,
 * maybe before it returns, and also when it is cancelled.
 */
#include "bufferevent/socket.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "event2/util.h"
#include "base/err.h"
#include "bufferevent/engine.h"
#include "os/socket.h"
#include "util/util.h"

/*
 * Start to connect the socket `fd`.  0: it goes on (or is done, which shows
 * the same way), 1: refused on the spot, or -errno.
 */
static int
start(evutil_socket_t fd, const struct sockaddr *addr, int len)
{
	int r = evi_os_socket_connect(fd, addr, (socklen_t)len);

	if (r == -ECONNREFUSED)
		return 1;
	return r < 0 && !evi_err_is_connecting(r) ? r : 0;
}

/* Connect; a socket made here is closed if that fails.  0 or -errno. */
static int
connect_to(struct evi_bufferevent *bufev, const struct sockaddr *addr, int len)
{
	evutil_socket_t fd = evi_bufferevent_engine_fd(bufev);
	evutil_socket_t own = -1;
	int r = 0;

	if (fd < 0 && !addr)
		return -EINVAL;
	if (fd < 0) {
		fd = own = evi_os_socket_open(addr->sa_family, SOCK_STREAM, 0);
		if (fd < 0)
			return fd;
	}
	if (addr)
		r = start(fd, addr, len);
	int refused = r > 0;
	if (r >= 0) {
		evi_bufferevent_socket_forget_connect(bufev);
		r = evi_bufferevent_socket_set_fd(bufev, fd);
	}
	if (r >= 0 && !refused)
		r = evi_bufferevent_socket_await_connect(bufev);
	if (r < 0) {
		if (own >= 0) {
			evi_bufferevent_socket_forget_connect(bufev);
			(void)evi_bufferevent_socket_set_fd(bufev, -1);
			(void)evi_os_socket_close(own);
		}
		return r;
	}
	if (refused) { /* the caller expects an event, not an error */
		evi_bufferevent_socket_hold(bufev);
		evi_bufferevent_disable(bufev, EV_READ | EV_WRITE);
		evi_bufferevent_callback_event(bufev, BEV_EVENT_ERROR,
		    ECONNREFUSED, BEV_OPT_DEFER_CALLBACKS);
	}
	return 0;
}

int
bufferevent_socket_connect(struct bufferevent *bev, const struct sockaddr *addr,
    int socklen)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	if (bev->be_ops != &evi_bufferevent_socket_ops)
		return evi_err_public(-EOPNOTSUPP);
	evi_bufferevent_enter(bufev);
	int r = connect_to(bufev, addr, socklen);
	(void)evi_bufferevent_unref_and_unlock(bufev);
	return evi_err_public(r);
}

/* By name ----------------------------------------------------------------- */

/* The lookup has failed with `result`, or its address could not be used. */
static void
lookup_failed(struct evi_bufferevent *bufev, int result, int err)
{
	bufev->extra->dns_error = result;
	evi_bufferevent_callback_event(bufev, BEV_EVENT_ERROR, err, 0);
}

/* The answer of the lookup; drops its reference. */
static void
on_lookup(int result, struct evutil_addrinfo *res, void *arg)
{
	struct evi_bufferevent *bufev = arg;

	evi_bufferevent_lock(bufev);
	bufev->extra->lookup = NULL;
	if (!(bufev->state & EVI_BUFFEREVENT_FREED)) {
		evi_bufferevent_unsuspend_write(bufev,
		    EVI_BUFFEREVENT_SUSPEND_LOOKUP);
		evi_bufferevent_unsuspend_read(bufev,
		    EVI_BUFFEREVENT_SUSPEND_LOOKUP);
		if (result != 0) {
			lookup_failed(bufev, result, 0);
		} else {
			int r = connect_to(bufev, res->ai_addr,
			    (int)res->ai_addrlen);

			if (r < 0)
				lookup_failed(bufev, 0, -r);
		}
	}
	(void)evi_bufferevent_unref_and_unlock(bufev);
	if (res)
		evutil_freeaddrinfo(res);
}

static int
connect_by_name(struct evi_bufferevent *bufev, struct evdns_base *dns,
    const struct evutil_addrinfo *hints, const char *hostname, int port)
{
	struct evi_bufferevent_extra *extra = evi_bufferevent_extra_get(bufev);
	char service[16];
	const struct evi_util_question question = { hostname, service, hints };

	if (!extra)
		return -ENOMEM;
	if (extra->lookup || (bufev->state & EVI_BUFFEREVENT_FREED))
		return -EINVAL;
	snprintf(service, sizeof(service), "%d", port);
	extra->dns_error = 0;
	evi_bufferevent_suspend_write(bufev, EVI_BUFFEREVENT_SUSPEND_LOOKUP);
	evi_bufferevent_suspend_read(bufev, EVI_BUFFEREVENT_SUSPEND_LOOKUP);
	bufev->refs++;
	/*
	 * The answer may already have come when this returns, and the
	 * callback may even have begun another lookup: then NULL is returned
	 * and `lookup` is not ours to set.
	 */
	struct evdns_getaddrinfo_request *lookup =
	    evi_util_getaddrinfo_async(dns, &question, on_lookup, bufev);
	if (lookup)
		extra->lookup = lookup;
	return 0;
}

int
bufferevent_socket_connect_hostname_hints(struct bufferevent *bev,
    struct evdns_base *evdns_base, const struct evutil_addrinfo *hints_in,
    const char *hostname, int port)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	if (bev->be_ops != &evi_bufferevent_socket_ops)
		return evi_err_public(-EOPNOTSUPP);
	if (port < 1 || port > 65535 || !hostname)
		return evi_err_public(-EINVAL);
	evi_bufferevent_enter(bufev);
	int r = connect_by_name(bufev, evdns_base, hints_in, hostname, port);
	(void)evi_bufferevent_unref_and_unlock(bufev);
	return evi_err_public(r);
}

int
bufferevent_socket_connect_hostname(struct bufferevent *bev,
    struct evdns_base *evdns_base, int family, const char *hostname, int port)
{
	struct evutil_addrinfo hints;

	if (family != AF_INET && family != AF_INET6 && family != AF_UNSPEC)
		return evi_err_public(-EAFNOSUPPORT);
	memset(&hints, 0, sizeof(hints));
	hints.ai_family = family;
	hints.ai_protocol = IPPROTO_TCP;
	hints.ai_socktype = SOCK_STREAM;
	return bufferevent_socket_connect_hostname_hints(bev, evdns_base,
	    &hints, hostname, port);
}

int
bufferevent_socket_get_dns_error(struct bufferevent *bev)
{
	struct evi_bufferevent *bufev = evi_bufferevent_of(bev);

	evi_bufferevent_lock(bufev);
	int result = bufev->extra ? bufev->extra->dns_error : 0;
	evi_bufferevent_unlock(bufev);
	return result;
}

void
evi_bufferevent_connect_cancel(struct evi_bufferevent *bufev)
{
	if (bufev->extra && bufev->extra->lookup)
		evi_util_getaddrinfo_cancel(bufev->extra->lookup);
}
