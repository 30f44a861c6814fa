/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event2/util.h - what differs between systems, in one form.
 *
 * Types of a fixed size, socket helpers, addresses, time arithmetic, random
 * bytes.  Nothing here needs an event_base or takes a lock; everything may
 * be called from any thread, on data that no other thread changes.
 *
 * Where nothing else is said, functions that return int give 0 for success
 * and -1 for failure with errno (on Windows: WSAGetLastError()) set.
 */
#ifndef EVENT2_UTIL_H_INCLUDED_
#define EVENT2_UTIL_H_INCLUDED_

#include <event2/visibility.h>

#ifdef __cplusplus
extern "C" {
#endif

#include <event2/event-config.h>

#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#include <BaseTsd.h>
#else
#include <sys/time.h>
#include <sys/types.h>
#include <sys/socket.h>
#include <netdb.h>
#include <errno.h>
#endif
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* -- types -------------------------------------------------------------- */

/* Integers of exactly that many bits; uintptr holds a pointer. */
#define ev_uint64_t uint64_t
#define ev_int64_t int64_t
#define ev_uint32_t uint32_t
#define ev_int32_t int32_t
#define ev_uint16_t uint16_t
#define ev_int16_t int16_t
#define ev_uint8_t uint8_t
#define ev_int8_t int8_t
#define ev_uintptr_t uintptr_t
#define ev_intptr_t intptr_t

/*
 * ssize_t, socklen_t, and what the system calls a socket: a file descriptor,
 * or a SOCKET on Windows.
 */
#ifdef _WIN32
#define ev_ssize_t SSIZE_T
#define ev_socklen_t int
#define evutil_socket_t intptr_t
#else
#define ev_ssize_t ssize_t
#define ev_socklen_t socklen_t
#define evutil_socket_t int
#endif

/* An offset in a file, as large as the library's off_t. */
#if !defined(_WIN32) && EVENT__SIZEOF_OFF_T == 4
#define ev_off_t ev_int32_t
#else
#define ev_off_t ev_int64_t
#endif

/* Limits of the types above. */
#define EV_UINT64_MAX UINT64_MAX
#define EV_INT64_MAX INT64_MAX
#define EV_INT64_MIN INT64_MIN
#define EV_UINT32_MAX UINT32_MAX
#define EV_INT32_MAX INT32_MAX
#define EV_INT32_MIN INT32_MIN
#define EV_UINT16_MAX UINT16_MAX
#define EV_INT16_MAX INT16_MAX
#define EV_INT16_MIN INT16_MIN
#define EV_UINT8_MAX UINT8_MAX
#define EV_INT8_MAX INT8_MAX
#define EV_INT8_MIN INT8_MIN

#if EVENT__SIZEOF_SIZE_T == 8
#define EV_SIZE_MAX EV_UINT64_MAX
#define EV_SSIZE_MAX EV_INT64_MAX
#else
#define EV_SIZE_MAX EV_UINT32_MAX
#define EV_SSIZE_MAX EV_INT32_MAX
#endif
#define EV_SSIZE_MIN ((-EV_SSIZE_MAX) - 1)

/* -- clocks and dates --------------------------------------------------- */

/* A clock that never goes back.  One thread at a time uses one. */
struct evutil_monotonic_timer;

/*
 * Flags of evutil_configure_monotonic_time().
 *
 * PRECISE: rather precise than cheap.  FALLBACK: the wall clock, held back
 * where it would go backwards; for tests.
 */
#define EV_MONOT_PRECISE 1
#define EV_MONOT_FALLBACK 2

/*
 * Write a date as HTTP wants it ("Sun, 06 Nov 1994 08:49:37 GMT") into
 * `date`, which has room for `datelen` bytes; 30 are enough.  `tm` is in
 * UTC, NULL for now.  Returns the length that was needed, without the NUL,
 * as snprintf() does; -1 (EINVAL) if there is no such day of the week or
 * month.
 */
EVENT2_EXPORT_SYMBOL
int evutil_date_rfc1123(char *date, const size_t datelen, const struct tm *tm);

/*
 * A new clock; configure it before use.  The caller owns it.  NULL if memory
 * is out.
 */
EVENT2_EXPORT_SYMBOL
struct evutil_monotonic_timer *evutil_monotonic_timer_new(void);

/* Free a clock; NULL is fine. */
EVENT2_EXPORT_SYMBOL
void evutil_monotonic_timer_free(struct evutil_monotonic_timer *timer);

/* Choose by EV_MONOT_ flags what the clock is made of; 0: cheap. */
EVENT2_EXPORT_SYMBOL
int evutil_configure_monotonic_time(struct evutil_monotonic_timer *timer,
    int flags);

/* The time since an arbitrary moment. */
EVENT2_EXPORT_SYMBOL
int evutil_gettime_monotonic(struct evutil_monotonic_timer *timer,
    struct timeval *ret_now);

/* The time of day; tz is NULL. */
#ifdef EVENT__HAVE_GETTIMEOFDAY
#define evutil_gettimeofday(tv, tz) gettimeofday((tv), (tz))
#else
struct timezone;
EVENT2_EXPORT_SYMBOL
int evutil_gettimeofday(struct timeval *tv, struct timezone *tz);
#endif

/* -- sockets ------------------------------------------------------------ */

/*
 * Two connected sockets, as socketpair() does.  On Windows a pair of TCP
 * sockets over the loopback interface takes its place, and the family is
 * AF_INET or AF_UNIX.
 */
EVENT2_EXPORT_SYMBOL
int evutil_socketpair(int family, int type, int protocol,
    evutil_socket_t ret_pair[2]);

/* Reads and writes fail with EAGAIN instead of waiting. */
EVENT2_EXPORT_SYMBOL
int evutil_make_socket_nonblocking(evutil_socket_t sock);

/*
 * bind() may take an address that connections of an earlier listener still
 * use (SO_REUSEADDR).  Does nothing on Windows, where that would let others
 * steal the address.
 */
EVENT2_EXPORT_SYMBOL
int evutil_make_listen_socket_reuseable(evutil_socket_t sock);

/*
 * Several sockets may listen on one address, and the kernel spreads
 * connections over them (SO_REUSEPORT).  Does nothing where the system has
 * no such thing.
 */
EVENT2_EXPORT_SYMBOL
int evutil_make_listen_socket_reuseable_port(evutil_socket_t sock);

/*
 * An IPv6 socket takes IPv6 alone, or IPv4 too as mapped addresses
 * (IPV6_V6ONLY on, off).  Call it before bind().  Does nothing where the
 * system has no such thing.
 */
EVENT2_EXPORT_SYMBOL
int evutil_make_listen_socket_ipv6only(evutil_socket_t sock);
EVENT2_EXPORT_SYMBOL
int evutil_make_listen_socket_not_ipv6only(evutil_socket_t sock);

/* The descriptor is closed by exec().  Does nothing on Windows. */
EVENT2_EXPORT_SYMBOL
int evutil_make_socket_closeonexec(evutil_socket_t sock);

/* close(), closesocket() on Windows. */
EVENT2_EXPORT_SYMBOL
int evutil_closesocket(evutil_socket_t sock);
#define EVUTIL_CLOSESOCKET(s) evutil_closesocket(s)

/*
 * accept() reports a TCP connection only when data has arrived
 * (TCP_DEFER_ACCEPT).  Does nothing where the system has no such thing.
 */
EVENT2_EXPORT_SYMBOL
int evutil_make_tcp_listen_socket_deferred(evutil_socket_t sock);

/*
 * With `on`, probe a TCP peer that has been silent for `timeout` seconds and
 * give it up after about as long again; 0 leaves the times to the system.
 * Without `on`, stop probing.
 */
EVENT2_EXPORT_SYMBOL
int evutil_set_tcp_keepalive(evutil_socket_t sock, int on, int timeout);

/*
 * The error of the last socket call of this thread: read it, set it, that
 * of one socket, its text (for which POSIX programs include <string.h>), and
 * a value that is no socket.
 */
#ifdef _WIN32
#define EVUTIL_SOCKET_ERROR() WSAGetLastError()
#define EVUTIL_SET_SOCKET_ERROR(errcode) \
	do { \
		WSASetLastError(errcode); \
	} while (0)
EVENT2_EXPORT_SYMBOL
int evutil_socket_geterror(evutil_socket_t sock);
EVENT2_EXPORT_SYMBOL
const char *evutil_socket_error_to_string(int errcode);
#define EVUTIL_INVALID_SOCKET INVALID_SOCKET
#else
#define EVUTIL_SOCKET_ERROR() (errno)
#define EVUTIL_SET_SOCKET_ERROR(errcode) \
	do { \
		errno = (errcode); \
	} while (0)
#define evutil_socket_geterror(sock) (errno)
#define evutil_socket_error_to_string(errcode) (strerror(errcode))
#define EVUTIL_INVALID_SOCKET -1
#endif

/* -- arithmetic on struct timeval --------------------------------------- */

/* *vvp = *tvp + *uvp and *vvp = *tvp - *uvp, for normalized values. */
#define evutil_timeradd(tvp, uvp, vvp) \
	do { \
		(vvp)->tv_sec = (tvp)->tv_sec + (uvp)->tv_sec; \
		(vvp)->tv_usec = (tvp)->tv_usec + (uvp)->tv_usec; \
		if ((vvp)->tv_usec >= 1000000) { \
			(vvp)->tv_sec++; \
			(vvp)->tv_usec -= 1000000; \
		} \
	} while (0)
#define evutil_timersub(tvp, uvp, vvp) \
	do { \
		(vvp)->tv_sec = (tvp)->tv_sec - (uvp)->tv_sec; \
		(vvp)->tv_usec = (tvp)->tv_usec - (uvp)->tv_usec; \
		if ((vvp)->tv_usec < 0) { \
			(vvp)->tv_sec--; \
			(vvp)->tv_usec += 1000000; \
		} \
	} while (0)
/* Set to 0; compare with an operator (<, ==, ...); whether it is not 0. */
#define evutil_timerclear(tvp) ((tvp)->tv_sec = (tvp)->tv_usec = 0)
/* clang-format off */
#define evutil_timercmp(tvp, uvp, cmp) \
	(((tvp)->tv_sec == (uvp)->tv_sec) \
	    ? ((tvp)->tv_usec cmp (uvp)->tv_usec) \
	    : ((tvp)->tv_sec cmp (uvp)->tv_sec))
/* clang-format on */
#define evutil_timerisset(tvp) ((tvp)->tv_sec || (tvp)->tv_usec)

/* -- language and strings ----------------------------------------------- */

/* offsetof() of <stddef.h> */
#define evutil_offsetof(type, field) offsetof(type, field)

/* strtoll(); ERANGE and the nearest limit if it does not fit. */
EVENT2_EXPORT_SYMBOL
ev_int64_t evutil_strtoll(const char *s, char **endptr, int base);

/*
 * snprintf() and vsnprintf() as C99 has them: at most buflen bytes are
 * written, the last of them a NUL, and the result is the length that the
 * whole text has; but 0 if buflen is 0.
 */
EVENT2_EXPORT_SYMBOL
int evutil_snprintf(char *buf, size_t buflen, const char *format, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 3, 4)))
#endif
    ;
