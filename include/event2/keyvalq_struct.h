/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event2/keyvalq_struct.h - a list of key and value pairs.
 *
 * HTTP headers and query parameters are kept in this form.  The order of
 * insertion and duplicates are preserved.  The list is a tail queue in the
 * BSD <sys/queue.h> form, so a program that includes <sys/queue.h> can walk
 * it with TAILQ_FOREACH(pair, list, next).
 *
 * The layout is part of the ABI and never changes.  Locks: none.
 */
#ifndef EVENT2_KEYVALQ_STRUCT_H_INCLUDED_
#define EVENT2_KEYVALQ_STRUCT_H_INCLUDED_

#ifdef __cplusplus
extern "C" {
#endif

/*
 * One key and its value, both owned by the list it is on.
 */
struct evkeyval {
	/* TAILQ_ENTRY(evkeyval) */
	struct {
		struct evkeyval *tqe_next;  /* NULL in the last pair */
		struct evkeyval **tqe_prev; /* what points to this pair */
	} next;

	char *key;   /* NUL-terminated, never NULL */
	char *value; /* NUL-terminated, never NULL */
};

/* TAILQ_HEAD(evkeyvalq, evkeyval) */
struct evkeyvalq {
	struct evkeyval *tqh_first; /* NULL when the list is empty */
	struct evkeyval **tqh_last; /* where the next pair is linked in */
};

#ifdef __cplusplus
}
#endif

#endif /* EVENT2_KEYVALQ_STRUCT_H_INCLUDED_ */
