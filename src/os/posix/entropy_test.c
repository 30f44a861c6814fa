/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * entropy_test.c - random bytes, and the page that no child inherits.
 */
#include "os/entropy.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

/* Every byte asked for is written, in any length, and never twice the same. */
TEST(fills_any_length)
{
	static unsigned char a[100000], b[100000];
	static const size_t lengths[] = { 0, 1, 255, 256, 257, 512, 99999 };

	for (size_t i = 0; i < EVI_COUNT_OF(lengths); i++) {
		size_t len = lengths[i];

		memset(a, 0, len + 1);
		memset(b, 0, len + 1);
		CHECK_EQ(evi_os_entropy_fill(a, len), 0);
		CHECK_EQ(evi_os_entropy_fill(b, len), 0);
		CHECK_EQ(a[len], 0);
		if (len > 16) {
			CHECK(memcmp(a, b, len) != 0);
			CHECK(memcmp(a + len - 16, b + len - 16, 16) != 0);
		}
	}
}

/* A child finds zeros where its parent has bytes. */
TEST(page_is_zero_in_a_child)
{
	unsigned char *page = evi_os_entropy_page_new(600);
	int status;

	if (!page)
		SKIP("the kernel has no MADV_WIPEONFORK");
	for (int i = 0; i < 600; i++)
		CHECK_EQ(page[i], 0);
	memset(page, 0xa5, 600);
	pid_t pid = fork();

	if (pid == 0)
		_exit(page[0] | page[599]);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFEXITED(status));
	CHECK_EQ(WEXITSTATUS(status), 0);
	CHECK_EQ(page[0], 0xa5);
	evi_os_entropy_page_free(page, 600);
	evi_os_entropy_page_free(NULL, 600);
}

/* A page that no machine has is refused. */
TEST(impossible_page_is_null)
{
	CHECK_NULL(evi_os_entropy_page_new((size_t)-1));
}
