/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The HTTP side: one libmicrohttpd daemon inside the one event loop, no threads. A request
 * collects its (bounded) body, is matched to a route, and its handler answers or parks it.
 */
#ifndef PPIDD_HTTP_H
#define PPIDD_HTTP_H

#include <jansson.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "tools/ppidd/config.h"
#include "tools/ppidd/officer.h"

#define PATH_PART_MAX 64

struct server;
struct request;

enum route_kind {
	ROUTE_PUBLIC, /* anybody */
	ROUTE_KIOSK,  /* a kiosk's bearer token; speaks JSON */
	ROUTE_ENROL,  /* anybody, speaks JSON */
	ROUTE_DESK,   /* an officer's session, else to the log-in page */
};

/* Whose personal data a route's answer shows: written down before it is answered. */
enum route_reads {
	READS_NOTHING,
	READS_COMPLAINT, /* of the complaint that request->part names */
	READS_LIST,	 /* of several: what the list was narrowed to is written down */
};

struct route {
	const char *method;
	const char *pattern; /* one segment may be "*": request->part */
	enum route_kind kind;
	size_t body_most; /* bytes as sent */
	/* 0 when answered or parked, or a negative errno, which becomes an answer 500 or 503. */
	int (*handle)(struct request *request);
	enum right right; /* that the officer's role must have; RIGHT_NONE: no officer's */
	enum route_reads reads;
};
extern const struct route api_routes[], desk_routes[], office_routes[], intake_routes[],
	dossier_routes[], retention_routes[], kiosk_routes[], open311_routes[], case_routes[],
	holiday_routes[]; /* each ends with an empty one */
/* All of them, in the order that they are looked through; ends with NULL. */
extern const struct route *const route_tables[];

/* Of a request whose answer is worked out in steps, see request_steps(). */
struct steps {
	void *state; /* NULL: it wasn't begun */
	int (*step)(struct request *request, void *state);
	void (*release)(void *state);
	bool waits, over;
	int result;
	struct request *next;
	sd_event_source *hang_up;
};

struct request {
	struct server *server;
	struct db *db;
	const struct config *config;
	struct MHD_Connection *connection;
	const struct route *route;
	char part[PATH_PART_MAX + 1];
	char address[64]; /* of the asker; for IPv6 its /64 network */
	bool secure;	  /* over TLS */
	bool json;	  /* asked below /v1/: errors are JSON too */
	char *uri;	  /* as asked, query and all */
	int64_t now_ms;

	char *body; /* terminated; inflated where it came compressed */
	size_t size;

	int64_t kiosk;		  /* ROUTE_KIOSK */
	char session[TOKEN_SIZE]; /* ROUTE_DESK */
	struct officer officer;

	char *cookie; /* Set-Cookie for the answer, or NULL */
	struct steps steps;

	/* For http.c alone. */
	size_t capacity, discarded;
	const char *allowed; /* the method that the path has, for an answer 405 */
	unsigned refused;    /* the status decided before the body was read, or 0 */
	const char *refusal;
	bool started, parked;
	int64_t deadline_ms, after; /* of a long poll; deadline by CLOCK_MONOTONIC */
	sd_event_source *hang_up;   /* while parked */
	struct request *next, *previous;
};

must_check int server_start(
	sd_event *event, const struct config *config, struct db *db, struct server **out);
/* Answers what waits and closes. NULL is fine. */
void server_stop(struct server *server);
/* The database changed: long polls and the questions of satisfaction look again. */
void server_wake(struct server *server);

/* Answers; each takes ownership of what it is given, even when it fails. */
must_check int answer_json(struct request *request, unsigned status, json_t *json);
must_check int answer_text(
	struct request *request, unsigned status, const char *type, char *text, size_t size);
must_check int answer_redirect(struct request *request, const char *location);
/* {"error": words} for kiosks, a plain page for people, Open311's own form. */
must_check int answer_error(struct request *request, unsigned status, const char *words);

/*
 * Parks a long poll until server_wake() finds commands after that number, or wait_s seconds
 * have passed since it was first parked; then its handler is called again.
 * -ETIME: that time is over (or the server stops): answer now.
 */
must_check int request_park(struct request *request, int64_t after, int64_t wait_s);

/*
 * Does what would hold other requests up in steps of some milliseconds: step is called until it
 * returns 0, or a negative errno; more than 0: there is more to do. 1: it is done, now or since;
 * 0: it goes on between other requests, the handler returns 0 and is called again. The state is
 * then request->steps.state, so a handler begins with a look there; release is called with it in
 * the end, whatever this returns.
 */
must_check int request_steps(struct request *request, void *state,
	int (*step)(struct request *request, void *state), void (*release)(void *state));
/* The same for work that nobody waits for, one at a time: until it returns 0 or an error. */
void request_chore(struct request *request, int (*chore)(struct db *db, int64_t now_ms));

/* An argument of the query, or NULL; lives as long as the request. */
const char *request_argument(struct request *request, const char *name);
/* A whole number of the query within min..max; fallback when missing. -EINVAL: no such one. */
must_check int request_integer(struct request *request, const char *name, int64_t min, int64_t max,
	int64_t fallback, int64_t *out);
/* A field of a form that was sent; caller frees. NULL when it isn't there. */
char *request_field(const struct request *request, const char *name);
/* The value of a cookie, or NULL. */
const char *request_cookie(struct request *request, const char *name);

#endif