EVENT2_EXPORT_SYMBOL
int evutil_vsnprintf(char *buf, size_t buflen, const char *format, va_list ap)
#ifdef __GNUC__
    __attribute__((format(printf, 3, 0)))
#endif
    ;

/*
 * strcasecmp() and strncasecmp() that know the letters of ASCII alone,
 * whatever the locale: less than 0, 0, greater than 0.
 */
EVENT2_EXPORT_SYMBOL
int evutil_ascii_strcasecmp(const char *str1, const char *str2);
EVENT2_EXPORT_SYMBOL
int evutil_ascii_strncasecmp(const char *str1, const char *str2, size_t n);

/* -- addresses ---------------------------------------------------------- */

/*
 * The text of a struct in_addr (AF_INET) or in6_addr (AF_INET6) in `dst`,
 * which has `len` bytes.  Returns dst, or NULL if it is too small or the
 * family unknown.
 */
EVENT2_EXPORT_SYMBOL
const char *evutil_inet_ntop(int af, const void *src, char *dst, size_t len);

/*
 * The address that a text means, into *dst.  Returns 1, 0 if the text is no
 * address of the family, -1 if the family is unknown.
 *
 * The first one allows "%scope" after an IPv6 address, the name or number of
 * an interface, and puts its index into *ret_index (0 if there is none).
 */
