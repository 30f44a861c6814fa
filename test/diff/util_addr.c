/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * util_addr.c - addresses to text and back, with every oddity of spelling.
 */
#include "trace.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <event2/util.h>

static const char *const sockaddr_texts[] = {
	"1.2.3.4",
	"1.2.3.4:80",
	"1.2.3.4:0",
	"1.2.3.4:65535",
	"1.2.3.4:65536",
	"1.2.3.4:",
	"1.2.3.4:-1",
	"1.2.3.4:+5",
	"1.2.3.4: 5",
	"1.2.3.4:5x",
	"1.2.3.4:080",
	"",
	"[::1]",
	"[::1]:80",
	"[::1]:",
	"[::1]80",
	"[::1]x:80",
	"[::1",
	"::1",
	"::1:80",
	"[1.2.3.4]:80",
	"[1.2.3.4]",
	"fe80::1%lo",
	"[fe80::1%lo]:99",
	"[fe80::1%1]:99",
	"fe80::1%99",
	"fe80::1%nosuch",
	"[fe80::1%]",
	"::ffff:1.2.3.4",
	"[::ffff:1.2.3.4]:5",
	"256.1.1.1",
	"1.2.3",
	"localhost",
	"localhost:80",
	":80",
	"[]:80",
	"1.2.3.4:80:90",
	"1.2.3.4 ",
	" 1.2.3.4",
	"[::1]]:80",
	"1:2:3:4:5:6:7:8",
	"1:2:3:4:5:6:7:8:9",
	"0.0.0.0:1",
	"[::]:1",
	"1.2.3.4:0x10",
	"1.2.3.4:99999999999999999999",
	"01.2.3.4",
	"[",
	"]",
	":",
	"%",
	"[%]",
	"[::1%lo",
	"1.2.3.4%lo",
	"[::]:65999",
	"::%",
};

static const char *const v4_texts[] = {
	"1.2.3.4",
	"1.2.3.4.5",
	"1.2.3",
	"255.255.255.255",
	"256.0.0.0",
	"01.02.03.04",
	"1.2.3.4 ",
	" 1.2.3.4",
	"1.2.3.4x",
	"+1.2.3.4",
	"-1.2.3.4",
	"0x1.2.3.4",
	"1..2.3",
	"",
	"1.2.3.99999999999",
	"001.2.3.4",
	"1. 2.\t3.4",
	"1 .2.3.4",
	"1.2.3.",
	".1.2.3",
	"a.b.c.d",
};

static const char *const v6_texts[] = {
	"::",
	"::1",
	"1::",
	"1:2:3:4:5:6:7:8",
	"1:2:3:4:5:6:7::",
	"::2:3:4:5:6:7:8",
	"1::3:4:5:6:7:8",
	"1:2:3:4:5:6:7:8:9",
	"1::2::3",
	":::",
	":1",
	"1:",
	":",
	"::ffff:1.2.3.4",
	"::1.2.3.4",
	"1:2:3:4:5:6:1.2.3.4",
	"1:2:3:4:5:6:7:1.2.3.4",
	"1.2.3.4::",
	"::1.2.3.4:5",
	"::1.2.3",
	"::12345",
	"::fffff",
	"::g",
	"FE80::A",
	"fe80::1%lo",
	"fe80::1%1",
	"fe80::1%",
	"fe80::1%0",
	"::1%lo",
	"",
	"1",
	"::1 ",
	" ::1",
	"0000:0000:0000:0000:0000:0000:0000:0001",
	"00000::1",
	"::1.2.3.4%lo",
	"1:2:3:4::5:6:7:8",
	"::256.1.1.1",
	"::01.2.3.4",
	"1:2:3:4:5::1.2.3.4",
	"1:2:3:4:5:6::1.2.3.4",
	"%lo",
	"::%lo%lo",
};

/* Of these the scope is not a number that fits. */
static const char *const scope_texts[] = {
	"fe80::1%4294967296",
	"fe80::1%-1",
	"fe80::1%1x",
};

static const char *const ntop_texts[] = {
	"::",
	"::1",
	"1::",
	"1:0:0:2::3",
	"1:0:0:2:0:0:0:3",
	"::ffff:1.2.3.4",
	"::1.2.3.4",
	"::ffff:0:1.2.3.4",
	"::1:2",
	"1:2:3:4:5:6:7:8",
	"1:0:3:4:5:6:7:8",
	"0:2:3:4:5:6:7:8",
	"1:2:3:4:5:6:7:0",
	"1:2:3:4:5:6:0:0",
	"0:0:3:4:5:6:0:0",
	"fe80::abcd",
	"::ffff",
	"::1:0",
	"::5:0:0",
	"64:ff9b::1.2.3.4",
	"::0.1.0.0",
	"::ffff:0:0",
	"::ffff:0:1",
	"1:0:0:2:3:0:0:4",
	"::2:0:0:3",
	"0:1::",
	"1::2:0:0",
};

static void
show(const char *text, int r, const struct sockaddr_storage *ss, int len)
{
	const struct sockaddr_in *sin = (const void *)ss;
	const struct sockaddr_in6 *sin6 = (const void *)ss;
	char buf[INET6_ADDRSTRLEN];

	if (r < 0)
		trace("<%s> = %d, length %d", text, r, len);
	else if (ss->ss_family == AF_INET)
		trace("<%s> = %d, IPv4 %s port %d, length %d", text, r,
		    inet_ntop(AF_INET, &sin->sin_addr, buf, sizeof(buf)),
		    ntohs(sin->sin_port), len);
	else
		trace("<%s> = %d, IPv6 %s port %d scope %u flow %u, length %d",
		    text, r,
		    inet_ntop(AF_INET6, &sin6->sin6_addr, buf, sizeof(buf)),
		    ntohs(sin6->sin6_port), sin6->sin6_scope_id,
		    sin6->sin6_flowinfo, len);
}

