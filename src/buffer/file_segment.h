/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * file_segment.h - what chains and io need of file segments.
 *
 * Private to the folder.
 */
#ifndef EVI_BUFFER_FILE_SEGMENT_H
#define EVI_BUFFER_FILE_SEGMENT_H

#include <sys/types.h>

#include "event2/buffer.h"

/* One more holder; evbuffer_file_segment_free() takes it back. */
void evi_buffer_file_segment_ref(struct evbuffer_file_segment *seg);

/* sendfile() of `len` bytes from `off` of the segment; bytes or -errno, -EIO
 * when the file ends there. */
ssize_t evi_buffer_file_segment_send(struct evbuffer_file_segment *seg,
    evutil_socket_t fd, size_t off, size_t len);

#endif