EVENT2_EXPORT_SYMBOL
int evutil_inet_pton_scope(int af, const char *src, void *dst,
    unsigned *ret_index);
EVENT2_EXPORT_SYMBOL
int evutil_inet_pton(int af, const char *src, void *dst);

struct sockaddr;

/*
 * Make a socket address from "IPv4:port", "IPv4", "[IPv6]:port", "[IPv6]" or
 * "IPv6"; the port is 0 if it is missing, and must not be 0 if it is there.
 * Names are not looked up.  `out` has *outlen bytes, which becomes what was
 * used.  -1 if the text is none of these or the room too small; then both
 * are unchanged.
 */
EVENT2_EXPORT_SYMBOL
int evutil_parse_sockaddr_port(const char *str, struct sockaddr *out,
    int *outlen);
/*
 * Compare two addresses of IPv4 or IPv6, with their ports or without: less
 * than 0, 0 if they are equal, greater than 0.  Addresses of other families
 * are never equal.
 */
EVENT2_EXPORT_SYMBOL
int evutil_sockaddr_cmp(const struct sockaddr *sa1, const struct sockaddr *sa2,
    int include_port);

/* -- looking up names --------------------------------------------------- */

/* struct addrinfo, or its like. */
#ifdef EVENT__HAVE_STRUCT_ADDRINFO
#define evutil_addrinfo addrinfo
#else
struct evutil_addrinfo {
	int ai_flags;
	int ai_family;
	int ai_socktype;
	int ai_protocol;
	size_t ai_addrlen;
	char *ai_canonname;
	struct sockaddr *ai_addr;
	struct evutil_addrinfo *ai_next;
};
#endif

