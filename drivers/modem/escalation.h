/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When to start a modem's worker again and when to try harder means on the modem. Pure policy
 * in virtual time: the caller says what happened and when, and asks what is due.
 *
 * Two things are told apart. A worker that dies is started again: at once, or, when it goes on
 * dying, after pauses that double (up to half a second while the modem had answered it, up to
 * 30 seconds while not). A modem that doesn't answer gets, one after the other, a new worker,
 * a soft reset (AT+CFUN=1,1), a hard one (USB port or power line), and then, loudly given up,
 * both in turn every 30 seconds. A modem whose port isn't there is only waited for: its worker
 * looks for it all the time, and a reset that waits for its return would only delay it.
 */
#ifndef KOTAK_MODEM_ESCALATION_H
#define KOTAK_MODEM_ESCALATION_H

#include <stdbool.h>
#include <stdint.h>

#include "port/modem.h"

#define ESCALATION_PAUSE_FIRST_MS 100
#define ESCALATION_PAUSE_ANSWERED_MS 500
#define ESCALATION_PAUSE_MAX_MS 30000
/* A worker that lived so long with an answering modem has a clean slate. */
#define ESCALATION_STEADY_MS 10000
/* How long a modem may be mute before each stage. */
#define ESCALATION_WORKER_AFTER_MS 15000
#define ESCALATION_SOFT_AFTER_MS 20000
#define ESCALATION_HARD_AFTER_MS 20000
#define ESCALATION_AGAIN_MS 30000

enum escalation_stage {
	ESCALATION_WELL,
	ESCALATION_WORKER,
	ESCALATION_SOFT,
	ESCALATION_HARD,
	ESCALATION_GIVEN_UP, /* loudly; still trying */
};

enum escalation_step {
	ESCALATION_WAIT,
	ESCALATION_START,   /* start a worker */
	ESCALATION_REPLACE, /* kill the worker; its start follows at once */
};

/* For escalation.c only, but for reading stage. */
struct escalation {
	enum escalation_stage stage;
	bool announced;	     /* this stage was told by escalation_news() */
	bool running;	     /* a worker is */
	bool absent;	     /* it says that there is no port */
	bool answered;	     /* it had an answer from the modem */
	bool replaced;	     /* its end is our own doing */
	int64_t start_ms;    /* when to start one, while none runs */
	int64_t answered_ms; /* when the modem answered this worker first */
	int64_t worse_ms;    /* when the next stage begins; INT64_MAX while the modem answers */
	unsigned deaths;     /* in a row */
	unsigned rounds;     /* of trying since giving up */
	enum modem_reset recover;
};

/* Nothing runs yet; a worker is due at once. */
void escalation_init(struct escalation *escalation, int64_t now_ms);

/* What happened. answering, not_answering and absent may be repeated. */
void escalation_started(struct escalation *escalation, int64_t now_ms);
void escalation_start_failed(struct escalation *escalation, int64_t now_ms);
void escalation_died(struct escalation *escalation, int64_t now_ms);
void escalation_answering(struct escalation *escalation, int64_t now_ms);
void escalation_not_answering(struct escalation *escalation, int64_t now_ms);
void escalation_absent(struct escalation *escalation, int64_t now_ms);
/* Somebody wants a worker that begins with this reset, now. */
void escalation_demand(struct escalation *escalation, enum modem_reset how, int64_t now_ms);

/*
 * What is due. With ESCALATION_START, recover says how the worker is to begin:
 * MODEM_RESET_WORKER for with nothing special.
 */
enum escalation_step escalation_next(
	struct escalation *escalation, int64_t now_ms, enum modem_reset *recover);
/* When to ask again if nothing happens before. */
int64_t escalation_deadline(const struct escalation *escalation);

/* A line for the log, once for each change of stage, else NULL; *level is syslog's. */
const char *escalation_news(struct escalation *escalation, int *level);

#endif
