/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * buffer_test.c - what the owner of an embedded buffer relies on, and the
 * inside of buffers after every kind of step.
 */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buffer/buffer.h"
#include "buffer/chain.h"
#include "event2/event.h"
#include "event2/util.h"

#include "test.h"

_Static_assert(sizeof(struct evbuffer) <= 72,
    "a bufferevent embeds two of these");

/* An object with a buffer inside. */
struct owner {
	struct evbuffer buf;
	int grew, drained, refs;
};

static struct owner *
owner_of(struct evbuffer *buf)
{
	return EVI_CONTAINER_OF(buf, struct owner, buf);
}

static void
on_grew(struct evbuffer *buf)
{
	owner_of(buf)->grew++;
}

static void
on_drained(struct evbuffer *buf)
{
	owner_of(buf)->drained++;
}

static void
on_ref(struct evbuffer *buf)
{
	owner_of(buf)->refs++;
}

static void
on_unref(struct evbuffer *buf)
{
	owner_of(buf)->refs--;
}

static const struct evi_buffer_owner hooks = { on_grew, on_drained, on_ref,
	on_unref };

static void
on_change(struct evbuffer *buf, const struct evbuffer_cb_info *info, void *arg)
{
	evi_buffer_check(buf);
	if (info->n_added || info->n_deleted)
		++*(int *)arg;
}

/* The owner is told of each change by whatever call, and never of none. */
TEST(owner_is_told_of_changes)
{
	struct owner owner = { .grew = 0 };
	struct evbuffer *other = evbuffer_new();
	char out[4];

	CHECK_NOTNULL(other);
	evi_buffer_init(&owner.buf);
	evi_buffer_set_owner(&owner.buf, &hooks);
	CHECK_EQ(evbuffer_add(&owner.buf, "abc", 3), 0);
	CHECK_EQ(evbuffer_add_printf(&owner.buf, "%d", 1), 1);
	CHECK_EQ(evbuffer_prepend(&owner.buf, "x", 1), 0);
	CHECK_EQ(owner.grew, 3);
	CHECK_EQ(evbuffer_add(&owner.buf, "", 0), 0);
	CHECK_EQ(owner.grew, 3);
	CHECK_EQ(evbuffer_remove(&owner.buf, out, 2), 2);
	CHECK_EQ(evbuffer_add_buffer(other, &owner.buf), 0);
	CHECK_EQ(owner.drained, 2);
	CHECK_EQ(evbuffer_add_buffer(&owner.buf, other), 0);
	CHECK_EQ(owner.grew, 4);
	evi_buffer_set_owner(&owner.buf, NULL);
	CHECK_EQ(evbuffer_drain(&owner.buf, 1), 0);
	CHECK_EQ(owner.drained, 2);
	evi_buffer_check(&owner.buf);
	evi_buffer_clear(&owner.buf);
	evbuffer_free(other);
}

/* A queued deferred callback holds the owner and lets it go after. */
TEST(deferred_callbacks_hold_the_owner)
{
	struct event_base *base = test_base();
	struct owner owner = { .grew = 0 };
	int told = 0;

	evi_buffer_init(&owner.buf);
	evi_buffer_set_owner(&owner.buf, &hooks);
	CHECK_NOTNULL(evbuffer_add_cb(&owner.buf, on_change, &told));
	CHECK_EQ(evbuffer_defer_callbacks(&owner.buf, base), 0);
	CHECK_EQ(evbuffer_add(&owner.buf, "abc", 3), 0);
	CHECK_EQ(evbuffer_add(&owner.buf, "def", 3), 0);
	CHECK_EQ(owner.refs, 1);
	CHECK_EQ(owner.grew, 2);
	CHECK_EQ(told, 0);
	event_base_loop(base, EVLOOP_NONBLOCK);
	CHECK_EQ(told, 1);
	CHECK_EQ(owner.refs, 0);
	evi_buffer_clear(&owner.buf);
	event_base_free(base);
}

/* Callbacks marked NODEFER are called at once, with all that is not told
 * to the deferred ones yet. */
TEST(nodefer_callbacks_run_at_once)
{
	struct event_base *base = test_base();
	struct evbuffer *buf = evbuffer_new();
	int told = 0, told_at_once = 0;

	CHECK_NOTNULL(buf);
	CHECK_NOTNULL(evbuffer_add_cb(buf, on_change, &told));
	struct evbuffer_cb_entry *entry = evbuffer_add_cb(buf, on_change,
	    &told_at_once);
	CHECK_NOTNULL(entry);
	evbuffer_cb_set_flags(buf, entry, EVI_BUFFER_CB_NODEFER);
	CHECK_EQ(evbuffer_defer_callbacks(buf, base), 0);
	CHECK_EQ(evbuffer_add(buf, "abc", 3), 0);
	CHECK_EQ(evbuffer_drain(buf, 3), 0);
	CHECK_EQ(told, 0);
	CHECK_EQ(told_at_once, 2);
	event_base_loop(base, EVLOOP_NONBLOCK);
	CHECK_EQ(told, 1);
	CHECK_EQ(told_at_once, 2);
	evbuffer_free(buf);
	event_base_free(base);
}

/* evbuffer_free() leaves an embedded buffer alone. */
TEST(free_leaves_an_embedded_buffer_alone)
{
	struct evbuffer buf;

	evi_buffer_init(&buf);
	CHECK_EQ(evbuffer_add(&buf, "abc", 3), 0);
	evbuffer_free(&buf);
	CHECK_EQ(evbuffer_get_length(&buf), 3);
	evi_buffer_clear(&buf);
}

