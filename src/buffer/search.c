/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * search.c - positions, searches and lines.
 *
 * A position is (distance from the front, chain, offset in the chain).  The
 * offset is always inside the chain, or the chain is NULL: the end of the
 * buffer.  An evbuffer_ptr is that, in public; one that was the end when more
 * was added, or that lies behind the end of its chain since that lost its
 * front, is put right on its next use, since programs keep such positions.
 *
 * Bytes are found with memchr, chain by chain; what follows a hit (the rest
 * of a pattern, the LF after a CR) may lie in other chains.
 *
 * Locks: public functions take the buffer's; the rest expect it.
 */
#include "buffer/buffer.h"

#include <string.h>

#include "base/mem.h"
#include "buffer/list.h"

#define IS_EOL(byte) ((byte) == '\r' || (byte) == '\n')

/* A position that is none. */
static const struct evbuffer_ptr nowhere = { -1, { NULL, 0 } };

/* The position at the front. */
static struct evbuffer_ptr
front(const struct evbuffer *buf)
{
	struct evbuffer_ptr pos = { 0, { NULL, 0 } };

	pos.internal_.chain = buf->first;
	return pos;
}

/* Go forward by `len` bytes, which are there. */
static void
advance(struct evbuffer_ptr *pos, size_t len)
{
	struct evi_chain *chain = pos->internal_.chain;
	size_t off = pos->internal_.pos_in_chain + len;

	pos->pos += (ev_ssize_t)len;
	while (chain && off >= chain->len) {
		off -= chain->len;
		chain = chain->next;
	}
	pos->internal_.chain = chain;
	pos->internal_.pos_in_chain = off;
}

/* Bytes from `pos` to the end of its chain; 0 at the end of the buffer. */
static size_t
left_in_chain(const struct evbuffer_ptr *pos)
{
	const struct evi_chain *chain = pos->internal_.chain;

	return chain ? chain->len - pos->internal_.pos_in_chain : 0;
}

/* Where the byte at `pos` lies; it is not the end. */
static const unsigned char *
data_at(const struct evbuffer_ptr *pos)
{
	return evi_chain_start(pos->internal_.chain) +
	    pos->internal_.pos_in_chain;
}

int
evi_buffer_search_start(const struct evbuffer *buf,
    const struct evbuffer_ptr *ptr, struct evbuffer_ptr *ret_pos)
{
	*ret_pos = ptr ? *ptr : front(buf);
	if (ret_pos->pos < 0 || (size_t)ret_pos->pos > buf->len)
		return -EINVAL;
	const struct evi_chain *chain = ret_pos->internal_.chain;

	if (chain ? ret_pos->internal_.pos_in_chain < chain->len
		  : (size_t)ret_pos->pos == buf->len)
		return 0;

	/* It was the end and more has come since, or the chain lost bytes. */
	size_t at = (size_t)ret_pos->pos;

	*ret_pos = front(buf);
	advance(ret_pos, at);
	return 0;
}

int
evbuffer_ptr_set(struct evbuffer *buffer, struct evbuffer_ptr *ptr,
    size_t position, enum evbuffer_ptr_how how)
{
	struct evbuffer_ptr pos;

	evi_buffer_acquire(buffer);
	int r = evi_buffer_search_start(buffer,
	    how == EVBUFFER_PTR_SET ? NULL : ptr, &pos);

	if (r == 0 && position > buffer->len - (size_t)pos.pos)
		r = -EINVAL;
	if (r == 0)
		advance(&pos, position);
	*ptr = r == 0 ? pos : nowhere;
	evi_buffer_release(buffer);
	return evi_buffer_list_result(r);
}

/* Go forward to the next `byte` before the distance `end`, if there is one;
 * returns whether. */
static int
find_byte(struct evbuffer_ptr *pos, int byte, size_t end)
{
	size_t n;

	while ((size_t)pos->pos < end && (n = left_in_chain(pos))) {
		const unsigned char *data = data_at(pos);

		if (n > end - (size_t)pos->pos)
			n = end - (size_t)pos->pos;

		const unsigned char *hit = memchr(data, byte, n);

		if (hit) {
			advance(pos, (size_t)(hit - data));
			return 1;
		}
		advance(pos, n);
	}
	return 0;
}

