/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * finalize.c - get rid of an event whose callback may be running elsewhere.
 *
 * The event leaves the base at once; the finalizer runs from the loop later,
 * when no callback of the event can run any more.
 *
 * Trap: activating the finalizer is activating the event, which for a signal
 * event waits for the callback that runs.  libevent is seen to do that too.
 */
#include "event/event.h"

#include <errno.h>

#include "base/base.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"

static int
finalize(struct event *ev, event_finalize_callback_fn callback,
    enum evi_event_closure closure)
{
	struct event_base *base = ev ? ev->ev_base : NULL;

	if (!base) {
		evi_log_warn("%s: event has no event_base set.", __func__);
		return evi_err_public(-EINVAL);
	}
	evi_lock_acquire(&base->lock);
	(void)evi_event_del_locked(ev, EVI_DEL_NOBLOCK);
	ev->ev_evcallback.evcb_closure = (ev_uint8_t)closure;
	ev->ev_evcallback.evcb_cb_union.evcb_evfinalize = callback;
	evi_event_active_locked(ev, EV_FINALIZE, 1);
	ev->ev_evcallback.evcb_flags |= EVLIST_FINALIZING;
	evi_event_base_unlock(base);
	return 0;
}

int
event_finalize(unsigned flags, struct event *ev,
    event_finalize_callback_fn callback)
{
	(void)flags;
	return finalize(ev, callback, EVI_CLOSURE_FINALIZE);
}

int
event_free_finalize(unsigned flags, struct event *ev,
    event_finalize_callback_fn callback)
{
	(void)flags;
	return finalize(ev, callback, EVI_CLOSURE_FINALIZE_FREE);
}

void
evi_event_finalize_run(struct event_callback *cb)
{
	struct event *ev = evi_event_of(cb);
	int must_free = cb->evcb_closure == EVI_CLOSURE_FINALIZE_FREE;

	EVI_ASSERT(cb->evcb_flags & EVLIST_FINALIZING);
	cb->evcb_cb_union.evcb_evfinalize(ev, cb->evcb_arg);
	evi_event_debug_note_teardown(ev);
	if (must_free)
		evi_mem_free(ev);
}
