/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * wound.h - what a program about an old fault uses.
 *
 * A program ends with status 0 if the library behaved, with 1 and a line that
 * says why if not, and with SKIPPED if the machine cannot show it.  It is run
 * on libraries that crash and loop, so it trusts nothing they return.
 *
 * wound_watch() puts each allocation of the library before a page that may not
 * be touched, and forbids a freed one for ever: reading or writing past the
 * end or after the free ends the program with SIGSEGV, in any library, however
 * it was built.  (A block is aligned to 16 bytes: a write to the few between
 * its end and the page is noticed when it is freed, a read is not.)
 * wound_end() fails if memory or a descriptor is left.
 *
 * Traps: one thread only.  Freed blocks keep their addresses, so a program
 * with millions of allocations needs another allocator.
 */
#ifndef TEST_WOUNDS_WOUND_H_
#define TEST_WOUNDS_WOUND_H_

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <event2/event.h>

#define PASSED 0
#define SKIPPED 77
#define GUARD_ALIGN 16
#define GUARD_FILL 0xA5

#define CHECK(holds) wound_check(!!(holds), __FILE__, __LINE__, #holds)
#define CHECK_EQ(got, want) \
	wound_check_equal(got, want, __FILE__, __LINE__, #got " is " #want)

/* Allocations of the library that are not freed; no larger one succeeds. */
static long wound_live;
static size_t wound_max = PTRDIFF_MAX / 2;

/* Descriptors that were open at the start. */
static int wound_open;

/* Ends the program unless it holds. */
static inline void
wound_check(int holds, const char *file, int line, const char *what)
{
	if (holds)
		return;
	printf("%s:%d: not so: %s\n", file, line, what);
	fflush(stdout);
	_exit(1);
}

static inline void
wound_check_equal(long long got, long long want, const char *file, int line,
    const char *what)
{
	if (got == want)
		return;
	printf("%s:%d: not so: %s; %lld and %lld\n", file, line, what, got,
	    want);
	fflush(stdout);
	_exit(1);
}

/* Leave with the true reason why nothing can be shown here. */
static inline void
wound_skip(const char *why)
{
	printf("skipped: %s\n", why);
	fflush(stdout);
	_exit(SKIPPED);
}

/* Before each block, on a page of its own: its size and that of the pages. */
struct wound_guard {
	size_t len;
	size_t mapped;
};

static inline size_t
wound_page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* The first bytes of the pages that hold a block. */
static inline struct wound_guard *
wound_guard_of(void *block)
{
	uintptr_t page = wound_page();

	return (struct wound_guard *)(((uintptr_t)block & ~(page - 1)) - page);
}

/* A page for the header, the block at the end of the next, a forbidden one. */
static inline void *
wound_malloc(size_t len)
{
	size_t page = wound_page();
	size_t room = (len + !len + GUARD_ALIGN - 1) / GUARD_ALIGN *
	    GUARD_ALIGN;
	size_t body = (room + page - 1) / page * page;
	struct wound_guard *guard;
	char *start, *block;

	errno = ENOMEM;
	if (len > wound_max)
		return NULL;
	start = mmap(NULL, body + 2 * page, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (start == MAP_FAILED)
		return NULL;
	wound_check(!mprotect(start + page + body, page, PROT_NONE), __FILE__,
	    __LINE__, "a page is forbidden");
	block = start + page + body - room;
	guard = wound_guard_of(block);
	guard->len = len;
	guard->mapped = body + 2 * page;
	memset(block + len, GUARD_FILL, room - len);
	wound_live++;
	return block;
}

/* Nothing may touch the block from now on; its memory goes back. */
static inline void
wound_free(void *block)
{
	struct wound_guard *guard;
	unsigned char *end;
	size_t mapped;

	if (!block)
		return;
	guard = wound_guard_of(block);
	end = (unsigned char *)block + guard->len;
	for (; (uintptr_t)end % GUARD_ALIGN; end++)
		CHECK_EQ(*end, GUARD_FILL);
	wound_live--;
	mapped = guard->mapped;
	CHECK_EQ(madvise(guard, mapped, MADV_DONTNEED), 0);
	CHECK_EQ(mprotect(guard, mapped, PROT_NONE), 0);
}

static inline void *
wound_realloc(void *old, size_t len)
{
	void *block = wound_malloc(len);
	size_t old_len;

	if (!block || !old)
		return block;
	old_len = wound_guard_of(old)->len;
	memcpy(block, old, old_len < len ? old_len : len);
	wound_free(old);
	return block;
}

static inline int
wound_count_open(void)
{
	int fd, count = 0;

	for (fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/*
 * Call first of all: from now on the library's memory and the descriptors are
 * watched.  The runner asks for debug mode too.
 */
static inline void
wound_watch(void)
{
	wound_open = wound_count_open();
	event_set_mem_functions(wound_malloc, wound_realloc, wound_free);
	if (getenv("WOUND_DEBUG_MODE"))
		event_enable_debug_mode();
}

/* The library has given everything back, and the program has passed. */
static inline int
wound_end(void)
{
	libevent_global_shutdown();
	CHECK_EQ(wound_live, 0);
	CHECK_EQ(wound_count_open(), wound_open);
	printf("passed\n");
	return PASSED;
}

#endif /* TEST_WOUNDS_WOUND_H_ */
