/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event2/event_struct.h - the layout of struct event.
 *
 * Include it only to embed a struct event in a structure of your own or to
 * put one on the stack; set it up with event_assign().  Everything in it may
 * be read and written by the library at any time, from the thread that runs
 * the loop, under the base's lock: use the event_get_*() functions.
 *
 * The layout is part of the ABI and never changes, so a member whose use has
 * gone keeps its place.
 */
#ifndef EVENT2_EVENT_STRUCT_H_INCLUDED_
#define EVENT2_EVENT_STRUCT_H_INCLUDED_

#ifdef __cplusplus
extern "C" {
#endif

#include <event2/event-config.h>
#ifdef EVENT__HAVE_SYS_TYPES_H
#include <sys/types.h>
#endif
#ifdef EVENT__HAVE_SYS_TIME_H
#include <sys/time.h>
#endif

#include <event2/util.h>
#include <event2/keyvalq_struct.h>

/*
 * Bits of evcb_flags: where the library keeps an event at the moment.
 * event_initialized() tells whether EVLIST_INIT is set, so a zeroed struct
 * event counts as not initialized.
 */
#define EVLIST_TIMEOUT 0x01      /* has a pending timeout */
#define EVLIST_INSERTED 0x02     /* waits for I/O or a signal */
#define EVLIST_SIGNAL 0x04       /* unused; kept for old programs */
#define EVLIST_ACTIVE 0x08       /* is queued to run */
#define EVLIST_INTERNAL 0x10     /* the library's own: not counted */
#define EVLIST_ACTIVE_LATER 0x20 /* to be queued in the next turn */
#define EVLIST_FINALIZING 0x40   /* event_finalize() was called */
#define EVLIST_INIT 0x80         /* was set up */
#define EVLIST_ALL 0xff          /* all of the above */

struct event;
struct event_base;

/*
 * Something that can be queued to run: an event, or the library's deferred
 * callbacks.
 */
struct event_callback {
	/* TAILQ_ENTRY(event_callback): in a queue of active callbacks */
	struct {
		struct event_callback *tqe_next;
		struct event_callback **tqe_prev;
	} evcb_active_next;
	short evcb_flags;        /* EVLIST_ bits */
	ev_uint8_t evcb_pri;     /* priority; 0 runs first */
	ev_uint8_t evcb_closure; /* how the library calls it */
	union {
		void (*evcb_callback)(evutil_socket_t, short, void *);
		void (*evcb_selfcb)(struct event_callback *, void *);
		void (*evcb_evfinalize)(struct event *, void *);
		void (*evcb_cbfinalize)(struct event_callback *, void *);
	} evcb_cb_union;
	void *evcb_arg; /* last argument of the callback */
};

/*
 * An event.  See event_new() for what it is and event_assign() for how one
 * that the program allocated is set up.
 */
struct event {
	struct event_callback ev_evcallback;

	/* Where it is among the pending timeouts. */
	union {
		/* TAILQ_ENTRY(event) */
		struct {
			struct event *tqe_next;
			struct event **tqe_prev;
		} ev_next_with_common_timeout;
		int min_heap_idx;
	} ev_timeout_pos;
	evutil_socket_t ev_fd; /* file descriptor or signal number */

	struct event_base *ev_base;

	union {
		/* Events that are not for signals. */
		struct {
			/* LIST_ENTRY(event): others on the descriptor */
			struct {
				struct event *le_next;
				struct event **le_prev;
			} ev_io_next;
			struct timeval ev_timeout; /* its interval */
		} ev_io;

		/* Events for signals. */
		struct {
			/* LIST_ENTRY(event): others for the signal */
			struct {
				struct event *le_next;
				struct event **le_prev;
			} ev_signal_next;
			short ev_ncalls;   /* runs that remain */
			short *ev_pncalls; /* lets event_del() stop them */
		} ev_signal;
	} ev_;

	short ev_events;           /* EV_ bits asked for */
	short ev_res;              /* EV_ bits for the callback */
	struct timeval ev_timeout; /* when it expires */
};

/* TAILQ_HEAD(event_list, event) */
struct event_list {
	struct event *tqh_first;
	struct event **tqh_last;
};

/* LIST_HEAD(event_dlist, event) */
struct event_dlist {
	struct event *lh_first;
};

#ifdef __cplusplus
}
#endif

#endif /* EVENT2_EVENT_STRUCT_H_INCLUDED_ */
