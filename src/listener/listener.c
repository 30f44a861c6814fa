/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * listener.c - accepting connections.
 *
 * Each wake-up accepts until the queue is empty.  When wake-up after wake-up
 * has brought just one connection, the second, failing accept() is left out:
 * should there be more after all, the next wake-up comes at once.  Now and
 * then a full round looks whether that has changed.
 *
 * When accept() fails for lack of descriptors or memory, the connection
 * stays in the system's queue and the socket stays readable: waiting for it
 * would spin.  With an error callback that is the application's business;
 * without, the listener warns, stops watching, and tries again every
 * RETRY_NS until it succeeds.  When there is no memory for that timer either,
 * it goes on watching and sleeps, and with it the loop, before each turn:
 * late is better than deaf or busy.
 *
 * Locks: the listener's own, released while the application is called.  A
 * callback from the loop holds a reference; evconnlistener_free() holds the
 * first.  Who drops the last one destroys: but first free() waits, without
 * the lock, for a callback that is on its way to the lock.
 */
#include "event2/listener.h"

#include <errno.h>
#include <string.h>

#include "event2/event_struct.h"
#include "event2/util.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/time.h"
#include "event/deferred.h"
#include "os/clock.h"
#include "os/socket.h"
#include "thread/lock.h"

/* One wake-up accepts no more than this. */
#define ACCEPT_MAX 256

/* So many single connections in a row, and the second accept() is spared. */
#define SINGLE_STREAK 16

/* How long to rest when there are no descriptors. */
#define RETRY_NS (4 * EVI_TIME_NS_PER_MS)

/* And when the socket is refused after that: event_add() warns each time. */
#define REFUSED_NS EVI_TIME_NS_PER_S

#define BACKLOG_DEFAULT 128

struct evconnlistener {
	struct event ev;
	struct event retry; /* while resting */
	evconnlistener_cb cb;
	evconnlistener_errorcb errorcb;
	void *arg;
	struct event_base *base;
	struct evi_lock lock;
	int64_t warned_ns;   /* when it last warned; 0: never */
	int64_t no_timer_ns; /* when it last could not have one; 0: never */
	evutil_socket_t fd;
	unsigned flags; /* LEV_OPT_* */
	uint32_t refs;
	uint32_t wake_count;
	uint8_t single_streak; /* wake-ups in a row with one connection */
	uint8_t is_enabled;    /* the application wants to accept */
	uint8_t is_resting;    /* out of descriptors: retry, not ev */
	uint8_t is_freed;
};

/* A public call's -1, as -errno. */
static int
negated(int r)
{
	return r < 0 ? -EVUTIL_SOCKET_ERROR() : 0;
}

/* Nobody holds it. */
static void
destroy(struct evconnlistener *lev)
{
	if (lev->flags & LEV_OPT_CLOSE_ON_FREE)
		(void)evi_event_fdmap_close(lev->base, lev->fd);
	evi_lock_clear(&lev->lock);
	evi_mem_free(lev);
}

/* Drop the reference of a callback, and the lock. */
static void
leave(struct evconnlistener *lev)
{
	int is_last = --lev->refs == 0;

	evi_lock_release(&lev->lock);
	if (is_last)
		destroy(lev);
}

/* Should it accept now? */
static int
is_accepting(const struct evconnlistener *lev)
{
	return lev->is_enabled && lev->cb && !lev->is_freed;
}

/* Watch the socket or not, as the settings say.  0 or -errno. */
static int
watch(struct evconnlistener *lev)
{
	if (!is_accepting(lev)) {
		lev->is_resting = 0;
		(void)event_del_noblock(&lev->retry);
		(void)event_del_noblock(&lev->ev);
		return 0;
	}
	if (lev->is_resting)
		return 0;
	return negated(event_add(&lev->ev, NULL));
}

/* Errors ------------------------------------------------------------------ */

/* The connection has gone before we came to it; the next one may be fine. */
static int
is_lost_connection(int r)
{
	switch (-r) {
	case ECONNABORTED:
	case EPROTO:
	case ENETDOWN:
	case ENETUNREACH:
	case EHOSTDOWN:
	case EHOSTUNREACH:
	case ENOPROTOOPT:
		return 1;
	default:
		return 0;
	}
}

/* Is it a second since `then_ns`, or was that never? */
static int
has_second_passed(int64_t then_ns, int64_t now_ns)
{
	return !then_ns || now_ns - then_ns >= EVI_TIME_NS_PER_S;
}

/* Warn, but not more than once a second. */
static void
warn(struct evconnlistener *lev, int r)
{
	int64_t now_ns = evi_os_clock_monotonic();

	if (!has_second_passed(lev->warned_ns, now_ns))
		return;
	lev->warned_ns = now_ns;
	evi_log_warn_errno(-r, "Error from accept() call");
}

/* Start the timer.  As failing is logged, the next try is a second later. */
static int
start_retry(struct evconnlistener *lev, int64_t after_ns)
{
	int64_t now_ns = evi_os_clock_monotonic();
	struct timeval tv;

	if (!has_second_passed(lev->no_timer_ns, now_ns))
		return -ENOMEM;
	evi_time_to_timeval(after_ns, &tv);
	int r = negated(event_add(&lev->retry, &tv));
	lev->no_timer_ns = r < 0 ? now_ns : 0;
	return r;
}

