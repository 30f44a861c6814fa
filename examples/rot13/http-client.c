/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * http-client.c - a blocking HTTP client: one page from any host to a file.
 *
 *     http-client [-o FILE] HOST [PORT [PATH]]
 *
 * The other end of a connection, in the order in which every client works:
 * find the addresses of the host, connect to the first that answers, write
 * the request, read to the end.  Every call blocks, which is fine for one
 * connection at a time and for nothing else: the servers of this folder
 * show what to do instead.
 *
 * HTTP/1.0 is asked for, so the server closes the connection at the end of
 * the page.  A page shorter than the Content-Length promised is an error,
 * as a broken connection would otherwise look like a short page.
 */
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	HEAD_MAX = 16384
};

struct page {
	int socket;
	FILE *file;
	char head[HEAD_MAX + 1]; /* status line and headers */
	size_t head_len;
	long long written; /* bytes of the page in the file */
};

/* Try the addresses of the host in turn.  Returns a socket or -1. */
static int
connect_to(const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *list;
	int fd = -1;
	int r = getaddrinfo(host, port, &hints, &list);

	if (r != 0) {
		fprintf(stderr, "%s port %s: %s\n", host, port,
		    gai_strerror(r));
		return -1;
	}
	for (struct addrinfo *a = list; a && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
		if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) < 0) {
			r = errno;
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(list);
	if (fd < 0)
		fprintf(stderr, "connect to %s: %s\n", host, strerror(r));
	return fd;
}

/* Write all, however little the kernel takes at a time. */
static bool
write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno != EINTR) {
			perror("write");
			return false;
		}
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
	return true;
}

/* Read once; 0 at the end, -1 after printing an error. */
static ssize_t
read_some(int fd, char *text, size_t len)
{
	ssize_t n;

	do
		n = read(fd, text, len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		perror("read");
	return n;
}

static bool
send_request(int fd, const char *host, const char *path)
{
	char request[4096];
	int len = snprintf(request, sizeof(request),
	    "GET %s HTTP/1.0\r\nHost: %s\r\n\r\n", path, host);

	if (len < 0 || (size_t)len >= sizeof(request)) {
		fprintf(stderr, "the path or the host name is too long\n");
		return false;
	}
	return write_all(fd, request, (size_t)len);
}

static bool
write_page(struct page *page, const char *text, size_t len)
{
	if (fwrite(text, 1, len, page->file) != len) {
		perror("write to the file");
		return false;
	}
	page->written += (long long)len;
	return true;
}

/* Read the head, up to the empty line; what follows belongs to the page. */
static bool
read_head(struct page *page)
{
	char *end = NULL;

	while (!end) {
		ssize_t n = read_some(page->socket, page->head + page->head_len,
		    HEAD_MAX - page->head_len);

		if (n <= 0) {
			fprintf(stderr, "no complete HTTP answer\n");
			return false;
		}
		page->head_len += (size_t)n;
		page->head[page->head_len] = '\0';
		end = strstr(page->head, "\r\n\r\n");
	}
	size_t body = (size_t)(end + 4 - page->head);

	end[2] = '\0';
	return write_page(page, page->head + body, page->head_len - body);
}

/* Is the status 2xx?  If not, print the status line. */
static bool
is_success(const char *head)
{
	int status = 0;

	if (sscanf(head, "HTTP/%*d.%*d %d", &status) == 1 && status >= 200 &&
	    status < 300)
		return true;
	fprintf(stderr, "%.*s\n", (int)strcspn(head, "\r\n"), head);
	return false;
}

/* The page's length as the head promises it, -1 if it does not. */
static long long
promised_length(const char *head)
{
	static const char name[] = "\nContent-Length:";

	for (const char *p = head; (p = strchr(p, '\n')); p++)
		if (strncasecmp(p, name, sizeof(name) - 1) == 0)
			return atoll(p + sizeof(name) - 1);
	return -1;
}

/* Write the rest of the page, to the end of the connection. */
static bool
read_page(struct page *page)
{
	char text[16384];
	ssize_t n;
	long long promised = promised_length(page->head);

	while ((n = read_some(page->socket, text, sizeof(text))) > 0)
		if (!write_page(page, text, (size_t)n))
			return false;
	if (n == 0 && promised >= 0 && page->written != promised) {
		fprintf(stderr, "%lld bytes of %lld\n", page->written,
		    promised);
		return false;
	}
	return n == 0;
}

/* Fetch a page into `file`; true if all of it has come. */
static bool
fetch(FILE *file, const char *host, const char *port, const char *path)
{
	struct page page = { .file = file };
	bool ok;

	page.socket = connect_to(host, port);
	if (page.socket < 0)
		return false;
	ok = send_request(page.socket, host, path) && read_head(&page) &&
	    is_success(page.head) && read_page(&page);
	close(page.socket);
	printf("%lld bytes\n", page.written);
	return ok;
}

int
main(int argc, char **argv)
{
	const char *name = "page.html";
	bool ok;
	int option;

	while ((option = getopt(argc, argv, "o:")) != -1)
		if (option == 'o')
			name = optarg;
	argc -= optind;
	argv += optind;
	if (argc < 1 || argc > 3) {
		fprintf(stderr,
		    "usage: http-client [-o FILE] HOST [PORT [PATH]]\n");
		return 2;
	}
	/* A server that has gone shall be an error of write(), not our end. */
	signal(SIGPIPE, SIG_IGN);
	FILE *file = fopen(name, "wb");

	if (!file) {
		perror(name);
		return 1;
	}
	ok = fetch(file, argv[0], argc > 1 ? argv[1] : "80",
	    argc > 2 ? argv[2] : "/");
	if (fclose(file) != 0) {
		perror(name);
		ok = false;
	}
	return ok ? 0 : 1;
}
