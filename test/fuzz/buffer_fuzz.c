/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * buffer_fuzz.c - random calls on evbuffers, compared with flat arrays.
 *
 * A few buffers and, for each, an array that holds what the buffer must hold.
 * Every step makes one call on both and then compares length, content (now
 * and then in other ways: peek, searches) and what the callbacks were told;
 * the library's own walker checks the inside.  Referenced memory is counted:
 * in the end every cleanup has run exactly once.
 *
 * Some buffers have a lock, some take their blocks from a base, some are told
 * of changes by its loop, and some callbacks add bytes themselves.  Link it
 * with the library's objects: it calls evi_buffer_check() and
 * evi_buffer_take_cache().
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "event2/buffer.h"
#include "event2/buffer_compat.h"
#include "event2/event.h"
#include "event2/thread.h"
#include "event2/util.h"

#include "buffer_fuzz.h"
#include "buffer_random.h"

void evi_buffer_check(const struct evbuffer *buf);
void evi_buffer_take_cache(struct evbuffer *buf, struct event_base *base);

#define BUFFERS 4
#define CONTENT_MAX 200000u
#define FILE_SIZE 9000u
#define ECHO_MAX 4096u

struct model {
	struct evbuffer *buf;
	unsigned char *bytes;
	size_t len;
	size_t told; /* the length by the sums told to callbacks */
	int frozen_start, frozen_end;
	int has_cb, is_deferred;
	int echoes;         /* the callback adds bytes */
	size_t echo_count;  /* so many that the model has not got yet */
	int is_echo_barred; /* or for now not */
};

static struct model models[BUFFERS];
static struct event_base *base;
static struct evbuffer_file_segment *segments[3];
static unsigned char file_bytes[FILE_SIZE];
static int file_fd = -1;
static int pair_fds[2] = { -1, -1 };
static long references_made, references_released;
static unsigned long step_count;

#define MUST(cond) must(!!(cond), #cond, __LINE__)

/* Stop at the first difference. */
static void
must(int ok, const char *what, int line)
{
	if (ok)
		return;
	fprintf(stderr, "buffer_fuzz: step %lu, line %d: %s\n", step_count,
	    line, what);
	abort();
}

/* The model --------------------------------------------------------------- */

static void
on_change(struct evbuffer *buf, const struct evbuffer_cb_info *info, void *arg)
{
	struct model *model = arg;

	MUST(buf == model->buf);
	MUST(info->n_added || info->n_deleted);
	MUST(info->orig_size == model->told);
	model->told += info->n_added;
	model->told -= info->n_deleted;
	MUST(evbuffer_get_length(buf) == model->told);
	if (!model->echoes || model->is_echo_barred || below(4) ||
	    model->len > CONTENT_MAX || model->echo_count + 3 > ECHO_MAX)
		return;
	/* What is added here comes after all that the caller does. */
	model->is_echo_barred = 1;
	if (evbuffer_add(buf, "\r\n+", 3) == 0)
		model->echo_count += 3;
	model->is_echo_barred = 0;
}

static void
on_release(const void *data, size_t len, void *arg)
{
	MUST(data == arg);
	/* Seen by sanitizers if somebody looks at it later. */
	memset(arg, 0xdd, len);
	free(arg);
	references_released++;
}

static void
model_open(struct model *model)
{
	memset(model, 0, sizeof(*model));
	model->buf = evbuffer_new();
	model->bytes = malloc(CONTENT_MAX + 2 * ECHO_MAX);
	MUST(model->buf && model->bytes);
	if (below(3) == 0)
		MUST(evbuffer_enable_locking(model->buf, NULL) == 0);
	if (below(2)) {
		model->has_cb = 1;
		model->echoes = below(2);
		model->is_deferred = below(3) == 0;
		MUST(evbuffer_add_cb(model->buf, on_change, model));
	}
	if (model->is_deferred)
		MUST(evbuffer_defer_callbacks(model->buf, base) == 0);
	if (below(2))
		evbuffer_set_flags(model->buf, EVBUFFER_FLAG_DRAINS_TO_FD);
	if (below(2))
		evi_buffer_take_cache(model->buf, base);
}