/*
 * Results of evutil_getaddrinfo(): the system's own where it has them.  For
 * some it must be asked for all its interfaces, as event-config.h does when
 * it is included first.
 */
#ifdef EAI_ADDRFAMILY
#define EVUTIL_EAI_ADDRFAMILY EAI_ADDRFAMILY
#else
#define EVUTIL_EAI_ADDRFAMILY -901
#endif
#ifdef EAI_AGAIN
#define EVUTIL_EAI_AGAIN EAI_AGAIN
#else
#define EVUTIL_EAI_AGAIN -902
#endif
#ifdef EAI_BADFLAGS
#define EVUTIL_EAI_BADFLAGS EAI_BADFLAGS
#else
#define EVUTIL_EAI_BADFLAGS -903
#endif
#ifdef EAI_FAIL
#define EVUTIL_EAI_FAIL EAI_FAIL
#else
#define EVUTIL_EAI_FAIL -904
#endif
#ifdef EAI_FAMILY
#define EVUTIL_EAI_FAMILY EAI_FAMILY
#else
#define EVUTIL_EAI_FAMILY -905
#endif
#ifdef EAI_MEMORY
#define EVUTIL_EAI_MEMORY EAI_MEMORY
#else
#define EVUTIL_EAI_MEMORY -906
#endif
#if defined(EAI_NODATA) && (!defined(EAI_NONAME) || EAI_NODATA != EAI_NONAME)
#define EVUTIL_EAI_NODATA EAI_NODATA
#else
#define EVUTIL_EAI_NODATA -907
#endif
#ifdef EAI_NONAME
#define EVUTIL_EAI_NONAME EAI_NONAME
#else
#define EVUTIL_EAI_NONAME -908
#endif
#ifdef EAI_SERVICE
#define EVUTIL_EAI_SERVICE EAI_SERVICE
#else
#define EVUTIL_EAI_SERVICE -909
#endif
#ifdef EAI_SOCKTYPE
#define EVUTIL_EAI_SOCKTYPE EAI_SOCKTYPE
#else
#define EVUTIL_EAI_SOCKTYPE -910
#endif
#ifdef EAI_SYSTEM
#define EVUTIL_EAI_SYSTEM EAI_SYSTEM
#else
#define EVUTIL_EAI_SYSTEM -911
#endif

