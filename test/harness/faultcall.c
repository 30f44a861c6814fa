/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * faultcall.c - system calls of the library that fail on request.
 *
 * The functions below stand in front of the C library's because the program
 * is searched first.  A call counts when it comes from the library: from a
 * shared object named libevent*, or, where the library is linked in
 * statically, from what is linked behind test_border().  (The compiler puts
 * unlikely code in front of all; calls made there are missed.)
 *
 * The call to fail is test_fault; counting starts at test_call_arm().
 *
 * Calls can be cut short, too, or all fail: test_calls_cut(),
 * test_calls_fail().
 */
/* Here the functions themselves are defined, not what checks their sizes. */
#undef _FORTIFY_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <fcntl.h>
#include <unistd.h>

#include "harness.h"

static const int file_errnos[] = { EMFILE, ENFILE, ENOMEM, 0 };
static const int add_errnos[] = { ENOMEM, ENOSPC, EPERM, 0 };
static const int wait_errnos[] = { EINTR, 0 };
static const int poll_errnos[] = { EINTR, ENOMEM, 0 };
static const int read_errnos[] = { EINTR, EAGAIN, ECONNRESET, EIO, 0 };
static const int write_errnos[] = { EINTR, EAGAIN, EPIPE, ENOBUFS, 0 };
/*
 * write() is how a loop is woken.  EAGAIN there means "is awake already"; to
 * make that a lie would test nothing but the lie.
 */
static const int wake_errnos[] = { EINTR, 0 };
static const int accept_errnos[] = { EINTR, EAGAIN, ECONNABORTED, EMFILE, 0 };
static const int connect_errnos[] = { EINTR, ENOBUFS, ECONNREFUSED, 0 };
static const int odd_errnos[] = { EINVAL, 0 };
static const int new_errnos[] = { ENOSYS, EINTR, 0 };

static struct {
	const char *name;
	const int *errnos;
	unsigned long made; /* by anybody */
} calls[] = {
	{ "epoll_create1", file_errnos, 0 },
	{ "epoll_ctl", add_errnos, 0 },
	{ "epoll_wait", wait_errnos, 0 },
	{ "epoll_pwait2", new_errnos, 0 },
	{ "poll", poll_errnos, 0 },
	{ "ppoll", poll_errnos, 0 },
	{ "select", poll_errnos, 0 },
	{ "pselect", poll_errnos, 0 },
	{ "eventfd", file_errnos, 0 },
	{ "pipe2", file_errnos, 0 },
	{ "socket", file_errnos, 0 },
	{ "socketpair", file_errnos, 0 },
	{ "accept4", accept_errnos, 0 },
	{ "read", read_errnos, 0 },
	{ "write", wake_errnos, 0 },
	{ "readv", read_errnos, 0 },
	{ "writev", write_errnos, 0 },
	{ "recv", read_errnos, 0 },
	{ "send", write_errnos, 0 },
	{ "sendmsg", write_errnos, 0 },
	{ "sendfile", write_errnos, 0 },
	{ "connect", connect_errnos, 0 },
	{ "fcntl", odd_errnos, 0 },
	{ "setsockopt", odd_errnos, 0 },
	{ "sigaction", odd_errnos, 0 },
	{ "signalfd", file_errnos, 0 },
	{ "timerfd_create", file_errnos, 0 },
	{ "timerfd_settime", odd_errnos, 0 },
	{ "getrandom", new_errnos, 0 },
};

_Static_assert(sizeof(calls) / sizeof(*calls) <= TEST_CALLS_MAX,
    "test_shared counts them all");

static int is_armed;
static unsigned long calls_made; /* of test_fault.call by the library */

static size_t
find_call(const char *name)
{
	size_t i = 0;

	while (i < sizeof(calls) / sizeof(*calls) &&
	    strcmp(calls[i].name, name) != 0)
		i++;
	return i;
}

unsigned long
test_calls_made(const char *name)
{
	size_t i = find_call(name);

	CHECK(i < sizeof(calls) / sizeof(*calls));
	return __atomic_load_n(&calls[i].made, __ATOMIC_RELAXED);
}