/* With a base, an emptied buffer holds nothing and steady traffic allocates
 * nothing. */
TEST(blocks_come_from_the_base)
{
	struct event_base *base = test_base();
	struct evbuffer in, out;
	evutil_socket_t fds[2];
	char data[100] = "";
	size_t before = 0;

	evi_buffer_init(&in);
	evi_buffer_init(&out);
	evi_buffer_take_cache(&in, base);
	evi_buffer_take_cache(&out, base);
	CHECK_EQ(evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	for (int i = 0; i < 100; i++) {
		if (i == 5)
			before = test_blocks_total();
		CHECK_EQ(evi_buffer_add(&out, data, sizeof(data)), 0);
		CHECK_EQ(evi_buffer_io_write(&out, fds[0], -1), 100);
		CHECK_EQ(evi_buffer_io_read(&in, fds[1], -1), 100);
		CHECK_NOTNULL(in.first);
		CHECK_LE(in.first->cap, 512);
		evi_buffer_drain(&in, 100);
		CHECK_NULL(in.spare);
		CHECK_NULL(out.spare);
	}
	CHECK_EQ(test_blocks_total(), before);
	evi_buffer_clear(&in);
	evi_buffer_clear(&out);
	close(fds[0]);
	close(fds[1]);
	event_base_free(base);
}

/* The owner's calls do not look at freezes. */
TEST(owner_calls_ignore_freezes)
{
	struct evbuffer a, b;
	struct iovec vec[2];

	evi_buffer_init(&a);
	evi_buffer_init(&b);
	for (uint8_t which = 1; which < 3; which++) {
		evi_buffer_set_frozen(&a, which, 1);
		evi_buffer_set_frozen(&b, which, 1);
	}
	CHECK_EQ(evbuffer_add(&a, "x", 1), -1);
	CHECK_EQ(evi_buffer_add(&a, "0123456789", 10), 0);
	CHECK_EQ(evi_buffer_move_bytes(&b, &a, 4), 4);
	CHECK_EQ(evi_buffer_move_bytes(&b, &a, 100), 6);
	CHECK_EQ(evi_buffer_move_bytes(&b, &a, 100), 0);
	CHECK_EQ(evi_buffer_space_reserve(&b, 10, vec, 1), 1);
	memcpy(vec[0].iov_base, "abc", 3);
	vec[0].iov_len = 3;
	CHECK_EQ(evi_buffer_space_commit(&b, vec, 1), 0);
	CHECK_EQ(evi_buffer_space_peek(&b, 13, vec, 1), 1);
	CHECK_NOTNULL(evi_buffer_pullup(&b, 13));
	CHECK_MEM(evi_buffer_pullup(&b, 13), "0123456789abc", 13);
	evi_buffer_drain(&b, 100);
	CHECK_EQ(b.len, 0);
	evi_buffer_set_frozen(&a, EVI_BUFFER_FROZEN_END, 0);
	CHECK_EQ(evbuffer_add(&a, "x", 1), 0);
	evi_buffer_check(&a);
	evi_buffer_check(&b);
	evi_buffer_clear(&a);
	evi_buffer_clear(&b);
}

/* A lock given by the owner is used and not destroyed. */
TEST(owner_shares_its_lock)
{
	struct evi_lock lock = { NULL, 0, 0 };
	struct evbuffer a, b;

	CHECK_EQ(evi_lock_init(&lock, 1), 0);
	evi_buffer_init(&a);
	evi_buffer_init(&b);
	evi_buffer_set_lock(&a, &lock);
	evi_buffer_set_lock(&b, &lock);
	evi_lock_acquire(&lock);
	CHECK_EQ(evbuffer_add(&a, "abc", 3), 0);
	CHECK_EQ(evbuffer_add_buffer(&b, &a), 0);
	CHECK_EQ(evbuffer_prepend_buffer(&a, &b), 0);
	CHECK_EQ(evbuffer_get_length(&a), 3);
	evi_lock_release(&lock);
	evi_buffer_clear(&a);
	evi_buffer_clear(&b);
	evi_lock_acquire(&lock);
	evi_lock_release(&lock);
	evi_lock_clear(&lock);
}

/* Chains: room, sharing and ownership as chain.h tells. */
TEST(chains_count_their_holders)
{
	struct evi_chain *chain = evi_chain_new(NULL, 100);

	CHECK_NOTNULL(chain);
	CHECK_GE(evi_chain_room(chain), 100);
	memcpy(evi_chain_end(chain), "hello", 5);
	chain->len = 5;
	CHECK(evi_chain_is_own(chain));
	struct evi_chain *share = evi_chain_share(chain, 1, 3);
	CHECK_NOTNULL(share);
	CHECK(!evi_chain_is_own(chain));
	CHECK(!evi_chain_is_own(share));
	CHECK_EQ(evi_chain_room(share), 0);
	struct evi_chain *again = evi_chain_share(share, 1, 2);
	CHECK_NOTNULL(again);
	evi_chain_unref(NULL, chain);
	evi_chain_unref(NULL, share);
	CHECK_MEM(evi_chain_start(again), "ll", 2);
	CHECK(evi_chain_is_own(chain));
	evi_chain_unref(NULL, again);
	CHECK_NULL(evi_chain_new(NULL, SIZE_MAX));
	CHECK_NULL(evi_chain_new(NULL, (size_t)EV_SSIZE_MAX));
}