static void
model_close(struct model *model)
{
	/* A deferred call may be waiting, and finds nobody to tell. */
	if (model->has_cb)
		MUST(evbuffer_remove_cb(model->buf, on_change, model) == 0);
	evbuffer_free(model->buf);
	free(model->bytes);
	model->buf = NULL;
}

/* Length, content, inside. */
static void
model_compare(struct model *model, int deep)
{
	static unsigned char out[CONTENT_MAX + 2 * ECHO_MAX];

	evi_buffer_check(model->buf);
	MUST(evbuffer_get_length(model->buf) == model->len);
	if (!deep)
		return;
	if (model->frozen_start)
		evbuffer_unfreeze(model->buf, 1);
	MUST(evbuffer_copyout(model->buf, out, sizeof(out)) ==
	    (ev_ssize_t)model->len);
	if (model->frozen_start)
		evbuffer_freeze(model->buf, 1);
	MUST(memcmp(out, model->bytes, model->len) == 0);
}

static void
model_insert(struct model *model, size_t at, const void *data, size_t len)
{
	memmove(model->bytes + at + len, model->bytes + at, model->len - at);
	memcpy(model->bytes + at, data, len);
	model->len += len;
}

static void
model_drop(struct model *model, size_t len)
{
	model->len -= len;
	memmove(model->bytes, model->bytes + len, model->len);
}

/* Add what the callbacks of the last step have added. */
static void
model_echo(struct model *model)
{
	for (; model->echo_count; model->echo_count -= 3)
		model_insert(model, model->len, "\r\n+", 3);
}

#define has_room(model, more) ((model)->len + (more) <= CONTENT_MAX)

/* Steps ------------------------------------------------------------------- */

static void
step_add(struct model *m)
{
	static unsigned char data[32768];
	size_t len = some_length();

	if (!has_room(m, len))
		return;
	fill(data, len);
	int r = evbuffer_add(m->buf, data, len);
	MUST(r == (m->frozen_end ? -1 : 0));
	if (r == 0)
		model_insert(m, m->len, data, len);
}

static void
step_prepend(struct model *m)
{
	static unsigned char data[32768];
	size_t len = some_length();

	if (!has_room(m, len))
		return;
	fill(data, len);
	int r = evbuffer_prepend(m->buf, data, len);
	MUST(r == (m->frozen_start && len ? -1 : 0));
	if (r == 0)
		model_insert(m, 0, data, len);
}

static void
step_drain(struct model *m)
{
	size_t len = below(4) ? some_length() : m->len / 2;
	size_t have = m->len;
	int r = evbuffer_drain(m->buf, len);

	MUST(r == (m->frozen_start && have ? -1 : 0));
	if (r == 0)
		model_drop(m, len < have ? len : have);
}

static void
step_drain_all(struct model *m)
{
	int r = evbuffer_drain(m->buf, below(2) ? m->len : (size_t)-1);

	MUST(r == (m->frozen_start && m->len ? -1 : 0));
	if (r == 0)
		m->len = 0;
}

static void
step_remove(struct model *m)
{
	static unsigned char out[32768];
	size_t len = some_length();
	size_t n = len < m->len ? len : m->len;
	int r = evbuffer_remove(m->buf, out, len);

	if (m->frozen_start && n) {
		MUST(r == -1);
		return;
	}
	MUST(r == (int)n);
	MUST(memcmp(out, m->bytes, n) == 0);
	model_drop(m, n);
}

static void
step_copyout_from(struct model *m)
{
	static unsigned char out[32768];
	struct evbuffer_ptr pos;
	size_t at = below((uint32_t)m->len + 3);
	size_t len = some_length();
	int r = evbuffer_ptr_set(m->buf, &pos, at, EVBUFFER_PTR_SET);

	MUST(r == (at <= m->len ? 0 : -1));
	MUST(pos.pos == (at <= m->len ? (ev_ssize_t)at : -1));
	if (r < 0)
		return;

	size_t n = len < m->len - at ? len : m->len - at;
	ev_ssize_t got = evbuffer_copyout_from(m->buf, &pos, out, len);

	MUST(got == (m->frozen_start && n ? -1 : (ev_ssize_t)n));
	if (got > 0)
		MUST(memcmp(out, m->bytes + at, n) == 0);
}

