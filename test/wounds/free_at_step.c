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
	size_t count = sizeof(parts) / sizeof(parts[0]);

	signal(SIGPIPE, SIG_IGN);
	wound_watch();
	conversation_try_each(parts, count, 0);
	return wound_end();
}
