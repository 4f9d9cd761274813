/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A connection to the simulated panel: JSON objects in packets (docs/panel.md). */
#ifndef KOTAK_LINES_SIM_SOCKET_H
#define KOTAK_LINES_SIM_SOCKET_H

#include <jansson.h>

#include "base/cleanup.h"

/* A simulator that neither answers nor reads for so long hangs; a busy machine's only is late. */
#define SIM_SOCKET_PATIENCE_MS 2000

/* 0 and a non-blocking descriptor, or -ENODEV when nobody listens there, -ENAMETOOLONG … */
must_check int sim_socket_open(const char *path, int *out);
/* 0; -ETIMEDOUT when it doesn't read, -ENODEV when it is gone. */
must_check int sim_socket_send(int fd, const char *packet, size_t size);
/* Takes over the message, which may be NULL: -ENOMEM. */
must_check int sim_socket_send_new(int fd, json_t *message);
/* 1 and an object (the caller's reference), 0 when there is none, -ENODEV, -EPROTO. */
must_check int sim_socket_receive(int fd, json_t **message);
/* Waits until something can be received: 0, -ETIMEDOUT. */
must_check int sim_socket_wait(int fd, int timeout_ms);
/* The answer to a request that was sent: 0, -ETIMEDOUT, -ENODEV, -EPROTO, or the errno it tells.
 * Its words, if there are any, go to text. */
must_check int sim_socket_answer(int fd, char *text, size_t text_size);

#endif
