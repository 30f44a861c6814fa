/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sockopts.c - what four socket options of every server really do.
 *
 * Run it and read: each experiment opens sockets on 127.0.0.1, prints what
 * the kernel answered, and says why.  The answers are Linux's; where a line
 * is not as on your system, the line tells the truth and this text does not.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	SETTLE_MS = 300,
	PATIENCE_MS = 10000,
	CALLS = 200,
	QUEUE_TRIES = 8
};

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

/* An indented line of explanation. */
static void
explain(const char *text)
{
	printf("      %s\n", text);
}

/* A TCP socket, with option `option` of SOL_SOCKET on unless it is 0. */
static int
tcp_socket(int option)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int on = 1;

	if (fd < 0)
		die("socket");
	if (option && setsockopt(fd, SOL_SOCKET, option, &on, sizeof(on)) < 0)
		die("setsockopt");
	return fd;
}

static struct sockaddr_in
loopback(in_port_t port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = port };

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return addr;
}

/* Bind to a port of 127.0.0.1 (0: any).  Returns 0 or the errno. */
static int
try_bind(int fd, in_port_t port)
{
	struct sockaddr_in addr = loopback(port);

	return bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ? errno : 0;
}

/* A listener on `port` of 127.0.0.1, or on any if it is 0. */
static int
listen_on(in_port_t port, int option, int backlog)
{
	int fd = tcp_socket(option);

	if (try_bind(fd, port) != 0)
		die("bind");
	if (listen(fd, backlog) < 0)
		die("listen");
	return fd;
}

static in_port_t
port_of(int fd)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);

	if (getsockname(fd, (struct sockaddr *)&addr, &len) < 0)
		die("getsockname");
	return addr.sin_port;
}

static int
connect_to(in_port_t port)
{
	struct sockaddr_in addr = loopback(port);
	int fd = tcp_socket(0);

	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		die("connect");
	return fd;
}

/* A connected pair through `listener`. */
static void
connect_pair(int listener, int *ret_client, int *ret_server)
{
	*ret_client = connect_to(port_of(listener));
	*ret_server = accept(listener, NULL, NULL);
	if (*ret_server < 0)
		die("accept");
}

static bool
is_ready(int fd, short events, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = events };

	return poll(&p, 1, timeout_ms) == 1;
}

/* Leave a connection in TIME_WAIT on the server's side.  Returns its port. */
static in_port_t
leave_time_wait(int option)
{
	int listener = listen_on(0, option, 1);
	in_port_t port = port_of(listener);
	int client, server;
	char byte;

	connect_pair(listener, &client, &server);
	close(server); /* who closes first has to wait */
	if (read(client, &byte, 1) != 0)
		die("read");
	close(client);
	close(listener);
	return port;
}

/* Bind again to the port of a server that has just stopped. */
static void
restart_server(const char *title, int first_option, int second_option)
{
	in_port_t port = leave_time_wait(first_option);
	int fd = tcp_socket(second_option);
	int error = try_bind(fd, port);

	printf("  saw: %s: bind %s\n", title,
	    error ? strerror(error) : "allowed");
	close(fd);
}

static void
show_reuseaddr(void)
{
	printf("SO_REUSEADDR: a server stops and starts again\n");
	restart_server("without, then without", 0, 0);
	restart_server("without, then with", 0, SO_REUSEADDR);
	restart_server("with, then with", SO_REUSEADDR, SO_REUSEADDR);
	explain("The server closed a connection first, so its side stays in");
	explain("TIME_WAIT for a minute and keeps the port.  The option lets");
	explain("a new listener share it with such remains, if those had the");
	explain("option too.  So a server sets it always, before bind().");

	int first = listen_on(0, SO_REUSEADDR, 1);
	int second = tcp_socket(SO_REUSEADDR);
	int error = try_bind(second, port_of(first));

	printf("  saw: beside a living listener: bind %s\n",
	    error ? strerror(error) : "allowed");
	explain("It does not let two servers have one port at a time.");
	close(first);
	close(second);
}

/* Count the connections that wait at a listener, and close them. */
static int
count_waiting(int listener)
{
	int count = 0;

	while (is_ready(listener, POLLIN, 0)) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			die("accept");
		close(fd);
		count++;
	}
	return count;
}

