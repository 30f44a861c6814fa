/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dump.c - event_base_foreach_event() and event_base_dump_events().
 */
#include "event/event.h"

#include <errno.h>
#include <stdio.h>

#include "base/base.h"
#include "base/err.h"
#include "base/time.h"
#include "os/clock.h"
#include "os/signal.h"

/* A visit of each event; stops when fn returns other than 0. */
struct visit {
	struct event_base *base;
	event_base_foreach_event_cb fn;
	void *arg;
};

static int
visit_inserted(const struct visit *visit)
{
	struct event_base *base = visit->base;
	struct event *ev;
	int r = 0;

	for (int fd = 0; !r && fd < evi_event_fdmap_limit(base); fd++) {
		ev = evi_event_fdmap_first(base, fd);
		for (; !r && ev; ev = EVI_LIST_NEXT(ev, ev_.ev_io.ev_io_next))
			r = visit->fn(base, ev, visit->arg);
	}
	for (int signum = 0; !r && signum < EVI_OS_SIGNAL_COUNT; signum++) {
		ev = evi_event_signal_first(base, signum);
		for (; !r && ev;
		     ev = EVI_LIST_NEXT(ev, ev_.ev_signal.ev_signal_next))
			r = visit->fn(base, ev, visit->arg);
	}
	return r;
}

/* A timer that waits for nothing else: the others were visited before. */
static int
visit_timer(const struct event_base *base, const struct event *ev, void *arg)
{
	const struct visit *visit = arg;

	if (evi_event_has(ev, EVLIST_INSERTED))
		return 0;
	return visit->fn(base, ev, visit->arg);
}

static int
visit_active(const struct visit *visit)
{
	int seen = EVLIST_INSERTED | EVLIST_TIMEOUT;
	struct event_callback *cb;
	int r = 0;

	for (int i = 0; !r && i < visit->base->queue_count; i++) {
		EVI_TAILQ_FOREACH(cb, &visit->base->queues[i],
		    evcb_active_next) {
			if (evi_event_is_deferred(cb) ||
			    (cb->evcb_flags & seen))
				continue;
			r = visit->fn(visit->base, evi_event_of(cb),
			    visit->arg);
			if (r)
				break;
		}
	}
	return r;
}

int
evi_event_dump_foreach(struct event_base *base, event_base_foreach_event_cb fn,
    void *arg)
{
	struct visit visit = { .base = base, .fn = fn, .arg = arg };
	int r = visit_inserted(&visit);

	if (!r)
		r = evi_event_timer_foreach(base, visit_timer, &visit);
	if (!r)
		r = visit_active(&visit);
	return r;
}

int
event_base_foreach_event(struct event_base *base,
    event_base_foreach_event_cb fn, void *arg)
{
	if (!base || !fn)
		return evi_err_public(-EINVAL);
	evi_lock_acquire(&base->lock);
	int r = evi_event_dump_foreach(base, fn, arg);
	evi_lock_release(&base->lock);
	return r;
}

static const char *
kind(const struct event *ev)
{
	return ev->ev_events & EV_SIGNAL ? "sig" : "fd ";
}

static int
dump_inserted(const struct event_base *base, const struct event *ev, void *arg)
{
	FILE *output = arg;

	(void)base;
	if (!evi_event_has(ev, EVLIST_INSERTED | EVLIST_TIMEOUT))
		return 0;
	fprintf(output, "  %p [%s %ld]%s%s%s%s%s%s", (const void *)ev, kind(ev),
	    (long)ev->ev_fd, ev->ev_events & EV_READ ? " Read" : "",
	    ev->ev_events & EV_WRITE ? " Write" : "",
	    ev->ev_events & EV_CLOSED ? " EOF" : "",
	    ev->ev_events & EV_SIGNAL ? " Signal" : "",
	    ev->ev_events & EV_PERSIST ? " Persist" : "",
	    ev->ev_events & EV_ET ? " ET" : "");
	if (evi_event_has(ev, EVLIST_TIMEOUT)) {
		struct timeval tv;

		evi_event_deadline_of_day(ev, &tv);
		fprintf(output, " Timeout=%ld.%06d", (long)tv.tv_sec,
		    (int)tv.tv_usec);
	}
	fputc('\n', output);
	return 0;
}

static int
dump_active(const struct event_base *base, const struct event *ev, void *arg)
{
	FILE *output = arg;

	(void)base;
	if (!evi_event_has(ev, EVLIST_ACTIVE | EVLIST_ACTIVE_LATER))
		return 0;
	fprintf(output, "  %p [%s %ld, priority=%d]%s%s%s%s%s active%s\n",
	    (const void *)ev, kind(ev), (long)ev->ev_fd,
	    (int)ev->ev_evcallback.evcb_pri,
	    ev->ev_res & EV_READ ? " Read" : "",
	    ev->ev_res & EV_WRITE ? " Write" : "",
	    ev->ev_res & EV_CLOSED ? " EOF" : "",
	    ev->ev_res & EV_SIGNAL ? " Signal" : "",
	    ev->ev_res & EV_TIMEOUT ? " Timeout" : "",
	    evi_event_has(ev, EVLIST_ACTIVE_LATER) ? " [NextTime]" : "");
	return 0;
}

void
event_base_dump_events(struct event_base *base, FILE *output)
{
	if (!base || !output)
		return;
	evi_lock_acquire(&base->lock);
	fputs("Inserted events:\n", output);
	(void)evi_event_dump_foreach(base, dump_inserted, output);
	fputs("Active events:\n", output);
	(void)evi_event_dump_foreach(base, dump_active, output);
	evi_lock_release(&base->lock);
}