static void
parse(const char *text, int room)
{
	struct sockaddr_storage ss;
	int len = room;

	memset(&ss, 0xee, sizeof(ss));
	show(text, evutil_parse_sockaddr_port(text, (void *)&ss, &len), &ss,
	    len);
}

static void
pton(int af, const char *text)
{
	unsigned char bytes[16];
	unsigned scope = 77;
	char hex[33] = "";
	int r, i;

	memset(bytes, 0xee, sizeof(bytes));
	r = evutil_inet_pton(af, text, bytes);
	for (i = 0; r == 1 && i < (af == AF_INET ? 4 : 16); i++)
		sprintf(hex + 2 * i, "%02x", bytes[i]);
	trace("pton <%s> = %d %s", text, r, hex);
	r = evutil_inet_pton_scope(af, text, bytes, &scope);
	trace("pton_scope <%s> = %d, scope %u", text, r, scope);
}

static void
ntop(int af, const char *text, size_t len)
{
	unsigned char bytes[16];
	char buf[64] = "";
	const char *r;

	must(inet_pton(af, text, bytes) == 1, "inet_pton");
	r = evutil_inet_ntop(af, bytes, buf, len);
	trace("ntop <%s>, room %d = %s", text, (int)len, r ? r : "NULL");
}

/* How far apart two IPv6 addresses are is whatever memcmp() makes of it. */
static int
order6(const struct sockaddr_in6 *a, const struct sockaddr_in6 *b)
{
	int r = evutil_sockaddr_cmp((void *)a, (void *)b, 0);

	return (r > 0) - (r < 0);
}

static void
compare(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET }, b = a;
	struct sockaddr_in6 c = { .sin6_family = AF_INET6 }, d = c;
	struct sockaddr_un u = { .sun_family = AF_UNIX };

#define COMPARE(x, y, port) \
	trace("compare " #x " " #y " %d = %d", port, \
	    evutil_sockaddr_cmp((void *)&x, (void *)&y, port))
	COMPARE(a, b, 1);
	a.sin_port = htons(256);
	b.sin_port = htons(2);
	COMPARE(a, b, 0);
	COMPARE(a, b, 1);
	COMPARE(b, a, 1);
	a.sin_addr.s_addr = htonl(0x01000000);
	b.sin_addr.s_addr = htonl(2);
	COMPARE(a, b, 0);
	COMPARE(b, a, 1);
	COMPARE(a, c, 0);
	COMPARE(c, a, 0);
	COMPARE(c, d, 1);
	c.sin6_scope_id = 4;
	c.sin6_flowinfo = 3;
	COMPARE(c, d, 1);
	c.sin6_port = htons(1);
	COMPARE(c, d, 0);
	COMPARE(c, d, 1);
	COMPARE(d, c, 1);
	d.sin6_addr.s6_addr[15] = 200;
	trace("order c d = %d, d c = %d", order6(&c, &d), order6(&d, &c));
	COMPARE(u, u, 0);
}

#define EACH(table, call) \
	do { \
		size_t i_; \
		for (i_ = 0; i_ < sizeof(table) / sizeof(table[0]); i_++) { \
			const char *text = table[i_]; \
			call; \
		} \
	} while (0)

int
main(void)
{
	char ones[400];
	size_t n;

	EACH(sockaddr_texts, parse(text, sizeof(struct sockaddr_storage)));
	parse("1.2.3.4:80", 16);
	parse("1.2.3.4:80", 15);
	parse("[::1]:80", 28);
	parse("[::1]:80", 27);
	parse("1.2.3.4:80", 0);
	parse("1.2.3.4:80", -1);
	for (n = 126; n < 131; n++) {
		memset(ones, '1', n);
		ones[n] = '\0';
		parse(ones, sizeof(struct sockaddr_storage));
		ones[0] = '[';
		ones[n - 1] = ']';
		parse(ones, sizeof(struct sockaddr_storage));
	}
	EACH(v4_texts, pton(AF_INET, text));
	EACH(v6_texts, pton(AF_INET6, text));
	EACH(scope_texts, pton(AF_INET6, text));
	pton(AF_UNIX, "x");
	EACH(ntop_texts, ntop(AF_INET6, text, 64));
	ntop(AF_INET6, "1:2:3:4:5:6:7:8", 16);
	ntop(AF_INET6, "1:2:3:4:5:6:7:8", 15);
	ntop(AF_INET6, "::1", 4);
	ntop(AF_INET6, "::1", 3);
	ntop(AF_INET6, "::1", 0);
	ntop(AF_INET, "1.2.3.4", 64);
	ntop(AF_INET, "1.2.3.4", 8);
	ntop(AF_INET, "1.2.3.4", 7);
	ntop(AF_INET, "255.255.255.255", 16);
	ntop(AF_INET, "255.255.255.255", 15);
	CALL_PTR(evutil_inet_ntop(AF_UNIX, ones, ones + 100, 100));
	compare();
	return 0;
}
