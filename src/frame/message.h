/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * message.h - what the driver does with the message of a callback.
 */
#ifndef EVI_FRAME_MESSAGE_H
#define EVI_FRAME_MESSAGE_H

struct evframe_message;

/* Take what is left of it out of the input; it is empty then. */
void evi_frame_message_drop(struct evframe_message *message);

#endif
