/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * privileged_env.c - a program with more rights than its user, who sets the
 * variables that choose a backend (2025: only user ids had been compared).
 *
 * Copies of this program are made set-user-id, set-group-id and given a file
 * capability, and run by a user without rights.  The loader then ignores
 * LD_LIBRARY_PATH, so that the copy loads the library under test by its path,
 * into a namespace of its own.
 *
 * debian: fails (with a file capability the variables are obeyed)
 */
#include <dlfcn.h>
#include <link.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "wound.h"

#define NOBODY 65534
#define SOMEBODY 65533

/* Exit statuses: the copy has no rights; the loader finds no libevent. */
#define NOT_SECURE 76
#define NOT_LOADED 127

/* backends: epoll */

/*
 * The value of security.capability: version 2, effective; CAP_NET_BIND_SERVICE
 * permitted; nothing inherited.
 */
static const unsigned char capability[20] = { 1, 0, 0, 2, 0, 4 };

/* The copy: with rights it has epoll, without what the variable leaves. */
static int
be_copy(const char *library, int secure)
{
	struct event_base *(*base_new)(void);
	const char *(*base_method)(const struct event_base *);
	void *handle = dlmopen(LM_ID_NEWLM, library, RTLD_NOW);
	const char *method;

	if (!handle)
		printf("%s\n", dlerror());
	CHECK(handle != NULL);
	*(void **)&base_new = dlsym(handle, "event_base_new");
	*(void **)&base_method = dlsym(handle, "event_base_get_method");
	CHECK(base_new && base_method);
	if (secure && !getauxval(AT_SECURE))
		return NOT_SECURE;
	method = base_method(base_new());
	printf("%s: %s\n", secure ? "privileged" : "ordinary", method);
	CHECK_EQ(!strcmp(method, "epoll"), secure);
	fflush(stdout);
	return PASSED;
}

static void
copy_file(const char *from, const char *to)
{
	char bytes[65536];
	int in = open(from, O_RDONLY);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	ssize_t len;

	CHECK(in >= 0 && out >= 0);
	while ((len = read(in, bytes, sizeof(bytes))) > 0)
		CHECK_EQ(write(out, bytes, (size_t)len), len);
	CHECK_EQ(len, 0);
	close(in);
	close(out);
}

/* Run the copy as somebody without rights. */
static void
run_copy(const char *way, const char *secure)
{
	int status;

	printf("%s\n", way);
	fflush(stdout);
	if (fork() == 0) {
		setenv("EVENT_NOEPOLL", "1", 1);
		CHECK_EQ(setgid(NOBODY), 0);
		CHECK_EQ(setuid(NOBODY), 0);
		execl("./copy", "copy", "./library", secure, NULL);
		_exit(99);
	}
	CHECK(wait(&status) > 0 && WIFEXITED(status));
	if (WEXITSTATUS(status) == NOT_LOADED && *secure == 's')
		wound_skip("no libevent is installed for this machine");
	if (WEXITSTATUS(status) == NOT_SECURE)
		wound_skip("the file system gives programs no rights");
	CHECK_EQ(WEXITSTATUS(status), PASSED);
}

/* In the folder of the copies: one way to get rights after the other. */
static int
try_ways(void)
{
	run_copy("no rights", "ordinary");
	CHECK_EQ(chown("copy", SOMEBODY, 0), 0);
	CHECK_EQ(chmod("copy", 04755), 0);
	run_copy("set-user-id", "secure");
	CHECK_EQ(chown("copy", 0, SOMEBODY), 0);
	CHECK_EQ(chmod("copy", 02755), 0);
	run_copy("set-group-id", "secure");
	CHECK_EQ(chmod("copy", 0755), 0);
	if (setxattr("copy", "security.capability", capability,
		sizeof(capability), 0) < 0)
		wound_skip("the file system knows no capabilities");
	run_copy("a file capability", "secure");
	printf("passed\n");
	fflush(stdout);
	return PASSED;
}

int
main(int argc, char **argv)
{
	char place[] = "/tmp/wound-XXXXXX";
	Dl_info library;
	int status;

	if (argc == 3)
		return be_copy(argv[1], !strcmp(argv[2], "secure"));
	if (geteuid() != 0)
		wound_skip("only root can give a program rights");
	if (dlsym(RTLD_DEFAULT, "__asan_init"))
		wound_skip("ASan cannot be loaded twice");
	printf("libevent %s\n", event_get_version());
	fflush(stdout);
	CHECK(dladdr(dlsym(RTLD_DEFAULT, "event_base_new"), &library) != 0);
	CHECK(mkdtemp(place) && chmod(place, 0755) == 0);
	CHECK_EQ(chdir(place), 0);
	copy_file("/proc/self/exe", "copy");
	copy_file(library.dli_fname, "library");
	if (fork() == 0)
		_exit(try_ways());
	CHECK(wait(&status) > 0);
	CHECK(!unlink("copy") && !unlink("library") && !rmdir(place));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