/* Are the `len` bytes at `pos`, which are there, those of `what`? */
static int
is_at(struct evbuffer_ptr pos, const char *what, size_t len)
{
	while (len) {
		size_t n = left_in_chain(&pos);

		if (n > len)
			n = len;
		if (memcmp(data_at(&pos), what, n) != 0)
			return 0;
		what += n;
		len -= n;
		advance(&pos, n);
	}
	return 1;
}

/* evbuffer_search_range() under the lock; `end` is a distance. */
static struct evbuffer_ptr
search(struct evbuffer_ptr pos, const char *what, size_t len, size_t end)
{
	if (len == 0)
		return pos;
	while (find_byte(&pos, what[0], end)) {
		if (len > end - (size_t)pos.pos)
			break;
		if (is_at(pos, what, len))
			return pos;
		advance(&pos, 1);
	}
	return nowhere;
}

struct evbuffer_ptr
evbuffer_search_range(struct evbuffer *buffer, const char *what, size_t len,
    const struct evbuffer_ptr *start, const struct evbuffer_ptr *end)
{
	struct evbuffer_ptr found = nowhere;

	struct evbuffer_ptr pos;

	evi_buffer_acquire(buffer);
	size_t limit = buffer->len;

	if (end && end->pos >= 0 && (size_t)end->pos < limit)
		limit = (size_t)end->pos;
	if (evi_buffer_search_start(buffer, start, &pos) == 0 &&
	    evi_buffer_list_load(buffer) == 0)
		found = search(pos, what, len, limit);
	evi_buffer_release(buffer);
	return found;
}

struct evbuffer_ptr
evbuffer_search(struct evbuffer *buffer, const char *what, size_t len,
    const struct evbuffer_ptr *start)
{
	return evbuffer_search_range(buffer, what, len, start, NULL);
}

/* Lines ----------------------------------------------------------------- */

/* Any run of CR and LF. */
static size_t
find_any(struct evbuffer_ptr *pos)
{
	struct evbuffer_ptr run;
	size_t n, count = 0;

	while ((n = left_in_chain(pos))) {
		const unsigned char *data = data_at(pos);
		const unsigned char *lf = memchr(data, '\n', n);
		const unsigned char *cr = memchr(data, '\r',
		    lf ? (size_t)(lf - data) : n);

		if (cr || lf) {
			advance(pos, (size_t)((cr ? cr : lf) - data));
			break;
		}
		advance(pos, n);
	}
	for (run = *pos; left_in_chain(&run) && IS_EOL(*data_at(&run));
	     advance(&run, 1))
		count++;
	return count;
}

/*
 * LF, with the CR before it if there is one at or after the start; a strict
 * search takes no LF without.
 */
static size_t
find_crlf(struct evbuffer_ptr *pos, int is_strict)
{
	struct evbuffer_ptr before = *pos; /* some way before the LF */

	while (find_byte(pos, '\n', SIZE_MAX)) {
		if (pos->pos > before.pos) {
			advance(&before, (size_t)(pos->pos - before.pos) - 1);
			if (*data_at(&before) == '\r') {
				*pos = before;
				return 2;
			}
		}
		if (!is_strict)
			return 1;
		before = *pos;
		advance(pos, 1);
	}
	return 0;
}

/* Go to the first end of a line from *pos on; its length, or 0: none. */
static size_t
find_eol(struct evbuffer_ptr *pos, enum evbuffer_eol_style style)
{
	switch (style) {
	case EVBUFFER_EOL_ANY:
		return find_any(pos);
	case EVBUFFER_EOL_CRLF:
		return find_crlf(pos, 0);
	case EVBUFFER_EOL_CRLF_STRICT:
		return find_crlf(pos, 1);
	case EVBUFFER_EOL_LF:
		return (size_t)find_byte(pos, '\n', SIZE_MAX);
	case EVBUFFER_EOL_NUL:
		return (size_t)find_byte(pos, '\0', SIZE_MAX);
	default:
		return 0;
	}
}

