/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * driver.c - main() of every test program.
 *
 *   x_test [option ...] [name ...]      names may hold * and ?
 *   --list              print the names
 *   --no-fork           run the one named test in this process (debugger)
 *   --fail-each-alloc   each test again and again, its 1st, 2nd ... n-th
 *                       allocation failing, until it ends without that many
 *   --fail-each-call    the same for system calls, with each likely errno;
 *                       from the 32nd on in growing steps
 *   --fail-from         with the former: all later allocations fail too
 *                       (of allocations from the 200th on)
 *   --fail-max n        give up on a test after n such runs (default 2000)
 *
 * A child is in a process group of its own, which is killed when its time is
 * up and once more when it has ended, so that nothing of it stays behind, nor
 * its folder; and it does not outlive a driver that is killed.
 */
#include <errno.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

struct test_fault test_fault;
struct test_shared *test_shared;

static struct test_case *tests;
static struct test_case **tests_end = &tests;

static struct {
	int list, no_fork, each_alloc, each_call, from;
	unsigned long fail_max;
	char **names;
	int name_count;
} options = { .fail_max = 2000 };

static struct {
	int passed, failed, skipped;
} totals;

/* How a child ended. */
struct outcome {
	int wait_status;
	int is_late; /* killed when its time was up */
	int output;  /* descriptor of what it printed */
};

void
test_register(struct test_case *test)
{
	*tests_end = test;
	tests_end = &test->next;
}

/* Print why the driver cannot go on, and leave. */
__attribute__((noreturn, format(printf, 1, 2))) static void
die(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

/* Seconds that `test` may take. */
static long
limit_of(const struct test_case *test)
{
	const char *text = getenv("TEST_TIME_SCALE");
	long scale = text ? atol(text) : 1;

	return test->limit * (scale > 0 ? scale : 1);
}

/* Wait for `pid`, at most `seconds`; then kill it. */
static void
await(pid_t pid, long seconds, struct outcome *ret_outcome)
{
	struct timespec now, left, end;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	while (waitpid(pid, &ret_outcome->wait_status, WNOHANG) == 0) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		left.tv_sec = end.tv_sec - now.tv_sec;
		left.tv_nsec = end.tv_nsec - now.tv_nsec;
		if (left.tv_nsec < 0) {
			left.tv_nsec += 1000000000;
			left.tv_sec--;
		}
		if (left.tv_sec < 0) {
			ret_outcome->is_late = 1;
			kill(-pid, SIGKILL);
			waitpid(pid, &ret_outcome->wait_status, 0);
			break;
		}
		sigtimedwait(&set, NULL, &left);
	}
	kill(-pid, SIGKILL);
}

/* The child's side of run_once(). */
__attribute__((noreturn)) static void
be_child(struct test_case *test, pid_t driver, int output, const sigset_t *mask)
{
	setpgid(0, 0);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != driver)
		_exit(2);
	if (dup2(output, 1) < 0 || dup2(output, 2) < 0)
		_exit(2);
	close(output);
	setvbuf(stdout, NULL, _IOLBF, 0);
	sigprocmask(SIG_SETMASK, mask, NULL);
	test_child_run(test);
	_exit(2);
}

/* Run `test` in a child with the fault of test_fault. */
static void
run_once(struct test_case *test, struct outcome *ret_outcome)
{
	FILE *output = tmpfile();
	sigset_t set, mask;

	if (!output)
		die("tmpfile: %s", strerror(errno));
	memset(test_shared, 0, sizeof(*test_shared));
	memset(ret_outcome, 0, sizeof(*ret_outcome));
	ret_outcome->output = dup(fileno(output));
	fclose(output);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &mask);
	fflush(NULL);

	pid_t driver = getpid(), pid = fork();

	if (pid < 0)
		die("fork: %s", strerror(errno));
	if (pid == 0)
		be_child(test, driver, ret_outcome->output, &mask);
	setpgid(pid, pid);
	await(pid, limit_of(test), ret_outcome);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	if (test_dir_remove() != 0)
		die("%s: %s", test_shared->dir, strerror(errno));
}

