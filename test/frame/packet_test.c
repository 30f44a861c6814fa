/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * packet_test.c - the packet codec, and the wire format it is made for: a
 * header of 4 bytes, little-endian, then a record in natural alignment.
 */
#include <stdint.h>
#include <stdio.h>

#include "helper.h"

struct record {
	int32_t index;
	char name[20];
	char sex[20];
	int32_t age;
	char message[512];
};

#define PACKET_SIZE 564

/* The exact bytes of the packet of record 3, opcode 0x0101. */
static void
make_wire(unsigned char wire[PACKET_SIZE])
{
	memset(wire, 0, PACKET_SIZE);
	memcpy(wire, "\x34\x02\x01\x01", 4); /* 564, 0x0101 */
	wire[4] = 3;
	memcpy(wire + 8, "Ann", 3);
	memcpy(wire + 28, "female", 6);
	wire[48] = 33;
	memcpy(wire + 52, "hello", 5);
}

static void
make_record(struct record *record)
{
	memset(record, 0, sizeof(*record));
	record->index = 3;
	record->age = 33;
	snprintf(record->name, sizeof(record->name), "Ann");
	snprintf(record->sex, sizeof(record->sex), "female");
	snprintf(record->message, sizeof(record->message), "hello");
}

static int
is_little_endian(void)
{
	uint16_t one = 1;
	unsigned char first;

	memcpy(&first, &one, 1);
	return first == 1;
}

/* 560 bytes of record, 564 of packet, byte for byte, both ways. */
TEST(wire_format)
{
	struct peer *peer = peer_new(evframe_codec_packet_new(PACKET_SIZE));
	unsigned char wire[PACKET_SIZE], got[PACKET_SIZE + 1];
	struct record record;

	if (!is_little_endian())
		SKIP("the record is in the byte order of the machine");
	CHECK_EQ(sizeof(record), 560);
	make_record(&record);
	make_wire(wire);
	CHECK_EQ(evframe_send(peer->frame, 0x0101, &record, sizeof(record)), 0);
	CHECK_EQ(hear(peer, got, sizeof(got)), PACKET_SIZE);
	CHECK_MEM(got, wire, PACKET_SIZE);

	say(peer, wire, PACKET_SIZE);
	CHECK_EQ(peer->notes.messages, 1);
	CHECK_EQ(peer->notes.len[0], sizeof(record));
	CHECK_EQ(peer->notes.opcode[0], 0x0101);
	CHECK_MEM(peer->notes.bytes, &record, sizeof(record));
	peer_free(peer);
}

/* A packet of 564 bytes is no good to who takes 563. */
TEST(maximum)
{
	struct peer *peer = peer_new(evframe_codec_packet_new(563));
	unsigned char wire[PACKET_SIZE];

	make_wire(wire);
	say(peer, wire, 4);
	CHECK_EQ(peer->notes.error, EVFRAME_ERROR_TOO_LONG);
	peer_free(peer);
}

/* The header alone is a packet, and so are the longest ones. */
TEST(extremes)
{
	static unsigned char wire[65535];
	struct peer *peer = peer_new(evframe_codec_packet_new(65535));

	say(peer, "\4\0\xff\xff", 4);
	CHECK_EQ(peer->notes.messages, 1);
	CHECK_EQ(peer->notes.len[0], 0);
	CHECK_EQ(peer->notes.opcode[0], 0xffff);
	for (size_t i = 0; i < sizeof(wire); i++)
		wire[i] = stream_byte(i);
	memcpy(wire, "\xff\xff\1\0", 4);
	say(peer, wire, sizeof(wire));
	CHECK_EQ(peer->notes.messages, 2);
	CHECK_EQ(peer->notes.len[1], 65531);
	CHECK_MEM(peer->notes.bytes, wire + 4, 65531);
	peer_free(peer);
}

