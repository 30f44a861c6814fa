/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * delimiter_test.c - messages that end with a delimiter.
 */
#include "helper.h"

static struct evframe_codec *
ending(const char *delimiter, size_t size_max)
{
	return evframe_codec_delimiter_new(delimiter, strlen(delimiter),
	    size_max);
}

/*
 * `text` byte by byte gives the messages in `want`, each ended by '|', and
 * leaves `left` bytes.
 */
static void
check_text(const char *delimiter, const char *text, const char *want,
    size_t left)
{
	struct peer *peer = peer_new(ending(delimiter, 1000));
	char got[200] = "";
	size_t len = 0;

	for (const char *at = text; *at; at++)
		say(peer, at, 1);
	for (int i = 0; i < peer->notes.messages; i++) {
		memcpy(got + len, noted(peer, i), peer->notes.len[i]);
		len += peer->notes.len[i];
		got[len++] = '|';
	}
	got[len] = '\0';
	CHECK_STR(got, want);
	CHECK_EQ(input_len(peer), left);
	peer_free(peer);
}

/* Lines, empty ones too; what has no end waits. */
TEST(lines)
{
	check_text("\n", "one\n\n\ntwo\nthr", "one|||two|", 3);
	check_text("\r\n", "a\r\nb\rc\nd\r\r\n\r\n", "a|b\rc\nd\r||", 0);
}

/* Delimiters that begin like themselves are found at their first place. */
TEST(delimiters_with_borders)
{
	check_text("aab", "aaaab_aab", "aa|_|", 0);
	check_text("aa", "aaaaa", "||", 1);
	check_text("abab", "abaabab.ababab", "aba|.|", 2);
	check_text("abcabd", "abcabcabdabcabd", "abc||", 0);
	check_text("aaaaaaaaaaaaaaab", "aaaaaaaaaaaaaaaaaaab", "aaaa|", 0);
}

/* A zero byte is a delimiter like any other. */
TEST(zero_byte)
{
	struct peer *peer = peer_new(evframe_codec_delimiter_new("", 1, 100));

	say(peer, "ab\0c\0", 5);
	CHECK_EQ(peer->notes.messages, 2);
	CHECK_MEM(peer->notes.bytes, "abc", 3);
	peer_free(peer);
}

/* The maximum counts the delimiter: at it fine, above it refused. */
TEST(maximum)
{
	struct peer *peer = peer_new(ending("\r\n", 6));

	say(peer, "abcd\r\n", 6);
	CHECK_EQ(peer->notes.messages, 1);
	say(peer, "abcde", 5);
	CHECK_EQ(peer->notes.errors, 0);
	say(peer, "\r", 1);
	CHECK_EQ(peer->notes.errors, 1);
	CHECK_EQ(peer->notes.error, EVFRAME_ERROR_TOO_LONG);
	CHECK_EQ(peer->notes.messages, 1);
	peer_free(peer);
}

/* What has no end in sight is refused although its end is in the segment. */
TEST(maximum_in_one_segment)
{
	struct peer *peer = peer_new(ending("\n", 4));

	say(peer, "abc\nabcd\nab\n", 12);
	CHECK_EQ(peer->notes.messages, 1);
	CHECK_EQ(peer->notes.error, EVFRAME_ERROR_TOO_LONG);
	CHECK_EQ(input_len(peer), 8);
	peer_free(peer);
}

/* A payload with the delimiter in it, or that makes one with it, is not
 * sent. */
TEST(sending_delimiters)
{
	struct peer *peer = peer_new(ending("--", 8));
	struct evbuffer *payload = evbuffer_new();
	char got[32];

	CHECK_NOTNULL(payload);
	CHECK_EQ(evframe_send(peer->frame, 0, "a--b", 4), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(evframe_send(peer->frame, 0, "a-", 2), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(evframe_send(peer->frame, 0, "1234567", 7), -1);
	CHECK_EQ(errno, EMSGSIZE);
	CHECK_EQ(evframe_send(peer->frame, 1, "a", 1), -1);
	CHECK_EQ(errno, EINVAL);

	CHECK_EQ(evbuffer_add(payload, "a-", 2), 0);
	CHECK_EQ(evbuffer_add_reference(payload, "-b", 2, NULL, NULL), 0);
	CHECK_EQ(evframe_send_buffer(peer->frame, 0, payload), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(evbuffer_get_length(payload), 4);
	CHECK_EQ(evbuffer_drain(payload, 2), 0);
	CHECK_EQ(evframe_send_buffer(peer->frame, 0, payload), 0);
	CHECK_EQ(evbuffer_get_length(payload), 0);
	CHECK_EQ(evframe_send_buffer(peer->frame, 0, payload), 0);
	CHECK_EQ(evframe_send(peer->frame, 0, "-a", 2), 0);
	CHECK_EQ(evframe_send(peer->frame, 0, NULL, 0), 0);
	CHECK_EQ(hear(peer, got, sizeof(got)), 12);
	CHECK_MEM(got, "-b-----a----", 12);
	evbuffer_free(payload);
	peer_free(peer);
}

/* Delimiters that are none. */
TEST(invalid)
{
	CHECK_NULL(evframe_codec_delimiter_new(NULL, 1, 100));
	CHECK_EQ(errno, EINVAL);
	CHECK_NULL(evframe_codec_delimiter_new("", 0, 100));
	CHECK_NULL(evframe_codec_delimiter_new("01234567890123456", 17, 100));
	CHECK_NULL(evframe_codec_delimiter_new("ab", 2, 1));
	CHECK_EQ(errno, EINVAL);
}
