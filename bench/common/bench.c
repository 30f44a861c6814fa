/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bench.c - options, meter, result line, and sockets for the benchmarks.
 */
#include "bench.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static uint64_t cpu_ns;
static uint64_t wall_ns;
static pid_t load;

const char *
bench_word(char **argv, const char *name, const char *otherwise)
{
	for (char **arg = argv + 1; arg[0] && arg[1]; arg += 2) {
		if (!strncmp(arg[0], "--", 2) && !strcmp(arg[0] + 2, name))
			return arg[1];
	}
	return otherwise;
}

long
bench_long(char **argv, const char *name, long otherwise)
{
	const char *word = bench_word(argv, name, NULL);

	return word ? atol(word) : otherwise;
}

static uint64_t
now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

__attribute__((noinline)) void
bench_measure(void (*work)(void *), void *arg)
{
	uint64_t wall = now_ns(CLOCK_MONOTONIC);
	uint64_t cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID);

	work(arg);
	cpu_ns += now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	wall_ns += now_ns(CLOCK_MONOTONIC) - wall;
}

/* Print the file the measured library was loaded from, `none` if raw. */
static void
print_library(void)
{
	static const char *names[] = { "event_base_new", "evbuffer_new",
		"ev_run", "uv_run" };
	Dl_info info;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		void *symbol = dlsym(RTLD_DEFAULT, names[i]);

		if (symbol && dladdr(symbol, &info)) {
			printf(" lib=%s\n", info.dli_fname);
			return;
		}
	}
	printf(" lib=none\n");
}

void
bench_report(long ops, uint64_t check)
{
	printf("ops=%ld cpu_ns=%llu wall_ns=%llu check=%llu", ops,
	    (unsigned long long)cpu_ns, (unsigned long long)wall_ns,
	    (unsigned long long)check);
	print_library();
}

void
bench_report_bytes(long count, uint64_t bytes)
{
	printf("ops=%ld bytes=%llu", count, (unsigned long long)bytes);
	print_library();
}

uint64_t
bench_heap(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

void
bench_need(int ok, const char *what)
{
	if (!ok) {
		fprintf(stderr, "bench: %s failed\n", what);
		exit(1);
	}
}

uint32_t
bench_random(uint32_t limit)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(((state >> 32) * limit) >> 32);
}

void
bench_socketpair(int ret_pair[2])
{
	int type = SOCK_STREAM | SOCK_NONBLOCK;
	int r = socketpair(AF_UNIX, type, 0, ret_pair);

	bench_need(r == 0, "socketpair");
}

void
bench_raise_fd_limit(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

long
bench_many_pairs(long count, int **ret_near, int **ret_far)
{
	struct rlimit limit;
	long half;

	bench_raise_fd_limit();
	getrlimit(RLIMIT_NOFILE, &limit);
	half = limit.rlim_cur > 20000 ? 10000 : (long)limit.rlim_cur / 2;
	if (count > half - 20)
		count = half - 20;
	*ret_near = malloc((size_t)count * sizeof(int));
	*ret_far = malloc((size_t)count * sizeof(int));
	for (long i = 0; i < count; i++) {
		int pair[2];

		bench_socketpair(pair);
		(*ret_near)[i] = pair[0];
		(*ret_far)[i] = fcntl(pair[1], F_DUPFD, (int)half);
		bench_need((*ret_far)[i] >= 0, "fcntl");
		close(pair[1]);
	}
	return count;
}

void
bench_pin(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

void
bench_sleep_ms(long ms)
{
	struct timespec span = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&span, &span) < 0)
		continue;
}

int
bench_listen(int *ret_port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bench_need(fd >= 0, "socket");
	bench_need(!bind(fd, (struct sockaddr *)&addr, len), "bind");
	bench_need(!listen(fd, 4096), "listen");
	bench_need(!getsockname(fd, (struct sockaddr *)&addr, &len),
	    "getsockname");
	*ret_port = ntohs(addr.sin_port);
	return fd;
}

void
bench_load_start(const char *mode, int port, long connections, long messages,
    long size)
{
	char path[4096], words[4][24];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 16);
	char *argv[] = { path, (char *)mode, words[0], words[1], words[2],
		words[3], NULL };

	bench_need(len > 0, "readlink");
	path[len] = '\0';
	strcpy(strrchr(path, '/'), "/bench_load");
	snprintf(words[0], sizeof(words[0]), "%d", port);
	snprintf(words[1], sizeof(words[1]), "%ld", connections);
	snprintf(words[2], sizeof(words[2]), "%ld", messages);
	snprintf(words[3], sizeof(words[3]), "%ld", size);
	bench_need(!posix_spawn(&load, path, NULL, NULL, argv, environ),
	    "starting bench_load");
}

void
bench_load_wait(void)
{
	int status = 0;

	bench_need(waitpid(load, &status, 0) == load, "waitpid");
	bench_need(status == 0, "bench_load");
}
