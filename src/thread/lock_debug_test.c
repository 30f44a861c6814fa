/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lock_debug_test.c - locks that know their holder, and what they catch.
 *
 * Each misuse happens in a child process, whose message and end are looked
 * at.
 */
#include "thread/lock.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "event2/event.h"
#include "event2/thread.h"
#include "test.h"

static struct evi_lock lock;

/* A watched lock on POSIX threads. */
static void
set_up(int recursive)
{
	evthread_enable_lock_debugging();
	CHECK_EQ(evthread_use_pthreads(), 0);
	CHECK_EQ(evi_lock_init(&lock, recursive), 0);
	CHECK(lock.is_debug);
}

/* Run `fn` in a child; it must abort with a message that has `words`. */
static void
check_aborts(void (*fn)(void), const char *words)
{
	char text[400];
	size_t len = 0;
	int fds[2];
	int status;
	ssize_t n;

	CHECK_EQ(pipe(fds), 0);
	pid_t pid = fork();

	if (pid == 0) {
		struct rlimit none = { .rlim_cur = 0 };

		setrlimit(RLIMIT_CORE, &none);
		dup2(fds[1], 2);
		event_set_log_callback(NULL);
		fn();
		_exit(99);
	}
	close(fds[1]);
	while ((n = read(fds[0], text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	close(fds[0]);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status));
	CHECK_EQ(WTERMSIG(status), SIGABRT);
	if (!strstr(text, words))
		fprintf(stderr, "said: %s", text);
	CHECK_NOTNULL(strstr(text, words));
}

static void *
is_held(void *arg)
{
	int *ret_held = arg;

	*ret_held = evi_lock_held(&lock);
	return NULL;
}

static void *
release(void *arg)
{
	(void)arg;
	evi_lock_release(&lock);
	return NULL;
}

static void *
try(void *arg)
{
	int *ret_had = arg;

	*ret_had = evi_lock_try(&lock);
	return NULL;
}

/* Run `fn` in another thread, to its end. */
static void
run_thread(void *(*fn)(void *), void *arg)
{
	pthread_t thread;

	CHECK_EQ(pthread_create(&thread, NULL, fn, arg), 0);
	CHECK_EQ(pthread_join(thread, NULL), 0);
}

/* "Held" is exact: by this thread, now. */
TEST_BARE(held_is_exact)
{
	int elsewhere = -1;

	set_up(0);
	CHECK(!evi_lock_held(&lock));
	evi_lock_acquire(&lock);
	CHECK(evi_lock_held(&lock));
	run_thread(is_held, &elsewhere);
	CHECK_EQ(elsewhere, 0);
	evi_lock_release(&lock);
	CHECK(!evi_lock_held(&lock));
	evi_lock_clear(&lock);
}

/* A recursive lock is held until it was released as often as acquired. */
TEST_BARE(recursive_locks_count)
{
	int had = -1;

	set_up(1);
	evi_lock_acquire(&lock);
	CHECK(evi_lock_try(&lock));
	evi_lock_release(&lock);
	CHECK(evi_lock_held(&lock));
	run_thread(try, &had);
	CHECK_EQ(had, 0);
	evi_lock_release(&lock);
	CHECK(!evi_lock_held(&lock));
	evi_lock_clear(&lock);
}

/* Locks made before debugging began stay plain and work. */
TEST_BARE(older_locks_stay_plain)
{
	struct evi_lock old;

	CHECK_EQ(evthread_use_pthreads(), 0);
	CHECK_EQ(evi_lock_init(&old, 0), 0);
	evthread_enable_lock_debuging();
	CHECK(!old.is_debug);
	evi_lock_acquire(&old);
	CHECK(evi_lock_held(&old));
	evi_lock_release(&old);
	evi_lock_clear(&old);
	set_up(0);
	evi_lock_clear(&lock);
}

static void
acquire_twice(void)
{
	set_up(0);
	evi_lock_acquire(&lock);
	evi_lock_acquire(&lock);
}

static void
release_untaken(void)
{
	set_up(0);
	evi_lock_release(&lock);
}

static void
release_of_a_stranger(void)
{
	set_up(1);
	evi_lock_acquire(&lock);
	run_thread(release, NULL);
}

static void
free_while_held(void)
{
	set_up(0);
	evi_lock_acquire(&lock);
	evi_lock_clear(&lock);
}

static void
wait_without_lock(void)
{
	struct evi_cond cond;

	set_up(0);
	evi_cond_init(&cond);
	evi_cond_wait(&cond, &lock);
}

static void
wait_too_deep(void)
{
	struct evi_cond cond;

	set_up(1);
	evi_cond_init(&cond);
	evi_lock_acquire(&lock);
	evi_lock_acquire(&lock);
	evi_cond_wait(&cond, &lock);
}

/* Every misuse is named and ends in abort(). */
TEST_BARE(misuse_is_named)
{
	check_aborts(acquire_twice, "acquired twice by one thread");
	check_aborts(release_untaken, "released by a thread that does not");
	check_aborts(release_of_a_stranger, "released by a thread that does");
	check_aborts(free_while_held, "freed while held");
	check_aborts(wait_without_lock, "not held exactly once");
	check_aborts(wait_too_deep, "not held exactly once");
}