static void
step_add_buffer(struct model *m)
{
	struct model *from = &models[below(BUFFERS)];
	int trivial = from == m || from->len == 0;

	if (from != m && !has_room(m, from->len))
		return;
	int r = evbuffer_add_buffer(m->buf, from->buf);
	MUST(r == (!trivial && (m->frozen_end || from->frozen_start) ? -1 : 0));
	if (trivial || r < 0)
		return;
	model_insert(m, m->len, from->bytes, from->len);
	from->len = 0;
}

static void
step_prepend_buffer(struct model *m)
{
	struct model *from = &models[below(BUFFERS)];
	int trivial = from == m || from->len == 0;

	if (from != m && !has_room(m, from->len))
		return;
	int r = evbuffer_prepend_buffer(m->buf, from->buf);
	MUST(r ==
	    (!trivial && (m->frozen_start || from->frozen_start) ? -1 : 0));
	if (trivial || r < 0)
		return;
	model_insert(m, 0, from->bytes, from->len);
	from->len = 0;
}

static void
step_remove_buffer(struct model *m)
{
	struct model *from = &models[below(BUFFERS)];
	size_t len = some_length();
	size_t n = len < from->len ? len : from->len;

	if (!has_room(m, n))
		return;
	int r = evbuffer_remove_buffer(from->buf, m->buf, len);
	if (from == m || len == 0) {
		MUST(r == 0);
	} else if (m->frozen_end || from->frozen_start) {
		MUST(r == -1);
	} else {
		MUST(r == (int)n);
		model_insert(m, m->len, from->bytes, n);
		model_drop(from, n);
	}
}

static void
step_share(struct model *m)
{
	struct model *from = &models[below(BUFFERS)];
	int bad = from->len && (from == m || m->frozen_end);

	if (!has_room(m, from->len))
		return;
	int r = evbuffer_add_buffer_reference(m->buf, from->buf);
	MUST(r == (bad ? -1 : 0));
	if (r == 0 && from->len)
		model_insert(m, m->len, from->bytes, from->len);
}

static void
step_reference(struct model *m)
{
	size_t len = some_length();
	size_t offset = below(3) ? 0 : below(20);
	unsigned char *data;
	int r;

	if (!has_room(m, len))
		return;
	data = malloc(offset + len + 1);
	MUST(data);
	fill(data, offset + len);
	/* The cleanup of nothing runs at once: insert before. */
	if (!m->frozen_end)
		model_insert(m, m->len, data + offset, len);
	r = evbuffer_add_reference_with_offset(m->buf, data, offset, len,
	    on_release, data);
	MUST(r == (m->frozen_end ? -1 : 0));
	if (r == 0)
		references_made++;
	else
		free(data);
}

static void
step_file(struct model *m)
{
	struct evbuffer_file_segment *seg = segments[below(3)];
	size_t off = below(FILE_SIZE + 2);
	size_t len = below(2) ? below(FILE_SIZE + 2) : some_length();
	int bad = m->frozen_end || off > FILE_SIZE || len > FILE_SIZE - off;

	if (!has_room(m, len))
		return;
	int r = evbuffer_add_file_segment(m->buf, seg, (ev_off_t)off,
	    (ev_off_t)len);
	MUST(r == (bad ? -1 : 0));
	if (r == 0)
		model_insert(m, m->len, file_bytes + off, len);
}

static void
step_add_iovec(struct model *m)
{
	static unsigned char data[3][1000];
	struct evbuffer_iovec vec[3];
	size_t sum = 0;

	if (!has_room(m, 3000))
		return;
	for (int i = 0; i < 3; i++) {
		vec[i].iov_base = data[i];
		vec[i].iov_len = below(1000);
		fill(data[i], vec[i].iov_len);
		sum += vec[i].iov_len;
	}
	m->is_echo_barred = 1;
	size_t r = evbuffer_add_iovec(m->buf, vec, 3);
	m->is_echo_barred = 0;
	MUST(r == (m->frozen_end ? 0 : sum));
	for (int i = 0; i < 3 && r; i++)
		model_insert(m, m->len, data[i], vec[i].iov_len);
}

