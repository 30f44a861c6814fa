/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * signal.c - signal -> its events.
 *
 * The handler only counts: each base that watches any signal has an inbox in
 * a list that never shrinks while handlers may run; the handler adds one to
 * the inbox's count of that signal and, for the first since the loop last
 * looked, makes the base's wake descriptor readable.  So every base gets
 * every signal, none is lost to a full pipe, and a burst costs one write.
 *
 * With EVENT_BASE_FLAG_USE_SIGNALFD a base reads its signals from a
 * descriptor instead, and blocks them.
 *
 * Locks: the base's for its own part; the registry's spin lock, held for a few
 * instructions and sigaction, for the handlers that all bases share.  A fork
 * may come at any moment: see notice_fork().
 */
#include "event/event.h"

#include <errno.h>
#include <limits.h>

#include "base/base.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/spin.h"
#include "event/backend/signalfd.h"
#include "os/env.h"
#include "os/signal.h"

#define COUNT EVI_OS_SIGNAL_COUNT

struct inbox {
	_Atomic(struct inbox *) next;
	atomic_int is_watched[COUNT];
	atomic_uint counts[COUNT];
	atomic_int has_mail;
	struct evi_os_wake wake; /* fixed while anything is watched */
	int is_taken;            /* by a base; under the registry */
};

struct evi_event_signals {
	struct inbox *inbox; /* NULL with a signalfd */
	int fd;              /* what the backend watches */
	int has_mail;        /* fd was reported readable */
	struct evi_backend_signalfd signalfd;
	struct event *first[COUNT];
};

static struct {
	atomic_flag spin; /* for a count or a sigaction() */
	_Atomic(struct inbox *) inboxes;
	atomic_int handlers_running;
	int pid;                  /* the process all this is about */
	unsigned watchers[COUNT]; /* bases that watch the signal */
	struct evi_os_signal_saved saved[COUNT];
} registry = { .spin = ATOMIC_FLAG_INIT };

static void
on_signal(int signum)
{
	int saved_errno = errno;

	atomic_fetch_add(&registry.handlers_running, 1);
	for (struct inbox *inbox = atomic_load(&registry.inboxes); inbox;
	     inbox = atomic_load(&inbox->next)) {
		if (!atomic_load(&inbox->is_watched[signum]))
			continue;
		atomic_fetch_add(&inbox->counts[signum], 1);
		if (!atomic_exchange(&inbox->has_mail, 1))
			evi_os_wake_signal(&inbox->wake);
	}
	atomic_fetch_sub(&registry.handlers_running, 1);
	errno = saved_errno;
}

/*
 * In a child of fork(), the other threads of the parent are gone, and with
 * them whoever held the spin or ran a handler.
 */
static void
notice_fork(void)
{
	int pid = evi_os_env_pid();

	if (registry.pid == pid)
		return;
	if (registry.pid) {
		atomic_store(&registry.handlers_running, 0);
		evi_spin_release(&registry.spin);
	}
	registry.pid = pid;
}

/* --- inboxes ----------------------------------------------------------- */

static struct inbox *
inbox_take(void)
{
	struct inbox *inbox;

	evi_spin_acquire(&registry.spin);
	for (inbox = atomic_load(&registry.inboxes); inbox;
	     inbox = atomic_load(&inbox->next))
		if (!inbox->is_taken)
			break;
	if (inbox)
		inbox->is_taken = 1;
	evi_spin_release(&registry.spin);
	if (inbox)
		return inbox;

	inbox = evi_new(struct inbox);
	if (!inbox)
		return NULL;
	inbox->is_taken = 1;
	evi_spin_acquire(&registry.spin);
	atomic_store(&inbox->next, atomic_load(&registry.inboxes));
	atomic_store(&registry.inboxes, inbox);
	evi_spin_release(&registry.spin);
	return inbox;
}

/* Nothing is watched any more; no handler may still be using the wake. */
static void
inbox_give(struct inbox *inbox)
{
	while (atomic_load(&registry.handlers_running))
		; /* a few instructions in another thread */
	evi_os_wake_close(&inbox->wake);
	for (int i = 0; i < COUNT; i++)
		atomic_store(&inbox->counts[i], 0);
	atomic_store(&inbox->has_mail, 0);
	evi_spin_acquire(&registry.spin);
	inbox->is_taken = 0;
	evi_spin_release(&registry.spin);
}

