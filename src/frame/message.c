/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * message.c - the message that a callback is being shown.
 *
 * A message is no object of its own: it is the first `left` bytes of the
 * input buffer, where they arrived.  What is handed over are `len` of them
 * from `start` on.  The driver drains what is left of it afterwards.
 *
 * Locks: those of the buffers, by their public functions.
 */
#include "frame/frame.h"
#include "frame/message.h"

#include <errno.h>
#include <string.h>

#include "event2/buffer.h"

void
evi_frame_message_drop(struct evframe_message *message)
{
	size_t left = message->left;

	message->left = 0;
	message->start = 0;
	message->len = 0;
	if (left)
		(void)evbuffer_drain(message->input, left);
}

size_t
evframe_message_get_length(const struct evframe_message *message)
{
	return message->len;
}

ev_uint32_t
evframe_message_get_opcode(const struct evframe_message *message)
{
	return message->opcode;
}

const unsigned char *
evframe_message_get_data(struct evframe_message *message)
{
	unsigned char *data;

	if (message->len == 0)
		return NULL;
	data = evbuffer_pullup(message->input,
	    (ev_ssize_t)(message->start + message->len));
	return data ? data + message->start : NULL;
}

/* Cut the pieces off where the message ends. */
static void
trim(struct evbuffer_iovec *vec, int count, size_t len)
{
	for (int i = 0; i < count; i++) {
		if (vec[i].iov_len > len)
			vec[i].iov_len = len;
		len -= vec[i].iov_len;
	}
}

int
evframe_message_peek(struct evframe_message *message,
    struct evbuffer_iovec *vec, int count_max)
{
	struct evbuffer_ptr at;
	int count;

	if (message->len == 0 ||
	    evbuffer_ptr_set(message->input, &at, message->start,
		EVBUFFER_PTR_SET) < 0)
		return 0;
	count = evbuffer_peek(message->input, (ev_ssize_t)message->len, &at,
	    vec, count_max);
	trim(vec, count < count_max ? count : count_max, message->len);
	return count;
}

size_t
evframe_message_copy(struct evframe_message *message, void *data, size_t size)
{
	struct evbuffer_ptr at;
	ev_ssize_t copied;

	if (size > message->len)
		size = message->len;
	if (size == 0 ||
	    evbuffer_ptr_set(message->input, &at, message->start,
		EVBUFFER_PTR_SET) < 0)
		return 0;
	copied = evbuffer_copyout_from(message->input, &at, data, size);
	return copied < 0 ? 0 : (size_t)copied;
}

int
evframe_message_take(struct evframe_message *message, struct evbuffer *dst)
{
	if (message->len == 0)
		return 0;
	if (message->start) {
		(void)evbuffer_drain(message->input, message->start);
		message->left -= message->start;
		message->start = 0;
	}
	if (evbuffer_remove_buffer(message->input, dst, message->len) < 0)
		return -1;
	message->left -= message->len;
	message->len = 0;
	return 0;
}