/* What cannot be sent: opcodes above 16 bits, packets above the maximum. */
TEST(refused_to_send)
{
	static const unsigned char data[65536];
	struct peer *peer = peer_new(evframe_codec_packet_new(65535));

	CHECK_EQ(evframe_send(peer->frame, 0x10000, data, 1), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(evframe_send(peer->frame, 1, data, 65532), -1);
	CHECK_EQ(errno, EMSGSIZE);
	CHECK_EQ(evframe_send(peer->frame, 1, data, (size_t)-1), -1);
	CHECK_EQ(errno, EMSGSIZE);
	CHECK_EQ(evbuffer_get_length(bufferevent_get_output(peer->bev)), 0);
	CHECK_EQ(evframe_send(peer->frame, 1, data, 65531), 0);
	peer_free(peer);
}

/* A length that the adjustment puts out of the field's reach. */
TEST(refused_lengths)
{
	struct evframe_length length = { .size = 1, .adjustment = 3 };
	struct peer *peer = peer_new(evframe_codec_length_new(&length, 1000));
	static const unsigned char data[300];
	char got[4];

	CHECK_EQ(evframe_send(peer->frame, 0, data, 2), -1);
	CHECK_EQ(errno, EMSGSIZE);
	CHECK_EQ(evframe_send(peer->frame, 0, data, 259), -1);
	CHECK_EQ(errno, EMSGSIZE);
	CHECK_EQ(evframe_send(peer->frame, 1, data, 3), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(evframe_send(peer->frame, 0, data, 258), 0);
	CHECK_EQ(hear(peer, got, 1), 1);
	CHECK_EQ((unsigned char)got[0], 255);
	peer_free(peer);

	length.size = 8;
	peer = peer_new(evframe_codec_length_new(&length, 1000));
	CHECK_EQ(evframe_send(peer->frame, 0, data, 2), -1);
	CHECK_EQ(errno, EMSGSIZE);
	peer_free(peer);
}

static int released;

static void
on_release(const void *data, size_t len, void *arg)
{
	(void)data;
	(void)len;
	(void)arg;
	released++;
}

/* A payload of references goes out from where it lies. */
TEST(send_without_copy)
{
	static unsigned char data[40000];
	struct peer *peer = peer_new(evframe_codec_packet_new(65535));
	struct evbuffer *payload = evbuffer_new();
	struct evbuffer_iovec pieces[4];

	CHECK_NOTNULL(payload);
	released = 0;
	CHECK_EQ(evbuffer_add_reference(payload, data, sizeof(data), on_release,
		     NULL),
	    0);
	CHECK_EQ(evframe_send_buffer(peer->frame, 7, payload), 0);
	CHECK_EQ(evbuffer_get_length(payload), 0);
	CHECK_EQ(released, 0);
	CHECK_EQ(evbuffer_peek(bufferevent_get_output(peer->bev), -1, NULL,
		     pieces, 4),
	    2);
	CHECK_EQ(pieces[0].iov_len, 4);
	CHECK_MEM(pieces[0].iov_base, "\x44\x9c\7\0", 4);
	CHECK_PTR(pieces[1].iov_base, data);
	CHECK_EQ(pieces[1].iov_len, sizeof(data));
	evbuffer_free(payload);
	peer_free(peer);
	CHECK_EQ(released, 1);
}

/* What cannot be sent stays as it was. */
TEST(send_buffer_refused)
{
	struct peer *peer = peer_new(evframe_codec_packet_new(10));
	struct evbuffer *payload = evbuffer_new();

	CHECK_NOTNULL(payload);
	CHECK_EQ(evbuffer_add(payload, "1234567", 7), 0);
	CHECK_EQ(evframe_send_buffer(peer->frame, 7, payload), -1);
	CHECK_EQ(errno, EMSGSIZE);
	CHECK_EQ(evbuffer_drain(payload, 1), 0);
	CHECK_EQ(evbuffer_freeze(payload, 1), 0);
	CHECK_EQ(evframe_send_buffer(peer->frame, 7, payload), -1);
	CHECK_EQ(errno, EPERM);
	CHECK_EQ(evbuffer_unfreeze(payload, 1), 0);
	CHECK_EQ(evbuffer_freeze(bufferevent_get_output(peer->bev), 0), 0);
	CHECK_EQ(evframe_send_buffer(peer->frame, 7, payload), -1);
	CHECK_EQ(errno, EPERM);
	CHECK_EQ(evbuffer_unfreeze(bufferevent_get_output(peer->bev), 0), 0);
	CHECK_EQ(evbuffer_get_length(payload), 6);
	CHECK_EQ(evframe_send_buffer(peer->frame, 7,
		     bufferevent_get_output(peer->bev)),
	    -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(evframe_send_buffer(peer->frame, 7, payload), 0);
	CHECK_EQ(evbuffer_get_length(bufferevent_get_output(peer->bev)), 10);
	evbuffer_free(payload);
	peer_free(peer);
}