/* Leave the socket alone for a while; the lock is not held all the time. */
static void
rest(struct evconnlistener *lev, int64_t ns)
{
	if (start_retry(lev, ns) == 0) {
		lev->is_resting = 1;
		(void)event_del_noblock(&lev->ev);
		return;
	}
	evi_lock_release(&lev->lock);
	evi_os_clock_sleep(RETRY_NS);
	evi_lock_acquire(&lev->lock);
}

static void
accept_failed(struct evconnlistener *lev, int r)
{
	evconnlistener_errorcb errorcb = lev->errorcb;

	if (!errorcb) {
		warn(lev, r);
		rest(lev, RETRY_NS);
		return;
	}
	void *arg = lev->arg;
	evi_lock_release(&lev->lock);
	errno = -r;
	errorcb(lev, arg);
	evi_lock_acquire(&lev->lock);
}

/* Accepting --------------------------------------------------------------- */

/* Accept one and hand it over.  0 or -errno. */
static int
accept_one(struct evconnlistener *lev)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);
	int flags = 0;

	if (!(lev->flags & LEV_OPT_LEAVE_SOCKETS_BLOCKING))
		flags |= EVI_OS_SOCKET_NONBLOCK;
	if (lev->flags & LEV_OPT_CLOSE_ON_EXEC)
		flags |= EVI_OS_SOCKET_CLOEXEC;
	int fd = evi_os_socket_accept(lev->fd, (struct sockaddr *)&addr, &len,
	    flags);
	if (fd < 0)
		return fd;
	if (len == 0) { /* some kernels, for a peer already gone */
		(void)evi_os_socket_close(fd);
		return -ECONNABORTED;
	}
	if (len > sizeof(addr)) /* the kernel had more to say than room */
		len = sizeof(addr);

	evconnlistener_cb cb = lev->cb;
	void *arg = lev->arg;
	evi_lock_release(&lev->lock);
	cb(lev, fd, (struct sockaddr *)&addr, (int)len, arg);
	evi_lock_acquire(&lev->lock);
	return 0;
}

/* How many to accept in this wake-up. */
static int
budget(struct evconnlistener *lev)
{
	lev->wake_count++;
	if (lev->single_streak < SINGLE_STREAK ||
	    lev->wake_count % SINGLE_STREAK == 0)
		return ACCEPT_MAX;
	return 1;
}

/* A full round has accepted `count`: is it always one? */
static void
note_count(struct evconnlistener *lev, int count)
{
	if (count != 1)
		lev->single_streak = 0;
	else if (lev->single_streak < SINGLE_STREAK)
		lev->single_streak++;
}

/* Accept what there is.  The lock and a reference are held. */
static void
accept_all(struct evconnlistener *lev)
{
	int max = budget(lev);
	int count = 0;

	for (int i = 0; i < max && is_accepting(lev); i++) {
		int r = accept_one(lev);
		if (r == 0) {
			count++;
			continue;
		}
		if (is_lost_connection(r))
			continue;
		if (!evi_err_is_again(r))
			accept_failed(lev, r);
		break;
	}
	if (max > 1)
		note_count(lev, count);
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct evconnlistener *lev = arg;

	(void)fd;
	(void)what;
	evi_lock_acquire(&lev->lock);
	if (lev->is_freed) { /* and free() waits for us */
		evi_lock_release(&lev->lock);
		return;
	}
	lev->refs++;
	accept_all(lev);
	leave(lev);
}

/* Rested: try again. */
static void
on_retry(evutil_socket_t fd, short what, void *arg)
{
	struct evconnlistener *lev = arg;

	(void)fd;
	(void)what;
	evi_lock_acquire(&lev->lock);
	if (lev->is_freed) {
		evi_lock_release(&lev->lock);
		return;
	}
	lev->refs++;
	lev->is_resting = 0;
	accept_all(lev);
	if (is_accepting(lev) && watch(lev) < 0)
		rest(lev, REFUSED_NS);
	leave(lev);
}

/* Making one -------------------------------------------------------------- */

static struct evconnlistener *
listener_new(struct event_base *base, unsigned flags, evutil_socket_t fd)
{
	struct evconnlistener *lev = evi_new(struct evconnlistener);

	if (!lev)
		return NULL;
	if ((flags & LEV_OPT_THREADSAFE) && evi_lock_init(&lev->lock, 0) < 0) {
		evi_mem_free(lev);
		return NULL;
	}
	lev->base = base;
	lev->fd = fd;
	lev->flags = flags;
	lev->refs = 1;
	(void)event_assign(&lev->ev, base, fd, EV_READ | EV_PERSIST,
	    on_readable, lev);
	(void)event_assign(&lev->retry, base, -1, 0, on_retry, lev);
	return lev;
}

