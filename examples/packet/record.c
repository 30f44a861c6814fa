/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * record.c - records out of messages, and on paper.
 */
#include "record.h"

#include <stdio.h>

int
record_read(struct record *record, struct evframe_message *message)
{
	if (evframe_message_get_length(message) != sizeof(*record))
		return -1;
	evframe_message_copy(message, record, sizeof(*record));
	record->name[sizeof(record->name) - 1] = '\0';
	record->sex[sizeof(record->sex) - 1] = '\0';
	record->message[sizeof(record->message) - 1] = '\0';
	return 0;
}

void
record_print(const struct record *record)
{
	printf("%d: %s, %s, %d: %s\n", record->index, record->name, record->sex,
	    record->age, record->message);
	fflush(stdout);
}
