/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * epoll_reuse.c - a descriptor number is closed and used again: between
 * del and add, while still added, by dup2 over it, with the old file kept
 * open by a copy; with event_assign in between and without.
 */
/* backends: epoll poll select changelist */
#include "trace.h"

ROLE(a);
ROLE(b);

static struct event_base *base;

/* Close `old` and put the new descriptor on its number. */
static void
replace(evutil_socket_t old, evutil_socket_t with)
{
	must(dup2(with, old) == old, "dup2");
	close(with);
}

static void
check(evutil_socket_t peer, const char *whose)
{
	put(peer);
	trace("%s is written to", whose);
	loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

/* del, close, open, add: the usual order. */
static void
del_close_add(int reassign)
{
	evutil_socket_t old[2], new[2];
	evutil_socket_t number;

	trace("-- del, close, reuse, %sadd", reassign ? "assign, " : "");
	open_pair(old);
	number = old[0];
	watch(&a, base, number, EV_READ | EV_PERSIST, NULL);
	loop(base, EVLOOP_NONBLOCK);
	event_del(&a.ev);
	close_pair(old);
	open_pair(new);
	must(new[0] == number, "the number comes back");
	if (reassign)
		assign(&a, base, number, EV_READ | EV_PERSIST, on_role);
	CALL(event_add(&a.ev, NULL));
	check(new[1], "the new one");
	CALL(event_del(&a.ev));
	close_pair(new);
}

/* close, open, del, add: the program deletes too late. */
static void
close_del_add(int copy_kept)
{
	evutil_socket_t old[2], new[2];
	int copy = -1;

	trace("-- dup2 over it, del, add; copy of the old %s",
	    copy_kept ? "kept" : "gone");
	open_pair(old);
	open_pair(new);
	watch(&a, base, old[0], EV_READ | EV_PERSIST, NULL);
	loop(base, EVLOOP_NONBLOCK);
	if (copy_kept)
		copy = dup(old[0]);
	replace(old[0], new[0]);
	CALL(event_del(&a.ev));
	CALL(event_add(&a.ev, NULL));
	check(new[1], "the new one");
	CALL(event_del(&a.ev));
	close(copy);
	close_pair(old);
	close(new[1]);
}

/* Replaced while added, then a second event makes the set change. */
static void
replaced_and_extended(void)
{
	evutil_socket_t old[2], new[2];

	trace("-- dup2 over it while added, then a second event");
	open_pair(old);
	open_pair(new);
	watch(&a, base, old[0], EV_READ | EV_PERSIST, NULL);
	loop(base, EVLOOP_NONBLOCK);
	replace(old[0], new[0]);
	assign(&b, base, old[0], EV_WRITE, on_role);
	CALL(event_add(&b.ev, NULL));
	check(new[1], "the new one");
	loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	CALL(event_del(&b.ev));
	CALL(event_del(&a.ev));
	close_pair(old);
	close(new[1]);
}

/* close and reopen while added, event_add again without del. */
static void
add_again(void)
{
	evutil_socket_t old[2], new[2];
	evutil_socket_t number;

	trace("-- close and reuse while added, then add again");
	open_pair(old);
	number = old[0];
	watch(&a, base, number, EV_READ | EV_PERSIST, NULL);
	loop(base, EVLOOP_NONBLOCK);
	close_pair(old);
	open_pair(new);
	must(new[0] == number, "the number comes back");
	CALL(event_add(&a.ev, NULL));
	check(new[1], "the new one");
	CALL(event_del(&a.ev));
	trace("-- and after del and add");
	CALL(event_add(&a.ev, NULL));
	loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	event_del(&a.ev);
	close_pair(new);
}

int
main(void)
{
	event_set_log_callback(on_log);
	base = new_base();
	del_close_add(0);
	del_close_add(1);
	close_del_add(0);
	close_del_add(1);
	replaced_and_extended();
	add_again();
	event_base_free(base);
	return 0;
}