const char *
test_call_name(size_t index, const int **ret_errnos)
{
	if (index >= sizeof(calls) / sizeof(*calls))
		return NULL;
	*ret_errnos = calls[index].errnos;
	return calls[index].name;
}

const char *
test_call_find(const char *name)
{
	size_t i = find_call(name);

	return i < sizeof(calls) / sizeof(*calls) ? calls[i].name : NULL;
}

/* Where code of the library under test lies. */
static struct range {
	uintptr_t start, end;
} ranges[16];
static size_t range_count;

/* Remember a piece of the library's code. */
static void
add_range(uintptr_t start, uintptr_t end)
{
	if (range_count < sizeof(ranges) / sizeof(*ranges))
		ranges[range_count++] = (struct range){ start, end };
}

/*
 * One loaded object: the library, or the program with the library in it.  In
 * the latter, what is linked behind test_border() is the library.
 */
static int
look_at_object(struct dl_phdr_info *info, size_t size, void *arg)
{
	const char *slash = strrchr(info->dlpi_name, '/');
	int is_program = info->dlpi_name[0] == '\0' && test_border;
	int is_library = strncmp(slash ? slash + 1 : info->dlpi_name,
			     "libevent", 8) == 0;

	(void)size;
	(void)arg;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *seg = &info->dlpi_phdr[i];
		uintptr_t start = info->dlpi_addr + seg->p_vaddr;
		uintptr_t end = start + seg->p_memsz;
		uintptr_t border = (uintptr_t)test_border;

		if (seg->p_type != PT_LOAD || !(seg->p_flags & PF_X))
			continue;
		if (is_library)
			add_range(start, end);
		else if (is_program && border >= start && border < end)
			add_range(border, end);
	}
	return 0;
}

void
test_call_arm(void)
{
	if (!test_fault.call && !test_fault.count_calls)
		return;
	dl_iterate_phdr(look_at_object, NULL);
	is_armed = 1;
}

/* Does code at `address` belong to the library under test? */
static int
is_ours(const void *address)
{
	for (size_t i = 0; i < range_count; i++) {
		if ((uintptr_t)address >= ranges[i].start &&
		    (uintptr_t)address < ranges[i].end)
			return 1;
	}
	return 0;
}

/* Count a call of `name` for run_each_call(). */
static void
count_call(const char *name)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		if (strcmp(calls[i].name, name) == 0)
			__atomic_add_fetch(&test_shared->calls[i], 1,
			    __ATOMIC_RELAXED);
	}
}

static const char *failing; /* of test_calls_fail() */
static int failing_errno;

void
test_calls_fail(const char *name, int err)
{
	const char *known = test_call_find(name);

	CHECK_NOTNULL(known);
	__atomic_store_n(&failing_errno, err, __ATOMIC_RELAXED);
	__atomic_store_n(&failing, err ? known : NULL, __ATOMIC_RELEASE);
}

/* The same, here and now?  Then errno is set. */
static int
is_failing(const char *name)
{
	const char *now = __atomic_load_n(&failing, __ATOMIC_ACQUIRE);

	if (!now || strcmp(name, now) != 0)
		return 0;
	errno = __atomic_load_n(&failing_errno, __ATOMIC_RELAXED);
	return 1;
}

/* Is this the call that has to fail?  Then errno is set. */
static int
strikes(const char *name, const void *caller)
{
	if (is_failing(name))
		return 1;
	if (!is_armed || !is_ours(caller))
		return 0;
	if (test_fault.count_calls)
		count_call(name);
	if (!test_fault.call || strcmp(name, test_fault.call) != 0)
		return 0;
	if (__atomic_add_fetch(&calls_made, 1, __ATOMIC_RELAXED) !=
	    test_fault.call_at)
		return 0;
	test_shared->has_struck = 1;
	errno = test_fault.call_errno;
	return 1;
}

/* Short calls ------------------------------------------------------------- */

static size_t cut_max; /* 0: none is cut */

void
test_calls_cut(size_t max)
{
	__atomic_store_n(&cut_max, max, __ATOMIC_RELAXED);
}

