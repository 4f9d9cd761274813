/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The uplink seam: requests to the central server and their answers. Never blocks;
 * several requests may be under way (a long poll beside an upload).
 */
#ifndef KOTAK_PORT_UPLINK_H
#define KOTAK_PORT_UPLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct uplink_request {
	uint64_t tag;	    /* the caller's, comes back with the answer */
	const char *path;   /* "/v1/kiosk/events", may have a query */
	const char *token;  /* bearer token, NULL for none */
	const char *body;   /* JSON to POST (gzip-compressed under way), NULL for a GET */
	int64_t timeout_ms; /* for the whole exchange */
};

struct uplink_response {
	uint64_t tag;
	int status; /* HTTP status; 0 when there was no answer at all */
	char *body; /* zero-terminated, of size bytes; NULL when there is none; receiver frees */
	size_t size;
	char *error;	  /* for a technician, when status is 0; receiver frees */
	bool reached;	  /* status 0 although a connection was there and the request went out */
	bool certificate; /* status 0 because the server's certificate isn't trusted */
};

struct uplink;

struct uplink_ops {
	const char *name;
	/* Readable whenever next() has something to do; the same descriptor for its whole life. */
	int (*fd)(const struct uplink *uplink);
	/* Starts a request (everything is copied). 0 or a negative errno. */
	int (*push)(struct uplink *uplink, const struct uplink_request *request);
	/* 1 and the answer of a finished request, 0 when none has finished, or a negative errno. */
	int (*next)(struct uplink *uplink, struct uplink_response *response);
	/* Forgets a request under way; no answer will come. */
	void (*cancel)(struct uplink *uplink, uint64_t tag);
	void (*close)(struct uplink *uplink);
};

struct uplink {
	const struct uplink_ops *ops;
};

#endif