/* The test_status of an ended child; TEST_FAILED for whatever is odd. */
static enum test_status
status_of(const struct outcome *outcome)
{
	if (outcome->is_late || !WIFEXITED(outcome->wait_status))
		return TEST_FAILED;
	switch (WEXITSTATUS(outcome->wait_status)) {
	case TEST_PASSED:
		return TEST_PASSED;
	case TEST_SKIPPED:
		return TEST_SKIPPED;
	case TEST_STOPPED:
		return TEST_STOPPED;
	default:
		return TEST_FAILED;
	}
}

/* Copy the child's output, indented, to ours. */
static void
show_output(int fd)
{
	char line[512];

	lseek(fd, 0, SEEK_SET);

	FILE *in = fdopen(fd, "r");

	if (!in)
		die("fdopen: %s", strerror(errno));
	while (fgets(line, sizeof(line), in))
		printf("    %s", line);
	fclose(in);
}

/* Print "FAIL name (why)" and the child's output. */
static void
show_failure(const struct test_case *test, const struct outcome *outcome)
{
	int status = outcome->wait_status;

	printf("FAIL %s (", test->name);
	if (outcome->is_late)
		printf("not done in %ld s)\n", limit_of(test));
	else if (WIFSIGNALED(status))
		printf("%s)\n", strsignal(WTERMSIG(status)));
	else
		printf("exit status %d)\n", WEXITSTATUS(status));
	show_output(outcome->output);
}

/* Run a test once and report it. */
static void
run_plain(struct test_case *test)
{
	struct outcome outcome;

	run_once(test, &outcome);
	switch (status_of(&outcome)) {
	case TEST_PASSED:
		totals.passed++;
		printf("ok %s\n", test->name);
		break;
	case TEST_STOPPED:
		totals.passed++;
		printf("ok %s (stopped by the fault)\n", test->name);
		break;
	case TEST_SKIPPED:
		totals.skipped++;
		printf("skip %s: %s\n", test->name, test_shared->skip_reason);
		break;
	case TEST_FAILED:
		totals.failed++;
		show_failure(test, &outcome);
		return;
	}
	close(outcome.output);
}

/*
 * One run of a test with the fault set in test_fault.  Returns 1 if the fault
 * struck and nothing bad came of it, 0 if there was nothing left to strike,
 * -1 if the test failed (reported).
 */
static int
run_with_fault(struct test_case *test)
{
	struct outcome outcome;

	run_once(test, &outcome);
	if (status_of(&outcome) == TEST_FAILED) {
		totals.failed++;
		show_failure(test, &outcome);
		return -1;
	}
	close(outcome.output);
	return test_shared->has_struck;
}

/* Report a test that went through `runs` faults; `is_cut` at the limit. */
static void
report_faults(const struct test_case *test, unsigned long runs, int is_cut)
{
	totals.passed++;
	printf("ok %s (%lu faults%s)\n", test->name, runs,
	    is_cut ? ", limit reached" : "");
}

/* Fail each allocation of `test` in turn. */
static void
run_each_alloc(struct test_case *test)
{
	unsigned long runs = 0;
	int result = 1;

	for (unsigned long n = 1; runs < options.fail_max && result > 0;
	     n += n < 200 ? 1 : n / 16) {
		test_fault = (struct test_fault){ .alloc_at = n,
			.alloc_from = options.from };
		result = run_with_fault(test);
		if (result < 0)
			printf("    with TEST_FAIL_ALLOC%s=%lu\n",
			    options.from ? "_FROM" : "", n);
		else
			runs += (unsigned long)result;
	}
	test_fault = (struct test_fault){ 0 };
	if (result >= 0)
		report_faults(test, runs, result);
}

/*
 * Fail each call of function `name` with `err` in turn.  Adds to `*runs`;
 * returns -1 if the test failed.
 */
static int
run_each_call_of(struct test_case *test, const char *name, int err,
    unsigned long *runs)
{
	int result = 1;

	for (unsigned long n = 1; *runs < options.fail_max;
	     n += n < 32 ? 1 : n / 4) {
		test_fault = (struct test_fault){ .call = name,
			.call_at = n,
			.call_errno = err };
		result = run_with_fault(test);
		if (result < 0)
			printf("    with TEST_FAIL_CALL=%s:%lu:%d\n", name, n,
			    err);
		if (result <= 0)
			break;
		++*runs;
	}
	test_fault = (struct test_fault){ 0 };
	return result < 0 ? -1 : 0;
}

