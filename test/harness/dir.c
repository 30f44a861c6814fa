/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dir.c - a folder for the files of one test.
 *
 * The test's process makes it where the driver sees its name, and the driver
 * takes it away: a test that fails or is killed leaves nothing.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

const char *
test_dir(void)
{
	char *dir = test_shared->dir;

	if (!dir[0]) {
		/* In place: it has its name before the folder is there. */
		strcpy(dir, "/tmp/evi-XXXXXX");
		if (!mkdtemp(dir)) {
			perror(dir);
			dir[0] = '\0';
			test_child_exit(TEST_FAILED);
		}
	}
	return dir;
}

static int
remove_one(const char *path, const struct stat *st, int what, struct FTW *at)
{
	(void)st, (void)what, (void)at;
	return remove(path);
}

int
test_dir_remove(void)
{
	const char *dir = test_shared->dir;

	if (!dir[0] || access(dir, F_OK) < 0)
		return 0;
	return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