/* listen() as `backlog` asks.  0 or -errno. */
static int
start_listening(evutil_socket_t fd, int backlog)
{
	if (backlog == 0)
		return 0;
	return evi_os_socket_listen(fd,
	    backlog > 0 ? backlog : BACKLOG_DEFAULT);
}

struct evconnlistener *
evconnlistener_new(struct event_base *base, evconnlistener_cb cb, void *ptr,
    unsigned flags, int backlog, evutil_socket_t fd)
{
	struct evconnlistener *lev;
	int r = start_listening(fd, backlog);

	if (r < 0) {
		(void)evi_err_public(r);
		return NULL;
	}
	lev = listener_new(base, flags, fd);
	if (!lev)
		return NULL;
	lev->cb = cb;
	lev->arg = ptr;
	if (flags & LEV_OPT_DISABLED)
		return lev;
	r = negated(evconnlistener_enable(lev));
	if (r < 0) {
		lev->flags &= ~LEV_OPT_CLOSE_ON_FREE; /* the caller's still */
		evconnlistener_free(lev);
		(void)evi_err_public(r);
		return NULL;
	}
	return lev;
}

/* The options that a socket needs before bind().  0 or -errno. */
static int
set_options(evutil_socket_t fd, unsigned flags)
{
	int r = evi_os_socket_set_int(fd, SOL_SOCKET, SO_KEEPALIVE, 1);

	if (r == 0 && !(flags & LEV_OPT_CLOSE_ON_EXEC))
		r = evi_os_socket_set_inherited(fd);
	if (r == 0 && (flags & LEV_OPT_REUSEABLE))
		r = negated(evutil_make_listen_socket_reuseable(fd));
	if (r == 0 && (flags & LEV_OPT_REUSEABLE_PORT))
		r = negated(evutil_make_listen_socket_reuseable_port(fd));
	if (r == 0 && (flags & LEV_OPT_DEFERRED_ACCEPT))
		r = negated(evutil_make_tcp_listen_socket_deferred(fd));
	if (r == 0 && (flags & LEV_OPT_BIND_IPV6ONLY))
		r = negated(evutil_make_listen_socket_ipv6only(fd));
	if (r == 0 && (flags & LEV_OPT_BIND_IPV4_AND_IPV6))
		r = negated(evutil_make_listen_socket_not_ipv6only(fd));
	return r;
}

struct evconnlistener *
evconnlistener_new_bind(struct event_base *base, evconnlistener_cb cb,
    void *ptr, unsigned flags, int backlog, const struct sockaddr *sa,
    int socklen)
{
	struct evconnlistener *lev = NULL;
	int fd, r;

	if (backlog == 0) {
		(void)evi_err_public(-EINVAL);
		return NULL;
	}
	fd = evi_os_socket_open(sa ? sa->sa_family : AF_UNSPEC, SOCK_STREAM, 0);
	if (fd < 0) {
		(void)evi_err_public(fd);
		return NULL;
	}
	r = set_options(fd, flags);
	if (r == 0 && sa)
		r = evi_os_socket_bind(fd, sa, (socklen_t)socklen);
	if (r == 0) {
		lev = evconnlistener_new(base, cb, ptr, flags, backlog, fd);
		r = lev ? 0 : -EVUTIL_SOCKET_ERROR();
	}
	if (r < 0) {
		(void)evi_os_socket_close(fd);
		(void)evi_err_public(r);
	}
	return lev;
}

void
evconnlistener_free(struct evconnlistener *lev)
{
	evi_lock_acquire(&lev->lock);
	lev->is_freed = 1;
	lev->cb = NULL;
	lev->errorcb = NULL;
	(void)watch(lev);
	int is_last = --lev->refs == 0;
	evi_lock_release(&lev->lock);
	if (!is_last)
		return; /* a callback will do the rest */
	(void)event_del_block(&lev->ev);
	(void)event_del_block(&lev->retry);
	destroy(lev);
}

/* The rest ---------------------------------------------------------------- */

static int
set_enabled(struct evconnlistener *lev, uint8_t is_enabled)
{
	evi_lock_acquire(&lev->lock);
	lev->is_enabled = is_enabled;
	int r = watch(lev);
	evi_lock_release(&lev->lock);
	return evi_err_public(r);
}

int
evconnlistener_enable(struct evconnlistener *lev)
{
	return set_enabled(lev, 1);
}

int
evconnlistener_disable(struct evconnlistener *lev)
{
	return set_enabled(lev, 0);
}

struct event_base *
evconnlistener_get_base(struct evconnlistener *lev)
{
	return lev->base;
}

evutil_socket_t
evconnlistener_get_fd(struct evconnlistener *lev)
{
	return lev->fd;
}

void
evconnlistener_set_cb(struct evconnlistener *lev, evconnlistener_cb cb,
    void *arg)
{
	evi_lock_acquire(&lev->lock);
	lev->cb = cb;
	lev->arg = arg;
	(void)watch(lev);
	evi_lock_release(&lev->lock);
}

void
evconnlistener_set_error_cb(struct evconnlistener *lev,
    evconnlistener_errorcb errorcb)
{
	evi_lock_acquire(&lev->lock);
	lev->errorcb = errorcb;
	evi_lock_release(&lev->lock);
}
