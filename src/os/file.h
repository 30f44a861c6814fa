/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * file.h - what file segments need of a file.
 */
#ifndef EVI_OS_FILE_H
#define EVI_OS_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/base.h"

/* Size of a regular file, or -errno. */
int64_t evi_os_file_size(int fd);

/* A part of a file in memory. */
struct evi_os_mapping {
	void *start;               /* of the page; NULL: nothing is mapped */
	size_t len;                /* from `start` */
	const unsigned char *data; /* the byte at the offset asked for */
};

/* Map `len` > 0 bytes from `offset` (any) for reading.  0 or -errno. */
int evi_os_file_map(int fd, int64_t offset, size_t len,
    struct evi_os_mapping *ret_mapping);

/* Take it back; with nothing mapped, nothing happens. */
void evi_os_file_unmap(const struct evi_os_mapping *mapping);

/* pread(): bytes, 0 at the end, or -errno. */
ssize_t evi_os_file_read_at(int fd, void *data, size_t len, int64_t offset);

/* Send from a file to a socket: bytes, 0 at the file's end, or -errno. */
ssize_t evi_os_file_send(int out_fd, int in_fd, int64_t offset, size_t len);

int evi_os_file_close(int fd);

#endif