/* --- handlers ---------------------------------------------------------- */

static int
install(struct evi_event_signals *signals, int signum)
{
	int r = 0;

	if (!signals->inbox)
		return evi_backend_signalfd_add(&signals->signalfd, signum);
	atomic_store(&signals->inbox->is_watched[signum], 1);
	evi_spin_acquire(&registry.spin);
	if (registry.watchers[signum] == 0)
		r = evi_os_signal_install(signum, on_signal,
		    &registry.saved[signum]);
	if (r == 0)
		registry.watchers[signum]++;
	evi_spin_release(&registry.spin);
	if (r < 0)
		atomic_store(&signals->inbox->is_watched[signum], 0);
	return r;
}

static void
uninstall(struct evi_event_signals *signals, int signum)
{
	int r = 0;

	if (!signals->inbox) {
		evi_backend_signalfd_remove(&signals->signalfd, signum);
		return;
	}
	atomic_store(&signals->inbox->is_watched[signum], 0);
	evi_spin_acquire(&registry.spin);
	if (--registry.watchers[signum] == 0)
		r = evi_os_signal_restore(signum, &registry.saved[signum]);
	evi_spin_release(&registry.spin);
	if (r < 0)
		evi_log_warn_errno(-r,
		    "cannot restore the handler of "
		    "signal %d",
		    signum);
}

/* --- a base's signals -------------------------------------------------- */

/* Open what signals make readable and watch it.  0 or -errno. */
static int
open_fd(struct event_base *base, struct evi_event_signals *signals)
{
	int edge = base->backend->features & EV_FEATURE_ET ? EV_ET : 0;
	int r;

	if (signals->inbox) {
		r = evi_os_wake_open(&signals->inbox->wake);
		signals->fd = signals->inbox->wake.fd_read;
	} else {
		r = evi_backend_signalfd_open(&signals->signalfd);
		signals->fd = signals->signalfd.fd;
		edge = 0;
	}
	if (r < 0)
		return r;
	return evi_event_fdmap_watch(base, signals->fd, EV_READ | edge);
}

static void
close_fd(struct event_base *base, struct evi_event_signals *signals)
{
	if (signals->fd >= 0)
		evi_event_fdmap_unwatch(base, signals->fd);
	signals->fd = -1;
	if (signals->inbox)
		inbox_give(signals->inbox);
	else
		evi_backend_signalfd_close(&signals->signalfd);
}

static int
start(struct event_base *base)
{
	struct evi_event_signals *signals = evi_new(struct evi_event_signals);

	if (!signals)
		return -ENOMEM;
	signals->fd = -1;
	base->signals = signals;
	notice_fork();
	int r = 0;
	if (!(base->flags & EVENT_BASE_FLAG_USE_SIGNALFD)) {
		signals->inbox = inbox_take();
		r = signals->inbox ? 0 : -ENOMEM;
	}
	if (r == 0)
		r = open_fd(base, signals);
	if (r < 0)
		evi_event_signal_free(base);
	return r;
}

int
evi_event_signal_add(struct event_base *base, struct event *ev)
{
	int signum = ev->ev_fd;

	if (signum < 0 || signum >= COUNT) {
		evi_log_warn("event_add: event %p: there is no signal %d",
		    (void *)ev, signum);
		return -EINVAL;
	}
	int r = base->signals ? 0 : start(base);
	if (r < 0)
		return r;

	struct event **first = &base->signals->first[signum];
	r = *first ? 0 : install(base->signals, signum);
	if (r < 0) {
		evi_log_warn_errno(-r,
		    "event_add: event %p: cannot catch "
		    "signal %d",
		    (void *)ev, signum);
		return -EINVAL;
	}
	EVI_LIST_INSERT_HEAD((struct event_dlist *)(void *)first, ev,
	    ev_.ev_signal.ev_signal_next);
	return 1;
}

void
evi_event_signal_remove(struct event_base *base, struct event *ev)
{
	EVI_LIST_REMOVE(ev, ev_.ev_signal.ev_signal_next);
	if (!base->signals->first[ev->ev_fd])
		uninstall(base->signals, ev->ev_fd);
}

int
evi_event_signal_is_fd(const struct event_base *base, int fd)
{
	return base->signals && base->signals->fd == fd;
}

