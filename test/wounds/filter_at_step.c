/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * filter_at_step.c - a filter and its socket freed at step n of a conversation,
 * for every n (uses after free and double frees, 2015 to 2023).
 *
 * Among the steps is that the filter's own output grows, where Debian's
 * libevent frees it twice.
 *
 * debian: crashes (SIGABRT)
 */
#include <signal.h>

#include "conversation.h"

int
main(void)
{
	const int parts[] = { CLIENT, SERVER, LISTENER, CLIENT | SERVER,
		CLIENT | SERVER | LISTENER, CLIENT | LOOP };
	size_t count = sizeof(parts) / sizeof(parts[0]);

	signal(SIGPIPE, SIG_IGN);
	wound_watch();
	conversation_try_each(parts, count, 1);
	return wound_end();
}
