/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * check.c - every invariant of a buffer, walked.
 */
#include "buffer/list.h"

/* One chain of the list. */
static void
check_chain(const struct evbuffer *buf, const struct evi_chain *chain)
{
	EVI_ASSERT(chain->len > 0);
	EVI_ASSERT(chain->off <= chain->cap);
	EVI_ASSERT(chain->len <= chain->cap - chain->off);
	EVI_ASSERT(chain->kind <= EVI_CHAIN_FILE);
	EVI_ASSERT(atomic_load(&chain->refs) > 0);
	if (chain->kind == EVI_CHAIN_MEMORY) {
		EVI_ASSERT(chain->data == (const void *)(chain + 1));
		return;
	}
	EVI_ASSERT(chain->off + chain->len == chain->cap);
	EVI_ASSERT(atomic_load(&chain->refs) == 1 ||
	    chain->kind == EVI_CHAIN_REFERENCE);
	if (!chain->data) {
		EVI_ASSERT(chain->kind == EVI_CHAIN_FILE);
		EVI_ASSERT(buf->state & EVI_BUFFER_HAS_FILE);
	}
}

/* The chain beside the list. */
static void
check_spare(const struct evi_chain *spare)
{
	EVI_ASSERT(spare->kind == EVI_CHAIN_MEMORY);
	EVI_ASSERT(spare->off == 0 && spare->len == 0);
	EVI_ASSERT(spare->next == NULL);
	EVI_ASSERT(atomic_load(&spare->refs) == 1);
}

void
evi_buffer_check(const struct evbuffer *buf)
{
	const struct evi_chain *chain = buf->first;
	const struct evi_chain *last = NULL;
	size_t len = 0;

	for (; chain; chain = chain->next) {
		check_chain(buf, chain);
		EVI_ASSERT(chain != buf->spare);
		EVI_ASSERT(chain->len <= EVI_BUFFER_LEN_MAX - len);
		len += chain->len;
		last = chain;
	}
	EVI_ASSERT(buf->last == last);
	EVI_ASSERT(buf->len == len);
	if (buf->spare)
		check_spare(buf->spare);
	EVI_ASSERT(!(buf->state & EVI_BUFFER_HAS_CB) || buf->watch);
	EVI_ASSERT(!(buf->state & EVI_BUFFER_EMBEDDED) || buf->owner ||
	    buf->refs == 0);
}
