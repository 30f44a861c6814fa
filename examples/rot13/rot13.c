/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rot13.c - the ROT13 service, without any waiting; see rot13.h.
 *
 * Every system call that can say "not now", "only in part", "the peer has
 * gone" or "nothing left" says so here.  Read rot13_serve() first.
 */
#include "rot13.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static struct {
	int listener;
	int socket_flags;
	long accepted_count;
	int fd_highest;
} server;

static volatile sig_atomic_t stopping;

/*
 * By the ASCII code and not by isalpha(), which asks the locale and may
 * count letters such as e-acute, which have no place in ROT13.
 */
static char
rotate_letter(char c)
{
	if (c >= 'a' && c <= 'z')
		return (char)('a' + (c - 'a' + 13) % 26);
	if (c >= 'A' && c <= 'Z')
		return (char)('A' + (c - 'A' + 13) % 26);
	return c;
}

void
rot13_rotate(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		text[i] = rotate_letter(text[i]);
}

/*
 * Where the bytes that can be answered end, when those from `from` on are
 * new: after the last newline, or at the end if nothing can follow.
 */
static size_t
end_of_lines(const struct rot13_conn *conn, size_t from)
{
	size_t end = conn->len;

	if (conn->at_end)
		return end;
	while (end > from && conn->text[end - 1] != '\n')
		end--;
	if (end > from)
		return end;
	/* No newline.  A line too long for the buffer goes in pieces. */
	return conn->len == sizeof(conn->text) ? conn->len : 0;
}

/* Not an error: the call would have had to wait, or a signal came. */
static bool
is_for_later(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

/* Read once.  False if the connection is broken (ECONNRESET, mostly). */
static bool
read_some(struct rot13_conn *conn)
{
	size_t before = conn->len;
	ssize_t n = read(conn->fd, conn->text + before,
	    sizeof(conn->text) - before);

	if (n < 0)
		return is_for_later(errno);
	if (n == 0)
		conn->at_end = true;
	conn->len += (size_t)n;
	conn->ready = end_of_lines(conn, before);
	rot13_rotate(conn->text, conn->ready);
	return true;
}

/*
 * Write once.  The kernel takes as much as fits the socket's buffer; the
 * rest moves to the front and waits.  False if the connection is broken
 * (EPIPE, which SIGPIPE would have announced first, or ECONNRESET).
 */
static bool
write_some(struct rot13_conn *conn)
{
	ssize_t n = write(conn->fd, conn->text, conn->ready);

	if (n < 0)
		return is_for_later(errno);
	conn->ready -= (size_t)n;
	conn->len -= (size_t)n;
	memmove(conn->text, conn->text + n, conn->len);
	return true;
}

/* What the connection has to wait for now. */
static enum rot13_want
next_want(const struct rot13_conn *conn)
{
	if (conn->ready > 0)
		return ROT13_WRITE;
	return conn->at_end ? ROT13_CLOSE : ROT13_READ;
}

enum rot13_want
rot13_serve(struct rot13_conn *conn)
{
	bool alive = true;

	if (conn->ready == 0)
		alive = read_some(conn);
	/*
	 * Try to answer at once: there is room in the socket nearly always,
	 * and asking first would cost one more system call a line.
	 */
	if (alive && conn->ready > 0)
		alive = write_some(conn);
	conn->want = alive ? next_want(conn) : ROT13_CLOSE;
	return conn->want;
}

void
rot13_count(int fd)
{
	server.accepted_count++;
	if (fd > server.fd_highest)
		server.fd_highest = fd;
}

struct rot13_conn *
rot13_adopt(int fd)
{
	struct rot13_conn *conn = malloc(sizeof(*conn));

	if (!conn) {
		close(fd);
		return NULL;
	}
	conn->fd = fd;
	conn->want = ROT13_READ;
	conn->at_end = false;
	conn->ready = 0;
	conn->len = 0;
	rot13_count(fd);
	return conn;
}

struct rot13_conn *
rot13_accept(bool *ret_full)
{
	int flags = server.socket_flags | SOCK_CLOEXEC;
	int fd = accept4(server.listener, NULL, NULL, flags);

	/*
	 * The other errors are no reason to stop: EAGAIN, a signal, or a
	 * peer that gave up while it was queued (ECONNABORTED and, on Linux,
	 * whatever the network had to say about it).
	 */
	*ret_full = fd < 0 &&
	    (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
		errno == ENOMEM);
	return fd < 0 ? NULL : rot13_adopt(fd);
}

void
rot13_close(struct rot13_conn *conn)
{
	close(conn->fd);
	free(conn);
}

/*
 * A flag alone could be set just before the server starts to wait, and
 * then go unseen.  A listener that is shut down stays "readable" for ever
 * and makes accept() fail with EINVAL, so no wait can miss it.
 */
static void
on_stop_signal(int signal_number)
{
	int saved = errno;

	(void)signal_number;
	stopping = 1;
	shutdown(server.listener, SHUT_RDWR);
	errno = saved;
}

/* Set what a signal does, without restarting interrupted calls. */
static void
set_signal(int signal_number, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };

	sigemptyset(&action.sa_mask);
	sigaction(signal_number, &action, NULL);
}

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

/* The port of the command line, 0 if none is given. */
static int
parse_port(int argc, char **argv)
{
	char *end = NULL;
	long port = argc > 1 ? strtol(argv[1], &end, 10) : 0;

	if (argc > 2 || (end && *end) || port < 0 || port > 65535) {
		fprintf(stderr, "usage: %s [PORT]\n", argv[0]);
		exit(2);
	}
	return (int)port;
}

/* Open fewer descriptors than the system would allow. */
static void
limit_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		die("getrlimit");
	if (limit.rlim_cur > ROT13_FD_MAX)
		limit.rlim_cur = ROT13_FD_MAX;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		die("setrlimit");
}

/* Listen on 127.0.0.1.  Returns the port. */
static int
start_listening(unsigned short port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);
	int on = 1;
	int flags = server.socket_flags | SOCK_CLOEXEC;

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	addr.sin_port = htons(port);
	server.listener = socket(AF_INET, SOCK_STREAM | flags, 0);
	if (server.listener < 0)
		die("socket");
	/* Start again on the same port at once: see examples/sockopts. */
	setsockopt(server.listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(server.listener, (struct sockaddr *)&addr, len) < 0)
		die("bind");
	if (listen(server.listener, SOMAXCONN) < 0)
		die("listen");
	if (getsockname(server.listener, (struct sockaddr *)&addr, &len) < 0)
		die("getsockname");
	return ntohs(addr.sin_port);
}

int
rot13_start(int argc, char **argv, int socket_flags)
{
	int port = parse_port(argc, argv);

	server.socket_flags = socket_flags;
	limit_descriptors();
	set_signal(SIGPIPE, SIG_IGN);
	port = start_listening((unsigned short)port);
	set_signal(SIGTERM, on_stop_signal);
	set_signal(SIGINT, on_stop_signal);
	/* Last: whoever has read this may connect, and may also stop us. */
	printf("listening on %d\n", port);
	fflush(stdout);
	return server.listener;
}

bool
rot13_running(void)
{
	return !stopping;
}

void
rot13_leave_parent(void)
{
	set_signal(SIGTERM, SIG_DFL);
	set_signal(SIGINT, SIG_DFL);
	close(server.listener);
}

int
rot13_finish(void)
{
	printf("served %ld connections, at most %d descriptors\n",
	    server.accepted_count, server.fd_highest + 1);
	return 0;
}