static size_t
cut_len(size_t len)
{
	size_t max = __atomic_load_n(&cut_max, __ATOMIC_RELAXED);

	return max && max < len ? max : len;
}

#define CUT_COUNT 64

/* How many pieces there are up to the cut. */
static int
cut_count(const struct iovec *vec, int count)
{
	size_t left = cut_len(SIZE_MAX);
	int i = 0;

	if (left == SIZE_MAX)
		return count;
	while (i < count && i < CUT_COUNT && left > 0) {
		left -= vec[i].iov_len < left ? vec[i].iov_len : left;
		i++;
	}
	return i;
}

/* The pieces up to the cut, in memory of the calling thread. */
static const struct iovec *
cut_vec(const struct iovec *vec, int count)
{
	static _Thread_local struct iovec cut[CUT_COUNT];
	size_t left = cut_len(SIZE_MAX);

	if (left == SIZE_MAX)
		return vec;
	for (int i = 0; i < cut_count(vec, count); i++) {
		cut[i] = vec[i];
		if (cut[i].iov_len > left)
			cut[i].iov_len = left;
		left -= cut[i].iov_len;
	}
	return cut;
}

static const struct msghdr *
cut_msg(const struct msghdr *msg)
{
	static _Thread_local struct msghdr cut;

	cut = *msg;
	cut.msg_iovlen = (size_t)cut_count(msg->msg_iov, (int)msg->msg_iovlen);
	cut.msg_iov = (struct iovec *)(uintptr_t)cut_vec(msg->msg_iov,
	    (int)msg->msg_iovlen);
	return &cut;
}

/* The stand-ins ----------------------------------------------------------- */

/*
 * Define the stand-in for `symbol`, which is counted and fails as `name`:
 * parameters `params`, passed on as `args`.  (A void * is turned into the
 * function by memcpy, as C wants it.)
 */
