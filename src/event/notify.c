/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * notify.c - wake a loop that sleeps in another thread.
 *
 * Whoever changes something under the lock asks for it; the descriptor is
 * signalled once the lock is released (evi_event_base_unlock), so that the
 * woken thread does not run into it.  Once per sleep: is_waiting says whether
 * there is a sleeper, wake_sent that somebody has already been here.
 */
#include "event/event.h"

#include <errno.h>

#include "base/base.h"
#include "base/err.h"
#include "event2/thread.h"
#include "os/env.h"

void
evi_event_notify(struct event_base *base)
{
	if (!base->is_waiting || !base->is_notifiable || base->wake_sent)
		return;
	base->wake_sent = 1;
	base->wake_wanted = 1;
}

void
evi_event_notify_unlock(struct event_base *base)
{
	base->wake_wanted = 0;
	atomic_fetch_add(&base->wakers, 1); /* the base stays for us */
	evi_lock_release(&base->lock);
	evi_os_wake_signal(&base->wake);
	atomic_fetch_sub(&base->wakers, 1);
}

int
evi_event_notify_open(struct event_base *base)
{
	if (base->is_notifiable)
		return 0;

	int r = evi_os_wake_open(&base->wake);
	if (r < 0)
		return r;
	int edge = base->backend->features & EV_FEATURE_ET ? EV_ET : 0;
	r = evi_event_fdmap_watch(base, base->wake.fd_read, EV_READ | edge);
	if (r < 0) {
		evi_os_wake_close(&base->wake);
		return r;
	}
	base->is_notifiable = 1;
	base->wake_pid = evi_os_env_pid();
	return 0;
}

void
evi_event_notify_close(struct event_base *base)
{
	if (!base->is_notifiable)
		return;
	base->is_notifiable = 0;
	while (atomic_load(&base->wakers) && base->wake_pid == evi_os_env_pid())
		; /* a system call of another thread */
	atomic_store(&base->wakers, 0);
	evi_event_fdmap_unwatch(base, base->wake.fd_read);
	evi_os_wake_close(&base->wake);
}

void
evi_event_notify_on_readable(struct event_base *base)
{
	if (!(base->backend->features & EV_FEATURE_ET))
		evi_os_wake_drain(&base->wake);
}

int
evthread_make_base_notifiable(struct event_base *base)
{
	if (!base)
		return evi_err_public(-EINVAL);
	evi_lock_acquire(&base->lock);
	int r = evi_event_notify_open(base);
	evi_lock_release(&base->lock);
	return evi_err_public(r);
}
