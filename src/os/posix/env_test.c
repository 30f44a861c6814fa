/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * env_test.c - the environment of ordinary and of privileged programs.
 *
 * Privilege is given by exec of a copy of this program with the set-group-id
 * bit, which needs root and a file system that honours it.
 */
#include "os/env.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

#define PROBE "EVI_ENV_TEST_PROBE"

/*
 * In the copy: report by the exit status and never reach main().  The
 * environment is read by getenv(), since evi_os_env_get() is what is asked.
 */
__attribute__((constructor)) static void
run_as_probe(void)
{
	if (!getenv(PROBE))
		return;
	_exit(evi_os_env_is_privileged() * 2 + (evi_os_env_get(PROBE) != NULL));
}

/* A copy of this program at `path` with this mode.  Returns 0 or -1. */
static int
copy_program(const char *path, mode_t mode)
{
	int in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
	struct stat st;
	int r = -1;

	if (in >= 0 && out >= 0 && fstat(in, &st) == 0 &&
	    sendfile(out, in, NULL, (size_t)st.st_size) == st.st_size &&
	    fchown(out, (uid_t)-1, 1) == 0 && fchmod(out, mode) == 0)
		r = 0;
	close(in);
	close(out);
	return r;
}

/* The probe's exit status as an ordinary user. */
static int
run_probe(char *path)
{
	char *argv[] = { path, NULL };
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		setenv(PROBE, "1", 1);
		if (setgid(65534) == 0 && setuid(65534) == 0)
			execv(path, argv);
		_exit(99);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

/* An ordinary program sees its environment. */
TEST(ordinary_programs_see_it)
{
	setenv("EVI_ENV_TEST", "value", 1);
	CHECK(!evi_os_env_is_privileged());
	CHECK_STR(evi_os_env_get("EVI_ENV_TEST"), "value");
	unsetenv("EVI_ENV_TEST");
	CHECK_NULL(evi_os_env_get("EVI_ENV_TEST"));
}

/* A program with more rights than its user sees nothing. */
TEST(privileged_programs_see_nothing)
{
	char path[64];

	if (geteuid() != 0)
		SKIP("needs root, to make a set-group-id program");
	CHECK_EQ(chmod(test_dir(), 0755), 0);
	snprintf(path, sizeof(path), "%s/plain", test_dir());
	CHECK_EQ(copy_program(path, 0755), 0);
	int plain = run_probe(path);

	snprintf(path, sizeof(path), "%s/setgid", test_dir());
	CHECK_EQ(copy_program(path, 02755), 0);
	int privileged = run_probe(path);

	CHECK_EQ(plain, 1);
	if (privileged == 1)
		SKIP("the file system ignores the set-group-id bit");
	CHECK_EQ(privileged, 2);
}
