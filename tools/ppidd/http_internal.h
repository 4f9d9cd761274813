/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the HTTP side share. */
#ifndef PPIDD_HTTP_INTERNAL_H
#define PPIDD_HTTP_INTERNAL_H

#include <time.h>

#include "tools/ppidd/http.h"

struct server {
	sd_event *event;
	const struct config *config;
	struct db *db;
	struct MHD_Daemon *daemon;
	sd_event_source *http_source, *timer, *poll_timer, *store_source, *store_timer,
		*visit_timer, *survey_timer, *alarm_timer, *retention_timer;
	int64_t alarm_look_ms, alarm_looked_ms; /* monotonic: the next look at kiosks, the last */
	struct request *parked, *stepping;
	int (*chore)(struct db *db, int64_t now_ms); /* steps.c: that nobody waits for, or NULL */
	sd_event_source *steps_source;
	struct visit *visits;
	int64_t retention_count; /* erased by the run under way */
	bool retention_traces;	 /* of it there still are some in the files */
	bool stopping;
	bool resumed; /* a connection was: the daemon must be run, it has no way to say so */
	char *tls_cert, *tls_key;
};

/* request.c: the steps of a request. */
void request_start(struct request *request, const char *method, const char *path);
/* Keeps a piece of the body, as far as it is wanted. false: enough, hang up. */
must_check bool request_take_body(struct request *request, const char *data, size_t size);
/* Answers or parks. A negative errno ends the connection. */
must_check int request_finish(struct request *request);

/* visit.c: connections that take too long are ended. */
enum visit_step { VISIT_BETWEEN, VISIT_REQUEST, VISIT_WAITS };
void visit_step(struct MHD_Connection *connection, enum visit_step step);
void visit_timer_arm(struct server *server);
void on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
	enum MHD_ConnectionNotificationCode code);
int on_visit_timer(sd_event_source *source, uint64_t usec, void *context);

/* poll.c */
void poll_unlink(struct request *request);
void poll_resume(struct request *request);
/* Resumes those that there is something for, or whose time is over. */
void poll_wake(struct server *server);
int on_poll_timer(sd_event_source *source, uint64_t usec, void *context);

/* steps.c: work between other requests. */
must_check int steps_start(struct server *server);
/* The request is over, its work with it. */
void steps_end(struct request *request);
/* Who waits is told that the server is busy. */
void steps_stop(struct server *server);

/* survey_timer.c: complainants are asked when it is time. */
must_check int survey_timer_start(struct server *server);
/* An answer may have arrived, or a complaint be answered: looks when the next one is due. */
void survey_timer_arm(struct server *server);

/* alarm_timer.c: what is the matter with kiosks. */
must_check int alarm_timer_start(struct server *server);
/* There is news of a kiosk: looks soon. */
void alarm_timer_arm(struct server *server);

static inline int64_t clock_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#endif
