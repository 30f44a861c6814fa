/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * load.c - many clients at the same time, to compare the servers.
 *
 * 10 threads share 10,000 connections.  Each connection sends a small HTTP
 * request, reads until as many bytes have come back, and checks that they
 * are the request in ROT13, byte for byte.  A thread opens the next one when
 * the last is done, without a pause, so the server is always busy and the
 * time of the whole run is the server's (-p adds a pause of that many
 * microseconds, which makes all servers look alike).
 *
 * The client closes first, so the client's port stays in TIME_WAIT for a
 * minute, and there are only some 28,000 ports for each pair of addresses.
 * Each thread therefore comes from an address of its own, 127.0.0.2 and up.
 */
#include "rot13.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	THREADS_MAX = 100,
	PATIENCE_S = 30,
	PRINTED_ERRORS_MAX = 3
};

static const char request[] = "GET / HTTP/1.0\r\nHost: www.google.com\r\n\r\n";
static char expected[sizeof(request)];

enum {
	REQUEST_LEN = sizeof(request) - 1
};

struct worker {
	pthread_t thread;
	int index;
	int connection_count;
	int error_count;
	int pause_us;
	in_port_t port;
};

/* Say what went wrong, for the first few errors of a worker. */
static bool
fail(struct worker *worker, const char *what, const char *why)
{
	worker->error_count++;
	if (worker->error_count <= PRINTED_ERRORS_MAX)
		fprintf(stderr, "load: %s: %s\n", what, why);
	return false;
}

static struct sockaddr_in
loopback(int last_byte, in_port_t port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = port };

	addr.sin_addr.s_addr = htonl((127u << 24) + (unsigned)last_byte);
	return addr;
}

/* Connect from the worker's own address. */
static bool
connect_to_server(struct worker *worker, int fd)
{
	struct sockaddr_in from = loopback(2 + worker->index, 0);
	struct sockaddr_in to = loopback(1, worker->port);
	struct timeval patience = { .tv_sec = PATIENCE_S };
	int on = 1;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	/* Choose the port in connect(), where the other end is known. */
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&from, sizeof(from)) < 0)
		return fail(worker, "bind", strerror(errno));
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		return fail(worker, "connect", strerror(errno));
	return true;
}

/* Write the whole request. */
static bool
send_request(struct worker *worker, int fd)
{
	size_t sent = 0;

	while (sent < REQUEST_LEN) {
		ssize_t n = write(fd, request + sent, REQUEST_LEN - sent);

		if (n < 0)
			return fail(worker, "write", strerror(errno));
		sent += (size_t)n;
	}
	return true;
}

/* Read until all bytes have come, and compare them. */
static bool
check_answer(struct worker *worker, int fd)
{
	char answer[REQUEST_LEN + 16]; /* room for bytes too many */
	size_t len = 0;

	while (len < REQUEST_LEN) {
		ssize_t n = read(fd, answer + len, sizeof(answer) - len);

		if (n < 0)
			return fail(worker, "read", strerror(errno));
		if (n == 0)
			return fail(worker, "read", "closed too early");
		len += (size_t)n;
	}
	if (len != REQUEST_LEN || memcmp(answer, expected, len) != 0)
		return fail(worker, "answer", "not the request in ROT13");
	return true;
}

/* One connection, from socket() to close(). */
static void
run_connection(struct worker *worker)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0) {
		fail(worker, "socket", strerror(errno));
		return;
	}
	if (connect_to_server(worker, fd) && send_request(worker, fd))
		check_answer(worker, fd);
	close(fd);
}

static void *
run_worker(void *arg)
{
	struct worker *worker = arg;
	struct timespec pause = { .tv_sec = worker->pause_us / 1000000,
		.tv_nsec = worker->pause_us % 1000000 * 1000L };

	for (int i = 0; i < worker->connection_count; i++) {
		run_connection(worker);
		if (worker->pause_us)
			nanosleep(&pause, NULL);
	}
	return NULL;
}

static double
wall_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double
cpu_ms(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
	    (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

/* Share the connections among the threads and wait.  Returns the errors. */
static int
run_all(int threads, int connections, const struct worker *pattern)
{
	static struct worker workers[THREADS_MAX];
	int errors = 0;

	for (int i = 0; i < threads; i++) {
		workers[i] = *pattern;
		workers[i].index = i;
		workers[i].connection_count = connections / threads +
		    (i < connections % threads);
		if (pthread_create(&workers[i].thread, NULL, run_worker,
			&workers[i]) != 0) {
			fprintf(stderr, "load: cannot start a thread\n");
			exit(1);
		}
	}
	for (int i = 0; i < threads; i++) {
		pthread_join(workers[i].thread, NULL);
		errors += workers[i].error_count;
	}
	return errors;
}

static int
usage(const char *name)
{
	fprintf(stderr,
	    "usage: %s [-t THREADS] [-n CONNECTIONS] [-p PAUSE_US] PORT\n",
	    name);
	return 2;
}

int
main(int argc, char **argv)
{
	struct worker pattern = { 0 };
	int threads = 10, connections = 10000, option, errors;
	double start;

	while ((option = getopt(argc, argv, "t:n:p:")) != -1) {
		if (option == 't')
			threads = atoi(optarg);
		else if (option == 'n')
			connections = atoi(optarg);
		else if (option == 'p')
			pattern.pause_us = atoi(optarg);
		else
			return usage(argv[0]);
	}
	if (optind + 1 != argc || threads < 1 || threads > THREADS_MAX)
		return usage(argv[0]);
	pattern.port = htons((in_port_t)atoi(argv[optind]));
	memcpy(expected, request, sizeof(request));
	rot13_rotate(expected, REQUEST_LEN);
	signal(SIGPIPE, SIG_IGN);

	start = wall_ms();
	errors = run_all(threads, connections, &pattern);
	printf("connections %d errors %d wall_ms %.1f cpu_ms %.1f\n",
	    connections, errors, wall_ms() - start, cpu_ms());
	return errors ? 1 : 0;
}
