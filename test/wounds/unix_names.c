/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * unix_names.c - Unix-domain peers with names of every length, to 108 bytes
 * and the NUL that does not fit (CVE-2026-63388).
 *
 * The kernel gives, and takes, names without a NUL at the end and abstract
 * ones full of them.  Listeners hand the name on, bufferevents take it, also
 * from a resolver, which may answer with an address of any length.
 *
 * debian: passes
 * debian before 2.1.12-stable-8+deb12u1: crashes (SIGABRT)
 */
#include <netdb.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>

#include "wound.h"

#define PATH_MAX_LEN sizeof(((struct sockaddr_un *)0)->sun_path)
#define PATH_OFFSET offsetof(struct sockaddr_un, sun_path)

/* A name: `len` bytes of sun_path.  0 bytes is unnamed. */
struct name {
	struct sockaddr_un addr;
	socklen_t len;
};

struct run {
	struct event_base *base;
	struct name peer; /* of who connects */
	int accepted;
	int connected;
};

/* `fill` over and over; an abstract name ends in NUL and is this process's. */
static struct name
name_new(int abstract, size_t path_len, char fill)
{
	struct name name;
	char own[30];

	memset(&name, 0, sizeof(name));
	name.addr.sun_family = AF_UNIX;
	memset(name.addr.sun_path, fill, path_len);
	if (abstract) {
		snprintf(own, sizeof(own), "%ld-", (long)getpid());
		memcpy(name.addr.sun_path + 1, own, strlen(own));
		name.addr.sun_path[0] = '\0';
		name.addr.sun_path[path_len - 1] = '\0';
	}
	name.len = (socklen_t)(PATH_OFFSET + path_len);
	return name;
}

static void
on_accept(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *addr, int len, void *arg)
{
	struct run *run = arg;
	struct sockaddr_un peer;
	int want = (int)run->peer.len;

	(void)listener;
	CHECK(len >= want && len <= want + 1);
	CHECK(len == want || ((const char *)addr)[want] == '\0');
	memset(&peer, 0, sizeof(peer));
	memcpy(&peer, addr, (size_t)want);
	CHECK_EQ(peer.sun_family, AF_UNIX);
	CHECK(!memcmp(peer.sun_path, run->peer.addr.sun_path,
	    (size_t)want - PATH_OFFSET));
	close(fd);
	run->accepted++;
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	struct run *run = arg;

	(void)bev;
	if (what & BEV_EVENT_CONNECTED)
		run->connected++;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
		event_base_loopexit(run->base, NULL);
}

/* A socket with this name, or none. */
static evutil_socket_t
named_socket(const struct name *name)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	CHECK(fd >= 0);
	if (name->len > PATH_OFFSET)
		CHECK_EQ(bind(fd, (const struct sockaddr *)&name->addr,
			     name->len),
		    0);
	return fd;
}

/* Take the file of a name away; the path may have no NUL. */
static void
name_remove(const struct name *name)
{
	char path[PATH_MAX_LEN + 1];

	memcpy(path, name->addr.sun_path, PATH_MAX_LEN);
	path[PATH_MAX_LEN] = '\0';
	CHECK_EQ(unlink(path), 0);
}

/* Listen at one name, connect from another. */
static void
meet(const struct name *server, const struct name *client)
{
	struct run run = { event_base_new(), *client, 0, 0 };
	struct evconnlistener *listener;
	struct bufferevent *bev;

	printf("%d bytes from %d bytes\n", (int)server->len, (int)client->len);
	fflush(stdout);
	listener = evconnlistener_new_bind(run.base, on_accept, &run,
	    LEV_OPT_CLOSE_ON_FREE, 5, (const struct sockaddr *)&server->addr,
	    (int)server->len);
	CHECK(listener != NULL);
	bev = bufferevent_socket_new(run.base, named_socket(client),
	    BEV_OPT_CLOSE_ON_FREE);
	bufferevent_setcb(bev, NULL, NULL, on_event, &run);
	bufferevent_enable(bev, EV_READ);
	CHECK_EQ(bufferevent_socket_connect(bev,
		     (const struct sockaddr *)&server->addr, (int)server->len),
	    0);
	CHECK_EQ(event_base_dispatch(run.base), 0);
	CHECK_EQ(run.accepted, 1);
	CHECK_EQ(run.connected, 1);
	bufferevent_free(bev);
	evconnlistener_free(listener);
	event_base_free(run.base);
}

/* What the resolver below answers. */
static struct {
	struct sockaddr_storage addr[8]; /* longer than any address */
	socklen_t len;
	int calls;
} answer;

/* The resolver of the process: one name, one address of a chosen length. */
int
getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
    struct addrinfo **ret)
{
	static struct addrinfo ai;

	(void)service;
	(void)hints;
	if (!name || strcmp(name, "unix.example"))
		return EAI_NONAME;
	memset(&ai, 0, sizeof(ai));
	ai.ai_family = AF_UNIX;
	ai.ai_socktype = SOCK_STREAM;
	ai.ai_addr = (struct sockaddr *)answer.addr;
	ai.ai_addrlen = answer.len;
	answer.calls++;
	*ret = &ai;
	return 0;
}

void
freeaddrinfo(struct addrinfo *ai)
{
	(void)ai;
}

static void
on_resolved(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	*(short *)arg |= what;
}

/* A resolver's answer of this length is taken or refused, and no more. */
static void
resolve(socklen_t len)
{
	struct event_base *base = event_base_new();
	struct bufferevent *bev;
	short what = 0;

	printf("an answer of %d bytes\n", (int)len);
	fflush(stdout);
	memset(&answer, 0, sizeof(answer));
	memset(answer.addr, 'x', len);
	answer.addr[0].ss_family = AF_UNIX;
	answer.len = len;
	bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	bufferevent_setcb(bev, NULL, NULL, on_resolved, &what);
	bufferevent_socket_connect_hostname(bev, NULL, AF_UNSPEC,
	    "unix.example", 80);
	while (!what)
		CHECK(event_base_loop(base, EVLOOP_ONCE) >= 0);
	CHECK_EQ(what, BEV_EVENT_ERROR); /* nobody listens there */
	CHECK_EQ(answer.calls, 1);
	bufferevent_free(bev);
	event_base_free(base);
}

int
main(void)
{
	const size_t lens[] = { 1, 2, 15, 16, 27, 28, 106, 107, 108 };
	const socklen_t longer[] = { 110, 111, 128, 129, 136, 1000 };
	struct name server, client, unnamed;
	size_t i;

	wound_watch();
	memset(&unnamed, 0, sizeof(unnamed));
	unnamed.len = PATH_OFFSET;
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		server = name_new(0, lens[i], 's');
		client = name_new(0, lens[i], 'c');
		meet(&server, &client);
		name_remove(&server);
		name_remove(&client);
		meet(&server, &unnamed);
		name_remove(&server);
		if (lens[i] < 20)
			continue;
		server = name_new(1, lens[i], 's');
		client = name_new(1, lens[i], 'c');
		meet(&server, &client);
		meet(&server, &unnamed);
	}
	for (i = 0; i < sizeof(longer) / sizeof(longer[0]); i++)
		resolve(longer[i]);
	return wound_end();
}
