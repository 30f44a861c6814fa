/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rng.c - secure random bytes, in batches.
 *
 * One call to the kernel fills a pool that serves small requests; each byte
 * is handed out once and erased.  Requests larger than the pool, and all
 * requests where the pool is busy or cannot be had, go to the kernel.
 *
 * A child process must not hand out what its parent hands out too.  The pool
 * lies in memory that the kernel gives to a child as zeros (see entropy.h),
 * and all zeros means: empty, nobody inside.  So fork, vfork and clone are
 * all safe, without asking for the process id and without fork handlers,
 * which would not see clone().
 *
 * No lock: `busy` is only ever tried, never waited for, so threads do not
 * stand in line, it works with threads off, and a signal handler that
 * interrupts a request goes to the kernel for its own.
 *
 * Invariant: bytes[0, left) are random and unused, the others zero, whenever
 * busy is 0.
 */
#include "util/util.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "os/entropy.h"

#define POOL_BYTES 512 /* above this a longer call costs its length */

struct pool {
	atomic_int busy;
	atomic_uint left;
	unsigned char bytes[POOL_BYTES];
};

/* NULL until first needed, and for ever where it cannot be fork-proof. */
static _Atomic(struct pool *) shared_pool;

/* The pool, made if need be; NULL if there can be none. */
static struct pool *
get_pool(void)
{
	struct pool *pool = atomic_load_explicit(&shared_pool,
	    memory_order_acquire);
	struct pool *none = NULL;

	if (pool)
		return pool;
	pool = evi_os_entropy_page_new(sizeof(*pool));
	if (!pool)
		return NULL;
	if (atomic_compare_exchange_strong(&shared_pool, &none, pool))
		return pool;
	evi_os_entropy_page_free(pool, sizeof(*pool)); /* another was first */
	return none;
}

/* Straight from the system.  Predictable bytes are worse than no program. */
static void
ask_system(void *buf, size_t n)
{
	int r = evi_os_entropy_fill(buf, n);

	if (r < 0)
		evi_log_abort("no secure random bytes: %s", strerror(-r));
}

/*
 * Hand out the last `n` unused bytes, and erase them.  We are `busy`.  `left`
 * is read once: what follows must stay inside the pool even if a signal
 * handler forks and the pool turns to zeros under us.
 */
static void
take_bytes(struct pool *pool, void *buf, size_t n)
{
	unsigned left = atomic_load(&pool->left);

	if (left < n) {
		ask_system(pool->bytes, sizeof(pool->bytes));
		left = sizeof(pool->bytes);
	}
	left -= (unsigned)n;
	memcpy(buf, pool->bytes + left, n);
	memset(pool->bytes + left, 0, n);
	atomic_store(&pool->left, left);
}

void
evutil_secure_rng_get_bytes(void *buf, size_t n)
{
	struct pool *pool = n <= POOL_BYTES ? get_pool() : NULL;

	if (!pool || atomic_exchange(&pool->busy, 1)) {
		ask_system(buf, n);
		return;
	}
	take_bytes(pool, buf, n);
	if (atomic_exchange(&pool->busy, 0))
		return;
	/* We are the child of that handler's fork: these may be zeros. */
	atomic_store(&pool->left, 0);
	ask_system(buf, n);
}

uint32_t
evi_util_rng_below(uint32_t limit)
{
	/* Above the last whole multiple of limit some would come twice. */
	uint32_t usable = UINT32_MAX - UINT32_MAX % limit;
	uint32_t value;

	do {
		evutil_secure_rng_get_bytes(&value, sizeof(value));
	} while (value >= usable);
	return value % limit;
}

int
evutil_secure_rng_init(void)
{
	unsigned char byte;

	return evi_err_public(evi_os_entropy_fill(&byte, 1));
}

/* The system's own call is used, there is no file to choose. */
int
evutil_secure_rng_set_urandom_device_file(char *fname)
{
	(void)fname;
	return evi_err_public(-ENOSYS);
}

/* The system needs no help; there is no generator of ours to stir. */
void
evutil_secure_rng_add_bytes(const char *dat, size_t datlen)
{
	(void)dat;
	(void)datlen;
}

void
evi_util_rng_global_shutdown(void)
{
	evi_os_entropy_page_free(atomic_exchange(&shared_pool, NULL),
	    sizeof(struct pool));
}
