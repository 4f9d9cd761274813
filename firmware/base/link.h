/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON messages between kotakd and a worker: one object per packet of a SOCK_SEQPACKET pair,
 * with its "type". Neither side ever blocks: what the socket doesn't take waits in a bounded
 * queue. A packet that isn't such an object is refused with -EPROTO. {"type": "ping"} is
 * answered with "pong" by whoever reads, and neither is ever seen by the caller.
 */
#ifndef KOTAK_BASE_LINK_H
#define KOTAK_BASE_LINK_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"

#define LINK_BYTES_MAX 65536
#define LINK_QUEUE_MAX 256

struct link;

/* Takes over fd, also when it fails. 0 or a negative errno. */
must_check int link_new(int fd, struct link **out);
/* Closes the descriptor too; NULL is fine. */
void link_free(struct link *link);
DEFINE_CLEANUP(link, struct link *, link_free);
#define autolink __attribute__((cleanup(link_cleanup)))

/* To poll: POLLIN always, POLLOUT while link_waiting(). */
int link_fd(const struct link *link);
bool link_waiting(const struct link *link);
/* Sends what waits: 0 when nothing waits any more, -EAGAIN, or -EPIPE when the peer is gone. */
must_check int link_flush(struct link *link);
/* Sends, or queues (0); -EAGAIN when the queue is full, -EMSGSIZE, -EPIPE. */
must_check int link_send(struct link *link, const json_t *message);
/* The same; the message's reference is taken over in every case. NULL gives -ENOMEM. */
must_check int link_send_new(struct link *link, json_t *message);
/* Asks for a sign of life; as link_send(). */
must_check int link_ping(struct link *link);
/* 1 and a message (the caller's reference), 0 when there is none, -EPROTO, -EPIPE. */
must_check int link_next(struct link *link, json_t **message);
/* How many packets came from the peer, pongs included: a sign of life when it grows. */
uint64_t link_received(const struct link *link);

#endif
