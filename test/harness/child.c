/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * child.c - one test inside its child process.
 *
 * Set up what the environment asks, run the body, shut the library down, and
 * see what is left over: memory, descriptors, threads, processes.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/thread.h>

#include "harness.h"

TEST_WEAK int evthread_use_pthreads(void);
TEST_WEAK void event_enable_debug_mode(void);
TEST_WEAK void libevent_global_shutdown(void);
TEST_WEAK void __tsan_init(void);
TEST_WEAK void __gcov_dump(void);
TEST_WEAK int __llvm_profile_write_file(void);

#define FD_MAX 4096

const char *test_stack_top;

/*
 * _exit(), because a test may end anywhere, on any thread, and must not run
 * the exit handlers of a half-done program.
 */
void
test_child_exit(enum test_status status)
{
	fflush(NULL);
	if (__gcov_dump)
		__gcov_dump();
	if (__llvm_profile_write_file)
		__llvm_profile_write_file();
	_exit(status);
}

/* Set is_open[fd] for every open descriptor but the one used to look. */
static void
list_descriptors(char is_open[FD_MAX])
{
	DIR *dir = opendir("/proc/self/fd");

	memset(is_open, 0, FD_MAX);
	if (!dir)
		return;
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		int fd = atoi(entry->d_name);
		if (entry->d_name[0] != '.' && fd != dirfd(dir) && fd < FD_MAX)
			is_open[fd] = 1;
	}
	closedir(dir);
}

/* Report descriptors that came or went; 0 if none. */
static int
check_descriptors(const char before[FD_MAX])
{
	char after[FD_MAX], path[64], target[256];
	int result = 0;

	list_descriptors(after);
	for (int fd = 0; fd < FD_MAX; fd++) {
		if (before[fd] == after[fd])
			continue;
		result = -1;
		if (before[fd]) {
			fprintf(stderr, "descriptor %d was closed\n", fd);
			continue;
		}
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		ssize_t n = readlink(path, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = '\0';
		fprintf(stderr, "descriptor %d was left open: %s\n", fd,
		    target);
	}
	return result;
}

/* The threads of this process. */
static int
count_threads(void)
{
	DIR *dir = opendir("/proc/self/task");
	int count = 0;

	if (!dir)
		return 1;
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

/*
 * Report threads and processes left running; 0 if none.  The kernel lists a
 * joined thread a moment longer, hence the second looks.
 */
static int
check_company(int threads_before)
{
	const struct timespec moment = { 0, 1000000 };
	int result = 0;

	for (int i = 0; i < 500 && count_threads() > threads_before; i++)
		nanosleep(&moment, NULL);
	if (count_threads() > threads_before) {
		fprintf(stderr, "a thread was left running\n");
		result = -1;
	}
	if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD) {
		fprintf(stderr, "a child process was not waited for\n");
		result = -1;
	}
	return result;
}

/* Is the environment variable set to something but "" and "0"? */
static int
is_on(const char *name)
{
	const char *value = getenv(name);

	return value && value[0] && strcmp(value, "0") != 0;
}

/* Bring the library into the state the environment asks for. */
static void
set_up(void)
{
	test_memory_install();
	test_log_install();
	if (is_on("TEST_THREADS")) {
		if (!evthread_use_pthreads || evthread_use_pthreads() < 0) {
			fprintf(stderr, "no evthread_use_pthreads()\n");
			test_child_exit(TEST_FAILED);
		}
	}
	if (is_on("TEST_DEBUG_MODE"))
		event_enable_debug_mode();
}

/* Shut the library down; 0 if it gave all its memory back. */
static int
tear_down(void)
{
	if (!libevent_global_shutdown)
		return test_memory_check_empty();
	libevent_global_shutdown();
	return test_memory_check_empty();
}

void
test_child_run(struct test_case *test)
{
	static char before[FD_MAX];
	/* ThreadSanitizer starts a thread of its own beside the first one. */
	int threads_before = count_threads() + (__tsan_init ? 1 : 0);
	int result = 0;
	char here;

	test_stack_top = &here;
	list_descriptors(before);
	if (!test->is_bare)
		set_up();
	test_memory_arm();
	test_call_arm();
	test->run();
	if (!test->is_bare && tear_down() < 0)
		result = -1;
	if (check_company(threads_before) < 0)
		result = -1;
	if (check_descriptors(before) < 0)
		result = -1;
	if (result < 0)
		test_child_exit(TEST_FAILED);
	fflush(NULL);
	exit(TEST_PASSED);
}
