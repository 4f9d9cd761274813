/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The seam to a worker: a child process that holds devices and talks in JSON messages
 * (base/link.h). It is started, pinged, killed when silent, and started again after a while. It
 * keeps nothing that matters.
 */
#ifndef KOTAK_PORT_WORKER_H
#define KOTAK_PORT_WORKER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum worker_event_type {
	WORKER_STARTED, /* a new one is up, and got the start message */
	WORKER_MESSAGE, /* message */
	WORKER_STOPPED, /* it is gone; text says why */
};

struct worker_event {
	enum worker_event_type type;
	json_t *message; /* the receiver's reference */
	char text[160];
};

struct worker;

struct worker_ops {
	const char *name;
	/* start: the message each of its lives begins with (copied); called again, it is what the
	 * next life begins with. 0 or a negative errno. */
	int (*start)(struct worker *worker, const json_t *start, int64_t now_ms);
	/* Readable when next() has something; the same from creation to close(). */
	int (*fd)(const struct worker *worker);
	/* 1 and an event, 0 when there is none, or a negative errno. */
	int (*next)(struct worker *worker, struct worker_event *event, int64_t now_ms);
	/* When tick() wants to be called (monotonic), INT64_MAX for never. */
	int64_t (*deadline)(const struct worker *worker);
	void (*tick)(struct worker *worker, int64_t now_ms);
	/* -ENOTCONN while none runs, -EAGAIN when it doesn't read. */
	int (*send)(struct worker *worker, const json_t *message);
	void (*close)(struct worker *worker);
};

struct worker {
	const struct worker_ops *ops;
};

#endif
