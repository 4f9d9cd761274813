/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets over one end of a SOCK_SEQPACKET pair. Never blocks: what the socket doesn't take
 * waits in a bounded queue.
 */
#ifndef KOTAK_BASE_PACKETS_H
#define KOTAK_BASE_PACKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cleanup.h"

struct packets;

/* Takes over fd, also when it fails; at most queue_max packets wait. -ENOMEM, or fcntl's. */
must_check int packets_new(int fd, unsigned queue_max, struct packets **out);
/* Closes the descriptor too; NULL is fine. Packets that still wait are dropped. */
void packets_free(struct packets *packets);
/* Frees all but the descriptor, which becomes the caller's. */
int packets_release(struct packets *packets);

/* To poll: POLLIN always, POLLOUT while packets_waiting(). */
int packets_fd(const struct packets *packets);
bool packets_waiting(const struct packets *packets);
/* Sends what waits: 0 when nothing waits any more, -EAGAIN, or -EPIPE when the peer is gone. */
must_check int packets_flush(struct packets *packets);
/* Sends, or queues (0); -EAGAIN when the queue is full, -EPIPE when the peer is gone. */
must_check int packets_send(struct packets *packets, const void *data, size_t size);
/* Sends without queueing: -EAGAIN when others wait or the socket is full. */
must_check int packets_send_now(struct packets *packets, const void *data, size_t size);
/*
 * The size of a packet read into data, 0 when there is none, -EPIPE when the peer is gone, or
 * -EPROTO for one that is larger than size.
 */
must_check ssize_t packets_receive(struct packets *packets, void *data, size_t size);
/* How many came from the peer. */
uint64_t packets_received(const struct packets *packets);

#endif