static void
step_expand(struct model *m)
{
	static const size_t bad[] = { (size_t)-1, (size_t)-2, (size_t)-1 / 2,
		(size_t)-1 / 2 + 1 };

	MUST(evbuffer_expand(m->buf, some_length()) == 0);
	size_t huge = bad[below(4)] - (below(2) ? m->len : 0);
	MUST(evbuffer_expand(m->buf, huge) == -1);
	MUST(evbuffer_add(m->buf, "x", huge) == -1);
	MUST(evbuffer_prepend(m->buf, "x", huge) == -1);
}

static void
step_reserve(struct model *m)
{
	struct evbuffer_iovec vec[3];
	size_t len = some_length();
	int count = 1 + (int)below(3);
	size_t sum = 0;

	int n = evbuffer_reserve_space(m->buf, (ev_ssize_t)len, vec, count);
	if (m->frozen_end) {
		MUST(n == -1);
		return;
	}
	MUST(n >= 1 && n <= count && n <= 2);
	for (int i = 0; i < n; i++)
		sum += vec[i].iov_len;
	MUST(sum >= len);
	if (!has_room(m, sum))
		return;
	for (int i = 0; i < n; i++) {
		if (below(3) == 0)
			vec[i].iov_len = below((uint32_t)vec[i].iov_len + 1);
		fill(vec[i].iov_base, vec[i].iov_len);
	}
	if (below(8) == 0) {
		vec[n - 1].iov_len += 1000000;
		MUST(evbuffer_commit_space(m->buf, vec, n) == -1);
		return;
	}
	n = (int)below((uint32_t)n + 1);
	/* The model first: the extents are the buffer's afterwards. */
	for (int i = 0; i < n; i++)
		model_insert(m, m->len, vec[i].iov_base, vec[i].iov_len);
	MUST(evbuffer_commit_space(m->buf, vec, n) == 0);
}

static void
step_pullup(struct model *m)
{
	ev_ssize_t size = below(4) ? (ev_ssize_t)some_length() : -1;
	unsigned char *data = evbuffer_pullup(m->buf, size);
	size_t len = size < 0 ? m->len : (size_t)size;

	MUST((data != NULL) == (len > 0 && len <= m->len));
	if (!data)
		return;
	MUST(memcmp(data, m->bytes, len) == 0);
}

static void
step_peek(struct model *m)
{
	struct evbuffer_iovec vec[300];
	struct evbuffer_ptr pos;
	size_t at = below((uint32_t)m->len + 1);
	int n;

	MUST(evbuffer_ptr_set(m->buf, &pos, at, EVBUFFER_PTR_SET) == 0);
	n = evbuffer_peek(m->buf, -1, &pos, vec, 300);
	MUST(n >= 0 && n <= 300);
	for (int i = 0; i < n; i++) {
		MUST(vec[i].iov_len <= m->len - at);
		MUST(memcmp(vec[i].iov_base, m->bytes + at, vec[i].iov_len) ==
		    0);
		at += vec[i].iov_len;
	}
	MUST(at == m->len || n == 300);
}

/* The end of a line at or after `at`; its length, or 0. */
static size_t
model_eol(const struct model *m, size_t *at, enum evbuffer_eol_style style)
{
	const unsigned char *b = m->bytes;
	size_t start = *at;

	for (size_t i = start; i < m->len; i++) {
		size_t n = 0;

		*at = i;
		switch (style) {
		case EVBUFFER_EOL_ANY:
			while (i + n < m->len &&
			    (b[i + n] == '\r' || b[i + n] == '\n'))
				n++;
			break;
		case EVBUFFER_EOL_CRLF:
		case EVBUFFER_EOL_CRLF_STRICT:
			if (b[i] == '\r' && i + 1 < m->len && b[i + 1] == '\n')
				n = 2;
			else if (b[i] == '\n' && style == EVBUFFER_EOL_CRLF)
				n = 1;
			break;
		case EVBUFFER_EOL_LF:
			n = b[i] == '\n';
			break;
		default:
			n = b[i] == '\0';
			break;
		}
		if (n)
			return n;
	}
	return 0;
}

