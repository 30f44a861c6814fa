/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event_mem.c - event_set_mem_functions: all memory goes through the
 * hooks, and every byte comes back, that of event_base_once and of loopexit
 * too when the base goes first.
 */
#include "trace.h"

static long live;
static int used_malloc, used_realloc, used_free;

static void *
hook_malloc(size_t size)
{
	used_malloc = 1;
	live++;
	return malloc(size);
}

static void *
hook_realloc(void *old, size_t size)
{
	used_realloc = 1;
	if (!old)
		live++;
	return realloc(old, size);
}

static void
hook_free(void *old)
{
	used_free = 1;
	if (old)
		live--;
	free(old);
}

int
main(void)
{
	struct event_base *base;
	struct event *ev[200];
	int i;

	event_set_mem_functions(hook_malloc, hook_realloc, hook_free);
	base = new_base();
	for (i = 0; i < 200; i++) {
		ev[i] = event_new(base, -1, 0, on_role, NULL);
		event_add(ev[i], ms(500));
	}
	trace("in use: %s", live > 200 ? "over 200" : "fewer");
	for (i = 0; i < 200; i++)
		event_free(ev[i]);
	event_base_once(base, -1, EV_TIMEOUT, on_role, NULL, ms(500));
	event_base_init_common_timeout(base, ms(100));
	event_base_loopexit(base, ms(500));
	event_base_free(base);
	libevent_global_shutdown();
	trace("hooks used: malloc %d, realloc %d, free %d", used_malloc,
	    used_realloc, used_free);
	trace("left: %ld", live);
	return 0;
}
