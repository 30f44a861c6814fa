/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rest_test.c - listeners that cannot accept: without descriptors they rest,
 * lost connections they pass over.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/un.h>
#include <time.h>

#include <event2/util.h>

#include "helper.h"

static void
count_error(struct evconnlistener *lev, void *arg)
{
	struct guest *guest = arg;

	CHECK_EQ(EVUTIL_SOCKET_ERROR(), EMFILE);
	if (++guest->errors == 3)
		evconnlistener_disable(lev);
}

/* Allow no descriptor more; the limit there was. */
static struct rlimit
allow_no_more(void)
{
	struct rlimit old, tight;
	int lowest = dup(0);

	CHECK_GE(lowest, 0);
	close(lowest);
	CHECK_EQ(getrlimit(RLIMIT_NOFILE, &old), 0);
	tight = old;
	tight.rlim_cur = (rlim_t)lowest;
	CHECK_EQ(setrlimit(RLIMIT_NOFILE, &tight), 0);
	return old;
}

/*
 * Does a connection still wait after an accept() that had no descriptor for
 * it?  Under Linux, yes; valgrind accepts it, then closes it.
 */
static int
still_waits(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(sun);
	int lfd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), result;

	CHECK_EQ(bind(lfd, (struct sockaddr *)&sun, sizeof(sa_family_t)), 0);
	CHECK_EQ(listen(lfd, 1), 0);
	CHECK_EQ(getsockname(lfd, (struct sockaddr *)&sun, &len), 0);
	CHECK_EQ(connect(fd, (struct sockaddr *)&sun, len), 0);
	struct rlimit old = allow_no_more();
	CHECK_EQ(accept(lfd, NULL, NULL), -1);
	CHECK_EQ(setrlimit(RLIMIT_NOFILE, &old), 0);
	close(fd);
	fd = accept(lfd, NULL, NULL);
	result = fd >= 0;
	if (result)
		close(fd);
	close(lfd);
	return result;
}

/* Leave no descriptor free; *ret_old is the limit to go back to. */
static void
use_up_descriptors(struct rlimit *ret_old)
{
	if (!still_waits())
		test_calls_fail("accept4", EMFILE);
	*ret_old = allow_no_more();
}

static void
give_back_descriptors(const struct rlimit *old)
{
	CHECK_EQ(setrlimit(RLIMIT_NOFILE, old), 0);
	test_calls_fail("accept4", 0);
}

