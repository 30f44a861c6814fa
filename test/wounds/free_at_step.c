/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * free_at_step.c - sockets freed at step n of a conversation, for every n (uses
 * after free and double frees, 2015 to 2023).
 *
 * debian: passes
 */
#include <signal.h>

#include "conversation.h"

int
main(void)
{
	const int parts[] = { CLIENT, SERVER, LISTENER, CLIENT | SERVER,
		CLIENT | SERVER | LISTENER };
	size_t i;

	signal(SIGPIPE, SIG_IGN);
	wound_watch();
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		conversation_try(0, 0, parts[i]);
		conversation_try(BEV_OPT_DEFER_CALLBACKS, 0, parts[i]);
	}
	return wound_end();
}
