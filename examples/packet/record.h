/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * record.h - what server.c and client.c exchange.
 *
 * On the wire a packet has 564 bytes: its size and an opcode, two bytes each,
 * the lowest first, and then the record as it lies in memory.  So both ends
 * must agree about sizes, alignment and the order of bytes, as two programs
 * of one machine do, and nearly all machines of today: an int of four bytes,
 * the lowest first.
 */
#ifndef RECORD_H
#define RECORD_H

#include <event2/frame.h>

struct record {
	int index;
	char name[20];
	char sex[20];
	int age;
	char message[512];
};

/* A record of another size would be another protocol. */
typedef char record_has_560_bytes[sizeof(struct record) == 560 ? 1 : -1];

#define PACKET_MAX (4 + sizeof(struct record))

#define OPCODE_SAY 1    /* the client says something */
#define OPCODE_ANSWER 2 /* the server answers it */

/*
 * Take the record out of a message.  The peer may have sent anything: the
 * size is checked, and the strings end where their arrays do.  Returns 0, or
 * -1 if it is no record.
 */
int record_read(struct record *record, struct evframe_message *message);

/* Print it on one line. */
void record_print(const struct record *record);

#endif