/* With an error callback, every wake-up is told, until it disables. */
TEST(error_callback_hears_each_failure)
{
	struct event_base *base = test_base();
	struct guest guest = { 0 };
	struct sockaddr_in sin;
	struct evconnlistener *lev = listen_on_loopback(base, &guest, 0, &sin);
	struct rlimit old;
	int fd;

	evconnlistener_set_error_cb(lev, count_error);
	turn(base);
	fd = dial(&sin);
	use_up_descriptors(&old);
	for (int i = 0; i < 10; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
	give_back_descriptors(&old);
	CHECK_EQ(guest.errors, 3);
	CHECK_EQ(guest.count, 0);
	CHECK_EQ(evconnlistener_enable(lev), 0);
	turn(base);
	CHECK_EQ(guest.count, 1);
	close(fd);
	evconnlistener_free(lev);
	event_base_free(base);
}

static int64_t
now_us(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* It may be freed or disabled while it rests. */
TEST(freed_while_resting)
{
	struct event_base *base = test_base();

	for (int what = 0; what < 2; what++) {
		struct guest guest = { 0 };
		struct sockaddr_in sin;
		struct evconnlistener *lev = listen_on_loopback(base, &guest, 0,
		    &sin);
		struct rlimit old;
		int fd;

		turn(base);
		fd = dial(&sin);
		use_up_descriptors(&old);
		turn(base);
		give_back_descriptors(&old);
		if (what) {
			CHECK_EQ(evconnlistener_disable(lev), 0);
			CHECK_EQ(event_base_loop(base, EVLOOP_NONBLOCK), 1);
			CHECK_EQ(evconnlistener_enable(lev), 0);
			turn(base);
			CHECK_EQ(guest.count, 1);
		}
		evconnlistener_free(lev);
		close(fd);
	}
	event_base_free(base);
}

struct rest {
	struct event_base *base;
	struct rlimit old;
	int64_t freed_us;    /* when a descriptor was there again */
	int64_t accepted_us; /* and when it was used */
	int served;          /* bytes of a client from before */
	int must_serve;      /* so many before that */
};

static void
on_free_descriptor(evutil_socket_t fd, short what, void *arg)
{
	struct timeval moment = { 0, 1000 };
	struct rest *rest = arg;

	(void)fd;
	(void)what;
	if (rest->served < rest->must_serve) {
		CHECK_EQ(event_base_once(rest->base, -1, EV_TIMEOUT,
			     on_free_descriptor, rest, &moment),
		    0);
		return;
	}
	give_back_descriptors(&rest->old);
	rest->freed_us = now_us(CLOCK_MONOTONIC);
}

static void
on_accept_after_rest(struct evconnlistener *lev, evutil_socket_t fd,
    struct sockaddr *sa, int len, void *arg)
{
	struct rest *rest = arg;

	(void)lev;
	(void)sa;
	(void)len;
	rest->accepted_us = now_us(CLOCK_MONOTONIC);
	close(fd);
	event_base_loopbreak(rest->base);
}

static void
on_client(evutil_socket_t fd, short what, void *arg)
{
	struct rest *rest = arg;
	char c;

	(void)what;
	rest->served += (int)recv(fd, &c, 1, 0);
	(void)send(fd, &c, 1, 0); /* and back it goes: ping and pong */
}

/*
 * Use up the descriptors while a connection waits, and free them after `ms`
 * milliseconds or when enough is served, whichever is later.  Dispatch until
 * the connection is accepted.  Returns the CPU time taken, in microseconds.
 */
static int64_t
rest_for(struct rest *rest, struct evconnlistener *lev, int ms,
    const struct sockaddr_in *sin)
{
	struct timeval span = { ms / 1000, ms % 1000 * 1000 };
	int64_t cpu_us;

	evconnlistener_set_cb(lev, on_accept_after_rest, rest);
	turn(rest->base);
	int fd = dial(sin);
	use_up_descriptors(&rest->old);
	CHECK_EQ(event_base_once(rest->base, -1, EV_TIMEOUT, on_free_descriptor,
		     rest, &span),
	    0);
	cpu_us = now_us(CLOCK_PROCESS_CPUTIME_ID);
	event_base_dispatch(rest->base);
	cpu_us = now_us(CLOCK_PROCESS_CPUTIME_ID) - cpu_us;
	CHECK_GT(rest->accepted_us, 0);
	close(fd);
	return cpu_us;
}

static int
count_lines(const char *text)
{
	int count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

static int
count_warnings(void)
{
	const char *log = test_log_take();
	int count = 0;

	while ((log = strstr(log, "Error from accept() call"))) {
		count++;
		log++;
	}
	return count;
}

/*
 * Without an error callback it warns and rests, serves who is there already,
 * accepts when it can, and watches its socket again.
 */
TEST(rests_without_descriptors)
{
	struct rest rest = { .base = test_base(), .must_serve = 100 };
	struct guest guest = { 0 };
	struct sockaddr_in sin;
	struct evconnlistener *lev = listen_on_loopback(rest.base, &guest, 0,
	    &sin);
	struct event *client[2];
	evutil_socket_t pair[2];

	CHECK_EQ(evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	for (int i = 0; i < 2; i++) {
		client[i] = event_new(rest.base, pair[i], EV_READ | EV_PERSIST,
		    on_client, &rest);
		CHECK_NOTNULL(client[i]);
		CHECK_EQ(event_add(client[i], NULL), 0);
	}
	CHECK_EQ(send(pair[0], "x", 1, 0), 1);
	(void)rest_for(&rest, lev, 30, &sin);
	CHECK_GE(rest.freed_us, 1); /* not before there was one */
	CHECK_GE(rest.accepted_us, rest.freed_us);
	CHECK_EQ(count_warnings(), 1);
	for (int i = 0; i < 2; i++) {
		event_free(client[i]);
		close(pair[i]);
	}
	evconnlistener_set_cb(lev, on_accept, &guest);
	int fd = dial(&sin);
	turn(rest.base);
	CHECK_EQ(guest.count, 1);
	close(fd);
	evconnlistener_free(lev);
	event_base_free(rest.base);
}

/*
 * At rest it takes less than 1% of a processor, and warns once a second: not
 * again within the first, again after it, though there was a connection
 * between.
 */
TEST(resting_is_cheap)
{
	struct rest rest = { .base = test_base() };
	struct sockaddr_in sin;
	struct evconnlistener *lev = listen_on_loopback(rest.base, NULL, 0,
	    &sin);
	int64_t start_us = now_us(CLOCK_MONOTONIC), cpu_us = 0;
	int warnings = 0;

	if (test_is_faulty())
		SKIP("measures; rests_without_descriptors has the same calls");
	for (int i = 0; i < 2; i++) {
		cpu_us += rest_for(&rest, lev, i == 0 ? 900 : 200, &sin);
		warnings += count_warnings();
		CHECK_GE(warnings, 1 + i); /* at the start; then again */
		CHECK_LE(warnings,
		    1 + (now_us(CLOCK_MONOTONIC) - start_us) / 1000000);
	}
	/* So few calls of microseconds are under 1%. */
	CHECK_LE(test_calls_made("accept4"), 320);
	CHECK_LT(cpu_us, 110000);
	evconnlistener_free(lev);
	event_base_free(rest.base);
}

struct deadline {
	struct rest rest;
	struct event *ev;
	int has_passed;
};

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct deadline *deadline = arg;

	(void)fd;
	(void)what;
	deadline->has_passed = 1;
}

static void
on_free_with_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct deadline *deadline = arg;
	const struct timeval ms10 = { 0, 10000 };

	on_free_descriptor(fd, what, &deadline->rest);
	CHECK_EQ(event_add(deadline->ev, &ms10), 0);
}

/* One rest of `ms` milliseconds. */
static void
rest_to_deadline(struct deadline *deadline, int ms)
{
	struct event_base *base = deadline->rest.base;
	struct timeval span = { 0, ms * 1000 };
	struct sockaddr_in sin;
	struct evconnlistener *lev = listen_on_loopback(base, NULL, 0, &sin);

	evconnlistener_set_cb(lev, on_accept_after_rest, &deadline->rest);
	int fd = dial(&sin);
	use_up_descriptors(&deadline->rest.old);
	CHECK_EQ(event_base_once(base, -1, EV_TIMEOUT, on_free_with_deadline,
		     deadline, &span),
	    0);
	event_base_dispatch(base);
	CHECK_GT(deadline->rest.accepted_us, 0);
	close(fd);
	evconnlistener_free(lev);
}

/*
 * A free descriptor is used before a timer of 10 ms fires that starts when it
 * is there: always, since the loop keeps the order of timers however late it
 * comes to them.  By the clock the best of nine rests has to do: another
 * process may have the processor meanwhile.
 */
TEST(resting_ends_soon)
{
	struct deadline deadline = { .rest.base = test_base() };
	struct rest *rest = &deadline.rest;
	/* Just behind the first retry, if that comes too late. */
	static const int spans_ms[] = { 3, 4, 5, 6, 11, 12, 13, 14, 15 };
	int64_t best_us = INT64_MAX;

	deadline.ev = event_new(rest->base, -1, 0, on_deadline, &deadline);
	CHECK_NOTNULL(deadline.ev);
	turn(rest->base);
	for (int i = 0; i < (test_is_faulty() ? 1 : 9); i++) {
		rest->accepted_us = 0;
		rest_to_deadline(&deadline, spans_ms[i]);
		CHECK_EQ(deadline.has_passed, 0);
		CHECK_EQ(event_del(deadline.ev), 0);
		if (rest->accepted_us - rest->freed_us < best_us)
			best_us = rest->accepted_us - rest->freed_us;
	}
	if (!test_is_faulty())
		CHECK_LE(best_us, 10000);
	event_free(deadline.ev);
	event_base_free(rest->base);
}

/* Turn until `*count` reaches `wanted`, or it takes too long to believe. */
static void
turn_until(struct event_base *base, const int *count, int wanted)
{
	struct timeval tick = { 0, 1000 };

	for (int i = 0; *count < wanted; i++) {
		CHECK_LT(i, test_fault_has_struck() ? 40 : 2000);
		CHECK_EQ(event_base_loopexit(base, &tick), 0);
		event_base_dispatch(base);
	}
}

/* The system's lack, too, is one it rests for: few calls, one warning. */
TEST(rests_for_every_lack)
{
	static const int lacks[] = { EMFILE, ENFILE, ENOMEM, ENOBUFS };
	struct event_base *base = test_base();

	for (size_t i = 0; i < sizeof(lacks) / sizeof(*lacks); i++) {
		struct guest guest = { 0 };
		struct sockaddr_in sin;
		struct evconnlistener *lev = listen_on_loopback(base, &guest, 0,
		    &sin);
		int fd = dial(&sin);

		(void)count_warnings();
		test_calls_fail("accept4", lacks[i]);
		unsigned long calls = test_calls_made("accept4");
		int64_t start_us = now_us(CLOCK_MONOTONIC);
		for (int j = 0; j < 20; j++)
			turn(base);
		calls = test_calls_made("accept4") - calls;
		CHECK_GE(calls, 1);
		CHECK_LE(calls,
		    2 + (now_us(CLOCK_MONOTONIC) - start_us) / 4000);
		test_calls_fail("accept4", 0);
		CHECK_EQ(count_warnings(), 1);
		CHECK_EQ(guest.count, 0);
		turn_until(base, &guest.count, 1);
		close(fd);
		evconnlistener_free(lev);
	}
	event_base_free(base);
}

/* Connections that died in the queue are passed over without a word. */
TEST(lost_connections_are_passed_over)
{
	static const int losses[] = { ECONNABORTED, EPROTO, ENETDOWN,
		ENETUNREACH, EHOSTDOWN, EHOSTUNREACH, ENOPROTOOPT };
	struct event_base *base = test_base();

	for (size_t i = 0; i < sizeof(losses) / sizeof(*losses); i++) {
		struct guest guest = { 0 };
		struct sockaddr_in sin;
		struct evconnlistener *lev = listen_on_loopback(base, &guest, 0,
		    &sin);
		int fd = dial(&sin);

		evconnlistener_set_error_cb(lev, count_error);
		test_calls_fail("accept4", losses[i]);
		event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
		test_calls_fail("accept4", 0);
		CHECK_EQ(guest.count + guest.errors, 0);
		turn(base); /* and it still listens */
		CHECK_EQ(guest.count, 1);
		CHECK_EQ(guest.errors + count_warnings(), 0);
		close(fd);
		evconnlistener_free(lev);
	}
	event_base_free(base);
}

/* The callback of the first connection after a rest may free and disable. */
TEST(free_and_disable_after_rest)
{
	struct event_base *base = test_base();

	for (int what = 1; what <= 2; what++) {
		struct guest guest = { .what = what };
		struct sockaddr_in sin;
		struct evconnlistener *lev = listen_on_loopback(base, &guest, 0,
		    &sin);
		int a = dial(&sin), b = dial(&sin);

		test_calls_fail("accept4", EMFILE);
		turn(base);
		test_calls_fail("accept4", 0);
		turn_until(base, &guest.count, 1);
		turn(base);
		CHECK_EQ(guest.count, 1);
		if (what == 2) {
			CHECK_EQ(event_base_get_num_events(base,
				     EVENT_BASE_COUNT_ADDED),
			    0);
			evconnlistener_free(lev);
		}
		close(a);
		close(b);
	}
	event_base_free(base);
}

static int is_memory_out;

static void *
scarce_alloc(size_t size)
{
	return is_memory_out ? NULL : malloc(size);
}

static void *
scarce_realloc(void *block, size_t size)
{
	return is_memory_out ? NULL : realloc(block, size);
}

/*
 * Without memory for a timer it does not spin either, says of both lacks once
 * a second what there is to say, and accepts when it can.
 */
TEST(neither_descriptor_nor_memory)
{
	event_set_mem_functions(scarce_alloc, scarce_realloc, free);

	struct event_base *base = test_base();
	struct guest guest = { 0 };
	struct sockaddr_in sin;
	struct evconnlistener *lev = listen_on_loopback(base, &guest, 0, &sin);
	int fd = dial(&sin);

	turn(base); /* the loop has made what it needs */
	close(fd);
	fd = dial(&sin);
	(void)test_log_take();
	test_calls_fail("accept4", EMFILE);
	is_memory_out = 1;
	unsigned long calls = test_calls_made("accept4");
	int64_t start_us = now_us(CLOCK_MONOTONIC), us;
	for (int i = 0; i < 20; i++)
		turn(base);
	us = now_us(CLOCK_MONOTONIC) - start_us;
	calls = test_calls_made("accept4") - calls;
	CHECK_GE(calls, 2); /* it is not deaf */
	CHECK_LE(calls, 1 + us / 4000);
	CHECK_LE(count_lines(test_log_take()), 2 + 2 * us / 1000000);
	is_memory_out = 0;
	test_calls_fail("accept4", 0);
	turn(base);
	CHECK_EQ(guest.count, 2);
	close(fd);
	evconnlistener_free(lev);
	event_base_free(base);
}

/* Refused by the backend when the rest ends, it tries again. */
TEST(refused_after_rest)
{
	struct event_base *base = test_base();
	struct guest guest = { 0 };
	struct sockaddr_in sin;
	struct evconnlistener *lev = listen_on_loopback(base, &guest, 0, &sin);
	int fds[2] = { dial(&sin), -1 };

	test_calls_fail("accept4", EMFILE);
	turn(base);
	test_calls_fail("accept4", 0);
	test_calls_fail("epoll_ctl", ENOMEM); /* other backends have no such */
	turn_until(base, &guest.count, 1);
	test_calls_fail("epoll_ctl", 0);
	fds[1] = dial(&sin);
	turn_until(base, &guest.count, 2);
	close(fds[0]);
	close(fds[1]);
	evconnlistener_free(lev);
	event_base_free(base);
}
