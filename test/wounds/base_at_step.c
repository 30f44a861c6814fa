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
	size_t i;

	signal(SIGPIPE, SIG_IGN);
	wound_watch();
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		conversation_try(0, 0, parts[i]);
		conversation_try(0, 1, parts[i]);
		conversation_try(BEV_OPT_DEFER_CALLBACKS, 0, parts[i]);
		conversation_try(BEV_OPT_DEFER_CALLBACKS, 1, parts[i]);
	}
	return wound_end();
}