static void
step_readln(struct model *m)
{
	enum evbuffer_eol_style style = (enum evbuffer_eol_style)below(5);
	size_t at = 0, n = 77;
	size_t eol_len = model_eol(m, &at, style);
	char *line = evbuffer_readln(m->buf, &n, style);

	if (m->frozen_start || eol_len == 0) {
		MUST(!line && n == 0);
		return;
	}
	MUST(line && n == at && line[n] == '\0');
	MUST(memcmp(line, m->bytes, n) == 0);
	free(line);
	model_drop(m, at + eol_len);
}

static void
step_search_eol(struct model *m)
{
	enum evbuffer_eol_style style = (enum evbuffer_eol_style)below(5);
	size_t at = below((uint32_t)m->len + 1), n = 77;
	struct evbuffer_ptr pos;

	MUST(evbuffer_ptr_set(m->buf, &pos, at, EVBUFFER_PTR_SET) == 0);
	size_t eol_len = model_eol(m, &at, style);
	struct evbuffer_ptr found = evbuffer_search_eol(m->buf, &pos, &n,
	    style);
	MUST(n == eol_len);
	MUST(found.pos == (eol_len ? (ev_ssize_t)at : -1));
}

static void
step_search(struct model *m)
{
	unsigned char what[5];
	size_t len = 1 + below(5);
	size_t at = below((uint32_t)m->len + 1);
	size_t end = below((uint32_t)m->len + 1);
	struct evbuffer_ptr start, stop, found;
	ev_ssize_t want = -1;

	if (m->len > 3000)
		return;
	fill(what, len);
	MUST(evbuffer_ptr_set(m->buf, &start, at, EVBUFFER_PTR_SET) == 0);
	MUST(evbuffer_ptr_set(m->buf, &stop, end, EVBUFFER_PTR_SET) == 0);
	for (size_t i = at; i + len <= end && want < 0; i++)
		if (memcmp(m->bytes + i, what, len) == 0)
			want = (ev_ssize_t)i;
	found = evbuffer_search_range(m->buf, (char *)what, len, &start, &stop);
	MUST(found.pos == want);
	if (want >= 0) {
		/* What was found can be walked on from. */
		MUST(evbuffer_ptr_set(m->buf, &found, len, EVBUFFER_PTR_ADD) ==
		    0);
		MUST(found.pos == want + (ev_ssize_t)len);
	}
}

static void
step_printf(struct model *m)
{
	char text[1200];
	int width = (int)below(1000);
	int n = snprintf(text, sizeof(text), "<%*d>", width, 42);

	if (!has_room(m, (size_t)n))
		return;
	int r = evbuffer_add_printf(m->buf, "<%*d>", width, 42);
	MUST(r == (m->frozen_end ? -1 : n));
	if (r > 0)
		model_insert(m, m->len, text, (size_t)n);
}

static void
step_freeze(struct model *m)
{
	int at_front = (int)below(2);
	int *frozen = at_front ? &m->frozen_start : &m->frozen_end;

	*frozen = below(4) == 0;
	if (*frozen)
		MUST(evbuffer_freeze(m->buf, at_front) == 0);
	else
		MUST(evbuffer_unfreeze(m->buf, at_front) == 0);
}

/* Out through one end of a socket pair, in through the other. */
static void
step_io(struct model *m)
{
	struct model *to = &models[below(BUFFERS)];
	int limit = below(2) ? -1 : (int)some_length();
	int n, got;

	n = evbuffer_write_atmost(m->buf, pair_fds[0], limit);
	if (m->frozen_start || m->len == 0 || limit == 0) {
		MUST(n == -1);
		return;
	}
	MUST(n > 0 && (size_t)n <= m->len);
	MUST(limit < 0 || n <= limit);

	unsigned char *sent = malloc((size_t)n);
	size_t done = 0;

	MUST(sent);
	memcpy(sent, m->bytes, (size_t)n);
	model_drop(m, (size_t)n);
	model_echo(m);
	while (done < (size_t)n) {
		unsigned char drop[4096];

		if (has_room(to, (size_t)n - done) && !to->frozen_end) {
			got = evbuffer_read(to->buf, pair_fds[1],
			    below(2) ? -1 : 1 + (int)below(70000));
			MUST(got > 0);
			model_insert(to, to->len, sent + done, (size_t)got);
			model_echo(to);
		} else {
			got = (int)read(pair_fds[1], drop, sizeof(drop));
			MUST(got > 0);
		}
		done += (size_t)got;
	}
	MUST(done == (size_t)n);
	MUST(evbuffer_read(to->buf, pair_fds[1], 100) == -1);
	free(sent);
}