#define STAND_IN_AS(type, symbol, name, params, args) \
	type symbol params; \
	__attribute__((noinline)) type symbol params \
	{ \
		static void *found; /* by whichever thread comes first */ \
		static size_t index; \
		void *next = __atomic_load_n(&found, __ATOMIC_ACQUIRE); \
		type(*real) params; \
\
		if (!next) { \
			__atomic_store_n(&index, find_call(name), \
			    __ATOMIC_RELAXED); \
			next = dlsym(RTLD_NEXT, #symbol); \
			__atomic_store_n(&found, next, __ATOMIC_RELEASE); \
		} \
		if (!next) { /* not in this libc */ \
			errno = ENOSYS; \
			return -1; \
		} \
		memcpy(&real, &next, sizeof(real)); \
		__atomic_add_fetch(&calls[__atomic_load_n(&index, \
					      __ATOMIC_RELAXED)] \
					.made, \
		    1, __ATOMIC_RELAXED); \
		if (strikes(name, __builtin_return_address(0))) \
			return -1; \
		return real args; \
	}

#define STAND_IN(type, name, params, args) \
	STAND_IN_AS(type, name, #name, params, args)

STAND_IN(int, epoll_create1, (int flags), (flags))
STAND_IN(int, epoll_ctl, (int ep, int op, int fd, struct epoll_event *event),
    (ep, op, fd, event))
STAND_IN(int, epoll_wait,
    (int ep, struct epoll_event *events, int max, int timeout),
    (ep, events, max, timeout))
STAND_IN(int, epoll_pwait2,
    (int ep, struct epoll_event *events, int max,
	const struct timespec *timeout, const sigset_t *mask),
    (ep, events, max, timeout, mask))
STAND_IN(int, poll, (struct pollfd * fds, nfds_t count, int timeout),
    (fds, count, timeout))
STAND_IN(int, ppoll,
    (struct pollfd * fds, nfds_t count, const struct timespec *timeout,
	const sigset_t *mask),
    (fds, count, timeout, mask))
STAND_IN(int, pselect,
    (int count, fd_set *in, fd_set *out, fd_set *odd,
	const struct timespec *timeout, const sigset_t *mask),
    (count, in, out, odd, timeout, mask))
STAND_IN(int, select,
    (int count, fd_set *in, fd_set *out, fd_set *odd, struct timeval *timeout),
    (count, in, out, odd, timeout))
STAND_IN(int, eventfd, (unsigned int count, int flags), (count, flags))
STAND_IN(int, pipe2, (int fds[2], int flags), (fds, flags))
STAND_IN(int, socket, (int domain, int type, int protocol),
    (domain, type, protocol))
STAND_IN(int, socketpair, (int domain, int type, int protocol, int fds[2]),
    (domain, type, protocol, fds))
STAND_IN(int, accept4,
    (int fd, struct sockaddr *addr, socklen_t *len, int flags),
    (fd, addr, len, flags))
STAND_IN(ssize_t, read, (int fd, void *buf, size_t len), (fd, buf, len))
STAND_IN(ssize_t, write, (int fd, const void *buf, size_t len), (fd, buf, len))
STAND_IN(ssize_t, readv, (int fd, const struct iovec *vec, int count),
    (fd, cut_vec(vec, count), cut_count(vec, count)))
STAND_IN(ssize_t, writev, (int fd, const struct iovec *vec, int count),
    (fd, cut_vec(vec, count), cut_count(vec, count)))
STAND_IN(ssize_t, recv, (int fd, void *buf, size_t len, int flags),
    (fd, buf, cut_len(len), flags))
STAND_IN(ssize_t, send, (int fd, const void *buf, size_t len, int flags),
    (fd, buf, cut_len(len), flags))
STAND_IN(ssize_t, sendmsg, (int fd, const struct msghdr *msg, int flags),
    (fd, cut_msg(msg), flags))
STAND_IN(ssize_t, sendfile, (int out, int in, off_t *at, size_t len),
    (out, in, at, cut_len(len)))
STAND_IN(int, connect, (int fd, const struct sockaddr *addr, socklen_t len),
    (fd, addr, len))
STAND_IN(int, setsockopt,
    (int fd, int level, int option, const void *value, socklen_t len),
    (fd, level, option, value, len))
STAND_IN(int, sigaction,
    (int signum, const struct sigaction *action, struct sigaction *old),
    (signum, action, old))
STAND_IN(int, signalfd, (int fd, const sigset_t *mask, int flags),
    (fd, mask, flags))
STAND_IN(int, timerfd_create, (clockid_t clock, int flags), (clock, flags))
STAND_IN(int, timerfd_settime,
    (int fd, int flags, const struct itimerspec *spec, struct itimerspec *old),
    (fd, flags, spec, old))
STAND_IN(ssize_t, getrandom, (void *buf, size_t len, unsigned int flags),
    (buf, len, flags))

/* What -D_FORTIFY_SOURCE calls instead, where it cannot see that all fits. */
STAND_IN_AS(int, __poll_chk, "poll",
    (struct pollfd * fds, nfds_t count, int timeout, size_t size),
    (fds, count, timeout, size))
STAND_IN_AS(int, __ppoll_chk, "ppoll",
    (struct pollfd * fds, nfds_t count, const struct timespec *timeout,
	const sigset_t *mask, size_t size),
    (fds, count, timeout, mask, size))
STAND_IN_AS(ssize_t, __read_chk, "read",
    (int fd, void *buf, size_t len, size_t size), (fd, buf, len, size))
STAND_IN_AS(ssize_t, __recv_chk, "recv",
    (int fd, void *buf, size_t len, size_t size, int flags),
    (fd, buf, cut_len(len), size, flags))

/* fcntl() takes a variable third argument; any fits into a pointer. */
__attribute__((noinline)) int
fcntl(int fd, int command, ...)
{
	static int (*real)(int, int, ...);
	static size_t index;
	va_list args;

	if (!real) {
		void *found = dlsym(RTLD_NEXT, "fcntl");
		index = find_call("fcntl");
		memcpy(&real, &found, sizeof(real));
	}
	__atomic_add_fetch(&calls[index].made, 1, __ATOMIC_RELAXED);
	if (strikes("fcntl", __builtin_return_address(0)))
		return -1;
	va_start(args, command);
	void *argument = va_arg(args, void *);
	va_end(args);
	return real(fd, command, argument);
}
