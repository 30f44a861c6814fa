/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * base_at_step.c - everything freed, and the base last, at step n of a
 * conversation, for every n (leaks and double frees, 2015 to 2020).
 *
 * The loop is not run again: what is deferred is never called, and does not
 * keep its bufferevent.
 *
 * debian: fails (a deferred call keeps its bufferevent for ever)
 */
#include <signal.h>

#include "conversation.h"

int
main(void)
{
	const int parts[] = { LOOP, SERVER | LOOP, LISTENER | LOOP };
	size_t count = sizeof(parts) / sizeof(parts[0]);

	signal(SIGPIPE, SIG_IGN);
	wound_watch();
	conversation_try_each(parts, count, 0);
	conversation_try_each(parts, count, 1);
	return wound_end();
}
