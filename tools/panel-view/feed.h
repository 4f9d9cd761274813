/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connection to panel-sim's control socket, made anew whenever the simulator comes back. */
#ifndef PANEL_VIEW_FEED_H
#define PANEL_VIEW_FEED_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"

#define FEED_RETRY_MS 500

struct feed {
	const char *path;
	int fd; /* -1: not connected */
	char *input;
	size_t size, capacity;
	int64_t retry_ms; /* when the next attempt is due */
};

/* Connects and asks to be told of every change, when an attempt is due. Whether it is connected. */
bool feed_keep(struct feed *feed, int64_t now_ms);
/* Reads what has come; false when the simulator is gone (it is closed then). */
bool feed_read(struct feed *feed, int64_t now_ms);
/* The next line that was read; the caller's. NULL: none. */
json_t *feed_next(struct feed *feed);
/* Sends a request (taken over); what can't be sent is dropped with the connection. */
void feed_ask(struct feed *feed, json_t *request);
void feed_close(struct feed *feed, int64_t now_ms);

#endif