void
evi_event_signal_on_readable(struct event_base *base)
{
	base->signals->has_mail = 1;
}

/* Wait until no callback of the signal runs in another thread. */
static void
wait_for_signal(struct event_base *base, int signum)
{
	while (evi_event_loop_is_elsewhere(base) && base->current &&
	    base->current->evcb_closure == EVI_CLOSURE_SIGNAL &&
	    evi_event_of(base->current)->ev_fd == signum)
		evi_event_active_wait(base, base->current);
}

void
evi_event_signal_activate(struct event_base *base, int signum, int ncalls)
{
	struct event *ev;

	wait_for_signal(base, signum);
	ev = evi_event_signal_first(base, signum);
	for (; ev; ev = EVI_LIST_NEXT(ev, ev_.ev_signal.ev_signal_next))
		evi_event_active_locked(ev, EV_SIGNAL, ncalls);
}

/* ev_ncalls is a short: what is above it comes with the next turn. */
static void
fire_inbox(struct event_base *base, struct inbox *inbox)
{
	if (!(base->backend->features & EV_FEATURE_ET))
		evi_os_wake_drain(&inbox->wake);
	atomic_store(&inbox->has_mail, 0);
	for (int signum = 1; signum < COUNT; signum++) {
		unsigned count = atomic_exchange(&inbox->counts[signum], 0);

		if (!count)
			continue;
		if (count > SHRT_MAX) {
			atomic_fetch_add(&inbox->counts[signum],
			    count - SHRT_MAX);
			count = SHRT_MAX;
			if (!atomic_exchange(&inbox->has_mail, 1))
				evi_os_wake_signal(&inbox->wake);
		}
		evi_event_signal_activate(base, signum, (int)count);
	}
}

static void
fire_signalfd(struct event_base *base, struct evi_backend_signalfd *signalfd)
{
	unsigned counts[COUNT] = { 0 };

	evi_backend_signalfd_read(signalfd, counts);
	for (int signum = 1; signum < COUNT; signum++)
		if (counts[signum])
			evi_event_signal_activate(base, signum,
			    (int)counts[signum]);
}

void
evi_event_signal_fire(struct event_base *base)
{
	struct evi_event_signals *signals = base->signals;

	if (!signals->has_mail)
		return;
	signals->has_mail = 0;
	if (signals->inbox)
		fire_inbox(base, signals->inbox);
	else
		fire_signalfd(base, &signals->signalfd);
}

struct event *
evi_event_signal_first(const struct event_base *base, int signum)
{
	if (!base->signals || signum < 0 || signum >= COUNT)
		return NULL;
	return base->signals->first[signum];
}

int
evi_event_signal_reinit(struct event_base *base)
{
	struct evi_event_signals *signals = base->signals;

	if (!signals)
		return 0;
	notice_fork();
	/* The descriptor is the parent's; what it counted is not for us. */
	evi_event_fdmap_unwatch(base, signals->fd);
	if (signals->inbox) {
		struct inbox *inbox = signals->inbox;

		evi_os_wake_close(&inbox->wake);
		for (int i = 0; i < COUNT; i++)
			atomic_store(&inbox->counts[i], 0);
		atomic_store(&inbox->has_mail, 0);
	} else {
		evi_backend_signalfd_reopen(&signals->signalfd);
	}
	return open_fd(base, signals);
}

void
evi_event_signal_free(struct event_base *base)
{
	struct evi_event_signals *signals = base->signals;

	if (!signals)
		return;
	notice_fork();
	for (int signum = 0; signum < COUNT; signum++)
		if (signals->first[signum])
			uninstall(signals, signum);
	close_fd(base, signals);
	base->signals = NULL;
	evi_mem_free(signals);
}

/* The inboxes of bases that are still there stay. */
void
evi_event_signal_global_shutdown(void)
{
	_Atomic(struct inbox *) *link = &registry.inboxes;
	struct inbox *inbox;

	evi_spin_acquire(&registry.spin);
	while ((inbox = atomic_load(link))) {
		if (inbox->is_taken) {
			link = &inbox->next;
			continue;
		}
		atomic_store(link, atomic_load(&inbox->next));
		while (atomic_load(&registry.handlers_running))
			; /* one may be walking past it */
		evi_mem_free(inbox);
	}
	evi_spin_release(&registry.spin);
}