static void
show_reuseport(void)
{
	int first, second, calls[CALLS];
	int error;

	printf("\nSO_REUSEPORT: two servers on one port\n");
	first = listen_on(0, 0, 1);
	second = tcp_socket(SO_REUSEPORT);
	error = try_bind(second, port_of(first));
	printf("  saw: only the second has it: bind %s\n",
	    error ? strerror(error) : "allowed");
	close(second);
	close(first);

	first = listen_on(0, SO_REUSEPORT, CALLS);
	second = listen_on(port_of(first), SO_REUSEPORT, CALLS);
	printf("  saw: both have it: bind allowed\n");
	for (int i = 0; i < CALLS; i++)
		calls[i] = connect_to(port_of(first));
	printf("  saw: of %d connections %d came to the first, "
	       "%d to the second\n",
	    CALLS, count_waiting(first), count_waiting(second));
	explain("Every binder must agree (and be of one user).  The kernel");
	explain("deals connections out by a hash of the addresses: so each");
	explain("thread or process can have a listener of its own.");
	for (int i = 0; i < CALLS; i++)
		close(calls[i]);
	close(first);
	close(second);
}

static void
set_linger(int fd, const struct linger *linger)
{
	socklen_t len = sizeof(*linger);

	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, linger, len) < 0)
		die("setsockopt");
}

/* What a peer reads after the other side has closed. */
static void
close_and_read(const char *title, const struct linger *linger)
{
	int listener = listen_on(0, SO_REUSEADDR, 1);
	int client, server;
	char byte;
	ssize_t n;

	connect_pair(listener, &client, &server);
	if (linger)
		set_linger(server, linger);
	close(server);
	n = read(client, &byte, 1); /* 0 or -1: nothing was written */
	printf("  saw: %s: the peer reads %s\n", title,
	    n < 0 ? strerror(errno) : "the end (FIN)");
	close(client);
	close(listener);
}

static void
show_linger(void)
{
	struct linger zero = { .l_onoff = 1, .l_linger = 0 };
	struct linger some = { .l_onoff = 1, .l_linger = 5 };

	printf("\nSO_LINGER: how close() ends a connection\n");
	close_and_read("default", NULL);
	close_and_read("5 seconds", &some);
	close_and_read("0 seconds", &zero);
	explain("By default close() returns at once and the kernel delivers");
	explain("the rest, then FIN.  With a time, close() waits that long");
	explain("for it.  With 0 it throws the rest away and sends RST: there");
	explain("is no TIME_WAIT, but the peer cannot tell it from a crash.");
}

/* Start to connect; true if the connection is made soon. */
static bool
start_connect(int fd, in_port_t port)
{
	struct sockaddr_in addr = loopback(port);

	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0)
		return true;
	if (errno != EINPROGRESS)
		die("connect");
	return is_ready(fd, POLLOUT, SETTLE_MS);
}

static void
show_backlog(void)
{
	int listener = listen_on(0, 0, 1);
	int calls[QUEUE_TRIES];
	int made = 0, started = 0;
	bool full = false;

	printf("\nBacklog: connections that nobody accepts\n");
	while (started < QUEUE_TRIES && !full) {
		calls[started] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK,
		    0);
		full = !start_connect(calls[started], port_of(listener));
		made += !full;
		started++;
	}
	printf("  saw: backlog 1: %d connections made, the next %s\n", made,
	    full ? "hangs" : "was made too");
	explain("The kernel finishes connections before accept() and queues");
	explain("them, one more than the backlog.  If the queue is full it");
	explain("drops the call without a word, and the caller tries again");
	explain("after 1, 2, 4 ... seconds: full looks like slow.");
	if (full) {
		int fd = accept(listener, NULL, NULL);
		bool came = is_ready(calls[started - 1], POLLOUT, PATIENCE_MS);

		printf("  saw: after one accept() the hanging one %s\n",
		    came ? "is made" : "still hangs");
		close(fd);
	}
	for (int i = 0; i < started; i++)
		close(calls[i]);
	close(listener);
}

int
main(void)
{
	show_reuseaddr();
	show_reuseport();
	show_linger();
	show_backlog();
	return 0;
}