/* An asynchronous request was cancelled. */
#define EVUTIL_EAI_CANCEL -90001

/* Bits of ai_flags: the system's own where it has them. */
#ifdef AI_PASSIVE
#define EVUTIL_AI_PASSIVE AI_PASSIVE
#else
#define EVUTIL_AI_PASSIVE 0x1000
#endif
#ifdef AI_CANONNAME
#define EVUTIL_AI_CANONNAME AI_CANONNAME
#else
#define EVUTIL_AI_CANONNAME 0x2000
#endif
#ifdef AI_NUMERICHOST
#define EVUTIL_AI_NUMERICHOST AI_NUMERICHOST
#else
#define EVUTIL_AI_NUMERICHOST 0x4000
#endif
#ifdef AI_NUMERICSERV
#define EVUTIL_AI_NUMERICSERV AI_NUMERICSERV
#else
#define EVUTIL_AI_NUMERICSERV 0x8000
#endif
#ifdef AI_V4MAPPED
#define EVUTIL_AI_V4MAPPED AI_V4MAPPED
#else
#define EVUTIL_AI_V4MAPPED 0x10000
#endif
#ifdef AI_ALL
#define EVUTIL_AI_ALL AI_ALL
#else
#define EVUTIL_AI_ALL 0x20000
#endif
#ifdef AI_ADDRCONFIG
#define EVUTIL_AI_ADDRCONFIG AI_ADDRCONFIG
#else
#define EVUTIL_AI_ADDRCONFIG 0x40000
#endif

struct evutil_addrinfo;

/*
 * getaddrinfo(): addresses for a host name or address, a service name or
 * port, or both; either may be NULL.  It waits for the name servers.
 * `hints` may be NULL.  Returns 0 and a list that the caller frees with
 * evutil_freeaddrinfo(), or an EVUTIL_EAI_ code.
 */
EVENT2_EXPORT_SYMBOL
int evutil_getaddrinfo(const char *nodename, const char *servname,
    const struct evutil_addrinfo *hints, struct evutil_addrinfo **ret_list);

/* Free a list of evutil_getaddrinfo() or of an asynchronous look-up. */
EVENT2_EXPORT_SYMBOL
void evutil_freeaddrinfo(struct evutil_addrinfo *list);

/* The text for an EVUTIL_EAI_ code.  Constant; never NULL. */
EVENT2_EXPORT_SYMBOL
const char *evutil_gai_strerror(int err);

/* -- random bytes ------------------------------------------------------- */

/*
 * Fill `buf` with n bytes that nobody can predict.  If the system cannot
 * give any, the process ends: it never returns weak ones.
 */
EVENT2_EXPORT_SYMBOL
void evutil_secure_rng_get_bytes(void *buf, size_t n);

/*
 * Get ready for evutil_secure_rng_get_bytes() now, e.g. before chroot().
 * -1 if the system gives no random bytes.
 */
EVENT2_EXPORT_SYMBOL
int evutil_secure_rng_init(void);

/*
 * Kept for old programs: the kernel is asked without a device, so this is
 * always -1.
 */
EVENT2_EXPORT_SYMBOL
int evutil_secure_rng_set_urandom_device_file(char *fname);

/*
 * Kept for old programs: the kernel's generator needs no help.  Has no
 * effect.
 */
EVENT2_EXPORT_SYMBOL
void evutil_secure_rng_add_bytes(const char *dat, size_t datlen);

#ifdef __cplusplus
}
#endif

#endif /* EVENT2_UTIL_H_INCLUDED_ */
