/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The channel between kotakd and one modem worker: one message per packet of a
 * SOCK_SEQPACKET pair. Worker to kotakd go the events of port/modem.h, kotakd to worker
 * the requests below. Every field is written out little-endian; a packet of a wrong
 * magic, version, type or size, with a value that its field can't have or with bytes left
 * over is refused with -EPROTO, since the worker parses what strangers sent and may be theirs.
 *
 * What a worker sent before it died is still read. It must not put a message on the air before
 * its MODEM_SUBMITTING is in the socket, that is while channel_waiting().
 *
 * Neither side ever blocks. What the socket doesn't take waits in a bounded queue: poll for
 * POLLOUT while channel_waiting(), then call channel_flush().
 */
#ifndef KOTAK_MODEM_CHANNEL_H
#define KOTAK_MODEM_CHANNEL_H

#include "base/cleanup.h"
#include "port/modem.h"

/* Longest text to send, in bytes of UTF-8. */
#define CHANNEL_TEXT_MAX 8192
/* Longest USSD code: 182 septets. */
#define CHANNEL_CODE_MAX 182
/* A SIM's PIN has 4 to 8 digits. */
#define CHANNEL_PIN_MAX 8
/* Tokens of MODEM_PDU are the worker's own, from 1 up to here; kotakd adds the worker's number. */
#define CHANNEL_TOKEN_MAX ((UINT64_C(1) << 40) - 1)
/* Messages that wait in the queue of one side before -EAGAIN. */
#define CHANNEL_QUEUE_MAX 1024

enum channel_request_type {
	CHANNEL_START,	    /* pin: always first, and taken by modem_worker_run() */
	CHANNEL_STORED,	    /* token */
	CHANNEL_DECODE,	    /* id, pdu, pdu_size */
	CHANNEL_SEND,	    /* message */
	CHANNEL_USSD,	    /* id, code */
	CHANNEL_RESET_SOFT, /* AT+CFUN=1,1 */
};

struct channel_request {
	enum channel_request_type type;
	uint64_t token;
	int64_t id;
	uint8_t pdu[MODEM_PDU_MAX];
	size_t pdu_size;
	struct modem_message message; /* its recipient and text point to the two arrays below */
	char recipient[MODEM_ADDRESS_SIZE];
	char text[CHANNEL_TEXT_MAX + 1];
	char code[CHANNEL_CODE_MAX + 1];
	char pin[CHANNEL_PIN_MAX + 1]; /* "" for none */
};

struct channel;

/* Takes over fd (one end of a SOCK_SEQPACKET pair), also when it fails. -ENOMEM, or fcntl's. */
must_check int channel_new(int fd, struct channel **out);
/* Closes the descriptor too; NULL is fine. Messages that still wait are dropped. */
void channel_free(struct channel *channel);
DEFINE_CLEANUP(channel, struct channel *, channel_free);
#define autochannel __attribute__((cleanup(channel_cleanup)))
/* Frees the channel and hands its descriptor to the caller. */
int channel_release(struct channel *channel);

/* To poll: POLLIN always, POLLOUT while channel_waiting(). */
int channel_fd(const struct channel *channel);
/* Whether messages wait for the socket to take them. */
bool channel_waiting(const struct channel *channel);
/* Sends what waits: 0 when nothing waits any more, -EAGAIN, or -EPIPE when the peer is gone. */
must_check int channel_flush(struct channel *channel);

/*
 * The worker's side. A message is sent, or waits (0), or is refused: -EAGAIN when the queue
 * is full (keep it and try again later), -EINVAL when the event isn't a worker's to send or
 * has a field out of range, -EPIPE when kotakd is gone.
 */
must_check int channel_send_event(struct channel *channel, const struct modem_event *event);
/*
 * 1 and a request, 0 when there is none, -EPROTO, or -EPIPE when kotakd is gone. kotakd's
 * pings are answered here and never seen: a worker that reads its channel is alive.
 */
must_check int channel_next_request(struct channel *channel, struct channel_request *request);

/* kotakd's side; results as above. */
must_check int channel_send_request(struct channel *channel, const struct channel_request *request);
must_check int channel_ping(struct channel *channel);
/* 1 and an event, 0 when there is none, -EPROTO, or -EPIPE when the worker is gone. */
must_check int channel_next_event(struct channel *channel, struct modem_event *event);
/* How many messages of any kind came from the peer: a sign of life when it grows. */
uint64_t channel_received(const struct channel *channel);

#endif