static void
step_limit(struct model *m)
{
	MUST(evbuffer_set_max_read(m->buf, below(40000)) == 0);
}

/* The loop tells whom it has to. */
static void
step_loop(struct model *m)
{
	for (int i = 0; i < BUFFERS; i++)
		models[i].is_echo_barred = 1;
	MUST(event_base_loop(base, EVLOOP_NONBLOCK) >= 0);
	for (int i = 0; i < BUFFERS; i++)
		models[i].is_echo_barred = 0;
	MUST(!m->has_cb || m->told == m->len);
}

static void
step_renew(struct model *m)
{
	if (below(8) == 0) {
		model_close(m);
		model_open(m);
	}
}

static void (*const steps[])(struct model *) = { step_add, step_add, step_add,
	step_prepend, step_prepend, step_drain, step_drain, step_drain_all,
	step_remove, step_remove, step_copyout_from, step_add_buffer,
	step_prepend_buffer, step_remove_buffer, step_remove_buffer, step_share,
	step_reference, step_reference, step_file, step_add_iovec, step_expand,
	step_reserve, step_reserve, step_pullup, step_peek, step_readln,
	step_readln, step_search_eol, step_search, step_printf, step_freeze,
	step_io, step_limit, step_loop, step_renew };

/* Runs -------------------------------------------------------------------- */

static void
set_up(void)
{
	static const unsigned flags[3] = { 0, EVBUF_FS_DISABLE_MMAP,
		EVBUF_FS_DISABLE_SENDFILE };
	char path[] = "/tmp/buffer_fuzz.XXXXXX";

	fill(file_bytes, FILE_SIZE);
	file_fd = mkstemp(path);
	MUST(file_fd >= 0);
	unlink(path);
	MUST(write(file_fd, file_bytes, FILE_SIZE) == (ssize_t)FILE_SIZE);
	MUST(evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, pair_fds) == 0);
	for (int i = 0; i < 2; i++)
		MUST(evutil_make_socket_nonblocking(pair_fds[i]) == 0);
	for (int i = 0; i < 3; i++) {
		segments[i] = evbuffer_file_segment_new(file_fd, 0, -1,
		    flags[i]);
		MUST(segments[i]);
	}
	MUST(evthread_use_pthreads() == 0);
	base = event_base_new();
	MUST(base);
	references_made = references_released = 0;
	for (int i = 0; i < BUFFERS; i++)
		model_open(&models[i]);
}

static void
tear_down(void)
{
	for (int i = 0; i < BUFFERS; i++) {
		model_compare(&models[i], 1);
		model_close(&models[i]);
	}
	for (int i = 0; i < 3; i++)
		evbuffer_file_segment_free(segments[i]);
	event_base_free(base);
	MUST(references_made == references_released);
	close(file_fd);
	close(pair_fds[0]);
	close(pair_fds[1]);
}

static void
run_step(void)
{
	struct model *m = &models[below(BUFFERS)];

	step_count++;
	steps[below(sizeof(steps) / sizeof(steps[0]))](m);
	for (int i = 0; i < BUFFERS; i++) {
		model_echo(&models[i]);
		model_compare(&models[i],
		    models[i].len < 2000 || step_count % 64 == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	source.data = data;
	source.left = size;
	step_count = 0;
	set_up();
	while (source.left)
		run_step();
	tear_down();
	return 0;
}

long
buffer_fuzz_run(uint64_t seed, unsigned long steps)
{
	source.data = NULL;
	source.state = seed * 0x9e3779b97f4a7c15u + 0x1234567u;
	step_count = 0;
	set_up();
	while (step_count < steps)
		run_step();
	tear_down();
	return references_made;
}