/* Fail each system call of `test` in turn, with each of its errnos. */
static void
run_each_call(struct test_case *test)
{
	unsigned long made[TEST_CALLS_MAX], runs = 0;
	const int *errnos;
	const char *name;

	test_fault = (struct test_fault){ .count_calls = 1 };
	if (run_with_fault(test) < 0)
		return;
	memcpy(made, test_shared->calls, sizeof(made));
	for (size_t i = 0; (name = test_call_name(i, &errnos)) != NULL; i++) {
		for (; made[i] && *errnos; errnos++) {
			if (run_each_call_of(test, name, *errnos, &runs) < 0)
				return;
		}
	}
	report_faults(test, runs, runs >= options.fail_max);
}

/* Do the names on the command line ask for this test? */
static int
is_wanted(const struct test_case *test)
{
	for (int i = 0; i < options.name_count; i++) {
		if (fnmatch(options.names[i], test->name, 0) == 0)
			return 1;
	}
	return options.name_count == 0;
}

/* Run one test in the way the options say. */
static void
run(struct test_case *test)
{
	if (options.list)
		puts(test->name);
	else if (options.no_fork)
		test_child_run(test);
	else if (options.each_alloc)
		run_each_alloc(test);
	else if (options.each_call)
		run_each_call(test);
	else
		run_plain(test);
	fflush(stdout);
}

/* Read "function:n:errno". */
static void
read_call_fault(const char *text)
{
	char name[64];
	unsigned long n;
	int err;

	if (sscanf(text, "%63[^:]:%lu:%d", name, &n, &err) != 3 || err <= 0)
		die("TEST_FAIL_CALL: want function:n:errno, got %s", text);
	test_fault.call = test_call_find(name);
	test_fault.call_at = n;
	test_fault.call_errno = err;
	if (!test_fault.call)
		die("TEST_FAIL_CALL: cannot fail %s", name);
}

/* Read the fault that the environment asks for. */
static void
read_environment(void)
{
	const char *text;

	if ((text = getenv("TEST_FAIL_ALLOC")) != NULL)
		test_fault.alloc_at = strtoul(text, NULL, 10);
	if ((text = getenv("TEST_FAIL_ALLOC_FROM")) != NULL) {
		test_fault.alloc_at = strtoul(text, NULL, 10);
		test_fault.alloc_from = 1;
	}
	if ((text = getenv("TEST_FAIL_CALL")) != NULL)
		read_call_fault(text);
}

/* Read the command line into `options`. */
static void
read_options(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--list") == 0)
			options.list = 1;
		else if (strcmp(argv[i], "--no-fork") == 0)
			options.no_fork = 1;
		else if (strcmp(argv[i], "--fail-each-alloc") == 0)
			options.each_alloc = 1;
		else if (strcmp(argv[i], "--fail-each-call") == 0)
			options.each_call = 1;
		else if (strcmp(argv[i], "--fail-from") == 0)
			options.from = 1;
		else if (strcmp(argv[i], "--fail-max") == 0 && argv[i + 1])
			options.fail_max = strtoul(argv[++i], NULL, 10);
		else
			die("unknown option %s", argv[i]);
	}
	options.names = argv + i;
	options.name_count = argc - i;
}

int
main(int argc, char **argv)
{
	int ran = 0;

	read_options(argc, argv);
	read_environment();
	test_shared = mmap(NULL, sizeof(*test_shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (test_shared == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	for (struct test_case *test = tests; test; test = test->next) {
		if (!is_wanted(test))
			continue;
		ran++;
		run(test);
	}
	if (ran == 0)
		die("no such test");
	if (options.list)
		return 0;
	printf("%d passed, %d failed, %d skipped\n", totals.passed,
	    totals.failed, totals.skipped);
	if (totals.failed)
		return 1;
	return totals.passed ? 0 : TEST_SKIPPED;
}
