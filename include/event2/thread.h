/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event2/thread.h - using one base from several threads.
 *
 * The library takes locks only after it has been told how: by
 * evthread_use_pthreads() of libevent_pthreads, or piece by piece for
 * another thread library.  Do so once, in one thread, before anything else
 * is made: what exists already has no lock.
 *
 * Functions give 0 for success and -1 for failure.
 */
#ifndef EVENT2_THREAD_H_INCLUDED_
#define EVENT2_THREAD_H_INCLUDED_

#include <event2/visibility.h>

#ifdef __cplusplus
extern "C" {
#endif

#include <event2/event-config.h>

/* -- all at once -------------------------------------------------------- */

#ifdef EVENT__HAVE_PTHREADS

#define EVTHREAD_USE_PTHREADS_IMPLEMENTED 1

/*
 * Use POSIX threads.  Link with libevent_pthreads.  Calling it again does
 * nothing.  -1 if the system fails or other callbacks are set already.
 */
EVENT2_EXPORT_SYMBOL
int evthread_use_pthreads(void);

/* Locks lend the priority of who waits to who holds them. */
#define EVTHREAD_PTHREAD_PRIO_INHERIT 0x01

/*
 * The same with flags.  Also -1 if the system cannot do what a flag asks
 * for.
 */
EVENT2_EXPORT_SYMBOL
int evthread_use_pthreads_with_flags(int flags);

#endif /* EVENT__HAVE_PTHREADS */

#ifdef _WIN32

#define EVTHREAD_USE_WINDOWS_THREADS_IMPLEMENTED 1

/* Use the threads of Windows.  Calling it again does nothing. */
EVENT2_EXPORT_SYMBOL
int evthread_use_windows_threads(void);

#endif /* _WIN32 */

/* -- piece by piece ----------------------------------------------------- */

/*
 * How a lock is taken or released, as `mode` of the callbacks.  READ and
 * WRITE are for locks of EVTHREAD_LOCKTYPE_READWRITE; with TRY the callback
 * returns at once, not 0 if the lock is held.
 */
#define EVTHREAD_WRITE 0x04
#define EVTHREAD_READ 0x08
#define EVTHREAD_TRY 0x10

/* The value of lock_api_version. */
#define EVTHREAD_LOCK_API_VERSION 1

/* Kinds of locks; 0 is a plain one. */
#define EVTHREAD_LOCKTYPE_RECURSIVE 1 /* its holder may take it again */
#define EVTHREAD_LOCKTYPE_READWRITE 2 /* not used by the library */

/* How to lock.  The library keeps a copy. */
struct evthread_lock_callbacks {
	/* EVTHREAD_LOCK_API_VERSION */
	int lock_api_version;

	/* The EVTHREAD_LOCKTYPE_ bits of what alloc can make. */
	unsigned supported_locktypes;

	/* A new lock of that kind, free; NULL if it cannot be made. */
	void *(*alloc)(unsigned locktype);

	/* Free a lock made as that kind, held by nobody. */
	void (*free)(void *lock, unsigned locktype);

	/* Take it; 0 for success. */
	int (*lock)(unsigned mode, void *lock);

	/* Release it, from the thread that holds it; 0 for success. */
	int (*unlock)(unsigned mode, void *lock);
};

/*
 * Use these locks from now on; NULL: no locks, which is sound only if no
 * object was made that has one.  Setting the same again does nothing.  -1
 * if others are set, or a callback is missing.
 */
EVENT2_EXPORT_SYMBOL
int evthread_set_lock_callbacks(const struct evthread_lock_callbacks *cbs);

/* The value of condition_api_version. */
#define EVTHREAD_CONDITION_API_VERSION 1

struct timeval;

/* How to wait for another thread.  The library keeps a copy. */
struct evthread_condition_callbacks {
	/* EVTHREAD_CONDITION_API_VERSION */
	int condition_api_version;

	/* A new condition, or NULL; condtype is 0. */
	void *(*alloc_condition)(unsigned condtype);

	/* Free a condition that nobody waits for. */
	void (*free_condition)(void *cond);

	/* Wake one waiter, or all of them; 0 for success. */
	int (*signal_condition)(void *cond, int broadcast);

	/*
	 * Release the lock, which is plain and held, wait until woken or
	 * for `timeout` (NULL: as long as it takes), take the lock again.
	 * 0 if woken, -1 for an error, 1 if time ran out.
	 */
	int (*wait_condition)(void *cond, void *lock,
	    const struct timeval *timeout);
};

/*
 * Use these conditions from now on; as evthread_set_lock_callbacks(), but
 * incomplete callbacks are ignored and that is not an error.
 */
EVENT2_EXPORT_SYMBOL
int evthread_set_condition_callbacks(
    const struct evthread_condition_callbacks *cbs);

/* How to tell threads apart: a number that differs for each. */
EVENT2_EXPORT_SYMBOL
void evthread_set_id_callback(unsigned long (*id_fn)(void));

/* -- debugging, waking -------------------------------------------------- */

/*
 * Check that locks are released by who holds them and that plain ones are
 * not taken twice; a mistake ends the process.  Locks that exist already are
 * not checked, so call it before anything that has a lock is made.
 */
EVENT2_EXPORT_SYMBOL
void evthread_enable_lock_debugging(void);

/* An old spelling of the same. */
EVENT2_EXPORT_SYMBOL
void evthread_enable_lock_debuging(void);

struct event_base;

/*
 * Let other threads wake the base's loop.  A base made after locks were set
 * can be woken already, and then this does nothing.  -1 if base is NULL or
 * descriptors are out.
 */
EVENT2_EXPORT_SYMBOL
int evthread_make_base_notifiable(struct event_base *base);

#ifdef __cplusplus
}
#endif

#endif /* EVENT2_THREAD_H_INCLUDED_ */