struct evbuffer_ptr
evbuffer_search_eol(struct evbuffer *buffer, struct evbuffer_ptr *start,
    size_t *eol_len_out, enum evbuffer_eol_style eol_style)
{
	size_t eol_len = 0;

	struct evbuffer_ptr pos;

	evi_buffer_acquire(buffer);
	if (evi_buffer_search_start(buffer, start, &pos) == 0 &&
	    evi_buffer_list_load(buffer) == 0)
		eol_len = find_eol(&pos, eol_style);
	evi_buffer_release(buffer);
	if (eol_len_out)
		*eol_len_out = eol_len;
	return eol_len ? pos : nowhere;
}

/* Copy the first `len` bytes, which are there, into a new string. */
static char *
take_line(struct evbuffer *buf, size_t len)
{
	char *line = evi_mem_alloc(len + 1);
	size_t done = 0;

	if (!line)
		return NULL;
	for (struct evi_chain *chain = buf->first; done < len;
	     chain = chain->next) {
		size_t n = chain->len < len - done ? chain->len : len - done;

		memcpy(line + done, evi_chain_start(chain), n);
		done += n;
	}
	line[len] = '\0';
	return line;
}

/*
 * find_eol() for a line that ends with one certain byte (or a CR before it)
 * in the first chain: one memchr.  0 if it is not as simple as that.
 */
static inline size_t
find_eol_quickly(const struct evbuffer *buf, enum evbuffer_eol_style style,
    size_t *ret_len)
{
	const struct evi_chain *first = buf->first;

	if (!first || style == EVBUFFER_EOL_ANY)
		return 0;

	const unsigned char *data = evi_chain_start(first);
	const unsigned char *hit = memchr(data,
	    style == EVBUFFER_EOL_NUL ? '\0' : '\n', first->len);

	if (!hit)
		return 0;
	*ret_len = (size_t)(hit - data);
	if (style == EVBUFFER_EOL_LF || style == EVBUFFER_EOL_NUL)
		return 1;
	if (hit > data && hit[-1] == '\r') {
		--*ret_len;
		return 2;
	}
	return style == EVBUFFER_EOL_CRLF;
}

/* evbuffer_readln() under the lock. */
static char *
take_first_line(struct evbuffer *buf, size_t *ret_len,
    enum evbuffer_eol_style style)
{
	size_t len = 0;

	if (buf->state & EVI_BUFFER_FROZEN_START ||
	    evi_buffer_list_load(buf) < 0 || !buf->first)
		return NULL;

	size_t eol_len = find_eol_quickly(buf, style, &len);
	if (eol_len == 0) {
		struct evbuffer_ptr pos = front(buf);

		eol_len = find_eol(&pos, style);
		len = (size_t)pos.pos;
	}
	if (eol_len == 0)
		return NULL;

	char *line = take_line(buf, len);
	if (!line)
		return NULL;
	/* Listeners are told of the line and of its end, as they ever were. */
	if (buf->state & EVI_BUFFER_LISTENERS && len) {
		evi_buffer_drain(buf, len);
		evi_buffer_drain(buf, eol_len);
	} else {
		evi_buffer_drain(buf, len + eol_len);
	}
	*ret_len = len;
	return line;
}

/* evbuffer_readln() the long way. */
static EVI_NOINLINE char *
readln_slowly(struct evbuffer *buf, size_t *ret_len,
    enum evbuffer_eol_style style)
{
	size_t len = 0;

	evi_buffer_acquire(buf);
	char *line = take_first_line(buf, &len, style);
	evi_buffer_release(buf);
	if (ret_len)
		*ret_len = len;
	return line;
}

char *
evbuffer_readln(struct evbuffer *buffer, size_t *n_read_out,
    enum evbuffer_eol_style eol_style)
{
	size_t len = 0, eol_len = 0;

	if (evi_buffer_list_is_quick(buffer,
		EVI_BUFFER_FROZEN_START | EVI_BUFFER_HAS_FILE))
		eol_len = find_eol_quickly(buffer, eol_style, &len);
	if (eol_len == 0 || len + eol_len == buffer->first->len)
		return readln_slowly(buffer, n_read_out, eol_style);

	struct evi_chain *first = buffer->first;

	char *line = evi_mem_alloc(len + 1);

	if (n_read_out)
		*n_read_out = line ? len : 0;
	if (!line)
		return NULL;
	memcpy(line, evi_chain_start(first), len);
	line[len] = '\0';
	len += eol_len;
	first->off += len;
	first->len -= len;
	buffer->len -= len;
	return line;
}
