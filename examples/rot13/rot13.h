/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rot13.h - what all the ROT13 servers of this folder share.
 *
 * The service: the server answers every line with the same line in ROT13
 * (a-z and A-Z turned by 13 places, every other byte as it is).
 *
 *   - A line is answered when its newline has come, so never before.
 *   - A line may have 16 KiB before its newline.  A longer one is answered
 *     in pieces, as it comes: no byte of it is lost or held back for ever.
 *   - When the peer closes its side, the bytes after the last newline are
 *     answered too, and then the server closes its own side.
 *   - A peer that does not read its answers is not read from either, so one
 *     connection costs one buffer, whatever the peer does.
 *
 * These rules live in rot13.c, once.  What is left in each server is what
 * the folder is about: how to wait for many peers at the same time.
 */
#ifndef ROT13_H
#define ROT13_H

#include <stdbool.h>
#include <stddef.h>

enum {
	ROT13_LINE_MAX = 16384, /* the longest line, its newline apart */
	ROT13_FD_MAX = 1024     /* descriptors are 0..1023, see rot13_start */
};

/* What a connection has to wait for before rot13_serve() can go on. */
enum rot13_want {
	ROT13_READ,  /* until the peer sends */
	ROT13_WRITE, /* until the peer reads */
	ROT13_CLOSE  /* for nothing: it is over */
};

/*
 * One connection.  Its bytes wait in `text`:
 *
 *     0 ........ ready .......... len .......... end of text
 *     | answers, to | the start of  | room to read |
 *     | be written  | a line        | into         |
 *
 * Bytes are read only while ready is 0, so there is always room for the
 * rest of a line, and a peer that does not read stops being read.
 */
struct rot13_conn {
	int fd;
	enum rot13_want want;
	bool at_end; /* the peer has closed its side */
	size_t ready;
	size_t len;
	char text[ROT13_LINE_MAX + 1];
};

/* Turn the ASCII letters among `len` bytes by 13 places, in place. */
void rot13_rotate(char *text, size_t len);

/*
 * Start a server: read the arguments (`[PORT]`, 0 or none for any free
 * port), listen on 127.0.0.1 and print "listening on PORT".  SIGPIPE is
 * ignored; SIGTERM and SIGINT make rot13_running() false.  At most
 * ROT13_FD_MAX descriptors will be open, so that each fits a table (and
 * select's fd_set) and accept() says EMFILE when they are used up.
 *
 * `socket_flags` is 0 for blocking sockets or SOCK_NONBLOCK.  Returns the
 * listening socket; failure is printed and ends the program.
 */
int rot13_start(int argc, char **argv, int socket_flags);

/* False once the server has been asked to stop. */
bool rot13_running(void);

/* In a child after fork(): give up the parent's listener and signals. */
void rot13_leave_parent(void);

/*
 * Accept a connection.  Returns NULL if none is waiting now.  If none can
 * be taken for want of descriptors or memory, *ret_full becomes true (else
 * false): wait for a connection to end, the kernel keeps the rest queued.
 */
struct rot13_conn *rot13_accept(bool *ret_full);

/*
 * The same for a socket that someone else has accepted: make a connection
 * of it.  Without memory, closes it and returns NULL.
 */
struct rot13_conn *rot13_adopt(int fd);

/* Count an accepted socket (rot13_accept and rot13_adopt have done so). */
void rot13_count(int fd);

/*
 * Go on with a connection that is ready: read or write once, never more,
 * so that no peer keeps the others waiting.  Sets and returns conn->want.
 */
enum rot13_want rot13_serve(struct rot13_conn *conn);

/* Close a connection and free it. */
void rot13_close(struct rot13_conn *conn);

/*
 * Print what the server has done.  Connections that are still open are left
 * to the end of the process.  Returns main's exit status.
 */
int rot13_finish(void);

#endif
