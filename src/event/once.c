/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * once.c - event_base_once(): an event that the library owns and frees.
 */
#include "event/event.h"

#include <errno.h>

#include "base/base.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/time.h"

struct evi_event_once {
	EVI_LIST_ENTRY(evi_event_once) next;
	struct event ev;
};

static void
once_free(struct evi_event_once *once)
{
	evi_event_debug_note_teardown(&once->ev);
	evi_mem_free(once);
}

void
evi_event_once_end(struct event *ev)
{
	struct evi_event_once *once = EVI_CONTAINER_OF(ev,
	    struct evi_event_once, ev);

	EVI_LIST_REMOVE(once, next);
	once_free(once);
}

/* Add, or activate at once.  0 or -errno, with nothing left behind. */
static int
start(struct event_base *base, struct evi_event_once *once,
    const struct timeval *tv)
{
	int64_t timeout_ns = tv ? evi_event_duration(tv) : EVI_EVENT_NO_TIMEOUT;
	int r = 0;

	evi_event_debug_note_setup(&once->ev);
	evi_lock_acquire(&base->lock);
	if (!once->ev.ev_events &&
	    (timeout_ns == 0 || timeout_ns == EVI_EVENT_NO_TIMEOUT))
		evi_event_active_locked(&once->ev, EV_TIMEOUT, 1);
	else
		r = evi_event_add_locked(&once->ev, timeout_ns);
	if (r == 0)
		EVI_LIST_INSERT_HEAD(&base->onces, once, next);
	evi_event_base_unlock(base);
	return r;
}

int
event_base_once(struct event_base *base, evutil_socket_t fd, short events,
    event_callback_fn callback, void *arg, const struct timeval *tv)
{
	int io = events & EVI_EVENT_IO;

	if (!base || !callback || (events & (EV_SIGNAL | EV_PERSIST)) ||
	    !(io | (events & EV_TIMEOUT)))
		return evi_err_public(-EINVAL);

	struct evi_event_once *once = evi_new(struct evi_event_once);
	if (!once)
		return evi_err_public(-ENOMEM);
	once->ev.ev_base = base;
	evi_event_init(&once->ev, io ? fd : -1, io, callback, arg);
	once->ev.ev_evcallback.evcb_closure = EVI_CLOSURE_ONCE;

	int r = start(base, once, tv);
	if (r < 0)
		once_free(once);
	return evi_err_public(r);
}

void
evi_event_once_clear(struct event_base *base)
{
	struct evi_event_once *once;

	while ((once = EVI_LIST_FIRST(&base->onces))) {
		EVI_LIST_REMOVE(once, next);
		once_free(once);
	}
}
