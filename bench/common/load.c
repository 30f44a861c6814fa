/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * load.c - the clients of the echo and rot13 servers: epoll by hand.
 *
 *   bench_load MODE PORT CONNECTIONS MESSAGES SIZE
 *
 * A closed loop: each of CONNECTIONS clients has one message under way.
 * In mode `echo` it sends MESSAGES of them on one connection.  In mode
 * `rot13` each message, a line, has a connection of its own, which the
 * client closes when the answer is there.  Every answer is compared with
 * what it must be; a wrong one, or a lost connection, ends the program
 * with status 1.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

struct client {
	int fd;
	uint32_t index;
	uint32_t sent;   /* messages so far */
	size_t received; /* bytes of the answer to the last one */
};

static int epoll_fd;
static bool is_rot13;
static struct sockaddr_in server;
static long messages;
static size_t size;
static char *message;
static char *answer;

static void
need(bool ok, const char *what)
{
	if (!ok) {
		fprintf(stderr, "bench_load: %s\n", what);
		exit(1);
	}
}

static char
rot13(char c)
{
	if (c >= 'a' && c <= 'z')
		return (char)('a' + (c - 'a' + 13) % 26);
	if (c >= 'A' && c <= 'Z')
		return (char)('A' + (c - 'A' + 13) % 26);
	return c;
}

/*
 * Write the client's latest message, or the right answer to it, to `room`:
 * letters that tell client and number apart, and a line end.
 */
static void
compose(const struct client *client, char *room, bool is_answer)
{
	uint32_t word = client->index * 2654435761u + client->sent;

	for (size_t i = 0; i + 1 < size && i < 8; i++) {
		room[i] = (char)('a' + (word >> (4 * i)) % 16);
		if (is_answer && is_rot13)
			room[i] = rot13(room[i]);
	}
}

static void
open_client(struct client *client)
{
	struct epoll_event want = { .events = EPOLLIN, .data.ptr = client };
	int one = 1;

	client->fd = socket(AF_INET, SOCK_STREAM, 0);
	need(client->fd >= 0, "socket failed");
	need(!connect(client->fd, (struct sockaddr *)&server, sizeof(server)),
	    "connect failed");
	setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	need(!epoll_ctl(epoll_fd, EPOLL_CTL_ADD, client->fd, &want),
	    "epoll_ctl failed");
}

static void
send_message(struct client *client)
{
	size_t done = 0;

	client->sent++;
	client->received = 0;
	compose(client, message, false);
	while (done < size) {
		ssize_t count = send(client->fd, message + done, size - done,
		    MSG_NOSIGNAL);

		need(count > 0, "send failed");
		done += (size_t)count;
	}
}

/* Take what has come; true when the answer is complete and right. */
static bool
take_answer(struct client *client)
{
	static char bytes[65536];
	size_t left = size - client->received;
	ssize_t count = recv(client->fd, bytes,
	    left < sizeof(bytes) ? left : sizeof(bytes), 0);

	need(count > 0, "the server hung up");
	if (client->received < 8)
		compose(client, answer, true);
	need(!memcmp(bytes, answer + client->received, (size_t)count),
	    "wrong answer");
	client->received += (size_t)count;
	return client->received == size;
}

/* Go on after a complete answer; false if the client has done its share. */
static bool
next_message(struct client *client)
{
	if (is_rot13 || client->sent == messages) {
		close(client->fd);
		if (client->sent == messages)
			return false;
		open_client(client);
	}
	send_message(client);
	return true;
}

static void
run(struct client *clients, long connections)
{
	struct epoll_event ready[256];
	long busy = connections;

	for (long i = 0; i < connections; i++) {
		clients[i].index = (uint32_t)i;
		open_client(&clients[i]);
	}
	for (long i = 0; i < connections; i++)
		send_message(&clients[i]);
	while (busy) {
		int count = epoll_wait(epoll_fd, ready, 256, 20000);

		need(count > 0, "no answer for 20 seconds");
		for (int i = 0; i < count; i++) {
			struct client *client = ready[i].data.ptr;

			if (take_answer(client) && !next_message(client))
				busy--;
		}
	}
}

int
main(int argc, char **argv)
{
	struct rlimit limit;
	long connections;

	need(argc == 6, "wrong number of arguments");
	is_rot13 = !strcmp(argv[1], "rot13");
	server.sin_family = AF_INET;
	server.sin_port = htons((uint16_t)atoi(argv[2]));
	server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	connections = atol(argv[3]);
	messages = atol(argv[4]);
	size = (size_t)atol(argv[5]);
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	message = malloc(size);
	answer = malloc(size);
	memset(message, 'x', size);
	memset(answer, is_rot13 ? 'k' : 'x', size);
	message[size - 1] = answer[size - 1] = '\n';
	epoll_fd = epoll_create1(0);
	run(calloc((size_t)connections, sizeof(struct client)), connections);
	return 0;
}
