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
EVI_CROSS int64_t evi_os_file_size(int fd);

/*
 * Map `len` bytes from `offset` (any) for reading.  *ret_map and *ret_map_len
 * are what evi_os_file_unmap() wants; *ret_data is the byte at `offset`.
 * Returns 0 or -errno.
 */
EVI_CROSS int evi_os_file_map(int fd, int64_t offset, size_t len,
    void **ret_map, size_t *ret_map_len, const unsigned char **ret_data);
EVI_CROSS void evi_os_file_unmap(void *map, size_t map_len);

/* pread(): bytes, 0 at the end, or -errno. */
EVI_CROSS ssize_t evi_os_file_read_at(int fd, void *data, size_t len,
    int64_t offset);

/* Send from a file to a socket: bytes, 0 at the file's end, or -errno. */
EVI_CROSS ssize_t evi_os_file_send(int out_fd, int in_fd, int64_t offset,
    size_t len);

EVI_CROSS int evi_os_file_close(int fd);

#endif
